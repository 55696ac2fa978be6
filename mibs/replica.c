#include "mibs/replica.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
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
static unsigned char
word(const json_t *object, const char *key, const char *const *words, size_t count)
{
	return (unsigned char) (json_word(object, key, words, count) + 1);
}

static uint64_t
number(const json_t *object, const char *key)
{
	int64_t value = json_integer_or(object, key, 0);

	return value > 0 ? (uint64_t) value : 0;
}

/* Counters wrap on the wire, so the low half is the counter. */
static uint32_t
counter(const json_t *object, const char *key)
{
	return (uint32_t) number(object, key);
}

/* A reader tells its vendor as text or as the number that it has. */
static void
text(const json_t *object, const char *key, char *to, size_t size)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_integer(value))
		(void) snprintf(to, size, "%lld", (long long) json_integer_value(value));
	else
		(void) copy_string(to, size, json_string_or(object, key, ""));
}

static void
set_door(struct replica *replica, struct replica_door *door, const json_t *value)
{
	*door = (struct replica_door){
		.command = door->command,
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.mode = word(value, "mode", modes, ARRAY_LEN(modes)),
		.reason = word(value, "reason", reasons, ARRAY_LEN(reasons)),
		.position = word(value, "position", positions, ARRAY_LEN(positions)),
		.lock = word(value, "lock", locks, ARRAY_LEN(locks)),
		.alarm = word(value, "alarm", alarms, ARRAY_LEN(alarms)),
		.is_warning = json_bool_or(value, "warning", false),
		.is_rex = json_bool_or(value, "rex", false),
		.changed_us = number(value, "changed_us"),
		.changed_mono_us = number(value, "changed_mono_us"),
		.granted = counter(value, "granted"),
		.denied = counter(value, "denied"),
		.forced = counter(value, "forced"),
	};
	text(value, "name", door->name, sizeof(door->name));
}

static uint32_t
door_of(const json_t *value)
{
	uint64_t door = number(value, "door");

	return door <= DOORS_MODEL ? (uint32_t) door : 0;
}

static void
set_reader(struct replica *replica, struct replica_reader *reader, const json_t *value)
{
	*reader = (struct replica_reader){
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.door = door_of(value),
		.bus = counter(value, "bus"),
		.address = counter(value, "address"),
		.is_online = json_bool_or(value, "online", false),
		.is_tampered = json_bool_or(value, "tamper", false),
		.security = word(value, "security", securities, ARRAY_LEN(securities)),
		.polls = counter(value, "polls"),
		.timeouts = counter(value, "timeouts"),
		.errors = counter(value, "errors"),
		.cards = counter(value, "cards"),
	};
	text(value, "name", reader->name, sizeof(reader->name));
	text(value, "vendor", reader->vendor, sizeof(reader->vendor));
	text(value, "model", reader->model, sizeof(reader->model));
	text(value, "serial", reader->serial, sizeof(reader->serial));
	text(value, "firmware", reader->firmware, sizeof(reader->firmware));
}

static void
set_input(struct replica *replica, struct replica_input *input, const json_t *value)
{
	*input = (struct replica_input){
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.door = door_of(value),
		.state = word(value, "state", input_states, ARRAY_LEN(input_states)),
		.supervision = word(value, "supervision", supervisions, ARRAY_LEN(supervisions)),
		.normal = word(value, "normal", circuits, ARRAY_LEN(circuits)),
		.is_active = json_bool_or(value, "active", false),
		.is_faulty = json_bool_or(value, "fault", false),
		.is_drifting = json_bool_or(value, "drifting", false),
		.ohms = counter(value, "ohms"),
		.mv = counter(value, "mv"),
		.drift = (uint64_t) json_integer_or(value, "drift", 0),
		.changed_us = number(value, "changed_us"),
	};
	text(value, "name", input->name, sizeof(input->name));
	text(value, "point", input->point, sizeof(input->point));
}

