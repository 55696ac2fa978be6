/* Compiles what the board has, and the settings of the board, into the access table's parts. */
#include "agent/store_compile.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/inventory.h"
#include "lib/json.h"
#include "lib/model_format.h"
#include "lib/util.h"

static uint32_t
milliseconds(const json_t *doc, const char *name, json_int_t fallback_s)
{
	return (uint32_t) (json_integer_or(doc, name, fallback_s) * 1000);
}

static void
compile_input(int64_t id, const json_t *doc, struct access_board *board)
{
	if (id < 1 || id > INPUTS)
		return;
	struct access_input *input = &board->inputs[id - 1];
	(void) copy_string(input->name, sizeof(input->name), json_string_or(doc, "name", "?"));
	(void) copy_string(input->supervision, sizeof(input->supervision),
			   json_string_or(doc, "supervision", "board"));
	input->is_normally_closed = !strcmp(json_string_or(doc, "normal", "open"), "closed");
	input->debounce_ms = (uint32_t) json_integer_or(doc, "debounce", 50);
}

static void
compile_reader(int64_t id, const json_t *doc, struct access_board *board)
{
	if (id < 1 || id > READERS)
		return;
	struct access_reader *reader = &board->readers[id - 1];
	(void) copy_string(reader->name, sizeof(reader->name), json_string_or(doc, "name", "?"));
	reader->is_clear = !strcmp(json_string_or(doc, "protection", "secure"), "clear");
	reader->address = (uint8_t) json_integer_or(doc, "address", READER_ADDRESS_OF_BOARD);
	reader->baud = (uint32_t) strtoul(json_string_or(doc, "baud", "board"), NULL, 10);
	const char *reversed = json_string_or(doc, "reversed", "no");
	if (strcmp(reversed, "no"))
		reader->turn = !strcmp(reversed, "bits") ? CARDFORMAT_BITS_REVERSED
							 : CARDFORMAT_BYTES_REVERSED;
}

static enum access_relock
relock_of(const json_t *doc)
{
	const char *said = json_string_or(doc, "relock", "on_close");

	if (!strcmp(said, "on_open"))
		return ACCESS_RELOCK_ON_OPEN;
	return strcmp(said, "after_time") ? ACCESS_RELOCK_ON_CLOSE : ACCESS_RELOCK_AFTER_TIME;
}

static void
compile_card_format(int64_t id, const json_t *doc, struct access_board *board)
{
	struct cardformat_shape shape;
	struct field_error error;

	/* One that is no format any more is not there; a table with it would be refused whole. */
	if (id < 1 || id > CARDFORMATS_OWN || model_format_shape(doc, &shape, &error) < 0 ||
	    !cardformat_shape_is_sound(&shape))
		return;
	struct access_format *format = &board->own_formats[id - 1];
	format->shape = shape;
	(void) copy_string(format->name, sizeof(format->name), json_string_or(doc, "name", "?"));
}

static void
compile_door(int64_t id, const json_t *doc, struct access_board *board)
{
	if (id < 1 || id > DOORS)
		return;
	struct access_door *door = &board->doors[id - 1];
	*door = (struct access_door){
		.relock = (uint8_t) relock_of(doc),
		.rex_unlocks = json_bool_or(doc, "rex_unlocks", true),
		.fire_unlocks = json_bool_or(doc, "fire_unlocks", false),
		.has_toggle = json_bool_or(doc, "toggle", false),
		.needs_first_person = json_bool_or(doc, "first_person", false),
		.lock_monitor = (uint8_t) json_integer_or(doc, "lock_monitor", 0),
		.double_lock_output = (uint8_t) json_integer_or(doc, "double_lock_output", 0),
		.unlock_schedule = (uint32_t) json_integer_or(doc, "unlock_schedule", 0),
		.access_time_ms = milliseconds(doc, "access_time", 7),
		.extended_access_time_ms = milliseconds(doc, "extended_access_time", 30),
		.held_open_time_ms = milliseconds(doc, "held_open_time", 30),
		.extended_held_open_time_ms = milliseconds(doc, "extended_held_open_time", 60),
		.pre_alarm_time_ms = milliseconds(doc, "pre_alarm_time", 10),
		.relock_delay_ms = (uint32_t) json_integer_or(doc, "relock_delay", 0),
		.bolt_time_ms = (uint32_t) json_integer_or(doc, "bolt_time", 0),
	};
	(void) copy_string(door->name, sizeof(door->name), json_string_or(doc, "name", "?"));
}

static void
compile_interlock(int64_t id, const json_t *doc, struct access_board *board)
{
	json_t *number;
	size_t i;

	if (id < 1 || id > INTERLOCKS)
		return;
	struct access_interlock *interlock = &board->interlocks[id - 1];
	interlock->max_open = (uint32_t) json_integer_or(doc, "max_open", 1);
	json_array_foreach (json_object_get(doc, "doors"), i, number) {
		json_int_t door = json_integer_value(number);
		if (door >= 1 && door <= DOORS)
			interlock->doors |= UINT64_C(1) << (door - 1);
	}
}

