#include "mibs/replica_private.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

static void
set_board(struct replica *replica, const json_t *value)
{
	const json_t *faults = json_object_get(value, "faults");
	const json_t *item;
	size_t at;

	replica_text(value, "name", replica->device.board, sizeof(replica->device.board));
	replica->device.is_board_online = json_bool_or(value, "online", false);
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		replica->is_faulty[i] = json_object_get(faults, inventory_at(i)->id);
		replica_text(faults, inventory_at(i)->id, replica->point_faults[i],
			     sizeof(replica->point_faults[i]));
		replica->is_absent[i] = false;
	}
	json_array_foreach (json_object_get(value, "absent"), at, item) {
		const struct inventory_row *point =
			inventory_find(json_is_string(item) ? json_string_value(item) : "");
		if (point)
			replica->is_absent[inventory_position(point)] = true;
	}
}

/* Its start by the monotonic clock, so that a clock that is set later moves nothing. */
static void
set_system(struct replica_device *device, const json_t *value)
{
	uint64_t now_us = clock_wall_us();

	replica_text(value, "version", device->version, sizeof(device->version));
	replica_text(value, "boot", device->boot, sizeof(device->boot));
	if (device->started_us == replica_number(value, "started_us"))
		return;
	device->started_us = replica_number(value, "started_us");
	uint64_t age_us = now_us > device->started_us ? now_us - device->started_us : 0;
	device->started_mono_us = clock_mono_us() > age_us ? clock_mono_us() - age_us : 0;
}

static void
set_settings(struct replica *replica, const json_t *value)
{
	struct replica_device *device = &replica->device;

	replica_text(value, "system.name", device->name, sizeof(device->name));
	replica_text(value, "system.location", device->location, sizeof(device->location));
	replica->access.threat = replica_counter(value, "access.threat_level");
	replica->heartbeat_min = (uint32_t) json_integer_or(value, "snmp.heartbeat", 0);
	replica_notifications_set(&replica->notifications, value);
}