static void
set_output(struct replica *replica, struct replica_output *output, const json_t *value)
{
	*output = (struct replica_output){
		.command = output->command,
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.door = door_of(value),
		.normal = word(value, "normal", circuits, ARRAY_LEN(circuits)),
		.is_active = json_bool_or(value, "active", false),
		.is_closed = json_bool_or(value, "closed", false),
		.works = !json_bool_or(value, "fault", false),
		.changed_us = number(value, "changed_us"),
	};
	text(value, "name", output->name, sizeof(output->name));
	text(value, "point", output->point, sizeof(output->point));
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

static void
set_module(struct replica *replica, struct replica_module *module, const json_t *value)
{
	*module = (struct replica_module){
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.bus = counter(value, "bus"),
		.address = counter(value, "address"),
		.is_enabled = json_bool_or(value, "enabled", true),
		.is_online = json_bool_or(value, "online", false),
		.is_tampered = json_bool_or(value, "tamper", false),
		.has_failure = json_bool_or(value, "power_failure", false),
		.security = word(value, "security", securities, ARRAY_LEN(securities)),
	};
	text(value, "name", module->name, sizeof(module->name));
	text(value, "vendor", module->vendor, sizeof(module->vendor));
	text(value, "serial", module->serial, sizeof(module->serial));
	text(value, "firmware", module->firmware, sizeof(module->firmware));
	words(json_object_get(value, "inputs"), module->inputs, sizeof(module->inputs));
	words(json_object_get(value, "outputs"), module->outputs, sizeof(module->outputs));
}

static void
set_board(struct replica *replica, const json_t *value)
{
	const json_t *faults = json_object_get(value, "faults");
	const json_t *item;
	size_t at;

	text(value, "name", replica->device.board, sizeof(replica->device.board));
	replica->device.is_board_online = json_bool_or(value, "online", false);
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		replica->is_faulty[i] = json_object_get(faults, inventory_at(i)->id);
		replica->is_absent[i] = false;
	}
	json_array_foreach (json_object_get(value, "absent"), at, item) {
		const struct inventory_row *point =
			inventory_find(json_is_string(item) ? json_string_value(item) : "");
		if (point)
			replica->is_absent[inventory_position(point)] = true;
	}
}

static void
set_settings(struct replica *replica, const json_t *value)
{
	struct replica_device *device = &replica->device;

	text(value, "system.name", device->name, sizeof(device->name));
	text(value, "system.location", device->location, sizeof(device->location));
	replica->notifies_access = json_bool_or(value, "snmp.notifications.access", true);
	replica->notifies_state = json_bool_or(value, "snmp.notifications.state", true);
}

/* What is derived from more than one object. */
static void
summarize(struct replica *replica)
{
	struct replica_device *device = &replica->device;

	device->active_alarms = (uint32_t) !device->is_control_online + !device->is_board_online;
	for (size_t i = 0; i < LOG_SERVERS; i++)
		device->active_alarms += device->is_syslog_down[i];
	device->doors_changed_mono_us = 0;
	for (size_t i = 0; i < ARRAY_LEN(replica->doors); i++) {
		const struct replica_door *door = &replica->doors[i];
		if (!door->is_there)
			continue;
		device->active_alarms += door->alarm != 1;
		device->doors_changed_mono_us =
			MAX_OF(device->doors_changed_mono_us, door->changed_mono_us);
	}
	for (size_t i = 0; i < ARRAY_LEN(replica->readers); i++)
		if (replica->readers[i].is_there)
			device->active_alarms += (uint32_t) !replica->readers[i].is_online +
						 replica->readers[i].is_tampered;
	for (size_t i = 0; i < ARRAY_LEN(replica->inputs); i++)
		device->active_alarms +=
			replica->inputs[i].is_there && replica->inputs[i].is_faulty;
	for (size_t i = 0; i < ARRAY_LEN(replica->is_faulty); i++)
		device->active_alarms += replica->is_faulty[i];
}

/* The N of "door.N" within 1..last, or 0. */
static unsigned
row_of(const char *key, const char *kind, unsigned last)
{
	size_t length = strlen(kind);
	char *end;

	if (strncmp(key, kind, length) || key[length] < '1' || key[length] > '9')
		return 0;
	unsigned long row = strtoul(key + length, &end, 10);
	return !*end && row <= last ? (unsigned) row : 0;
}

