/* Compiles what access is made of into the access table's parts: points, areas, profiles. */
#include <string.h>

#include "agent/store_compile.h"
#include "lib/json.h"
#include "lib/util.h"

static const char *const levels[] = {
	[ACCESS_LEVEL_CARD] = "card",
	[ACCESS_LEVEL_PIN] = "pin",
	[ACCESS_LEVEL_CARD_OR_PIN] = "card_or_pin",
	[ACCESS_LEVEL_CARD_AND_PIN] = "card_and_pin",
	[ACCESS_LEVEL_TWO_CARDS] = "two_cards",
};

static const char *const apbs[] = {
	[ACCESS_APB_OFF] = "off",
	[ACCESS_APB_SOFT] = "soft",
	[ACCESS_APB_HARD] = "hard",
};

static uint8_t
level_of(const json_t *doc)
{
	return (uint8_t) json_word(doc, "level", levels, ARRAY_LEN(levels));
}

static void
take_name(const json_t *doc, char name[ACCESS_HOLDER_SIZE])
{
	(void) copy_string(name, ACCESS_HOLDER_SIZE, json_string_or(doc, "name", "?"));
}

static void
compile_point(int64_t id, const json_t *doc, struct access_build *build)
{
	if (id < 1 || id > READERS)
		return;
	struct access_point *point = &access_build_board(build)->points[id - 1];
	take_name(doc, point->name);
	point->is_enabled = json_bool_or(doc, "enabled", true);
	point->is_exit = !strcmp(json_string_or(doc, "direction", "in"), "out");
	point->door = (uint8_t) json_integer_or(doc, "door", 0);
	point->area_from = (uint8_t) json_integer_or(doc, "area_from", 0);
	point->area_to = (uint8_t) json_integer_or(doc, "area_to", 0);
	point->authentication = (uint8_t) json_integer_or(doc, "authentication", 0);
}

static void
compile_area(int64_t id, const json_t *doc, struct access_build *build)
{
	if (id < 1 || id > AREAS)
		return;
	struct access_area *area = &access_build_board(build)->areas[id - 1];
	take_name(doc, area->name);
	area->apb = (uint8_t) json_word(doc, "apb", apbs, ARRAY_LEN(apbs));
	area->apb_time_s = (uint32_t) (json_integer_or(doc, "apb_time", 0) * 60);
	area->capacity = (uint32_t) json_integer_or(doc, "capacity", 0);
}

/* The highest first, so that the first that is reached counts. */
static void
compile_threats(const json_t *list, struct access_authentication *authentication)
{
	unsigned count = 0;
	json_t *entry;
	size_t i;

	for (int threat = THREATS; threat > 0; threat--)
		json_array_foreach (list, i, entry) {
			if (json_integer_or(entry, "threat", 0) != threat || count == THREATS)
				continue;
			authentication->threats[count].threat = (uint8_t) threat;
			authentication->threats[count++].level = level_of(entry);
		}
}

static void
compile_authentication(int64_t id, const json_t *doc, struct access_build *build)
{
	json_t *entry;
	size_t i;

	if (id < 1 || id > AUTHENTICATIONS)
		return;
	struct access_authentication *authentication =
		&access_build_board(build)->authentications[id - 1];
	take_name(doc, authentication->name);
	authentication->level = level_of(doc);
	compile_threats(json_object_get(doc, "threats"), authentication);
	json_array_foreach (json_object_get(doc, "times"), i, entry) {
		if (authentication->time_count == ACCESS_TIMES_MAX)
			break;
		authentication->times[i].schedule =
			(uint16_t) json_integer_or(entry, "schedule", 0);
		authentication->times[i].level = level_of(entry);
		authentication->time_count++;
	}
}

static void
compile_profile(int64_t id, const json_t *doc, struct access_build *build)
{
	struct access_build_rule rules[RULES_EACH];
	size_t count = 0;
	json_t *rule;
	size_t i;

	if (id < 1 || id > PROFILES)
		return;
	struct access_profile *profile = &access_build_board(build)->profiles[id - 1];
	take_name(doc, profile->name);
	profile->max_threat = (uint8_t) json_integer_or(doc, "max_threat", THREATS);
	json_array_foreach (json_object_get(doc, "rules"), i, rule)
		if (count < RULES_EACH)
			rules[count++] = (struct access_build_rule){
				.doors = json_bits(rule, "doors"),
				.door_groups = json_bits(rule, "door_groups"),
				.floor_groups = json_bits(rule, "floor_groups"),
				.points = (uint32_t) json_bits(rule, "access_points"),
				.floors = (uint32_t) json_bits(rule, "floors"),
				.schedule = (uint32_t) json_integer_or(rule, "schedule", 0),
			};
	access_build_profile(build, (uint32_t) id, rules, count);
}

static void
compile_group(int64_t id, const json_t *doc, struct access_build *build)
{
	access_build_groups(build, (uint32_t) id, json_bits(doc, "doors"),
			    (uint32_t) json_bits(doc, "floors"));
}

static const struct {
	const char *kind;
	void (*compile)(int64_t id, const json_t *doc, struct access_build *build);
} kinds[] = {
	{ "access_point", compile_point }, { "access_profile", compile_profile },
	{ "area", compile_area },	   { "authentication", compile_authentication },
	{ "door_group", compile_group },   { "floor_group", compile_group },
};

void
store_compile_access(const char *kind, int64_t id, const json_t *doc, struct access_build *build)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].kind, kind))
			kinds[i].compile(id, doc, build);
}
