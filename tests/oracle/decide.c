/*
 * Decides what tests/oracle asks for: each line of the input is a world, with "objects" among
 * others, or a request in the last world; each request is answered by a line.
 *
 * Usage: decide DIRECTORY, for the tables and presence files.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/door_access.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/access_objects.h"

enum { ROOM = 1024, CARD_BYTES = 16, LINE_MAX_BYTES = 1024 * 1024 };

struct world {
	char *table_path;
	char *presence_path;
	struct access_table *table;
	struct presence *presence;
	struct lockouts lockouts;
};

/* Where a request's bits are while it is decided. */
struct bits {
	uint8_t card[CARD_BYTES];
	uint8_t companion[CARD_BYTES];
};

static void
must(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(-r));
	exit(EXIT_FAILURE);
}

static int64_t
number_at(const json_t *list, size_t i)
{
	return json_integer_value(json_array_get(list, i));
}

static void
close_world(struct world *world)
{
	access_unmap(world->table);
	presence_close(world->presence);
	(void) unlink(world->table_path);
	(void) unlink(world->presence_path);
	world->table = NULL;
	world->presence = NULL;
}

/* The last byte is a name's: credentials are not read then. */
static void
damage(const char *path)
{
	struct stat status;
	FILE *file = fopen(path, "r+");

	if (!file || fstat(fileno(file), &status) < 0 || truncate(path, status.st_size - 1) < 0 ||
	    fseek(file, 0, SEEK_END) < 0 || fputc('!', file) == EOF || fclose(file))
		must(-1, path);
}

static void
open_table(struct world *world, const json_t *line)
{
	struct access_build *build = access_build_new();

	must(access_objects_add(build, json_object_get(line, "objects")), "objects");
	access_build_window(build, json_integer_or(line, "compiled_s", 0),
			    json_integer_or(line, "window_end_s", 0));
	must(access_build_write(build, world->table_path, 1), "access_build_write");
	access_build_free(build);
	if (json_bool_or(line, "is_damaged", false))
		damage(world->table_path);
	must(access_map(world->table_path, &world->table), "access_map");
}

static void
open_presence(struct world *world, const json_t *places)
{
	json_t *place;
	size_t i;

	must(presence_open(world->presence_path, ROOM, &world->presence), "presence_open");
	json_array_foreach (places, i, place)
		must(presence_set(world->presence, (uint32_t) number_at(place, 0),
				  (struct presence_place){ (uint8_t) number_at(place, 1),
							   number_at(place, 2) }),
		     "presence_set");
}

static void
lock_out(struct world *world, const json_t *wrong_pins)
{
	const struct access_policy *policy = access_policy(world->table);
	json_t *entry;
	size_t i;

	memset(&world->lockouts, 0, sizeof(world->lockouts));
	json_array_foreach (wrong_pins, i, entry) {
		bool is_reader = !strcmp(json_string_value(json_array_get(entry, 0)), "reader");
		uint32_t number = (uint32_t) number_at(entry, 1);
		uint64_t key = is_reader ? lockout_key_of_reader(number)
					 : lockout_key_of_credential(number);
		for (int64_t wrong = number_at(entry, 2); wrong > 0; wrong--)
			(void) lockout_note_wrong(
				&world->lockouts, key, (uint64_t) number_at(entry, 3),
				policy->pin_attempts, UINT64_C(1000) * policy->pin_lock_ms);
	}
}

static struct access_shown
take_bits(const json_t *shown, uint8_t bits[CARD_BYTES])
{
	if (!json_is_array(shown))
		return (struct access_shown){ 0 };
	must(hex_decode(json_string_value(json_array_get(shown, 1)), bits, CARD_BYTES), "bits");
	return (struct access_shown){ .bit_count = (unsigned) number_at(shown, 0), .data = bits };
}

