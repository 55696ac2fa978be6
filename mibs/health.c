#include "mibs/health.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "mibs/replica.h"

/* Of CARDEA-MIB's enumerations. */
enum { DOOR_FORCED = 2, DOOR_HELD = 3, LOCK_FAULT = 4, RAIL_GOOD = 2, RAIL_OFF = 5, RAIL_SHED = 6 };
enum { SOURCE_ABSENT = 3, SOURCE_DOORS = 4 };

/* How bad each of enum health is. */
static const unsigned char badness[] = { 0, 1, 0, 2, 3 };

static void PRINTF(3, 4) worsen(struct health_row *row, enum health state, const char *format, ...)
{
	va_list values;

	row->count++;
	if (badness[state] <= badness[row->state])
		return;
	row->state = (unsigned char) state;
	va_start(values, format);
	(void) vsnprintf(row->reason, sizeof(row->reason), format, values);
	va_end(values);
}

static void
judge_store(const struct replica *replica, struct health_row *row)
{
	if (!replica->device.is_current)
		worsen(row, HEALTH_FAILED, "the connection to the event store is lost");
}

static void
judge_control(const struct replica *replica, struct health_row *row)
{
	if (!replica->device.is_control_online)
		worsen(row, HEALTH_FAILED, "door control does not answer");
}

static void
judge_board(const struct replica *replica, struct health_row *row)
{
	if (!replica->device.is_board_online)
		worsen(row, HEALTH_FAILED, "the board does not answer");
}

static void
judge_doors(const struct replica *replica, struct health_row *row)
{
	for (size_t i = 0; i < ARRAY_LEN(replica->doors); i++) {
		const struct replica_door *door = &replica->doors[i];
		if (!door->is_there)
			continue;
		if (door->alarm == DOOR_FORCED)
			worsen(row, HEALTH_FAILED, "%s is forced open", door->name);
		else if (door->lock == LOCK_FAULT)
			worsen(row, HEALTH_FAILED, "%s: the lock is faulty", door->name);
		else if (door->alarm == DOOR_HELD)
			worsen(row, HEALTH_WARNING, "%s is held open", door->name);
	}
}

static void
judge_readers(const struct replica *replica, struct health_row *row)
{
	for (unsigned i = 0; i < ARRAY_LEN(replica->readers); i++) {
		const struct replica_reader *reader = &replica->readers[i];
		if (!reader->is_there)
			continue;
		if (!reader->is_online)
			worsen(row, HEALTH_FAILED, "reader %u does not answer", i);
		else if (reader->is_tampered)
			worsen(row, HEALTH_FAILED, "reader %u reports tampering", i);
		else if (reader->has_failure)
			worsen(row, HEALTH_WARNING, "the power of reader %u fails", i);
	}
}

static void
judge_inputs(const struct replica *replica, struct health_row *row)
{
	for (size_t i = 0; i < ARRAY_LEN(replica->inputs); i++) {
		const struct replica_input *input = &replica->inputs[i];
		if (!input->is_there)
			continue;
		if (input->is_faulty)
			worsen(row, HEALTH_FAILED, "%s is faulty", input->name);
		else if (input->is_drifting)
			worsen(row, HEALTH_WARNING, "the resistors of %s drift", input->name);
	}
}

static void
judge_points(const struct replica *replica, struct health_row *row)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (replica->is_faulty[i])
			worsen(row, HEALTH_FAILED, "%s does not work: %s", inventory_at(i)->id,
			       replica->point_faults[i]);
}

static void
judge_modules(const struct replica *replica, struct health_row *row)
{
	for (unsigned i = 0; i < ARRAY_LEN(replica->modules); i++) {
		const struct replica_module *module = &replica->modules[i];
		if (!module->is_there || !module->is_enabled)
			continue;
		if (!module->is_online)
			worsen(row, HEALTH_FAILED, "%s does not answer", module->name);
		else if (module->is_tampered)
			worsen(row, HEALTH_FAILED, "%s reports tampering", module->name);
		else if (module->has_failure)
			worsen(row, HEALTH_WARNING, "the power of %s fails", module->name);
	}
}

static void
judge_power(const struct replica *replica, struct health_row *row)
{
	const struct replica_power *power = &replica->power;

	if (power->sources[SOURCE_DOORS].state == SOURCE_ABSENT)
		worsen(row, HEALTH_FAILED, "%s is gone", power->sources[SOURCE_DOORS].name);
	for (size_t i = 0; i < ARRAY_LEN(power->rails); i++) {
		const struct replica_rail *rail = &power->rails[i];
		if (!rail->is_there || rail->state <= RAIL_GOOD || rail->state == RAIL_OFF)
			continue;
		if (rail->state == RAIL_SHED)
			worsen(row, HEALTH_WARNING, "%s is switched off to save power", rail->name);
		else
			worsen(row, HEALTH_FAILED, "%s is overloaded or sags", rail->name);
	}
	if (power->is_low)
		worsen(row, HEALTH_WARNING, "little power is left");
}

