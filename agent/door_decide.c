#include "agent/door_decide.h"

#include <string.h>

#include "agent/door.h"
#include "agent/door_card.h"
#include "agent/door_floor.h"
#include "lib/clock.h"
#include "lib/util.h"

static bool
is_reader_good(const struct door_role *role, unsigned reader)
{
	struct hw_reader state;

	return hw_reader(role->hw, reader, &state) == 0 && state.is_online &&
	       (state.security == HW_SECURITY_SECURE || state.security == HW_SECURITY_CLEAR);
}

void
door_decide_live(struct door_role *role, unsigned point, struct access_live *ret)
{
	*ret = (struct access_live){
		.table = role->table,
		.presence = role->presence,
		.lockouts = &role->lockouts,
		.now_s = (int64_t) (clock_wall_us() / US_PER_S),
		.now_us = clock_mono_us(),
	};
	ret->is_reader_good = is_reader_good(role, point);
	ret->open_doors = door_open_doors(role);
	for (unsigned i = 0; i < DOORS; i++)
		ret->admissions[i] = door_admission(&role->doors[i].state);
}

static void
let_in(struct door *door, const struct access_request *request,
       const struct access_decision *decision, uint64_t at_mono_us)
{
	const struct access_holder *holder = &decision->holder;
	const struct access_person *other = decision->companion.person;
	struct door_subject subject = {
		.credential = holder->credential ? holder->credential->id : 0,
		.person = holder->person ? holder->person->id : 0,
		.companion = other ? other->id : 0,
		.reader = request->point,
		.is_extended = decision->is_extended,
		.is_first_person = true, /* whoever is nobody known by name */
		.card = holder->card,
	};
	struct door_input input = { .kind = DOOR_INPUT_GRANT, .subject = &subject };

	if (holder->person) {
		subject.may_override = holder->person->flags & ACCESS_OVERRIDES;
		subject.may_toggle = holder->person->flags & ACCESS_TOGGLES;
		subject.is_first_person = holder->person->flags & ACCESS_FIRST_PERSON;
	}
	if (holder->credential)
		(void) copy_string(subject.holder, sizeof(subject.holder),
				   access_holder(door->role->table, holder->credential));
	door->granted++;
	if (!door->state.is_released)
		door->card_at_us = at_mono_us;
	door_apply(door, &input);
}

/* A wrong PIN counts against the card it was given with, or the keypad without one. */
static void
count_pin(struct door_role *role, const struct access_request *request,
	  const struct access_decision *decision, uint64_t now_us)
{
	bool has_card = request->card.data || request->card.card;
	uint64_t key = has_card && decision->holder.credential
			       ? lockout_key_of_credential(decision->holder.credential->id)
			       : lockout_key_of_reader(request->point);

	if (decision->verdict == ACCESS_GRANTED && decision->is_pin_right)
		lockout_clear(&role->lockouts, key);
	if (!decision->is_pin_wrong)
		return;
	const struct access_policy *policy = access_policy(role->table);
	if (lockout_note_wrong(&role->lockouts, key, now_us, policy->pin_attempts,
			       policy->pin_lock_ms * US_PER_MS))
		door_tell_lockout(role, request, decision);
}

enum feedback_outcome
door_decision_outcome(const struct access_decision *decision)
{
	if (decision->verdict == ACCESS_GRANTED)
		return FEEDBACK_GRANTED;
	if (decision->reason == REASON_OTHER)
		return FEEDBACK_ERROR;
	return decision->reason == REASON_UNKNOWN_IDENTIFIER ? FEEDBACK_UNKNOWN_CARD
							     : FEEDBACK_DENIED;
}

/* The door of a reader: as it is configured, else as it is wired. */
static struct door *
door_of(struct door_role *role, unsigned point)
{
	unsigned number = role->table ? access_point(role->table, point)->door : 0;

	return &role->doors[(number ? number : hw_reader_door(role->hw, point)) - 1];
}

enum access_verdict
door_decide(struct door_role *role, const struct access_request *request, uint64_t at_mono_us)
{
	struct access_live live;
	struct access_decision decision;
	struct door *door = door_of(role, request->point);

	door_decide_live(role, request->point, &live);
	access_decide(&live, request, &decision, NULL);
	if (decision.verdict != ACCESS_GRANTED && decision.verdict != ACCESS_DENIED)
		return decision.verdict;
	if (access_floors_of(role->table, request->point)) {
		door_floor_take(role, request, &decision);
	} else {
		door_tell_decision(role, request, &decision);
		if (decision.verdict == ACCESS_GRANTED) {
			let_in(door, request, &decision, at_mono_us);
		} else {
			door->denied++;
			door_apply(door, &(struct door_input){ .kind = DOOR_INPUT_TICK });
		}
		door_feedback_give(role, request->point, door_decision_outcome(&decision));
	}
	if (role->table)
		count_pin(role, request, &decision, live.now_us);
	return decision.verdict;
}

/* Missing people are a denial by name; a PIN or card that nobody brings is only told. */
void
door_decide_give_up(struct door_role *role, const struct access_request *request,
		    enum access_verdict wanted)
{
	struct access_live live;
	struct access_decision decision;

	door_decide_live(role, request->point, &live);
	access_decide(&live, request, &decision, NULL);
	if (wanted == ACCESS_WANTS_SECOND || wanted == ACCESS_WANTS_ESCORT) {
		decision.verdict = ACCESS_DENIED;
		decision.reason = wanted == ACCESS_WANTS_SECOND ? REASON_SECOND_PERSON_MISSING
								: REASON_ESCORT_MISSING;
		door_tell_decision(role, request, &decision);
		door_of(role, request->point)->denied++;
	} else {
		door_tell_timeout(role, request, &decision,
				  wanted == ACCESS_WANTS_PIN ? "PIN" : "card");
	}
	door_feedback_give(role, request->point, FEEDBACK_DENIED);
}
