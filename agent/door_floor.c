#include "agent/door_floor.h"

#include <errno.h>

#include "agent/door.h"
#include "agent/door_card.h"
#include "agent/door_decide.h"
#include "lib/json.h"
#include "lib/util.h"

/* Those whose module is there to switch them. */
static uint32_t
reachable(const struct door_role *role, uint32_t floors)
{
	struct hw_module module;

	for (unsigned i = 1; floors >> (i - 1); i++)
		if (floors >> (i - 1) & 1 &&
		    (hw_module(role->hw, access_floor(role->table, i)->module, &module) < 0 ||
		     !module.is_online))
			floors &= ~(UINT32_C(1) << (i - 1));
	return floors;
}

/* One command a module and length of pulse: its queue is short. -errno of the last that failed. */
static int
pulse(struct door_role *role, uint32_t floors)
{
	int r = 0;

	while (floors) {
		const struct access_floor *first = NULL;
		uint32_t outputs = 0;
		for (unsigned i = 1; i <= FLOORS; i++) {
			const struct access_floor *floor = access_floor(role->table, i);
			if (!(floors >> (i - 1) & 1) ||
			    (first && (floor->module != first->module ||
				       floor->pulse_ms != first->pulse_ms)))
				continue;
			first = floor;
			outputs |= UINT32_C(1) << (floor->output - 1);
			floors &= ~(UINT32_C(1) << (i - 1));
		}
		int one = hw_module_set_outputs(role->hw, first->module, outputs, true,
						first->pulse_ms);
		r = one < 0 ? one : r;
	}
	return r;
}

static void
add_floors(const struct door_role *role, json_t *data, uint32_t floors)
{
	_cleanup_(freep) char *names = xstrdup("");
	json_t *numbers = json_array();

	for (unsigned i = 1; i <= FLOORS; i++) {
		if (!(floors >> (i - 1) & 1))
			continue;
		char *longer = xasprintf("%s%s%s", names, *names ? ", " : "",
					 access_floor(role->table, i)->name);
		freep(&names);
		names = longer;
		(void) json_array_append_new(numbers, json_integer(i));
	}
	(void) json_object_update_new(
		data, json_pack("{so,ss}", "floors", numbers, "floor_names", names));
}

/* Told before anything moves, as for a door. */
static void
tell(struct door_role *role, const struct access_request *request,
     const struct access_decision *decision)
{
	json_t *data = door_decision_data(role, request, decision);
	_cleanup_(freep) char *actor = door_decision_actor(decision);
	char source[16];

	(void) snprintf(source, sizeof(source), "reader.%u", request->point);
	add_floors(role, data, decision->floors);
	door_tell(role, decision->verdict == ACCESS_GRANTED ? EV_FLOOR_GRANTED : EV_FLOOR_DENIED,
		  source, actor,
		  decision->verdict == ACCESS_GRANTED ? NULL : reason_name(decision->reason), data);
}

void
door_floor_take(struct door_role *role, const struct access_request *request,
		struct access_decision *decision)
{
	int r = 0;

	decision->floors =
		decision->verdict == ACCESS_GRANTED ? reachable(role, decision->floors) : 0;
	if (decision->verdict == ACCESS_GRANTED && !decision->floors) {
		decision->verdict = ACCESS_DENIED;
		decision->reason = REASON_OTHER;
		r = -ENOTCONN;
	}
	tell(role, request, decision);
	door_statistics_note(role, 0, decision);
	if (decision->floors)
		r = pulse(role, decision->floors);
	door_feedback_give(role, request->point,
			   r < 0 ? FEEDBACK_ERROR : door_decision_outcome(decision));
}
