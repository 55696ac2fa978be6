#include "lib/model.h"

#include <errno.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/json.h"
#include "lib/model_fields.h"
#include "lib/util.h"

/* Those of lib/cardformat; a test compares. */
static const char *const card_formats[] = { "h10301", "h10306",	  "c1000-35",  "h10302",
					    "h10304", "c1000-48", "d10202",    "c15001",
					    "s12906", "pw39",	  "p10001",    "indala26",
					    "bqt34",  "kastle32", "wiegand32", "uid32",
					    "casi40", NULL };

/* "board" is what the board profile says; the others are the schemes of hw/supervise. */
static const char *const supervisions[] = { "board",	  "none",	"parallel_22k_4k7",
					    "serial_1k",  "serial_2k2", "serial_4k7",
					    "serial_10k", NULL };
static const char *const circuits[] = { "open", "closed", NULL };

static const struct field door_fields[] = {
	{ .name = "access_time",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 600,
	  .fallback = "7",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Access time",
	  .doc = "How long the lock is released after access is granted." },
	{ .name = "held_open_time",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 3600,
	  .fallback = "30",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Held open after",
	  .doc = "How long the door may stand open after access before the alarm." },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 32,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What people call the door." },
	{ .name = "pre_alarm_time",
	  .type = FIELD_INTEGER,
	  .max = 3600,
	  .fallback = "10",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Pre-alarm",
	  .doc = "How long before the held-open alarm the warning starts; 0 for none." },
	{ .name = "relock_on_open",
	  .type = FIELD_BOOL,
	  .fallback = "false",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Relock on open",
	  .doc = "Lock again as soon as the door opens; otherwise when it closes or the access "
		 "time ends." },
	{ .name = "rex_unlocks",
	  .type = FIELD_BOOL,
	  .fallback = "true",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "REX releases the lock",
	  .doc = "Otherwise a request to exit only lets the door be opened without an alarm." },
};

static const struct field credential_fields[] = {
	{ .name = "card",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_REQUIRED | FIELD_UNIQUE,
	  .max = INT64_C(274877906943),
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Card number" },
	{ .name = "doors",
	  .type = FIELD_DOORS,
	  .max = DOORS_MODEL,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Doors",
	  .doc = "The doors that this card opens." },
	{ .name = "enabled",
	  .type = FIELD_BOOL,
	  .fallback = "true",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Enabled" },
	{ .name = "facility",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_UNIQUE,
	  .max = 4194303,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Facility code" },
	{ .name = "floors",
	  .type = FIELD_DOORS,
	  .max = FLOORS,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Floors",
	  .doc = "The floors that this card enables at a cabin reader." },
	{ .name = "format",
	  .type = FIELD_ENUM,
	  .flags = FIELD_UNIQUE,
	  .choices = card_formats,
	  .fallback = "\"h10301\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Card format" },
	{ .name = "holder",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 64,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Holder",
	  .doc = "The person who carries the card." },
};

static const struct field input_fields[] = {
	{ .name = "debounce",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 399,
	  .fallback = "50",
	  .unit = "ms",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Debounce",
	  .doc = "How long a new state must last; pulses of 400 ms are always seen." },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 32,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What people call the input." },
	{ .name = "normal",
	  .type = FIELD_ENUM,
	  .choices = circuits,
	  .fallback = "\"open\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Normal state",
	  .doc = "The circuit while nothing happens: every other state is active." },
	{ .name = "supervision",
	  .type = FIELD_ENUM,
	  .choices = supervisions,
	  .fallback = "\"board\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Supervision",
	  .doc = "How the end-of-line resistors are wired: parallel first with 22 k and 4.7 k, or "
		 "serial first with two of the same value. board: as the board profile says." },
};

static const struct model_kind credential = {
	.name = "credential",
	.plural = "credentials",
	.duplicate = { "card", "holder", "holds this card already" },
	.fields = { credential_fields, ARRAY_LEN(credential_fields) },
};
static const struct model_kind door = {
	.name = "door",
	.plural = "doors",
	.is_fixed = true,
	.fields = { door_fields, ARRAY_LEN(door_fields) },
};
static const struct model_kind input = {
	.name = "input",
	.plural = "inputs",
	.is_fixed = true,
	.fields = { input_fields, ARRAY_LEN(input_fields) },
};
static const struct model_kind *const kinds[] = { &credential,	 &door,	       &model_feedback,
						  &model_floor,	 &input,       &model_module,
						  &model_output, &model_reader };

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
