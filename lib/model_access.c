/* Where and when access is given: points, areas, profiles, and what has to be shown. */
#include "lib/model_fields.h"

#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

static const char *const directions[] = { "in", "out", NULL };
static const char *const apb_modes[] = { "off", "soft", "hard", NULL };
static const char *const levels[] = { "card",	      "pin",	   "card_or_pin",
				      "card_and_pin", "two_cards", NULL };

#define NAME                                                                             \
	{                                                                                \
		.name = "name", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 1, \
		.max = 64, .role = ROLE_ADMINISTRATOR, .label = "Name"                   \
	}
#define SCHEDULE(text)                                                                        \
	{                                                                                     \
		.name = "schedule", .type = FIELD_REF, .max = SCHEDULES, .kind = "schedule",  \
		.fallback = "0", .role = ROLE_ADMINISTRATOR, .label = "Schedule", .doc = text \
	}
#define LEVEL                                                                                   \
	{                                                                                       \
		.name = "level", .type = FIELD_ENUM, .choices = levels, .fallback = "\"card\"", \
		.role = ROLE_ADMINISTRATOR, .label = "What is asked",                           \
		.doc = "A card; a PIN that opens by itself; either; a card and its holder's "   \
		       "PIN; the cards of two persons."                                         \
	}

static const struct field point_fields[] = {
	{ .name = "area_from",
	  .type = FIELD_REF,
	  .max = AREAS,
	  .kind = "area",
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Area left",
	  .doc = "Where people come from; 0 for anywhere." },
	{ .name = "area_to",
	  .type = FIELD_REF,
	  .max = AREAS,
	  .kind = "area",
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Area entered",
	  .doc = "Where they are afterwards; 0 when that is not kept." },
	{ .name = "authentication",
	  .type = FIELD_REF,
	  .max = AUTHENTICATIONS,
	  .kind = "authentication",
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Authentication",
	  .doc = "What has to be shown, and when; 0 for a card." },
	{ .name = "direction",
	  .type = FIELD_ENUM,
	  .choices = directions,
	  .fallback = "\"in\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Direction" },
	{ .name = "door",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = DOORS,
	  .fallback = "1",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Door",
	  .doc = "The door that the reader of this number opens." },
	{ .name = "enabled",
	  .type = FIELD_BOOL,
	  .fallback = "true",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Enabled",
	  .doc = "Otherwise nobody is let in here." },
	NAME,
};

static const struct field area_fields[] = {
	{ .name = "apb",
	  .type = FIELD_ENUM,
	  .choices = apb_modes,
	  .fallback = "\"off\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Anti-passback",
	  .doc = "Whether a person who is in the area already, or in another one than the door "
		 "leads from, may enter: yes, yes with an event, no." },
	{ .name = "apb_time",
	  .type = FIELD_INTEGER,
	  .max = 10080,
	  .fallback = "0",
	  .unit = "min",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Anti-passback ends after",
	  .doc = "What was known of where a person is counts no longer than this; 0 for ever." },
	{ .name = "capacity",
	  .type = FIELD_INTEGER,
	  .max = 1000000,
	  .fallback = "0",
	  .unit = "persons",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Capacity",
	  .doc = "No more persons than this are let in; 0 for no limit." },
	NAME,
};

