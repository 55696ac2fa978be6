#include "lib/model.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/model_fields.h"
#include "lib/util.h"

static const struct model_kind *const kinds[] = {
	&model_access_point, &model_access_profile, &model_area,       &model_authentication,
	&model_card_format,  &model_certificate,    &model_credential, &model_door,
	&model_door_group,   &model_feedback,	    &model_floor,      &model_floor_group,
	&model_input,	     &model_interlock,	    &model_log_server, &model_module,
	&model_output,	     &model_person,	    &model_reader,     &model_schedule,
	&model_special_days,
};

const struct model_kind *
model_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

size_t
model_count(void)
{
	return ARRAY_LEN(kinds);
}

const struct model_kind *
model_at(size_t index)
{
	return index < ARRAY_LEN(kinds) ? kinds[index] : NULL;
}

/* What makes a credential that is no card unique, and a person without a reference. */
static bool
is_of_its_own(const struct model_kind *kind, const json_t *object, char **ret)
{
	*ret = NULL;
	if (kind == &model_person)
		return !*json_string_or(object, "reference", "");
	if (kind != &model_credential || strcmp(json_string_or(object, "type", "card"), "pin") != 0)
		return false;
	if (json_bool_or(object, "alone", false))
		*ret = xasprintf("pin %s", json_string_or(object, "pin", ""));
	return true;
}

/* A card is of a format of its own or of a built-in one: the other says nothing. */
static bool
makes_unique(const struct field *field, const json_t *object)
{
	bool is_own = json_integer_or(object, "card_format", 0);

	if (!strcmp(field->name, "format"))
		return !is_own;
	return is_own || strcmp(field->name, "card_format") != 0;
}

char *
model_unique_key(const struct model_kind *kind, const json_t *object)
{
	_cleanup_(json_decrefp) json_t *parts = json_object();
	char *own;

	if (is_of_its_own(kind, object, &own))
		return own;
	for (size_t i = 0; i < kind->fields.count; i++) {
		const struct field *field = &kind->fields.fields[i];
		if (field->flags & FIELD_UNIQUE && makes_unique(field, object))
			(void) json_object_set(parts, field->name,
					       json_object_get(object, field->name));
	}
	return json_object_size(parts) ? json_canonical(parts) : NULL;
}

int
model_refuse(struct field_error *error, const char *field, const char *message)
{
	error->field = field;
	(void) copy_string(error->message, sizeof(error->message), message);
	return -EINVAL;
}

int
model_refuse_format(struct field_error *error, const char *field, const char *format, ...)
{
	va_list args;

	error->field = field;
	va_start(args, format);
	(void) vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
	return -EINVAL;
}

int
model_check(const struct model_kind *kind, const json_t *object, struct field_error *error)
{
	if (!strcmp(kind->name, "card_format"))
		return model_card_format_check(object, error);
	if (!strcmp(kind->name, "credential"))
		return model_credential_check(object, error);
	if (!strcmp(kind->name, "access_profile"))
		return model_access_profile_check(object, error);
	if (!strcmp(kind->name, "feedback"))
		return model_feedback_check(object, error);
	if (!strcmp(kind->name, "schedule"))
		return model_schedule_check(object, error);
	if (!strcmp(kind->name, "special_days"))
		return model_special_days_check(object, error);
	if (!strcmp(kind->name, "interlock"))
		return model_interlock_check(object, error);
	if (!strcmp(kind->name, "log_server"))
		return model_log_server_check(object, error);
	if (!strcmp(kind->name, "door"))
		return model_door_check(object, error);
	return 0;
}
