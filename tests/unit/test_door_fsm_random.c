/*
 * Random lives of a door against what must hold whatever happens: an independent reading of the
 * events, not a second state machine.
 */
#include "agent/door_fsm.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#define STEPS 100000

/* What a listener of the events believes. */
struct listener {
	bool is_forced;
	bool is_held;
	bool is_lock_released;
	const char *mode;
	const char *position; /* NULL before the first one is told */
	bool is_awaited;
	uint32_t credential;
	unsigned broken;
};

static uint64_t seed;

static uint32_t
draw(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) (seed >> 33) % below;
}

static void
require(struct listener *listener, bool is_true, const char *what)
{
	if (!is_true && listener->broken++ == 0)
		printf("# broken: %s\n", what);
}

static void
hear_access(struct listener *listener, const struct door_event *event)
{
	require(listener, listener->is_awaited, "an access ends that was not granted");
	require(listener, event->subject.credential == listener->credential,
		"an access ends for somebody else");
	listener->is_awaited = false;
}

static void
hear(struct listener *listener, const struct door_event *event)
{
	switch (event->kind) {
	case EV_DOOR_FORCED:
		require(listener, !listener->is_forced && !listener->is_held,
			"forced within an alarm");
		listener->is_forced = true;
		break;
	case EV_DOOR_FORCED_CLEARED:
		require(listener, listener->is_forced, "forced cleared without an alarm");
		listener->is_forced = false;
		break;
	case EV_DOOR_HELD:
		require(listener, !listener->is_forced && !listener->is_held,
			"held within an alarm");
		listener->is_held = true;
		break;
	case EV_DOOR_HELD_CLEARED:
		require(listener, listener->is_held, "held cleared without an alarm");
		listener->is_held = false;
		break;
	case EV_DOOR_LOCK:
		require(listener,
			strcmp(event->state, listener->is_lock_released ? "unlocked" : "locked"),
			"a lock moved to where it was");
		listener->is_lock_released = !listener->is_lock_released;
		break;
	case EV_DOOR_MODE:
		require(listener, strcmp(event->state, listener->mode), "a mode that was there");
		listener->mode = event->state;
		break;
	case EV_DOOR_POSITION:
		listener->position = event->state;
		break;
	case EV_ACCESS_TAKEN:
	case EV_ACCESS_NOT_TAKEN:
		hear_access(listener, event);
		break;
	default:
		break;
	}
}

static void
check_state(struct listener *listener, const struct door_state *door, uint64_t now_us)
{
	require(listener, door->is_released == (door->mode != DOOR_LOCKED), "lock and mode differ");
	require(listener, door->is_released == listener->is_lock_released, "an untold lock");
	require(listener, !strcmp(door_mode_name(door->mode), listener->mode), "an untold mode");
	require(listener, (door->alarm == DOOR_ALARM_FORCED) == listener->is_forced,
		"an untold forced alarm");
	require(listener, (door->alarm == DOOR_ALARM_HELD) == listener->is_held,
		"an untold held alarm");
	require(listener, !(door->position == DOOR_CLOSED && door->alarm),
		"an alarm of a closed door");
	require(listener, !(door->position == DOOR_CLOSED && door->is_warning),
		"a warning of a closed door");
	require(listener, !(door->mode == DOOR_UNLOCKED && door->alarm),
		"an alarm of an unlocked door");
	/* Only a door that is found closed at the start is no news. */
	require(listener,
		listener->position ? !strcmp(listener->position, door_position_name(door->position))
				   : door->position <= DOOR_CLOSED,
		"an untold position");
	require(listener, door->is_awaited == listener->is_awaited, "an untold end of an access");
	require(listener, !door->is_awaited || door->mode == DOOR_ACCESSED,
		"awaited at a locked door");
	require(listener, door_deadline_us(door) > now_us, "a deadline in the past");
	/* An access always has an end, unless somebody's hand is on the button. */
	require(listener,
		door->mode != DOOR_ACCESSED || door_deadline_us(door) != UINT64_MAX ||
			door->is_rex_held,
		"an access without an end");
	require(listener, !(door->is_warning && door->alarm), "a warning within an alarm");
}

static struct door_input
draw_input(const struct door_subject *subject)
{
	struct door_input input = { .kind = (enum door_input_kind) draw(6), .subject = subject };

	/* Mostly open and closed, sometimes a broken contact. */
	input.position = draw(8)   ? DOOR_CLOSED + draw(2)
			 : draw(2) ? DOOR_POSITION_FAULT
				   : DOOR_POSITION_UNKNOWN;
	input.is_active = draw(2);
	/* Commands are rare, or the door is hardly ever in the other modes. */
	if ((input.kind == DOOR_INPUT_LOCK || input.kind == DOOR_INPUT_UNLOCK) && draw(4))
		input.kind = DOOR_INPUT_TICK;
	return input;
}