static void
compile_output(int64_t id, const json_t *doc, struct access_board *board)
{
	if (id < 1 || id > OUTPUTS)
		return;
	struct access_output *output = &board->outputs[id - 1];
	(void) copy_string(output->name, sizeof(output->name), json_string_or(doc, "name", "?"));
	output->is_normally_closed = !strcmp(json_string_or(doc, "normal", "open"), "closed");
	output->is_output = inventory_output((unsigned) id)->kind != INV_AUX_IO ||
			    !strcmp(json_string_or(doc, "direction", "input"), "output");
	output->pulse_ms = milliseconds(doc, "pulse", 5);
}

static void
compile_feedback(int64_t id, const json_t *doc, struct access_board *board)
{
	if (id >= 1 && id <= FEEDBACK_OUTCOMES)
		feedback_compile(doc, &board->feedback[id - 1]);
}

static void
compile_module(int64_t id, const json_t *doc, struct access_board *board)
{
	if (id < 1 || id > MODULES)
		return;
	struct access_module *module = &board->modules[id - 1];
	(void) copy_string(module->name, sizeof(module->name), json_string_or(doc, "name", "?"));
	module->bus = (uint8_t) json_integer_or(doc, "bus", 0);
	module->address = (uint8_t) json_integer_or(doc, "address", 0);
	module->is_enabled = json_bool_or(doc, "enabled", true);
}

static void
compile_floor(int64_t id, const json_t *doc, struct access_board *board)
{
	if (id < 1 || id > FLOORS)
		return;
	struct access_floor *floor = &board->floors[id - 1];
	(void) copy_string(floor->name, sizeof(floor->name), json_string_or(doc, "name", "?"));
	floor->module = (uint8_t) json_integer_or(doc, "module", 0);
	floor->output = (uint8_t) json_integer_or(doc, "output", 0);
	floor->reader = (uint8_t) json_integer_or(doc, "reader", 0);
	floor->pulse_ms = milliseconds(doc, "pulse", 10);
}

static const struct {
	const char *kind;
	void (*compile)(int64_t id, const json_t *doc, struct access_board *board);
} kinds[] = {
	{ "card_format", compile_card_format },
	{ "door", compile_door },
	{ "feedback", compile_feedback },
	{ "floor", compile_floor },
	{ "input", compile_input },
	{ "interlock", compile_interlock },
	{ "module", compile_module },
	{ "output", compile_output },
	{ "reader", compile_reader },
};

void
store_compile_board(const char *kind, int64_t id, const json_t *doc, struct access_board *board)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].kind, kind))
			kinds[i].compile(id, doc, board);
}

static uint32_t
jumper_mv(const json_t *settings, const char *name)
{
	const char *said = json_string_or(settings, name, "none");

	if (!strcmp(said, "12v"))
		return 12000;
	return strcmp(said, "24v") ? 0 : 24000;
}

/* Numbers with commas between, as settings_check() lets them through. */
static uint32_t
take_numbers(const char *text, uint32_t *numbers, uint32_t room)
{
	uint32_t count = 0;
	char *end;

	while (*text && count < room) {
		numbers[count++] = (uint32_t) strtoul(text, &end, 10);
		text = *end == ',' ? end + 1 : "";
	}
	return count;
}

static void
compile_policy(const json_t *settings, struct access_policy *policy)
{
	int format = cardformat_position(json_string_or(settings, "degraded.format", "h10301"));

	*policy = (struct access_policy){
		.threat = (uint32_t) json_integer_or(settings, "access.threat_level", 0),
		.pin_attempts = (uint32_t) json_integer_or(settings, "access.pin_attempts", 5),
		.pin_lock_ms = milliseconds(settings, "access.pin_lock_time", 60),
		.factor_ms = milliseconds(settings, "access.factor_time", 10),
		.digit_ms = milliseconds(settings, "access.digit_time", 3),
		.degraded_format = format < 0 ? UINT32_MAX : (uint32_t) format,
	};
	policy->degraded_count = take_numbers(json_string_or(settings, "degraded.facilities", ""),
					      policy->degraded_facilities, ACCESS_DEGRADED_MAX);
}

void
store_compile_settings(const json_t *settings, struct access_board *board)
{
	int formats = cardformat_parse_list(json_string_or(settings, "cards.formats", ""),
					    board->formats);

	board->format_count = formats > 0 ? (uint32_t) formats : 0;
	compile_policy(settings, &board->policy);
	board->fire_input = (uint32_t) json_integer_or(settings, "fire.input", 0);
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
