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
	bool is_double_locked;
	bool is_faulty;
	const char *mode;
	const char *reason;
	const char *position; /* NULL before the first one is told */
	bool is_awaited;
	uint32_t credential;
	bool may_miss_first_person;
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
		require(listener,
			strcmp(event->state, listener->mode) ||
				strcmp(event->reason, listener->reason),
			"a mode that was there, for the same reason");
		listener->mode = event->state;
		listener->reason = event->reason;
		break;
	case EV_DOOR_DOUBLE_LOCK:
		require(listener,
			strcmp(event->state, listener->is_double_locked ? "locked" : "unlocked"),
			"a second lock moved to where it was");
		listener->is_double_locked = !listener->is_double_locked;
		break;
	case EV_DOOR_LOCK_FAULT:
	case EV_DOOR_LOCK_FAULT_CLEARED:
		require(listener, (event->kind == EV_DOOR_LOCK_FAULT) != listener->is_faulty,
			"a fault of a lock told twice");
		listener->is_faulty = !listener->is_faulty;
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

/* An interlock that locks what is locked anyhow is not told. */
static bool
is_lowest(const char *reason)
{
	return !strcmp(reason, "interlock") || !strcmp(reason, "default");
}

/* Read off the wishes as a person would: from the top, until somebody has one. */
static void
check_reason(struct listener *listener, const struct door_state *door)
{
	unsigned level = 0;

	while (level < DOOR_LEVEL_DEFAULT && !door->priority.wishes[level].is_there)
		level++;
	if (door->mode == DOOR_ACCESSED)
		return;
	require(listener, door->level == level, "not the highest level decides");
	require(listener,
		door->mode == (level == DOOR_LEVEL_DEFAULT ? DOOR_LOCKED
							   : door->priority.wishes[level].mode),
		"the mode is not what the highest level wishes");
	require(listener, !door->is_released || level != DOOR_LEVEL_DEFAULT,
		"a lock is released for no reason");
	require(listener,
		!door->timetable.is_active || door->timetable.has_first_person ||
			!door->priority.wishes[DOOR_LEVEL_SCHEDULE].is_there ||
			listener->may_miss_first_person,
		"a schedule unlocks before the first person");
}

