#include "mibs/replica_access.h"

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"
#include "mibs/replica_private.h"

void
replica_access_init(struct replica_access *access)
{
	for (unsigned i = 0; i < REPLICA_DENIED; i++) {
		access->denied[i].door = i / (REASON_COUNT - 1);
		access->denied[i].reason = i % (REASON_COUNT - 1) + 1;
	}
	replica_command_init(&access->threat_command);
	replica_command_init(&access->fire.command);
}

static void
count_denied(struct replica *replica, struct replica_denied *denied, uint32_t count)
{
	if (count == denied->count)
		return;
	denied->count = count;
	denied->stamp.mono_us = clock_mono_us();
	denied->stamp.wall_us = clock_wall_us();
	replica->changed_mono_us[PART_DENIED] = denied->stamp.mono_us;
}

void
replica_set_access(struct replica *replica, const json_t *value)
{
	struct replica_access *access = &replica->access;
	const json_t *doors = json_object_get(value, "doors");

	access->is_degraded = json_bool_or(value, "degraded", false);
	access->granted = 0;
	access->denied_sum = 0;
	for (unsigned i = 0; i <= DOORS; i++)
		access->granted += replica_counter(json_array_get(doors, i), "granted");
	for (unsigned i = 0; i < REPLICA_DENIED; i++) {
		struct replica_denied *denied = &access->denied[i];
		const json_t *counts =
			json_object_get(json_array_get(doors, denied->door), "denied");
		const char *reason = reason_name((enum reason) denied->reason);
		count_denied(replica, denied, replica_counter(counts, reason));
		access->denied_sum += denied->count;
	}
}

void
replica_set_floor(struct replica *replica, struct replica_floor *floor, const json_t *value)
{
	*floor = (struct replica_floor){
		.stamp = floor->stamp,
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.module = replica_counter(value, "module"),
		.output = replica_counter(value, "output"),
		.reader = replica_counter(value, "reader"),
		.pulse_ms = replica_counter(value, "pulse_ms"),
		.granted = replica_counter(value, "granted"),
	};
	replica_text(value, "name", floor->name, sizeof(floor->name));
}

void
replica_set_fire(struct replica *replica, const json_t *value)
{
	struct replica_fire *fire = &replica->access.fire;

	fire->input = replica_counter(value, "input");
	fire->is_active = json_bool_or(value, "active", false);
	fire->is_latched = json_bool_or(value, "latched", false);
}