static const struct field rule_fields[] = {
	{ .name = "access_points",
	  .type = FIELD_NUMBERS,
	  .max = READERS,
	  .kind = "access_point",
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Access points" },
	{ .name = "door_groups",
	  .type = FIELD_NUMBERS,
	  .max = GROUPS,
	  .kind = "door_group",
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Door groups" },
	{ .name = "doors",
	  .type = FIELD_NUMBERS,
	  .max = DOORS,
	  .kind = "door",
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Doors" },
	{ .name = "floor_groups",
	  .type = FIELD_NUMBERS,
	  .max = GROUPS,
	  .kind = "floor_group",
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Floor groups" },
	{ .name = "floors",
	  .type = FIELD_NUMBERS,
	  .max = FLOORS,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Floors" },
	SCHEDULE("When the rule gives access; 0 for always."),
};
static const struct field_table rules = { rule_fields, ARRAY_LEN(rule_fields) };

static const struct field profile_fields[] = {
	{ .name = "max_threat",
	  .type = FIELD_INTEGER,
	  .max = THREATS,
	  .fallback = "4",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Highest threat level",
	  .doc = "At a higher threat level of the site the profile gives nothing." },
	NAME,
	{ .name = "rules",
	  .type = FIELD_LIST,
	  .max = RULES_EACH,
	  .items = &rules,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Rules",
	  .doc = "What the profile opens, and when." },
};

static const struct field door_group_fields[] = {
	{ .name = "doors",
	  .type = FIELD_NUMBERS,
	  .max = DOORS,
	  .kind = "door",
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Doors" },
	NAME,
};

static const struct field floor_group_fields[] = {
	{ .name = "floors",
	  .type = FIELD_NUMBERS,
	  .max = FLOORS,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Floors" },
	NAME,
};

static const struct field time_fields[] = {
	LEVEL,
	SCHEDULE("While it is active this is asked."),
};
static const struct field_table times = { time_fields, ARRAY_LEN(time_fields) };

static const struct field threat_fields[] = {
	LEVEL,
	{ .name = "threat",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = THREATS,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "From threat level",
	  .doc = "At this threat level and above this is asked, whatever the time." },
};
static const struct field_table threats = { threat_fields, ARRAY_LEN(threat_fields) };

static const struct field authentication_fields[] = {
	LEVEL,
	NAME,
	{ .name = "threats",
	  .type = FIELD_LIST,
	  .max = THREATS,
	  .items = &threats,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "By threat level",
	  .doc = "The entry with the highest level that is reached counts, before all others." },
	{ .name = "times",
	  .type = FIELD_LIST,
	  .max = 8,
	  .items = &times,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "By schedule",
	  .doc = "The first entry whose schedule is active counts." },
};

const struct model_kind model_access_point = {
	.name = "access_point",
	.plural = "access_points",
	.is_fixed = true,
	.fields = { point_fields, ARRAY_LEN(point_fields) },
};
const struct model_kind model_area = {
	.name = "area",
	.plural = "areas",
	.max = AREAS,
	.fields = { area_fields, ARRAY_LEN(area_fields) },
};
const struct model_kind model_access_profile = {
	.name = "access_profile",
	.plural = "access_profiles",
	.max = PROFILES,
	.fields = { profile_fields, ARRAY_LEN(profile_fields) },
};
const struct model_kind model_door_group = {
	.name = "door_group",
	.plural = "door_groups",
	.max = GROUPS,
	.fields = { door_group_fields, ARRAY_LEN(door_group_fields) },
};
const struct model_kind model_floor_group = {
	.name = "floor_group",
	.plural = "floor_groups",
	.max = GROUPS,
	.fields = { floor_group_fields, ARRAY_LEN(floor_group_fields) },
};
const struct model_kind model_authentication = {
	.name = "authentication",
	.plural = "authentications",
	.max = AUTHENTICATIONS,
	.fields = { authentication_fields, ARRAY_LEN(authentication_fields) },
};

/* A rule that names nothing would look as if it gave something. */
int
model_access_profile_check(const json_t *object, struct field_error *error)
{
	json_t *rule;
	size_t i;

	json_array_foreach (json_object_get(object, "rules"), i, rule) {
		static const char *const lists[] = { "access_points", "doors", "door_groups",
						     "floors", "floor_groups" };
		size_t count = 0;
		for (size_t k = 0; k < ARRAY_LEN(lists); k++)
			count += json_array_size(json_object_get(rule, lists[k]));
		if (!count)
			return model_refuse(error, "rules",
					    "every rule names access points, doors or floors");
	}
	return 0;
}