/* How far the clock goes: to the deadline, just before it, a little, or far behind it. */
static uint64_t
draw_time(const struct door_state *door, uint64_t now_us)
{
	uint64_t deadline_us = door_deadline_us(door);
	uint32_t way = draw(6);

	if (deadline_us != UINT64_MAX && way < 2)
		return deadline_us - way;
	return now_us + (way == 5 ? draw(100000000) : draw(3000000));
}

static void
take_step(struct listener *listener, const struct access_door *config, struct door_state *door,
	  uint64_t now_us)
{
	struct door_subject subject = { .credential = draw(1000) + 1 };
	struct door_input input = draw_input(&subject);
	struct door_actions actions;
	bool was_waiting = false;

	door_step(config, door, &input, now_us, &actions);
	require(listener, actions.count < DOOR_EVENTS_MAX,
		"as many events as fit: one may be missing");
	for (unsigned i = 0; i < actions.count; i++) {
		/* The lock answers before the release: at most one access ends in a step. */
		bool is_end = actions.events[i].kind == EV_ACCESS_TAKEN ||
			      actions.events[i].kind == EV_ACCESS_NOT_TAKEN;
		require(listener, !(is_end && was_waiting), "two accesses end at once");
		was_waiting |= is_end;
		hear(listener, &actions.events[i]);
	}
	if (input.kind == DOOR_INPUT_GRANT && door->is_awaited) {
		listener->is_awaited = true;
		listener->credential = subject.credential;
	}
	require(listener, actions.is_released == door->is_released,
		"another lock than the state's");
	check_state(listener, door, now_us);
}

/* Returns how often something that must hold did not. */
static unsigned
live(uint64_t start_seed, bool rex_unlocks, bool relock_on_open)
{
	struct access_door config = {
		.rex_unlocks = rex_unlocks,
		.relock_on_open = relock_on_open,
		.access_time_ms = 5000,
		.held_open_time_ms = 20000,
		.pre_alarm_time_ms = draw(2) ? 8000 : 0,
	};
	struct listener listener = { .mode = "locked" };
	struct door_state door;
	uint64_t now_us = 1;

	seed = start_seed;
	door_init(&door);
	for (unsigned i = 0; i < STEPS; i++) {
		now_us = draw_time(&door, now_us);
		take_step(&listener, &config, &door, now_us);
	}
	return listener.broken;
}

static void
test_a_hundred_thousand_random_inputs_break_no_rule(void)
{
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(live(i + 1, i & 1, i & 2), 0);
}

/* The configuration changes under a running door: a reload is no excuse. */
static void
test_no_rule_breaks_when_the_configuration_changes_meanwhile(void)
{
	struct access_door config = { .access_time_ms = 5000, .held_open_time_ms = 20000 };
	struct listener listener = { .mode = "locked" };
	struct door_state door;
	uint64_t now_us = 1;

	seed = 99;
	door_init(&door);
	for (unsigned i = 0; i < STEPS; i++) {
		if (!draw(5)) {
			config.rex_unlocks = draw(2);
			config.relock_on_open = draw(2);
			config.access_time_ms = 1000 + draw(9000);
			config.held_open_time_ms = 1000 + draw(30000);
			config.pre_alarm_time_ms = draw(config.held_open_time_ms);
		}
		now_us = draw_time(&door, now_us);
		take_step(&listener, &config, &door, now_us);
	}
	CU_ASSERT_EQUAL(listener.broken, 0);
}

/* Deadlines are enough: a door that is only ever ticked at its deadline comes to rest. */
static void
test_a_door_left_alone_comes_to_rest_locked(void)
{
	struct access_door config = { .rex_unlocks = true,
				      .access_time_ms = 5000,
				      .held_open_time_ms = 20000,
				      .pre_alarm_time_ms = 8000 };
	struct listener listener = { .mode = "locked" };
	struct door_state door;
	uint64_t now_us = 1;

	seed = 7;
	door_init(&door);
	for (unsigned round = 0; round < 2000; round++) {
		struct door_actions actions;
		struct door_input ticks = { .kind = DOOR_INPUT_TICK };
		struct door_input let_go = { .kind = DOOR_INPUT_REX };
		for (unsigned i = 0; i < 10; i++) {
			now_us = draw_time(&door, now_us);
			take_step(&listener, &config, &door, now_us);
		}
		door_step(&config, &door, &let_go, now_us, &actions);
		unsigned count = 0;
		for (; door_deadline_us(&door) != UINT64_MAX && count < 10; count++) {
			now_us = door_deadline_us(&door);
			door_step(&config, &door, &ticks, now_us, &actions);
			for (unsigned i = 0; i < actions.count; i++)
				hear(&listener, &actions.events[i]);
		}
		CU_ASSERT(count < 6);
		CU_ASSERT_NOT_EQUAL(door.mode, DOOR_ACCESSED);
	}
	CU_ASSERT_EQUAL(listener.broken, 0);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_hundred_thousand_random_inputs_break_no_rule),
		TAP(test_no_rule_breaks_when_the_configuration_changes_meanwhile),
		TAP(test_a_door_left_alone_comes_to_rest_locked),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
