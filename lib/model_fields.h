/* The kinds of objects, a file each; model.c puts them together. */
#ifndef LIB_MODEL_FIELDS_H
#define LIB_MODEL_FIELDS_H

#include "lib/model.h"
#include "lib/util.h"

extern const struct model_kind model_access_point;
extern const struct model_kind model_access_profile;
extern const struct model_kind model_area;
extern const struct model_kind model_authentication;
extern const struct model_kind model_card_format;
extern const struct model_kind model_certificate;
extern const struct model_kind model_credential;
extern const struct model_kind model_door;
extern const struct model_kind model_door_group;
extern const struct model_kind model_feedback;
extern const struct model_kind model_floor;
extern const struct model_kind model_floor_group;
extern const struct model_kind model_interlock;
extern const struct model_kind model_log_server;
extern const struct model_kind model_module;
extern const struct model_kind model_input;
extern const struct model_kind model_output;
extern const struct model_kind model_person;
extern const struct model_kind model_reader;
extern const struct model_kind model_schedule;
extern const struct model_kind model_special_days;

/* Access profiles of a person or a credential, each with its own validity. */
extern const struct field_table model_assignments;

/* As model_check() for these kinds. */
int model_access_profile_check(const json_t *object, struct field_error *error);
int model_card_format_check(const json_t *object, struct field_error *error);
int model_credential_check(const json_t *object, struct field_error *error);
int model_door_check(const json_t *object, struct field_error *error);
int model_interlock_check(const json_t *object, struct field_error *error);
int model_log_server_check(const json_t *object, struct field_error *error);
int model_feedback_check(const json_t *object, struct field_error *error);
int model_schedule_check(const json_t *object, struct field_error *error);
int model_special_days_check(const json_t *object, struct field_error *error);

/* Says what is wrong with a field; returns -EINVAL. */
int model_refuse(struct field_error *error, const char *field, const char *message);
int model_refuse_format(struct field_error *error, const char *field, const char *format, ...)
	PRINTF(3, 4);

#endif