static void
check_state(struct listener *listener, const struct door_state *door, uint64_t now_us)
{
	bool is_free = door_mode_is_free(door->mode);

	require(listener, door->is_released == (is_free || door->mode == DOOR_ACCESSED),
		"lock and mode differ");
	require(listener, (door->bolt.lock == DOOR_LOCK_UNLOCKED) == listener->is_lock_released,
		"an untold lock");
	require(listener, !strcmp(door_mode_name(door->mode), listener->mode), "an untold mode");
	require(listener,
		!strcmp(door_reason_name(door), listener->reason) ||
			(door->mode == DOOR_LOCKED && is_lowest(door_reason_name(door)) &&
			 is_lowest(listener->reason)),
		"an untold reason");
	require(listener, (door->mode == DOOR_DOUBLE_LOCKED) == listener->is_double_locked,
		"an untold second lock");
	require(listener, door->bolt.is_faulty == listener->is_faulty, "an untold fault");
	require(listener, (door->alarm == DOOR_ALARM_FORCED) == listener->is_forced,
		"an untold forced alarm");
	require(listener, (door->alarm == DOOR_ALARM_HELD) == listener->is_held,
		"an untold held alarm");
	require(listener, !(door->position == DOOR_CLOSED && door->alarm),
		"an alarm of a closed door");
	require(listener, !(door->position == DOOR_CLOSED && door->is_warning),
		"a warning of a closed door");
	require(listener, !(is_free && door->alarm), "an alarm of an unlocked door");
	check_reason(listener, door);
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
draw_input(const struct door_subject *subject, uint64_t now_us)
{
	struct door_input input = { .kind = (enum door_input_kind) draw(DOOR_INPUTS),
				    .subject = subject };

	/* Mostly open and closed, sometimes a broken contact. */
	input.position = draw(8)   ? DOOR_CLOSED + draw(2)
			 : draw(2) ? DOOR_POSITION_FAULT
				   : DOOR_POSITION_UNKNOWN;
	input.lock = draw(8) ? DOOR_LOCK_LOCKED + draw(2) : DOOR_LOCK_UNKNOWN;
	input.is_active = draw(2);
	input.command = (enum door_command) draw(DOOR_COMMANDS);
	if (input.command == DOOR_COMMAND_GRANT)
		input.command = DOOR_COMMAND_RELEASE;
	if (draw(2))
		input.until_us = now_us + draw(60000000) + 1;
	/* Commands and fire are rare, or the door is hardly ever in the other modes. */
	if (input.kind == DOOR_INPUT_COMMAND && draw(4))
		input.command = draw(2)	  ? DOOR_COMMAND_RELEASE
				: draw(2) ? DOOR_COMMAND_LOCKDOWN_RELEASE
					  : DOOR_COMMAND_LOCK_OPEN_RELEASE;
	if (input.kind == DOOR_INPUT_FIRE || input.kind == DOOR_INPUT_INTERLOCK ||
	    input.kind == DOOR_INPUT_SCHEDULE)
		input.is_active = !draw(4);
	return input;
}

static struct door_subject
draw_subject(void)
{
	/* Few people, so that some are seen twice. */
	return (struct door_subject){
		.credential = draw(3) + 1,
		.is_extended = draw(2),
		.may_toggle = draw(2),
		.may_override = !draw(4),
		.is_first_person = draw(2),
	};
}

static void
check_grant(struct listener *listener, const struct door_state *before,
	    const struct door_state *door, const struct door_subject *subject)
{
	enum door_admission admission = door_admission(before);

	if (before->is_released || !door->is_released)
		return;
	require(listener, admission != DOOR_ADMITS_NOBODY, "a grant releases a blocked door");
	require(listener, admission != DOOR_ADMITS_OVERRIDE || subject->may_override,
		"a grant releases a door that is locked down");
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
	struct door_subject subject = draw_subject();
	struct door_input input = draw_input(&subject, now_us);
	struct door_input ticks = { .kind = DOOR_INPUT_TICK };
	struct door_actions actions;
	struct door_state due = *door;
	bool was_waiting = false;

	/* What a grant finds is what is left behind everything that was due before. */
	door_step(config, &due, &ticks, now_us, &actions);
	door_step(config, door, &input, now_us, &actions);
	if (input.kind == DOOR_INPUT_GRANT)
		check_grant(listener, &due, door, &subject);
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
	if (input.kind == DOOR_INPUT_GRANT && door->is_awaited &&
	    door->subject.credential == subject.credential) {
		listener->is_awaited = true;
		listener->credential = subject.credential;
	}
	require(listener, actions.is_released == door->is_released,
		"another lock than the state's");
	check_state(listener, door, now_us);
}

/* Returns how often something that must hold did not. */
static unsigned
live(uint64_t start_seed, bool rex_unlocks, uint8_t relock)
{
	struct access_door config = {
		.rex_unlocks = rex_unlocks,
		.relock = relock,
		.has_toggle = draw(2),
		.needs_first_person = draw(2),
		.lock_monitor = (uint8_t) draw(2),
		.double_lock_output = 1,
		.access_time_ms = 5000,
		.extended_access_time_ms = 9000,
		.held_open_time_ms = 20000,
		.extended_held_open_time_ms = 40000,
		.pre_alarm_time_ms = draw(2) ? 8000 : 0,
		.relock_delay_ms = draw(2) ? 1500 : 0,
		.bolt_time_ms = draw(2) ? 700 : 0,
	};
	struct listener listener = { .mode = "locked",
				     .reason = "default",
				     .may_miss_first_person = !config.needs_first_person };
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
	for (unsigned i = 0; i < 12; i++)
		CU_ASSERT_EQUAL(live(i + 1, i & 1, (uint8_t) (i / 2 % 3)), 0);
}

/* The configuration changes under a running door: a reload is no excuse. */
static void
test_no_rule_breaks_when_the_configuration_changes_meanwhile(void)
{
	struct access_door config = { .double_lock_output = 1,
				      .access_time_ms = 5000,
				      .extended_access_time_ms = 9000,
				      .held_open_time_ms = 20000,
				      .extended_held_open_time_ms = 40000 };
	struct listener listener = { .mode = "locked",
				     .reason = "default",
				     .may_miss_first_person = true };
	struct door_state door;
	uint64_t now_us = 1;

	seed = 99;
	door_init(&door);
	for (unsigned i = 0; i < STEPS; i++) {
		if (!draw(5)) {
			config.rex_unlocks = draw(2);
			config.relock = (uint8_t) draw(3);
			config.access_time_ms = 1000 + draw(9000);
			config.held_open_time_ms = 1000 + draw(30000);
			config.pre_alarm_time_ms = draw(config.held_open_time_ms);
			config.extended_access_time_ms = config.access_time_ms + draw(9000);
			config.extended_held_open_time_ms = config.held_open_time_ms + draw(9000);
			config.has_toggle = draw(2);
			config.needs_first_person = draw(2);
			config.lock_monitor = (uint8_t) draw(2);
			config.relock_delay_ms = draw(2) ? draw(3000) : 0;
			config.bolt_time_ms = draw(2) ? draw(2000) : 0;
		}
		now_us = draw_time(&door, now_us);
		take_step(&listener, &config, &door, now_us);
	}
	CU_ASSERT_EQUAL(listener.broken, 0);
}

/*
 * Whatever the time of day is: a life that is the same but for when the monotonic clock began is
 * the same life. There is no other clock that a timer could run by.
 */
static void
test_no_timer_knows_when_it_is(void)
{
	const struct access_door config = { .relock_delay_ms = 1000,
					    .access_time_ms = 5000,
					    .extended_access_time_ms = 9000,
					    .held_open_time_ms = 20000,
					    .extended_held_open_time_ms = 40000 };
	const uint64_t shift_us = UINT64_C(1000000000000000);
	struct door_state early;
	struct door_state late;
	uint64_t now_us = 100000000;

	seed = 5;
	door_init(&early);
	door_init(&late);
	for (unsigned i = 0; i < STEPS / 10; i++) {
		struct door_subject subject = draw_subject();
		struct door_input input = draw_input(&subject, now_us);
		struct door_input shifted = input;
		struct door_actions actions[2];
		if (input.until_us)
			shifted.until_us += shift_us;
		door_step(&config, &early, &input, now_us, &actions[0]);
		door_step(&config, &late, &shifted, now_us + shift_us, &actions[1]);
		CU_ASSERT_EQUAL_FATAL(actions[0].count, actions[1].count);
		for (unsigned j = 0; j < actions[0].count; j++)
			CU_ASSERT_EQUAL(actions[0].events[j].kind, actions[1].events[j].kind);
		CU_ASSERT_EQUAL(early.mode, late.mode);
		now_us += draw(8000000);
	}
}

/* Deadlines are enough: a door that is only ever ticked at its deadline comes to rest. */
static void
test_a_door_left_alone_comes_to_rest_locked(void)
{
	struct access_door config = { .rex_unlocks = true,
				      .lock_monitor = 1,
				      .double_lock_output = 1,
				      .access_time_ms = 5000,
				      .extended_access_time_ms = 5000,
				      .held_open_time_ms = 20000,
				      .extended_held_open_time_ms = 20000,
				      .pre_alarm_time_ms = 8000 };
	struct listener listener = { .mode = "locked",
				     .reason = "default",
				     .may_miss_first_person = true };
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
		CU_ASSERT(count < 9);
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
		TAP(test_no_timer_knows_when_it_is),
		TAP(test_a_door_left_alone_comes_to_rest_locked),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
