/* The kinds of objects, a file each; model.c puts them together. */
#ifndef LIB_MODEL_FIELDS_H
#define LIB_MODEL_FIELDS_H

#include "lib/model.h"

extern const struct model_kind model_credential;
extern const struct model_kind model_door;
extern const struct model_kind model_feedback;
extern const struct model_kind model_floor;
extern const struct model_kind model_module;
extern const struct model_kind model_input;
extern const struct model_kind model_output;
extern const struct model_kind model_reader;

/* As model_check() for this kind. */
int model_feedback_check(const json_t *object, struct field_error *error);

#endif
