#include "lib/access_record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/clock.h"
#include "lib/json.h"

static const char *const statuses[] = {
	[ACCESS_ENABLED] = "enabled",	[ACCESS_LOST] = "lost",
	[ACCESS_STOLEN] = "stolen",	[ACCESS_DAMAGED] = "damaged",
	[ACCESS_EXPIRED] = "expired",	[ACCESS_LOCKED_OUT] = "locked_out",
	[ACCESS_DISABLED] = "disabled",
};
static const char *const escorts[] = {
	[ACCESS_ESCORT_NONE] = "none",
	[ACCESS_ESCORT_MAY] = "escort",
	[ACCESS_ESCORT_NEEDS] = "needs_escort",
};

static const struct {
	const char *field;
	enum access_flag flag;
	bool fallback;
} flags[] = {
	{ "apb_exempt", ACCESS_APB_EXEMPT, false },
	{ "extended_time", ACCESS_EXTENDED, false },
	{ "first_person", ACCESS_FIRST_PERSON, true },
	{ "toggle", ACCESS_TOGGLES, false },
	{ "override_lockdown", ACCESS_OVERRIDES, false },
};

/* The place of text in names, or -EINVAL. */
static int
index_of(const char *const *names, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], text))
			return (int) i;
	return -EINVAL;
}

/* fallback for a time that is not given; -EINVAL for what is none. */
static int
take_time(const json_t *object, const char *name, uint32_t fallback, uint32_t *ret)
{
	const char *text = json_string_or(object, name, "");
	int64_t at_s;

	*ret = fallback;
	if (!*text)
		return 0;
	if (clock_parse(text, &at_s) < 0 || at_s < 0 || at_s > UINT32_MAX)
		return -EINVAL;
	*ret = (uint32_t) at_s;
	return 0;
}

static int
take_assignments(const json_t *object, struct access_assignment *assignments)
{
	const json_t *list = json_object_get(object, "profiles");
	json_t *entry;
	size_t i;

	if (json_array_size(list) > PROFILES_EACH)
		return -EINVAL;
	json_array_foreach (list, i, entry) {
		assignments[i].profile = (uint32_t) json_integer_or(entry, "profile", 0);
		if (take_time(entry, "from", 0, &assignments[i].from_s) < 0 ||
		    take_time(entry, "to", UINT32_MAX, &assignments[i].to_s) < 0)
			return -EINVAL;
	}
	return (int) json_array_size(list);
}

static int
take_card(const json_t *object, struct access_record *record)
{
	json_int_t own = json_integer_or(object, "card_format", 0);
	int position = own ? CARDFORMAT_OWN_FIRST + (int) own - 1
			   : cardformat_position(json_string_or(object, "format", "h10301"));

	if (position < 0 || own < 0 || own > CARDFORMATS_OWN)
		return -EINVAL;
	record->card = (struct access_card){
		.format = (uint32_t) position,
		.facility = (uint32_t) json_integer_or(object, "facility", 0),
		.number = (uint64_t) json_integer_or(object, "card", 0),
	};
	return 0;
}

static int
take_pin(const json_t *object, struct access_record *record)
{
	const char *kept = json_string_or(object, "pin", "");
	size_t prefix = strlen(PIN_KEPT);
	char *end;

	if (strlen(kept) != prefix + 16 || strncmp(kept, PIN_KEPT, prefix) != 0)
		return -EINVAL;
	record->card = (struct access_card){
		.format = ACCESS_FORMAT_PIN,
		.facility = json_bool_or(object, "alone", false) ? 0 : record->person,
		.number = strtoull(kept + prefix, &end, 16),
	};
	return *end ? -EINVAL : 0;
}

static int
take_credential(const json_t *object, struct access_record *record)
{
	int status = index_of(statuses, ARRAY_LEN(statuses),
			      json_string_or(object, "status", "enabled"));

	if (status < 0 || take_time(object, "valid_from", 0, &record->valid_from_s) < 0 ||
	    take_time(object, "valid_to", UINT32_MAX, &record->valid_to_s) < 0)
		return -EINVAL;
	record->status = (uint8_t) status;
	record->person = (uint32_t) json_integer_or(object, "person", 0);
	record->doors = json_bits(object, "doors");
	record->floors = (uint32_t) json_bits(object, "floors");
	if (json_bool_or(object, "duress", false))
		record->flags |= ACCESS_DURESS;
	if (!strcmp(json_string_or(object, "type", "card"), "pin"))
		return take_pin(object, record);
	return take_card(object, record);
}

static int
take_person(const json_t *object, struct access_record *record)
{
	int escort =
		index_of(escorts, ARRAY_LEN(escorts), json_string_or(object, "escort", "none"));

	if (escort < 0)
		return -EINVAL;
	record->escort = (uint8_t) escort;
	record->status = json_bool_or(object, "enabled", true) ? ACCESS_ENABLED : ACCESS_DISABLED;
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (json_bool_or(object, flags[i].field, flags[i].fallback))
			record->flags |= (uint16_t) flags[i].flag;
	return 0;
}

int
access_record_make(const char *kind, uint32_t id, const json_t *object,
		   uint8_t record[ACCESS_RECORD_MAX])
{
	struct access_record head = { .id = id };
	struct access_assignment assignments[PROFILES_EACH];
	bool is_person = !strcmp(kind, "person");
	const char *name = json_string_or(object, is_person ? "name" : "holder", "");
	size_t length = strlen(name) + 1;
	int r = is_person ? take_person(object, &head) : take_credential(object, &head);

	int count = r < 0 ? r : take_assignments(object, assignments);
	if (count < 0 || length > ACCESS_HOLDER_SIZE)
		return -EINVAL;
	head.profile_count = (uint32_t) count;
	size_t size = (size_t) count * sizeof(*assignments);
	memcpy(record, &head, sizeof(head));
	memcpy(record + sizeof(head), assignments, size);
	memcpy(record + sizeof(head) + size, name, length);
	return (int) (sizeof(head) + size + length);
}