static void
take_live(const struct world *world, const json_t *line, struct access_live *ret)
{
	static const char *const admissions[] = {
		[DOOR_ADMITS] = "anybody",
		[DOOR_ADMITS_NOBODY] = "nobody",
		[DOOR_ADMITS_OVERRIDE] = "override",
	};
	json_t *value;
	size_t i;

	*ret = (struct access_live){
		.table = world->table,
		.presence = world->presence,
		.lockouts = &world->lockouts,
		.is_reader_good = json_bool_or(line, "is_reader_good", true),
		.now_s = json_integer_or(line, "now_s", 0),
		.now_us = (uint64_t) json_integer_or(line, "now_us", 0),
	};
	json_array_foreach (json_object_get(line, "admissions"), i, value)
		for (size_t k = 0; i < DOORS && k < ARRAY_LEN(admissions); k++)
			if (!strcmp(admissions[k], json_string_value(value)))
				ret->admissions[i] = (enum door_admission) k;
	json_array_foreach (json_object_get(line, "open_doors"), i, value)
		ret->open_doors |= UINT64_C(1) << (json_integer_value(value) - 1);
}

static json_t *
floors_of(uint32_t floors)
{
	json_t *list = json_array();

	for (unsigned floor = 1; floor <= FLOORS; floor++)
		if (floors & UINT32_C(1) << (floor - 1))
			(void) json_array_append_new(list, json_integer(floor));
	return list;
}

static json_t *
flags_of(const struct access_decision *decision)
{
	const struct {
		bool is_so;
		const char *name;
	} flags[] = {
		{ decision->is_apb_violation, "apb_violation" },
		{ decision->is_degraded, "degraded" },
		{ decision->is_duress, "duress" },
		{ decision->is_extended, "extended" },
		{ decision->is_pin_right, "pin_right" },
		{ decision->is_pin_wrong, "pin_wrong" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (flags[i].is_so)
			(void) json_array_append_new(list, json_string(flags[i].name));
	return list;
}

static json_t *
card_of(const struct access_holder *holder)
{
	if (!holder->format)
		return json_null();
	return json_pack("[s,I,I]", holder->format, (json_int_t) holder->card.facility,
			 (json_int_t) holder->card.number);
}

static json_int_t
id_of(const struct access_holder *holder)
{
	return holder->credential ? holder->credential->id : 0;
}

static void
answer(const struct world *world, const json_t *line)
{
	struct bits bits;
	struct access_live live;
	struct access_decision decision;
	struct access_request request = {
		.point = (unsigned) json_integer_or(line, "point", 0),
		.card = take_bits(json_object_get(line, "card"), bits.card),
		.pin = json_string_or(line, "pin", NULL),
		.companion = take_bits(json_object_get(line, "companion"), bits.companion),
	};

	take_live(world, line, &live);
	access_decide(&live, &request, &decision, NULL);
	json_t *said = json_pack(
		"{s:s,s:s?,s:o,s:I,s:I,s:o,s:o}", "verdict", access_verdict_name(decision.verdict),
		"reason", decision.verdict == ACCESS_DENIED ? reason_name(decision.reason) : NULL,
		"card", card_of(&decision.holder), "credential", id_of(&decision.holder),
		"companion", id_of(&decision.companion), "floors", floors_of(decision.floors),
		"flags", flags_of(&decision));
	must(json_dumpf(said, stdout, JSON_COMPACT), "json_dumpf");
	(void) putchar('\n');
	json_decref(said);
}

static void
take_line(struct world *world, const char *text)
{
	json_error_t error;
	_cleanup_(json_decrefp) json_t *line = json_loads(text, 0, &error);

	must(line ? 0 : -1, error.text);
	if (!json_object_get(line, "objects")) {
		answer(world, line);
		return;
	}
	close_world(world);
	open_table(world, line);
	open_presence(world, json_object_get(line, "places"));
	lock_out(world, json_object_get(line, "wrong_pins"));
}

int
main(int argc, char **argv)
{
	struct world world = { 0 };
	_cleanup_(freep) char *text = xcalloc(1, LINE_MAX_BYTES);

	must(argc == 2 ? 0 : -1, "usage: decide DIRECTORY");
	world.table_path = xasprintf("%s/access.bin", argv[1]);
	world.presence_path = xasprintf("%s/presence", argv[1]);
	while (fgets(text, LINE_MAX_BYTES, stdin))
		take_line(&world, text);
	close_world(&world);
	free(world.table_path);
	free(world.presence_path);
	return EXIT_SUCCESS;
}
