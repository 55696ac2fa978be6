#include "agent/door_statistics.h"

#include <stdio.h>

#include "agent/door.h"

static json_t *
denied_at(const struct door_statistics *statistics, unsigned door)
{
	json_t *denied = json_object();

	for (unsigned reason = 1; reason < REASON_COUNT; reason++)
		if (statistics->denied[door][reason])
			(void) json_object_set_new(denied, reason_name((enum reason) reason),
						   json_integer(statistics->denied[door][reason]));
	return denied;
}

static json_t *
access_state(const struct door_role *role)
{
	json_t *doors = json_array();

	for (unsigned i = 0; i <= DOORS; i++)
		(void) json_array_append_new(doors,
					     json_pack("{sI,so}", "granted",
						       (json_int_t) role->statistics.granted[i],
						       "denied", denied_at(&role->statistics, i)));
	return json_pack("{sb,so}", "degraded", role->is_degraded, "doors", doors);
}

/* NULL when there is no such floor. */
static json_t *
floor_state(const struct door_role *role, unsigned number)
{
	const struct access_floor *floor = role->table ? access_floor(role->table, number) : NULL;

	if (!floor || !floor->module)
		return NULL;
	return json_pack("{ss,si,si,si,sI,sI}", "name", floor->name, "module", (int) floor->module,
			 "output", (int) floor->output, "reader", (int) floor->reader, "pulse_ms",
			 (json_int_t) floor->pulse_ms, "granted",
			 (json_int_t) role->statistics.floors[number - 1]);
}

static void
push_floor(struct door_role *role, unsigned number)
{
	json_t *state = floor_state(role, number);
	char key[16];

	(void) snprintf(key, sizeof(key), "floor.%u", number);
	door_rpc_push_state(role, key, state ? state : json_null());
}

void
door_statistics_note(struct door_role *role, unsigned door, const struct access_decision *decision)
{
	if (decision->verdict == ACCESS_GRANTED)
		role->statistics.granted[door]++;
	else
		role->statistics.denied[door][decision->reason]++;
	door_rpc_push_state(role, "access", access_state(role));
	for (unsigned i = 1; decision->verdict == ACCESS_GRANTED && i <= FLOORS; i++) {
		if (!(decision->floors >> (i - 1) & 1))
			continue;
		role->statistics.floors[i - 1]++;
		push_floor(role, i);
	}
}

void
door_statistics_configure(struct door_role *role)
{
	door_rpc_push_state(role, "access", access_state(role));
	for (unsigned i = 1; i <= FLOORS; i++)
		push_floor(role, i);
}

void
door_statistics_live_state(const struct door_role *role, json_t *objects)
{
	char key[16];

	(void) json_object_set_new(objects, "access", access_state(role));
	for (unsigned i = 1; i <= FLOORS; i++) {
		json_t *state = floor_state(role, i);
		(void) snprintf(key, sizeof(key), "floor.%u", i);
		if (state)
			(void) json_object_set_new(objects, key, state);
	}
}
