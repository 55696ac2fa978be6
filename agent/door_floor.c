#include "agent/door_floor.h"

#include "agent/door.h"
#include "agent/door_card.h"
#include "lib/cardformat.h"
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
tell(struct door_role *role, const struct hw_card *card, const struct access_decision *decision,
     uint32_t floors)
{
	json_t *data = json_pack("{si}", "reader", (int) card->reader);
	_cleanup_(freep) char *actor = NULL;
	char source[16];

	(void) snprintf(source, sizeof(source), "reader.%u", card->reader);
	if (decision->format) {
		const char *format = cardformat_name(decision->format);
		(void) json_object_update_new(
			data, json_pack("{ss,sI,sI}", "format", format, "facility",
					(json_int_t) decision->card.facility, "card",
					(json_int_t) decision->card.number));
		actor = xasprintf("card:%s:%u:%llu", format, decision->card.facility,
				  (unsigned long long) decision->card.number);
	}
	if (decision->credential)
		(void) json_object_update_new(data,
					      json_pack("{sI,ss}", "credential",
							(json_int_t) decision->credential->id,
							"holder", decision->credential->holder));
	add_floors(role, data, floors);
	door_tell(role, floors ? EV_FLOOR_GRANTED : EV_FLOOR_DENIED, source,
		  actor ? actor : "card:unknown", decision->reason, data);
}

bool
door_floor_take(struct door_role *role, const struct hw_card *card)
{
	struct access_request request = { .bit_count = card->bit_count, .data = card->data };
	struct access_decision decision;

	if (!access_floors_of(role->table, card->reader))
		return false;
	uint32_t floors = access_decide_floors(role->table, card->reader, &request, &decision);
	floors = reachable(role, floors);
	if (decision.is_granted && !floors) {
		decision.is_granted = false;
		decision.reason = "ModuleOffline";
	}
	tell(role, card, &decision, floors);
	int r = pulse(role, floors);
	door_feedback_give(role, card->reader,
			   r < 0		 ? FEEDBACK_ERROR
			   : decision.is_granted ? FEEDBACK_GRANTED
			   : decision.credential ? FEEDBACK_DENIED
						 : FEEDBACK_UNKNOWN_CARD);
	return true;
}