static void
judge_temperature(const struct replica *replica, struct health_row *row)
{
	const struct replica_power *power = &replica->power;

	if (power->temperature_state == REPLICA_TEMPERATURE_UNKNOWN)
		row->state = HEALTH_UNKNOWN;
	else if (power->temperature_state == REPLICA_TEMPERATURE_WARNING)
		worsen(row, HEALTH_WARNING, "it is too warm");
	else if (power->temperature_state == REPLICA_TEMPERATURE_CRITICAL)
		worsen(row, HEALTH_FAILED, "it is far too warm");
}

static void
judge_tampering(const struct replica *replica, struct health_row *row)
{
	const struct replica_power *power = &replica->power;

	if (power->is_casing_raised)
		worsen(row, HEALTH_FAILED, "the casing is open");
	if (power->is_tamper_raised)
		worsen(row, HEALTH_FAILED, "the external tamper contact is active");
	if (power->is_motion_raised)
		worsen(row, HEALTH_WARNING, "the controller is moved");
}

static void
judge_fire(const struct replica *replica, struct health_row *row)
{
	if (replica->access.fire.is_latched)
		worsen(row, HEALTH_FAILED, "there is a fire alarm");
	else if (replica->access.fire.is_active)
		worsen(row, HEALTH_WARNING, "the fire input is active");
}

static void
judge_access(const struct replica *replica, struct health_row *row)
{
	if (replica->access.is_degraded)
		worsen(row, HEALTH_FAILED, "credentials cannot be read");
}

static void
judge_log(const struct replica *replica, struct health_row *row)
{
	const struct replica_log *log = &replica->log;

	if (!log->head) {
		row->state = HEALTH_UNKNOWN;
		return;
	}
	if (!log->is_stored)
		worsen(row, HEALTH_FAILED, "events cannot be stored, %u wait", log->waiting);
	if (!log->is_signed)
		worsen(row, HEALTH_WARNING, "the log is not signed");
}

static void
judge_servers(const struct replica *replica, struct health_row *row)
{
	for (size_t i = 0; i < ARRAY_LEN(replica->log.servers); i++) {
		const struct replica_server *server = &replica->log.servers[i];
		const char *name = *server->name ? server->name : "a log server";
		if (!server->is_there)
			continue;
		if (server->state == REPLICA_SERVER_DOWN)
			worsen(row, HEALTH_WARNING, "%s takes no events", name);
		else if (server->state == REPLICA_SERVER_STOPPED)
			worsen(row, HEALTH_WARNING, "nobody forwards events to %s", name);
		else if (server->is_behind)
			worsen(row, HEALTH_WARNING, "%s is too far behind", name);
	}
}

static const struct {
	const char *name;
	void (*judge)(const struct replica *replica, struct health_row *row);
} parts[HEALTH_PARTS] = {
	[HEALTH_STORE] = { "event store", judge_store },
	[HEALTH_CONTROL] = { "door control", judge_control },
	[HEALTH_BOARD] = { "board", judge_board },
	[HEALTH_DOORS] = { "doors", judge_doors },
	[HEALTH_READERS] = { "readers", judge_readers },
	[HEALTH_INPUTS] = { "inputs", judge_inputs },
	[HEALTH_POINTS] = { "points of the board", judge_points },
	[HEALTH_MODULES] = { "expansion modules", judge_modules },
	[HEALTH_POWER] = { "power", judge_power },
	[HEALTH_TEMPERATURE] = { "temperature", judge_temperature },
	[HEALTH_TAMPERING] = { "tampering", judge_tampering },
	[HEALTH_FIRE] = { "fire", judge_fire },
	[HEALTH_ACCESS] = { "credentials", judge_access },
	[HEALTH_LOG] = { "event log", judge_log },
	[HEALTH_SERVERS] = { "log servers", judge_servers },
};

const char *
health_name(enum health_part part)
{
	return parts[part].name;
}

void
health_judge(struct replica *replica)
{
	struct replica_health *health = &replica->health;

	health->worst = HEALTH_GOOD;
	health->reason[0] = 0;
	for (unsigned i = 0; i < HEALTH_PARTS; i++) {
		struct health_row *row = &health->rows[i + 1];
		row->state = HEALTH_GOOD;
		row->reason[0] = 0;
		row->count = 0;
		parts[i].judge(replica, row);
		if (badness[row->state] <= badness[health->worst])
			continue;
		health->worst = row->state;
		(void) copy_string(health->reason, sizeof(health->reason), row->reason);
	}
}
