#include "agent/door_card.h"

#include <event2/event.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_feedback.h"
#include "agent/door_floor.h"
#include "lib/cardformat.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"

static const struct feedback *
row_of(const struct door_role *role, enum feedback_outcome outcome)
{
	return role->table ? access_feedback(role->table, outcome) : feedback_default(outcome);
}

void
door_feedback_rest(struct door *door)
{
	struct door_role *role = door->role;

	for (unsigned reader = 1; reader <= READERS; reader++) {
		if (hw_reader_door(role->hw, reader) != door->number)
			continue;
		struct door_feedback_reader own = {
			.is_busy = role->upgrade.takers[reader - 1].state == DOOR_UPGRADE_SENDING,
			.is_taking_code = role->keypads[reader - 1].count > 0,
		};
		hw_reader_show(role->hw, reader,
			       row_of(role, door_feedback_resting(&door->state, &own)));
	}
}

void
door_feedback_give(struct door_role *role, unsigned reader, enum feedback_outcome outcome)
{
	hw_reader_signal(role->hw, reader, row_of(role, outcome));
}

static void
let_in(struct door *door, const struct hw_card *card, const struct access_decision *decision)
{
	struct door_subject subject = {
		.credential = decision->credential->id,
		.reader = card->reader,
		.card = decision->card,
	};
	struct door_input input = { .kind = DOOR_INPUT_GRANT, .subject = &subject };

	(void) copy_string(subject.holder, sizeof(subject.holder), decision->credential->holder);
	door->granted++;
	if (!door->state.is_released)
		door->card_at_us = card->at_mono_us;
	door_apply(door, &input);
}

static enum feedback_outcome
outcome_of(const struct door_role *role, const struct access_decision *decision)
{
	if (decision->is_granted)
		return FEEDBACK_GRANTED;
	if (!role->table)
		return FEEDBACK_ERROR;
	return decision->credential ? FEEDBACK_DENIED : FEEDBACK_UNKNOWN_CARD;
}

void
door_card_take(const struct hw_card *card, void *context)
{
	struct door_role *role = context;
	unsigned number = hw_reader_door(role->hw, card->reader);
	struct door *door = &role->doors[number - 1];
	struct hw_card turned = *card;
	struct access_request request = { number, turned.bit_count, turned.data };
	struct access_decision decision;

	if (role->table)
		cardformat_turn(access_reader(role->table, card->reader)->turn, turned.bit_count,
				turned.data, sizeof(turned.data));
	if (door_floor_take(role, &turned))
		return;
	access_decide(role->table, &request, &decision);
	door_tell_card(door, &turned, &decision);
	if (decision.is_granted) {
		let_in(door, card, &decision);
	} else {
		door->denied++;
		door_apply(door, &(struct door_input){ .kind = DOOR_INPUT_TICK });
	}
	door_feedback_give(role, card->reader, outcome_of(role, &decision));
}

/* How many digits there were, and nothing of them. */
static void
tell_code(struct door_role *role, unsigned reader, enum event_kind kind, unsigned count)
{
	unsigned number = hw_reader_door(role->hw, reader);
	char source[16];

	(void) snprintf(source, sizeof(source), "reader.%u", reader);
	door_tell(role, kind, source, NULL, NULL,
		  json_pack("{si,si,ss,si}", "reader", (int) reader, "door", (int) number,
			    "door_name", door_config(&role->doors[number - 1])->name, "digits",
			    (int) count));
}

static void
arm(struct door_role *role)
{
	uint64_t at_us = UINT64_MAX;

	for (unsigned i = 0; i < READERS; i++)
		at_us = MIN_OF(at_us, door_keypad_deadline_us(&role->keypads[i]));
	loop_arm_at(role->keypad_timer, at_us);
}

static void
on_pause(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_role *role = context;
	uint64_t now_us = clock_mono_us();
	unsigned count;

	for (unsigned i = 0; i < READERS; i++) {
		if (!door_keypad_expire(&role->keypads[i], now_us, &count))
			continue;
		tell_code(role, i + 1, EV_READER_CODE_ABANDONED, count);
		door_feedback_rest(&role->doors[hw_reader_door(role->hw, i + 1) - 1]);
	}
	arm(role);
}

/* No credential is a code yet: one that is entered opens nothing. */
static void
take_key(struct door_role *role, unsigned reader, char key, uint64_t at_us)
{
	struct door_keypad *keypad = &role->keypads[reader - 1];
	unsigned count = keypad->count;
	struct door_code code;

	switch (door_keypad_take(keypad, key, at_us, &code)) {
	case DOOR_KEYPAD_CODE:
		explicit_bzero(&code, sizeof(code));
		tell_code(role, reader, EV_READER_CODE, count);
		door_feedback_give(role, reader, FEEDBACK_DENIED);
		break;
	case DOOR_KEYPAD_TOO_LONG:
		tell_code(role, reader, EV_READER_CODE_TOO_LONG, count);
		door_feedback_give(role, reader, FEEDBACK_DENIED);
		break;
	case DOOR_KEYPAD_DIGIT:
	case DOOR_KEYPAD_CLEARED:
	case DOOR_KEYPAD_NOTHING:
		break;
	}
}

void
door_card_take_keys(const struct hw_keys *keys, void *context)
{
	struct door_role *role = context;

	for (unsigned i = 0; i < keys->count; i++)
		take_key(role, keys->reader, keys->keys[i], keys->at_mono_us);
	/* Once, however many keys came at a time: a reader can wait for few commands. */
	if (role->keypads[keys->reader - 1].count)
		door_feedback_give(role, keys->reader, FEEDBACK_KEY_DIGIT);
	door_feedback_rest(&role->doors[hw_reader_door(role->hw, keys->reader) - 1]);
	arm(role);
}

void
door_card_open(struct door_role *role)
{
	role->keypad_timer = evtimer_new(role->base, on_pause, role);
}

void
door_card_close(struct door_role *role)
{
	if (role->keypad_timer)
		event_free(role->keypad_timer);
	explicit_bzero(role->keypads, sizeof(role->keypads));
}
