/* Cards: who carries them and what they open. */
#include "lib/model_fields.h"

#include "lib/util.h"

/* Those of lib/cardformat; a test compares. */
static const char *const card_formats[] = { "h10301", "h10306",	  "c1000-35",  "h10302",
					    "h10304", "c1000-48", "d10202",    "c15001",
					    "s12906", "pw39",	  "p10001",    "indala26",
					    "bqt34",  "kastle32", "wiegand32", "uid32",
					    "casi40", NULL };

static const struct field fields[] = {
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

const struct model_kind model_credential = {
	.name = "credential",
	.plural = "credentials",
	.duplicate = { "card", "holder", "holds this card already" },
	.fields = { fields, ARRAY_LEN(fields) },
};
