#include "mibs/replica_private.h"

#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

/* The words of the state stream in the order of CARDEA-MIB's enumerations, which count from 1. */
static const char *const modes[] = { "unknown", "locked",      "unlocked",    "accessed",
				     "blocked", "locked_down", "locked_open", "double_locked" };
static const char *const reasons[] = { "unknown",  "access",	"fire",	    "lockdown",
				       "operator", "interlock", "schedule", "default" };
static const char *const positions[] = { "unknown", "open", "closed", "fault" };
static const char *const locks[] = { "unknown", "locked", "unlocked", "fault" };
static const char *const alarms[] = { "normal", "forced_open", "held_open" };
static const char *const input_states[] = { "unknown", "open", "closed",
					    "short",   "cut",  "out_of_tolerance" };
static const char *const supervisions[] = { "none",	  "parallel_22k_4k7", "serial_1k",
					    "serial_2k2", "serial_4k7",	      "serial_10k" };
static const char *const securities[] = { "unknown",	  "secure", "clear",  "installing",
					  "key_mismatch", "no_key", "offline" };
static const char *const circuits[] = { "open", "closed" };

/* Enumerations of the MIB count from 1. */
unsigned char
replica_word(const json_t *object, const char *key, const char *const *words, size_t count)
{
	return (unsigned char) (json_word(object, key, words, count) + 1);
}

uint64_t
replica_number(const json_t *object, const char *key)
{
	int64_t value = json_integer_or(object, key, 0);

	return value > 0 ? (uint64_t) value : 0;
}

/* Counters wrap on the wire, so the low half is the counter. */
uint32_t
replica_counter(const json_t *object, const char *key)
{
	return (uint32_t) replica_number(object, key);
}

/* A reader tells its vendor as text or as the number that it has. */
void
replica_text(const json_t *object, const char *key, char *to, size_t size)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_integer(value))
		(void) snprintf(to, size, "%lld", (long long) json_integer_value(value));
	else
		(void) copy_string(to, size, json_string_or(object, key, ""));
}

void
replica_set_door(struct replica *replica, struct replica_door *door, const json_t *value)
{
	*door = (struct replica_door){
		.command = door->command,
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.mode = replica_word(value, "mode", modes, ARRAY_LEN(modes)),
		.reason = replica_word(value, "reason", reasons, ARRAY_LEN(reasons)),
		.position = replica_word(value, "position", positions, ARRAY_LEN(positions)),
		.lock = replica_word(value, "lock", locks, ARRAY_LEN(locks)),
		.alarm = replica_word(value, "alarm", alarms, ARRAY_LEN(alarms)),
		.is_warning = json_bool_or(value, "warning", false),
		.is_rex = json_bool_or(value, "rex", false),
		.until_us = replica_number(value, "unlock_until_us"),
		.changed_us = replica_number(value, "changed_us"),
		.changed_mono_us = replica_number(value, "changed_mono_us"),
		.granted = replica_counter(value, "granted"),
		.denied = replica_counter(value, "denied"),
		.forced = replica_counter(value, "forced"),
	};
	replica_text(value, "name", door->name, sizeof(door->name));
}

static uint32_t
door_of(const json_t *value)
{
	uint64_t door = replica_number(value, "door");

	return door <= DOORS_MODEL ? (uint32_t) door : 0;
}

void
replica_set_reader(struct replica *replica, struct replica_reader *reader, const json_t *value)
{
	*reader = (struct replica_reader){
		.stamp = reader->stamp,
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.door = door_of(value),
		.bus = replica_counter(value, "bus"),
		.address = replica_counter(value, "address"),
		.is_online = json_bool_or(value, "online", false),
		.is_tampered = json_bool_or(value, "tamper", false),
		.security = replica_word(value, "security", securities, ARRAY_LEN(securities)),
		.has_failure = json_bool_or(value, "power_failure", false),
		.baud = replica_counter(value, "baud"),
		.reply_us = replica_counter(value, "reply_us"),
		.reply_p99_us = replica_counter(value, "reply_p99_us"),
		.since_us = replica_number(value, "since_us"),
		.polls = replica_counter(value, "polls"),
		.timeouts = replica_counter(value, "timeouts"),
		.errors = replica_counter(value, "errors"),
		.cards = replica_counter(value, "cards"),
	};
	replica_text(value, "name", reader->name, sizeof(reader->name));
	replica_text(value, "vendor", reader->vendor, sizeof(reader->vendor));
	replica_text(value, "model", reader->model, sizeof(reader->model));
	replica_text(value, "serial", reader->serial, sizeof(reader->serial));
	replica_text(value, "firmware", reader->firmware, sizeof(reader->firmware));
	replica_text(value, "cause", reader->cause, sizeof(reader->cause));
	replica_text(value, "cuid", reader->device, sizeof(reader->device));
}

