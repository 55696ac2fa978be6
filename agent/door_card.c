#include "agent/door_card.h"

#include <event2/event.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_decide.h"
#include "agent/door_feedback.h"
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
		enum access_verdict wants = role->sessions[reader - 1].wants;
		struct door_feedback_reader own = {
			.is_busy = role->upgrade.takers[reader - 1].state == DOOR_UPGRADE_SENDING,
			.is_taking_code =
				role->keypads[reader - 1].count > 0 || wants == ACCESS_WANTS_PIN,
			.is_taking_card = wants != ACCESS_DENIED && wants != ACCESS_WANTS_PIN,
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
arm(struct door_role *role)
{
	uint64_t at_us = UINT64_MAX;

	for (unsigned i = 0; i < READERS; i++) {
		/* Who types is waited for. */
		uint64_t own_us = role->keypads[i].count
					  ? door_keypad_deadline_us(&role->keypads[i])
					  : door_session_deadline_us(&role->sessions[i]);
		at_us = MIN_OF(at_us, own_us);
	}
	loop_arm_at(role->keypad_timer, at_us);
}

/* The session goes on or ends, and the reader shows what it waits for. */
static void
take_verdict(struct door_role *role, unsigned reader, enum access_verdict verdict)
{
	uint32_t wait_ms = role->table ? access_policy(role->table)->factor_ms : 0;

	door_session_take_verdict(&role->sessions[reader - 1], verdict, clock_mono_us(), wait_ms);
	door_feedback_rest(&role->doors[hw_reader_door(role->hw, reader) - 1]);
	arm(role);
}

void
door_card_take(const struct hw_card *card, void *context)
{
	struct door_role *role = context;
	struct hw_card turned = *card;
	struct access_request request;

	if (role->table)
		cardformat_turn(access_reader(role->table, card->reader)->turn, turned.bit_count,
				turned.data, sizeof(turned.data));
	door_session_take_card(&role->sessions[card->reader - 1], card->reader, turned.bit_count,
			       turned.data, &request);
	take_verdict(role, card->reader, door_decide(role, &request, card->at_mono_us));
}

static void
take_code(struct door_role *role, unsigned reader, const char *digits)
{
	struct access_request request;

	door_session_take_pin(&role->sessions[reader - 1], reader, digits, &request);
	take_verdict(role, reader, door_decide(role, &request, 0));
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

/* A code on its way keeps what it belongs to. */
static void
end_session(struct door_role *role, unsigned reader, uint64_t now_us)
{
	struct door_session *session = &role->sessions[reader - 1];
	enum access_verdict wanted;
	struct access_request request;

	if (role->keypads[reader - 1].count ||
	    !door_session_is_over(session, reader, now_us, &wanted, &request))
		return;
	door_decide_give_up(role, &request, wanted);
	door_session_end(session);
	door_feedback_rest(&role->doors[hw_reader_door(role->hw, reader) - 1]);
}

static void
on_pause(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_role *role = context;
	uint64_t now_us = clock_mono_us();
	unsigned count;

	for (unsigned i = 0; i < READERS; i++) {
		end_session(role, i + 1, now_us);
		if (!door_keypad_expire(&role->keypads[i], now_us, &count))
			continue;
		tell_code(role, i + 1, EV_READER_CODE_ABANDONED, count);
		door_feedback_rest(&role->doors[hw_reader_door(role->hw, i + 1) - 1]);
	}
	arm(role);
}

static void
take_key(struct door_role *role, unsigned reader, char key, uint64_t at_us)
{
	struct door_keypad *keypad = &role->keypads[reader - 1];
	unsigned count = keypad->count;
	struct door_code code;

	switch (door_keypad_take(keypad, key, at_us, &code)) {
	case DOOR_KEYPAD_CODE:
		tell_code(role, reader, EV_READER_CODE, count);
		take_code(role, reader, code.digits);
		explicit_bzero(&code, sizeof(code));
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
	explicit_bzero(role->sessions, sizeof(role->sessions));
}
