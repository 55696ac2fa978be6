/* The kinds that have a file of their own; model.c puts them together. */
#ifndef LIB_MODEL_FIELDS_H
#define LIB_MODEL_FIELDS_H

#include "lib/model.h"

extern const struct model_kind model_output;
extern const struct model_kind model_reader;

#endif