void
replica_set_input(struct replica *replica, struct replica_input *input, const json_t *value)
{
	*input = (struct replica_input){
		.stamp = input->stamp,
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.door = door_of(value),
		.state = replica_word(value, "state", input_states, ARRAY_LEN(input_states)),
		.supervision =
			replica_word(value, "supervision", supervisions, ARRAY_LEN(supervisions)),
		.normal = replica_word(value, "normal", circuits, ARRAY_LEN(circuits)),
		.is_active = json_bool_or(value, "active", false),
		.is_faulty = json_bool_or(value, "fault", false),
		.is_measured = json_bool_or(value, "measured", true),
		.is_drifting = json_bool_or(value, "drifting", false),
		.ohms = replica_counter(value, "ohms"),
		.mv = replica_counter(value, "mv"),
		.drift = (uint64_t) json_integer_or(value, "drift", 0),
		.changed_us = replica_number(value, "changed_us"),
	};
	replica_text(value, "name", input->name, sizeof(input->name));
	replica_text(value, "point", input->point, sizeof(input->point));
}

void
replica_set_output(struct replica *replica, struct replica_output *output, const json_t *value)
{
	*output = (struct replica_output){
		.stamp = output->stamp,
		.command = output->command,
		.remaining_ms = replica_counter(value, "remaining_ms"),
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.door = door_of(value),
		.normal = replica_word(value, "normal", circuits, ARRAY_LEN(circuits)),
		.is_active = json_bool_or(value, "active", false),
		.is_closed = json_bool_or(value, "closed", false),
		.works = !json_bool_or(value, "fault", false),
		.changed_us = replica_number(value, "changed_us"),
	};
	replica_text(value, "name", output->name, sizeof(output->name));
	replica_text(value, "point", output->point, sizeof(output->point));
}

/* Strings, or true and false for active and inactive. */
static void
words(const json_t *list, char *to, size_t size)
{
	size_t used = 0;
	size_t i;
	json_t *item;

	*to = 0;
	json_array_foreach (list, i, item) {
		const char *said = json_is_true(item) ? "active" : "inactive";
		if (json_is_string(item))
			said = json_string_value(item);
		size_t more = strlen(said) + (used > 0);
		if (used + more >= size)
			return;
		used += (size_t) snprintf(to + used, size - used, used ? " %s" : "%s", said);
	}
}

void
replica_module_outputs_init(struct replica *replica)
{
	for (uint32_t i = 1; i <= REPLICA_MODULE_OUTPUTS; i++) {
		struct replica_module_output *output = &replica->module_outputs[i];
		output->module = (i - 1) / MODULE_POINTS + 1;
		output->output = (i - 1) % MODULE_POINTS + 1;
		replica_command_init(&output->command);
	}
}

/* What a module that does not answer said last is not how it is. */
static void
set_module_outputs(struct replica *replica, size_t module, bool is_online, const json_t *list)
{
	enum { NONE, UNKNOWN, INACTIVE, ACTIVE };
	struct replica_module_output *first =
		&replica->module_outputs[(module - 1) * MODULE_POINTS + 1];

	for (size_t i = 0; i < MODULE_POINTS; i++) {
		const json_t *said = json_array_get(list, i);
		first[i].state = !said		      ? NONE
				 : !is_online	      ? UNKNOWN
				 : json_is_true(said) ? ACTIVE
						      : INACTIVE;
	}
}

void
replica_set_module(struct replica *replica, struct replica_module *module, const json_t *value)
{
	size_t number = (size_t) (module - replica->modules);

	*module = (struct replica_module){
		.stamp = module->stamp,
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.bus = replica_counter(value, "bus"),
		.address = replica_counter(value, "address"),
		.is_enabled = json_bool_or(value, "enabled", true),
		.is_online = json_bool_or(value, "online", false),
		.is_tampered = json_bool_or(value, "tamper", false),
		.has_failure = json_bool_or(value, "power_failure", false),
		.security = replica_word(value, "security", securities, ARRAY_LEN(securities)),
		.polls = replica_counter(value, "polls"),
		.timeouts = replica_counter(value, "timeouts"),
		.errors = replica_counter(value, "errors"),
	};
	replica_text(value, "name", module->name, sizeof(module->name));
	replica_text(value, "vendor", module->vendor, sizeof(module->vendor));
	replica_text(value, "model", module->model, sizeof(module->model));
	replica_text(value, "why", module->cause, sizeof(module->cause));
	replica_text(value, "cuid", module->device, sizeof(module->device));
	replica_text(value, "serial", module->serial, sizeof(module->serial));
	replica_text(value, "firmware", module->firmware, sizeof(module->firmware));
	words(json_object_get(value, "inputs"), module->inputs, sizeof(module->inputs));
	words(json_object_get(value, "outputs"), module->outputs, sizeof(module->outputs));
	if (number)
		set_module_outputs(replica, number, module->is_online,
				   json_object_get(value, "outputs"));
}