static void
refresh(struct replica *replica)
{
	summarize(replica);
	if (!replica->is_in_snapshot)
		entities_refresh(replica, clock_mono_us(), clock_wall_us());
}

/* False when the key is about something else. */
static bool
take(struct replica *replica, const char *key, const json_t *value)
{
	struct replica_device *device = &replica->device;
	unsigned door = row_of(key, "door.", DOORS_MODEL);
	unsigned reader = row_of(key, "reader.", REPLICA_READERS);
	unsigned input = row_of(key, "input.", INPUTS);
	unsigned output = row_of(key, "output.", OUTPUTS);

	if (door)
		set_door(replica, &replica->doors[door], value);
	else if (reader)
		set_reader(replica, &replica->readers[reader], value);
	else if (input)
		set_input(replica, &replica->inputs[input], value);
	else if (output)
		set_output(replica, &replica->outputs[output], value);
	else if (row_of(key, "module.", MODULES))
		set_module(replica, &replica->modules[row_of(key, "module.", MODULES)], value);
	else if (replica_power_update(&replica->power, key, value))
		return true;
	else if (!strcmp(key, "settings"))
		set_settings(replica, value);
	else if (!strcmp(key, "system"))
		text(value, "version", device->version, sizeof(device->version));
	else if (!strcmp(key, "control"))
		device->is_control_online = json_bool_or(value, "online", false);
	else if (!strcmp(key, "board"))
		set_board(replica, value);
	else if (row_of(key, "syslog.", LOG_SERVERS))
		device->is_syslog_down[row_of(key, "syslog.", LOG_SERVERS) - 1] =
			!strcmp(json_string_or(value, "state", "off"), "down");
	else
		return false;
	return true;
}

void
replica_update(struct replica *replica, const char *key, const json_t *value)
{
	if (take(replica, key, value))
		refresh(replica);
}

void
replica_init(struct replica *replica)
{
	*replica = (struct replica){ .notifies_access = true, .notifies_state = true };
	replica_power_init(&replica->power);
	for (size_t i = 0; i < ARRAY_LEN(replica->doors); i++)
		replica_command_init(&replica->doors[i].command);
	for (size_t i = 0; i < ARRAY_LEN(replica->outputs); i++)
		replica_command_init(&replica->outputs[i].command);
	entities_init(&replica->entities);
	refresh(replica);
}

void
replica_lost(struct replica *replica)
{
	replica->device.is_current = false;
	replica->is_in_snapshot = false;
	refresh(replica);
}

void
replica_begin(struct replica *replica)
{
	replica->snapshot++;
	replica->is_in_snapshot = true;
}

void
replica_end(struct replica *replica)
{
	for (size_t i = 0; i < ARRAY_LEN(replica->doors); i++)
		if (replica->doors[i].snapshot != replica->snapshot)
			set_door(replica, &replica->doors[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(replica->readers); i++)
		if (replica->readers[i].snapshot != replica->snapshot)
			replica->readers[i] = (struct replica_reader){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(replica->inputs); i++)
		if (replica->inputs[i].snapshot != replica->snapshot)
			replica->inputs[i] = (struct replica_input){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(replica->outputs); i++)
		if (replica->outputs[i].snapshot != replica->snapshot)
			set_output(replica, &replica->outputs[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(replica->modules); i++)
		if (replica->modules[i].snapshot != replica->snapshot)
			replica->modules[i] = (struct replica_module){ 0 };
	replica->is_known = true;
	replica->device.is_current = true;
	replica->is_in_snapshot = false;
	refresh(replica);
}

void
replica_set_uptime(struct replica *replica, uint32_t uptime_cs, uint64_t now_mono_us)
{
	uint64_t uptime_us = (uint64_t) uptime_cs * (US_PER_S / 100);

	replica->uptime_start_us = now_mono_us > uptime_us ? now_mono_us - uptime_us : 1;
}
