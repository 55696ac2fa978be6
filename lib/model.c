#include "lib/model.h"

#include <errno.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/json.h"
#include "lib/model_fields.h"
#include "lib/util.h"

static const struct model_kind *const kinds[] = { &model_credential, &model_door,  &model_feedback,
						  &model_floor,	     &model_input, &model_module,
						  &model_output,     &model_reader };

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

char *
model_unique_key(const struct model_kind *kind, const json_t *object)
{
	_cleanup_(json_decrefp) json_t *parts = json_object();

	for (size_t i = 0; i < kind->fields.count; i++) {
		const struct field *field = &kind->fields.fields[i];
		if (field->flags & FIELD_UNIQUE)
			(void) json_object_set(parts, field->name,
					       json_object_get(object, field->name));
	}
	return json_object_size(parts) ? json_canonical(parts) : NULL;
}

static int
refuse(struct field_error *error, const char *field, const char *message)
{
	error->field = field;
	(void) copy_string(error->message, sizeof(error->message), message);
	return -EINVAL;
}

/* A card that no reader could ever send must not look as if it opened doors. */
static int
check_card(const json_t *object, struct field_error *error)
{
	uint8_t bits[CARDFORMAT_BITS_MAX / 8];
	const struct cardformat *format =
		cardformat_by_name(json_string_or(object, "format", "h10301"));
	int64_t facility = json_integer_or(object, "facility", 0);
	int64_t card = json_integer_or(object, "card", 0);

	if (!format)
		return refuse(error, "format", "not known here");
	if (cardformat_encode(format, (uint32_t) facility, 0, bits, sizeof(bits)) < 0)
		return refuse(error, "facility", "larger than this card format holds");
	if (cardformat_encode(format, 0, (uint64_t) card, bits, sizeof(bits)) < 0)
		return refuse(error, "card", "larger than this card format holds");
	return 0;
}

int
model_check(const struct model_kind *kind, const json_t *object, struct field_error *error)
{
	if (!strcmp(kind->name, "credential"))
		return check_card(object, error);
	if (!strcmp(kind->name, "feedback"))
		return model_feedback_check(object, error);
	if (!strcmp(kind->name, "door") && json_integer_or(object, "pre_alarm_time", 0) >=
						   json_integer_or(object, "held_open_time", 30))
		return refuse(error, "pre_alarm_time", "shorter than held_open_time, or 0");
	return 0;
}
