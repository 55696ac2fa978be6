#include "agent/door_fire.h"

#include "agent/door.h"
#include "agent/door_keep.h"
#include "lib/json.h"
#include "lib/util.h"

static unsigned
input_number(const struct door_role *role)
{
	return role->table ? access_fire_input(role->table) : 0;
}

static enum hw_state
input_state(const struct door_role *role)
{
	unsigned input = input_number(role);

	return input ? door_line_state(&role->lines[input - 1]) : HW_INACTIVE;
}

json_t *
door_fire_live_state(const struct door_role *role)
{
	return json_pack("{si,sb,sb}", "input", (int) input_number(role), "active",
			 input_state(role) == HW_ACTIVE, "latched", role->fire.is_latched);
}

static void
spread(struct door_role *role, const char *actor)
{
	for (unsigned i = 0; i < DOORS; i++) {
		struct door *door = &role->doors[i];
		struct door_input input = {
			.kind = DOOR_INPUT_FIRE,
			.is_active = role->fire.is_latched && door_config(door)->fire_unlocks,
			.actor = actor,
		};
		if (input.is_active != door->state.priority.wishes[DOOR_LEVEL_FIRE].is_there)
			door_apply(door, &input);
	}
	door_rpc_push_state(role, "fire", door_fire_live_state(role));
}

static void
latch(struct door_role *role, bool is_latched, const char *actor)
{
	unsigned input = input_number(role);
	const char *name = input ? role->lines[input - 1].row->label : "none";

	role->fire.is_latched = is_latched;
	door_tell(role, is_latched ? EV_FIRE : EV_FIRE_CLEARED, "fire", actor, NULL,
		  json_pack("{si,ss}", "input", (int) input, "name", name));
	door_keep_save(role);
	spread(role, actor);
}

void
door_fire_take(struct door_role *role, unsigned input)
{
	if (input != input_number(role))
		return;
	if (input_state(role) == HW_ACTIVE && !role->fire.is_latched)
		latch(role, true, NULL);
	else
		door_rpc_push_state(role, "fire", door_fire_live_state(role));
}

void
door_fire_configure(struct door_role *role)
{
	unsigned input = input_number(role);

	if (input)
		door_fire_take(role, input);
	spread(role, NULL);
}

void
door_fire_forget(struct door_role *role)
{
	if (!role->fire.is_latched)
		return;
	latch(role, false, NULL);
	door_fire_configure(role);
}

void
door_fire_reset(struct door_role *role, struct rpc_request *request)
{
	if (!role->fire.is_latched) {
		rpc_fail(request, RPC_CONFLICT, "there is no fire alarm");
		return;
	}
	if (input_state(role) != HW_INACTIVE) {
		rpc_fail(request, RPC_CONFLICT, "the fire input is not normal yet");
		return;
	}
	if (door_rpc_is_late(role, request))
		return;
	rpc_reply(request, NULL);
	latch(role, false, json_string_or(request->params, "actor", "operator"));
}
