/* Events of decisions: who was let in where, who was not, and why. */
#include <stdlib.h>

#include "agent/door.h"
#include "agent/door_decide.h"
#include "lib/json.h"
#include "lib/util.h"

char *
door_decision_actor(const struct access_decision *decision)
{
	const struct access_holder *holder = &decision->holder;
	const struct access_card *card = &holder->card;

	if (card->format == ACCESS_FORMAT_PIN)
		return holder->credential ? xasprintf("pin:%u", holder->credential->id)
					  : xstrdup("pin:unknown");
	if (!holder->format)
		return xstrdup("card:unknown");
	return xasprintf("card:%s:%u:%llu", holder->format, card->facility,
			 (unsigned long long) card->number);
}

static void
add_holder(const struct door_role *role, json_t *data, const struct access_holder *holder)
{
	if (holder->format)
		(void) json_object_update_new(
			data, json_pack("{ss,sI,sI}", "format", holder->format, "facility",
					(json_int_t) holder->card.facility, "card",
					(json_int_t) holder->card.number));
	if (holder->credential)
		(void) json_object_update_new(
			data,
			json_pack("{sI,ss}", "credential", (json_int_t) holder->credential->id,
				  "holder", access_holder(role->table, holder->credential)));
	if (holder->person)
		(void) json_object_set_new(data, "person", json_integer(holder->person->id));
}

/* The raw bits are kept: they are all that is known. */
static void
add_bits(json_t *data, const struct access_shown *shown)
{
	char bits[2 * HW_CARD_BYTES + 1];

	hex_encode(shown->data, MIN_OF((shown->bit_count + 7) / 8, HW_CARD_BYTES), bits);
	(void) json_object_update_new(
		data, json_pack("{si,ss}", "bit_count", (int) shown->bit_count, "bits", bits));
}

static void
add_companion(const struct door_role *role, json_t *data, const struct access_holder *companion)
{
	if (companion->credential)
		(void) json_object_update_new(
			data, json_pack("{s{sI,ss}}", "companion", "credential",
					(json_int_t) companion->credential->id, "holder",
					access_holder(role->table, companion->credential)));
}

static const char *
shown_name(const struct access_request *request)
{
	if (!request->card.data)
		return "pin";
	return request->pin ? "card_and_pin" : "card";
}

static unsigned
door_number(const struct door_role *role, unsigned point)
{
	unsigned number = role->table ? access_point(role->table, point)->door : 0;

	return number ? number : hw_reader_door(role->hw, point);
}

json_t *
door_decision_data(const struct door_role *role, const struct access_request *request,
		   const struct access_decision *decision)
{
	unsigned door = door_number(role, request->point);
	const char *name = role->table ? access_point(role->table, request->point)->name : "";
	json_t *data =
		json_pack("{si,ss,si,ss,ss}", "door", (int) door, "door_name",
			  door_config(&role->doors[door - 1])->name, "reader", (int) request->point,
			  "point_name", name, "shown", shown_name(request));

	add_holder(role, data, &decision->holder);
	if (!decision->holder.format && request->card.data)
		add_bits(data, &request->card);
	add_companion(role, data, &decision->companion);
	if (decision->is_degraded)
		(void) json_object_set_new(data, "degraded", json_true());
	return data;
}

static void
tell(struct door_role *role, enum event_kind kind, const struct access_request *request,
     const struct access_decision *decision, json_t *data)
{
	_cleanup_(freep) char *actor = door_decision_actor(decision);
	char source[16];

	(void) snprintf(source, sizeof(source), "door.%u", door_number(role, request->point));
	door_tell(role, kind, source, actor,
		  decision->verdict == ACCESS_DENIED ? reason_name(decision->reason) : NULL, data);
}

static enum event_kind
kind_of(const struct access_request *request, const struct access_decision *decision)
{
	if (decision->verdict == ACCESS_GRANTED)
		return EV_ACCESS_GRANTED;
	if (decision->holder.credential)
		return EV_ACCESS_DENIED;
	return request->card.data ? EV_ACCESS_UNKNOWN : EV_ACCESS_UNKNOWN_PIN;
}

void
door_tell_decision(struct door_role *role, const struct access_request *request,
		   const struct access_decision *decision)
{
	json_t *data = door_decision_data(role, request, decision);

	door_statistics_note(role, door_number(role, request->point), decision);
	if (decision->is_degraded)
		(void) json_object_set_new(data, "holder", json_string("an unknown holder"));
	tell(role, kind_of(request, decision), request, decision, json_incref(data));
	if (decision->verdict == ACCESS_GRANTED && decision->is_duress)
		tell(role, EV_ACCESS_DURESS, request, decision, json_incref(data));
	if (decision->verdict == ACCESS_GRANTED && decision->is_apb_violation)
		tell(role, EV_APB_VIOLATION, request, decision, json_incref(data));
	json_decref(data);
}

void
door_tell_lockout(struct door_role *role, const struct access_request *request,
		  const struct access_decision *decision)
{
	json_t *data = door_decision_data(role, request, decision);

	(void) json_object_set_new(data, "seconds",
				   json_integer(access_policy(role->table)->pin_lock_ms / 1000));
	tell(role, EV_ACCESS_PIN_LOCKED, request, decision, data);
}

void
door_tell_timeout(struct door_role *role, const struct access_request *request,
		  const struct access_decision *decision, const char *wanted)
{
	json_t *data = door_decision_data(role, request, decision);

	(void) json_object_set_new(data, "wanted", json_string(wanted));
	if (!decision->holder.credential)
		(void) json_object_set_new(data, "holder", json_string("Somebody"));
	tell(role, EV_ACCESS_TIMEOUT, request, decision, data);
}
