/* Credentials: cards and PINs, whose they are and what they open. */
#include "lib/model_fields.h"

#include <string.h>

#include "lib/cardformat.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/model_format.h"
#include "lib/util.h"

static const char *const types[] = { "card", "pin", NULL };
static const char *const statuses[] = { "enabled", "lost",	 "stolen",   "damaged",
					"expired", "locked_out", "disabled", NULL };
static const char *const expire_actions[] = { "none", "disable", "remove", NULL };

/* Those of lib/cardformat; a test compares. */
static const char *const card_formats[] = { "h10301", "h10306",	  "c1000-35",  "h10302",
					    "h10304", "c1000-48", "d10202",    "c15001",
					    "s12906", "pw39",	  "p10001",    "indala26",
					    "bqt34",  "kastle32", "wiegand32", "uid32",
					    "casi40", NULL };

static const struct field fields[] = {
	{ .name = "alone",
	  .type = FIELD_BOOL,
	  .fallback = "false",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Opens by itself",
	  .doc = "A PIN that needs no card, where the access point allows that; no two may be the "
		 "same. Otherwise a PIN only confirms a card of the same person." },
	{ .name = "card",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_UNIQUE,
	  .max = INT64_C(274877906943),
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Card number" },
	{ .name = "card_format",
	  .type = FIELD_REF,
	  .flags = FIELD_UNIQUE,
	  .max = CARDFORMATS_OWN,
	  .kind = "card_format",
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Own card format",
	  .doc = "One that is not built in; 0: the built-in format that is named." },
	{ .name = "doors",
	  .type = FIELD_NUMBERS,
	  .max = DOORS_MODEL,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Doors",
	  .doc = "The doors that it opens at any time, without a profile." },
	{ .name = "duress",
	  .type = FIELD_BOOL,
	  .fallback = "false",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Duress",
	  .doc = "A PIN that opens as any other and raises a silent alarm." },
	{ .name = "expire_action",
	  .type = FIELD_ENUM,
	  .choices = expire_actions,
	  .fallback = "\"none\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "When it expires",
	  .doc = "What is done with it then: nothing, its status becomes expired, or it is "
		 "removed. It opens nothing any more in any case." },
	{ .name = "facility",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_UNIQUE,
	  .max = 4194303,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Facility code" },
	{ .name = "floors",
	  .type = FIELD_NUMBERS,
	  .max = FLOORS,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Floors",
	  .doc = "The floors that it enables at a cabin reader at any time." },
	{ .name = "format",
	  .type = FIELD_ENUM,
	  .flags = FIELD_UNIQUE,
	  .choices = card_formats,
	  .fallback = "\"h10301\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Card format" },
	{ .name = "holder",
	  .type = FIELD_STRING,
	  .max = 64,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Holder",
	  .doc = "What to call who carries it, where there is no person." },
	{ .name = "person",
	  .type = FIELD_REF,
	  .max = PERSONS_MODEL,
	  .kind = "person",
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Person",
	  .doc = "Whose it is; the person's profiles count for it." },
	{ .name = "pin",
	  .type = FIELD_STRING,
	  .flags = FIELD_SECRET,
	  .min = 4,
	  .max = 32,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "PIN",
	  .doc = "Four to twelve digits; nobody can read it back." },
	{ .name = "profiles",
	  .type = FIELD_LIST,
	  .max = PROFILES_EACH,
	  .items = &model_assignments,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Access profiles",
	  .doc = "Besides those of the person." },
	{ .name = "status",
	  .type = FIELD_ENUM,
	  .choices = statuses,
	  .fallback = "\"enabled\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Status",
	  .doc = "Only an enabled one opens anything; the others say why not." },
	{ .name = "type",
	  .type = FIELD_ENUM,
	  .choices = types,
	  .fallback = "\"card\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Type" },
	{ .name = "valid_from",
	  .type = FIELD_TIME,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Valid from",
	  .doc = "Empty for always." },
	{ .name = "valid_to",
	  .type = FIELD_TIME,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Valid to",
	  .doc = "It opens nothing from this second on; empty for no end." },
};

const struct model_kind model_credential = {
	.name = "credential",
	.plural = "credentials",
	.duplicate = { "card", "holder", "holds this card already" },
	.fields = { fields, ARRAY_LEN(fields) },
};

/* A card that no reader could ever send must not look as if it opened doors. */
static int
check_card(const json_t *object, struct field_error *error)
{
	const struct cardformat *format =
		cardformat_by_name(json_string_or(object, "format", "h10301"));

	if (!json_object_get(object, "card"))
		return model_refuse(error, "card", "missing");
	if (json_object_get(object, "pin"))
		return model_refuse(error, "pin", "a card has none: a PIN is a credential itself");
	if (!format)
		return model_refuse(error, "format", "not known here");
	/* Of a format of its own only the store knows what it holds. */
	if (json_integer_or(object, "card_format", 0))
		return 0;
	return model_format_holds(cardformat_shape(format), object, error);
}

static int
check_pin(const json_t *object, struct field_error *error)
{
	const char *pin = json_string_or(object, "pin", "");
	size_t length = strlen(pin);
	bool is_kept = !strncmp(pin, PIN_KEPT, strlen(PIN_KEPT));

	if (json_object_get(object, "card"))
		return model_refuse(error, "card", "a PIN has no card number");
	if (json_integer_or(object, "card_format", 0))
		return model_refuse(error, "card_format", "a PIN has none");
	if (!is_kept && (length < 4 || length > 12 || strspn(pin, "0123456789") != length))
		return model_refuse(error, "pin", "four to twelve digits");
	if (!json_bool_or(object, "alone", false) && !json_integer_or(object, "person", 0))
		return model_refuse(error, "person",
				    "a PIN that does not open by itself is somebody's");
	return 0;
}

int
model_credential_check(const json_t *object, struct field_error *error)
{
	bool is_pin = !strcmp(json_string_or(object, "type", "card"), "pin");
	int64_t from_s;
	int64_t to_s;

	if (!json_integer_or(object, "person", 0) && !*json_string_or(object, "holder", ""))
		return model_refuse(error, "holder", "needed where there is no person");
	if (clock_parse(json_string_or(object, "valid_from", ""), &from_s) == 0 &&
	    clock_parse(json_string_or(object, "valid_to", ""), &to_s) == 0 && from_s >= to_s)
		return model_refuse(error, "valid_to", "later than valid_from, or empty");
	return is_pin ? check_pin(object, error) : check_card(object, error);
}
