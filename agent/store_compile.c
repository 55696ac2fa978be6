/* Compiles doors, inputs, credentials and the settings of the board into the access table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_door.h"
#include "agent/store_objects.h"
#include "lib/access.h"
#include "lib/cardformat.h"
#include "lib/clock.h"
#include "lib/inventory.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

static uint32_t
milliseconds(const json_t *doc, const char *name, json_int_t fallback_s)
{
	return (uint32_t) (json_integer_or(doc, name, fallback_s) * 1000);
}

static void
compile_input(int64_t id, const json_t *doc, struct access_input inputs[INPUTS])
{
	if (id < 1 || id > INPUTS)
		return;
	struct access_input *input = &inputs[id - 1];
	(void) copy_string(input->name, sizeof(input->name), json_string_or(doc, "name", "?"));
	(void) copy_string(input->supervision, sizeof(input->supervision),
			   json_string_or(doc, "supervision", "board"));
	input->is_normally_closed = !strcmp(json_string_or(doc, "normal", "open"), "closed");
	input->debounce_ms = (uint32_t) json_integer_or(doc, "debounce", 50);
}

static void
compile_reader(int64_t id, const json_t *doc, struct access_reader readers[READERS])
{
	if (id < 1 || id > READERS)
		return;
	struct access_reader *reader = &readers[id - 1];
	(void) copy_string(reader->name, sizeof(reader->name), json_string_or(doc, "name", "?"));
	reader->is_clear = !strcmp(json_string_or(doc, "protection", "secure"), "clear");
	reader->address = (uint8_t) json_integer_or(doc, "address", READER_ADDRESS_OF_BOARD);
	reader->baud = (uint32_t) strtoul(json_string_or(doc, "baud", "board"), NULL, 10);
	const char *reversed = json_string_or(doc, "reversed", "no");
	if (strcmp(reversed, "no"))
		reader->turn = !strcmp(reversed, "bits") ? CARDFORMAT_BITS_REVERSED
							 : CARDFORMAT_BYTES_REVERSED;
}

static void
compile_door(int64_t id, const json_t *doc, struct access_door doors[DOORS])
{
	if (id < 1 || id > DOORS)
		return;
	struct access_door *door = &doors[id - 1];
	(void) copy_string(door->name, sizeof(door->name), json_string_or(doc, "name", "?"));
	door->relock_on_open = json_bool_or(doc, "relock_on_open", false);
	door->rex_unlocks = json_bool_or(doc, "rex_unlocks", true);
	door->access_time_ms = milliseconds(doc, "access_time", 7);
	door->held_open_time_ms = milliseconds(doc, "held_open_time", 30);
	door->pre_alarm_time_ms = milliseconds(doc, "pre_alarm_time", 10);
}

static void
compile_output(int64_t id, const json_t *doc, struct access_output outputs[OUTPUTS])
{
	if (id < 1 || id > OUTPUTS)
		return;
	struct access_output *output = &outputs[id - 1];
	(void) copy_string(output->name, sizeof(output->name), json_string_or(doc, "name", "?"));
	output->is_normally_closed = !strcmp(json_string_or(doc, "normal", "open"), "closed");
	output->is_output = inventory_output((unsigned) id)->kind != INV_AUX_IO ||
			    !strcmp(json_string_or(doc, "direction", "input"), "output");
	output->pulse_ms = milliseconds(doc, "pulse", 5);
}

static void
compile_feedback(int64_t id, const json_t *doc, struct feedback feedback[FEEDBACK_OUTCOMES])
{
	if (id >= 1 && id <= FEEDBACK_OUTCOMES)
		feedback_compile(doc, &feedback[id - 1]);
}

static void
compile_module(int64_t id, const json_t *doc, struct access_module modules[MODULES])
{
	if (id < 1 || id > MODULES)
		return;
	struct access_module *module = &modules[id - 1];
	(void) copy_string(module->name, sizeof(module->name), json_string_or(doc, "name", "?"));
	module->bus = (uint8_t) json_integer_or(doc, "bus", 0);
	module->address = (uint8_t) json_integer_or(doc, "address", 0);
	module->is_enabled = json_bool_or(doc, "enabled", true);
}

static void
compile_floor(int64_t id, const json_t *doc, struct access_floor floors[FLOORS])
{
	if (id < 1 || id > FLOORS)
		return;
	struct access_floor *floor = &floors[id - 1];
	(void) copy_string(floor->name, sizeof(floor->name), json_string_or(doc, "name", "?"));
	floor->module = (uint8_t) json_integer_or(doc, "module", 0);
	floor->output = (uint8_t) json_integer_or(doc, "output", 0);
	floor->reader = (uint8_t) json_integer_or(doc, "reader", 0);
	floor->pulse_ms = milliseconds(doc, "pulse", 10);
}

static void
compile_credential(int64_t id, const json_t *doc, struct access_credential *ret)
{
	const struct cardformat *format =
		cardformat_by_name(json_string_or(doc, "format", "h10301"));
	json_t *number;
	size_t i;

	*ret = (struct access_credential){
		.id = (uint32_t) id,
		.is_enabled = json_bool_or(doc, "enabled", true),
		.card = { .format = format ? cardformat_index(format) : UINT32_MAX,
			  .facility = (uint32_t) json_integer_or(doc, "facility", 0),
			  .number = (uint64_t) json_integer_or(doc, "card", 0) },
	};
	(void) copy_string(ret->holder, sizeof(ret->holder), json_string_or(doc, "holder", "?"));
	json_array_foreach (json_object_get(doc, "doors"), i, number)
		ret->doors |= UINT64_C(1) << (json_integer_value(number) - 1);
	json_array_foreach (json_object_get(doc, "floors"), i, number)
		ret->floors |= UINT32_C(1) << (json_integer_value(number) - 1);
}

static size_t
count_credentials(struct store *store)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config, "SELECT count(*) FROM objects WHERE kind = 'credential'", "");
	return db_next(&row) ? (size_t) sqlite3_column_int64(row, 0) : 0;
}

static uint32_t
jumper_mv(const json_t *settings, const char *name)
{
	const char *said = json_string_or(settings, name, "none");

	if (!strcmp(said, "12v"))
		return 12000;
	return strcmp(said, "24v") ? 0 : 24000;
}

static void
compile_settings(const json_t *settings, struct access_board *board)
{
	int formats = cardformat_parse_list(json_string_or(settings, "cards.formats", ""),
					    board->formats);

	board->format_count = formats > 0 ? (uint32_t) formats : 0;
	board->alarms = (struct access_alarms){
		.has_casing = json_bool_or(settings, "alarm.casing", false),
		.has_motion = json_bool_or(settings, "alarm.motion", false),
		.has_tamper = json_bool_or(settings, "alarm.tamper", false),
		.motion_hold_off_ms = milliseconds(settings, "alarm.motion_hold_off", 10),
		.warning_mc =
			(int32_t) (json_integer_or(settings, "temperature.warning", 65) * 1000),
		.critical_mc =
			(int32_t) (json_integer_or(settings, "temperature.critical", 75) * 1000),
	};
	board->power = (struct access_power){
		.relay_jumper_mv = jumper_mv(settings, "power.relay_jumper"),
		.door_relay_jumper_mv = jumper_mv(settings, "power.door_relay_jumper"),
		.is_aux_external = !strcmp(json_string_or(settings, "power.aux_supply", "internal"),
					   "external"),
	};
}

int
store_objects_compile(struct store *store)
{
	char path[256];
	struct access_board board = { 0 };
	size_t room = count_credentials(store);
	size_t count = 0;
	_cleanup_(freep) struct access_credential *credentials =
		xcalloc(room + 1, sizeof(*credentials));
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT kind, id, doc FROM objects", "");

	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++)
		board.feedback[i] = *feedback_default(i);
	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(rows, 2), 0, NULL);
		int64_t id = sqlite3_column_int64(rows, 1);
		if (!strcmp(db_text(rows, 0), "door"))
			compile_door(id, doc, board.doors);
		else if (!strcmp(db_text(rows, 0), "input"))
			compile_input(id, doc, board.inputs);
		else if (!strcmp(db_text(rows, 0), "output"))
			compile_output(id, doc, board.outputs);
		else if (!strcmp(db_text(rows, 0), "reader"))
			compile_reader(id, doc, board.readers);
		else if (!strcmp(db_text(rows, 0), "feedback"))
			compile_feedback(id, doc, board.feedback);
		else if (!strcmp(db_text(rows, 0), "module"))
			compile_module(id, doc, board.modules);
		else if (!strcmp(db_text(rows, 0), "floor"))
			compile_floor(id, doc, board.floors);
		else if (!strcmp(db_text(rows, 0), "credential") && count < room)
			compile_credential(id, doc, &credentials[count++]);
	}
	compile_settings(store->settings, &board);
	int r = path_join(path, sizeof(path), store->options->door_dir, "access.bin");
	if (r == 0)
		r = access_write(path, clock_wall_us(), &board, credentials, count);
	if (r < 0)
		return log_err(r, "cannot write the access table '%s'", path);
	store_door_reload(store);
	return 0;
}
