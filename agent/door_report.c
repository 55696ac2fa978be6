/* What the door role says: events into the ring, live state to the store. */
#include <errno.h>
#include <stdlib.h>

#include "agent/door.h"
#include "agent/door_presence.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

void
door_tell(struct door_role *role, enum event_kind kind, const char *source, const char *actor,
	  const char *reason, json_t *data)
{
	uint64_t number;
	_cleanup_(json_decrefp) json_t *draft = json_pack(
		"{si,ss,ss,ss,sI,sI,sb,ss*,so}", "number", (int) kind, "source", source, "actor",
		actor ? actor : "system", "boot", clock_boot_id(), "time_us",
		(json_int_t) clock_wall_us(), "mono_us", (json_int_t) clock_mono_us(), "synced",
		clock_is_synced(), "reason", reason, "data", data ? data : json_object());
	_cleanup_(freep) char *text = json_canonical(draft);
	int r = ring_append(role->ring, text, &number);

	/* A full ring counts what it drops and the log says so later. */
	if (r < 0 && r != -ENOBUFS)
		(void) log_err(r, "event %d does not fit into the ring", (int) kind);
	door_rpc_wake(role);
}

static void
add_card(json_t *data, const struct access_card *card, const char *format)
{
	(void) json_object_update_new(data, json_pack("{ss,sI,sI}", "format", format, "facility",
						      (json_int_t) card->facility, "card",
						      (json_int_t) card->number));
}

static char *
card_actor(const struct access_card *card, const char *format)
{
	return xasprintf("card:%s:%u:%llu", format, card->facility,
			 (unsigned long long) card->number);
}

static json_t *
door_data(const struct door *door)
{
	return json_pack("{si,ss}", "door", (int) door->number, "door_name",
			 door_config(door)->name);
}

/* The persons, and where they are now that they have gone through. */
static void
add_place(const struct door_role *role, json_t *data, const struct door_event *event)
{
	const struct door_subject *subject = &event->subject;
	int area = door_presence_area(role, subject->reader);

	if (subject->person)
		(void) json_object_set_new(data, "person", json_integer(subject->person));
	if (subject->companion)
		(void) json_object_set_new(data, "companion", json_integer(subject->companion));
	if (event->kind == EV_ACCESS_TAKEN && area >= 0)
		(void) json_object_set_new(data, "area", json_integer(area));
}

void
door_tell_event(struct door *door, const struct door_event *event)
{
	char source[16];
	json_t *data = door_data(door);
	_cleanup_(freep) char *actor = NULL;

	(void) snprintf(source, sizeof(source), "door.%u", door->number);
	if (event->state)
		(void) json_object_set_new(data, "state", json_string(event->state));
	if (event->kind == EV_ACCESS_TAKEN || event->kind == EV_ACCESS_NOT_TAKEN ||
	    event->subject.credential) {
		const struct door_subject *subject = &event->subject;
		(void) json_object_update_new(data, json_pack("{ss,sI,si}", "holder",
							      subject->holder, "credential",
							      (json_int_t) subject->credential,
							      "reader", (int) subject->reader));
		add_place(door->role, data, event);
		if (subject->card.format == ACCESS_FORMAT_PIN) {
			actor = xasprintf("pin:%u", subject->credential);
		} else if (subject->credential) {
			const char *format =
				access_format_name(door->role->table, subject->card.format);
			/* An own format may have gone meanwhile. */
			format = format ? format : "?";
			add_card(data, &subject->card, format);
			actor = card_actor(&subject->card, format);
		}
	}
	door_tell(door->role, event->kind, source, actor ? actor : event->actor, event->reason,
		  data);
}

/* When an operator's wish ends, by the wall clock as it is now; 0: not by itself. */
static uint64_t
unlock_until_us(const struct door_state *state)
{
	uint64_t until_us = state->priority.wishes[DOOR_LEVEL_OPERATOR].until_us;
	uint64_t now_us = clock_mono_us();

	return until_us > now_us ? clock_wall_us() + (until_us - now_us) : 0;
}

json_t *
door_live_state(const struct door *door)
{
	const struct door_state *state = &door->state;

	return json_pack("{ss,ss,ss,ss,ss,ss,sI,sb,sb,sI,sI,sI,sI,sI}", "name",
			 door_config(door)->name, "mode", door_mode_name(state->mode), "reason",
			 door_reason_name(state), "position", door_position_name(state->position),
			 "lock", state->bolt.is_faulty ? "fault" : door_lock_name(state->bolt.lock),
			 "alarm", door_alarm_name(state->alarm), "unlock_until_us",
			 (json_int_t) unlock_until_us(state), "warning", state->is_warning, "rex",
			 state->is_rex_held, "changed_us", (json_int_t) door->changed_us,
			 "changed_mono_us", (json_int_t) door->changed_mono_us, "granted",
			 (json_int_t) door->granted, "denied", (json_int_t) door->denied, "forced",
			 (json_int_t) door->forced);
}

json_t *
door_board_state(const struct door_role *role)
{
	return json_pack("{ss,sb,sb,so,so}", "name", hw_name(role->hw), "online",
			 role->is_board_online, "console", hw_has_console(role->hw), "faults",
			 door_fault_list(role), "absent", door_absent_list(role));
}