/* What is derived from more than one object. */
static void
summarize(struct replica *replica)
{
	struct replica_device *device = &replica->device;

	device->doors_changed_mono_us = 0;
	for (size_t i = 0; i < ARRAY_LEN(replica->doors); i++)
		if (replica->doors[i].is_there)
			device->doors_changed_mono_us = MAX_OF(device->doors_changed_mono_us,
							       replica->doors[i].changed_mono_us);
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

/* Within a snapshot nothing has changed yet: what it tells of first may be what it was. */
static void
refresh(struct replica *replica, unsigned parts)
{
	summarize(replica);
	if (replica->is_in_snapshot)
		return;
	health_judge(replica);
	changes_note(replica, parts | PART_BIT(PART_HEALTH));
	entities_refresh(replica, clock_mono_us(), clock_wall_us());
	standard_alarms_refresh(replica);
}

/* Which tables a live object is about, a bit each. */
static unsigned
parts_of(const char *key)
{
	static const struct {
		const char *prefix;
		unsigned parts;
	} rows[] = {
		{ "reader.", PART_BIT(PART_READERS) },
		{ "input.", PART_BIT(PART_INPUTS) },
		{ "output.", PART_BIT(PART_OUTPUTS) },
		{ "module.", PART_BIT(PART_MODULES) | PART_BIT(PART_MODULE_OUTPUTS) },
		{ "power", PART_BIT(PART_SOURCES) },
		{ "rail.", PART_BIT(PART_RAILS) },
		{ "led.", PART_BIT(PART_LEDS) },
		{ "board", PART_BIT(PART_POINTS) },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strncmp(key, rows[i].prefix, strlen(rows[i].prefix)))
			return rows[i].parts;
	return 0;
}

/* Decisions, floors and fire, and the log. */
static bool
take_access(struct replica *replica, const char *key, const json_t *value)
{
	unsigned floor = row_of(key, "floor.", FLOORS);
	unsigned server = row_of(key, "syslog.", LOG_SERVERS);

	if (floor)
		replica_set_floor(replica, &replica->access.floors[floor], value);
	else if (server)
		replica_set_server(replica, &replica->log.servers[server], value);
	else if (!strcmp(key, "access"))
		replica_set_access(replica, value);
	else if (!strcmp(key, "fire"))
		replica_set_fire(replica, value);
	else if (!strcmp(key, "log"))
		replica_set_log(replica, value);
	else
		return false;
	return true;
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
		replica_set_door(replica, &replica->doors[door], value);
	else if (reader)
		replica_set_reader(replica, &replica->readers[reader], value);
	else if (input)
		replica_set_input(replica, &replica->inputs[input], value);
	else if (output)
		replica_set_output(replica, &replica->outputs[output], value);
	else if (row_of(key, "module.", MODULES))
		replica_set_module(replica, &replica->modules[row_of(key, "module.", MODULES)],
				   value);
	else if (replica_power_update(&replica->power, key, value))
		return true;
	else if (!strcmp(key, "settings"))
		set_settings(replica, value);
	else if (!strcmp(key, "system"))
		set_system(device, value);
	else if (!strcmp(key, "control"))
		device->is_control_online = json_bool_or(value, "online", false);
	else if (!strcmp(key, "board"))
		set_board(replica, value);
	else
		return take_access(replica, key, value);
	return true;
}

void
replica_update(struct replica *replica, const char *key, const json_t *value)
{
	if (replica_alarms_update(&replica->alarms, key, value, replica->snapshot))
		refresh(replica, 0);
	else if (take(replica, key, value))
		refresh(replica, parts_of(key));
}

void
replica_init(struct replica *replica)
{
	*replica = (struct replica){ 0 };
	replica_power_init(&replica->power);
	replica_alarms_init(&replica->alarms);
	replica_events_init(&replica->events);
	replica_notifications_init(&replica->notifications);
	for (size_t i = 0; i < ARRAY_LEN(replica->doors); i++)
		replica_command_init(&replica->doors[i].command);
	for (size_t i = 0; i < ARRAY_LEN(replica->outputs); i++)
		replica_command_init(&replica->outputs[i].command);
	replica_module_outputs_init(replica);
	replica_access_init(&replica->access);
	entities_init(&replica->entities);
	standard_alarms_init(&replica->standard_alarms);
	refresh(replica, UINT32_MAX);
}

void
replica_lost(struct replica *replica)
{
	replica->device.is_current = false;
	replica->is_in_snapshot = false;
	refresh(replica, 0);
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
			replica_set_door(replica, &replica->doors[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(replica->readers); i++)
		if (replica->readers[i].snapshot != replica->snapshot)
			replica_set_reader(replica, &replica->readers[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(replica->inputs); i++)
		if (replica->inputs[i].snapshot != replica->snapshot)
			replica_set_input(replica, &replica->inputs[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(replica->outputs); i++)
		if (replica->outputs[i].snapshot != replica->snapshot)
			replica_set_output(replica, &replica->outputs[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(replica->modules); i++)
		if (replica->modules[i].snapshot != replica->snapshot)
			replica_set_module(replica, &replica->modules[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(replica->access.floors); i++)
		if (replica->access.floors[i].snapshot != replica->snapshot)
			replica_set_floor(replica, &replica->access.floors[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(replica->log.servers); i++)
		if (replica->log.servers[i].snapshot != replica->snapshot)
			replica_set_server(replica, &replica->log.servers[i], NULL);
	replica_alarms_end(&replica->alarms, replica->snapshot);
	replica->is_known = true;
	replica->device.is_current = true;
	replica->is_in_snapshot = false;
	refresh(replica, UINT32_MAX);
}

void
replica_set_uptime(struct replica *replica, uint32_t uptime_cs, uint64_t now_mono_us)
{
	uint64_t uptime_us = (uint64_t) uptime_cs * (US_PER_S / 100);

	replica->uptime_start_us = now_mono_us > uptime_us ? now_mono_us - uptime_us : 1;
}
