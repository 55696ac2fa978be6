#include "agent/door_command.h"

#include "agent/door.h"
#include "lib/clock.h"
#include "lib/door_command.h"
#include "lib/json.h"
#include "lib/util.h"

/* The doors as bits, bit n - 1 for door n; 0 after having refused. */
static unsigned
doors_of(struct rpc_request *request)
{
	const json_t *list = json_object_get(request->params, "doors");
	json_int_t number = json_integer_or(request->params, "door", 0);
	unsigned doors = 0;
	json_t *each;
	size_t i;

	if (number >= 1 && number <= DOORS)
		doors = 1U << (number - 1);
	json_array_foreach (list, i, each) {
		number = json_integer_value(each);
		if (number < 1 || number > DOORS) {
			doors = 0;
			break;
		}
		doors |= 1U << (number - 1);
	}
	if (!doors)
		rpc_fail_field(request, RPC_BAD_PARAMS, list ? "doors" : "door", "from 1 to %d",
			       DOORS);
	return doors;
}

static bool
is_in(unsigned doors, unsigned index)
{
	return doors & 1U << index;
}

/* An operator is no one's holder: what shuts out who may not override shuts out a grant too. */
static bool
is_refused(struct door_role *role, struct rpc_request *request, unsigned doors)
{
	for (unsigned i = 0; i < DOORS; i++) {
		const struct door *door = &role->doors[i];
		if (!is_in(doors, i) || door_admission(&door->state) == DOOR_ADMITS)
			continue;
		rpc_fail_field(request, RPC_CONFLICT, "door", "%s is %s", door_config(door)->name,
			       door_mode_name(door->state.mode));
		return true;
	}
	return false;
}

void
door_command_take(struct door_role *role, struct rpc_request *request)
{
	json_int_t seconds = json_integer_or(request->params, "seconds", 0);
	struct door_subject commander = { .credential = 0 };
	struct door_input input = { .kind = DOOR_INPUT_COMMAND, .subject = &commander };
	unsigned doors = doors_of(request);

	if (!doors)
		return;
	if (door_command_find(json_string_or(request->params, "command", ""), &input.command) < 0) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "command", "no such command");
		return;
	}
	if (seconds < 0 || seconds > DOOR_UNLOCK_S_MAX ||
	    (seconds && input.command != DOOR_COMMAND_UNLOCK)) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "seconds", "up to %d, for unlock",
			       DOOR_UNLOCK_S_MAX);
		return;
	}
	if (door_rpc_is_late(role, request))
		return;
	_cleanup_(freep) char *actor =
		xstrdup(json_string_or(request->params, "actor", "operator"));
	(void) copy_string(commander.holder, sizeof(commander.holder), actor);
	if (input.command == DOOR_COMMAND_GRANT) {
		if (is_refused(role, request, doors))
			return;
		input.kind = DOOR_INPUT_GRANT;
	} else {
		input.actor = actor;
	}
	if (seconds)
		input.until_us = clock_mono_us() + (uint64_t) seconds * US_PER_S;
	rpc_reply(request, NULL);
	for (unsigned i = 0; i < DOORS; i++)
		if (is_in(doors, i))
			door_apply(&role->doors[i], &input);
}
