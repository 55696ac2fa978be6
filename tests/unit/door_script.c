#include "tests/unit/door_script.h"

#include <CUnit/CUnit.h>
#include <string.h>

#include "lib/util.h"

struct access_door config;
struct door_state door;
struct door_subject last_subject;
static char told[256];

const struct door_subject ada = { .credential = 1, .reader = 2, .holder = "Ada" };
const struct door_subject grace = { .credential = 2, .reader = 1, .holder = "Grace" };

static bool
is_usual(const char *reason)
{
	return !reason || !strcmp(reason, "access") || !strcmp(reason, "operator") ||
	       !strcmp(reason, "default");
}

static void
remember(const struct door_event *event)
{
	static const struct {
		enum event_kind kind;
		const char *name;
	} names[] = {
		{ EV_ACCESS_TAKEN, "taken" },
		{ EV_ACCESS_NOT_TAKEN, "not_taken" },
		{ EV_DOOR_MODE, "mode" },
		{ EV_DOOR_POSITION, "position" },
		{ EV_DOOR_LOCK, "lock" },
		{ EV_DOOR_REX, "rex" },
		{ EV_DOOR_FORCED, "forced" },
		{ EV_DOOR_FORCED_CLEARED, "forced_cleared" },
		{ EV_DOOR_HELD, "held" },
		{ EV_DOOR_HELD_CLEARED, "held_cleared" },
		{ EV_DOOR_HELD_WARNING, "warning" },
		{ EV_DOOR_DOUBLE_LOCK, "double" },
		{ EV_DOOR_LOCK_FAULT, "fault" },
		{ EV_DOOR_LOCK_FAULT_CLEARED, "fault_cleared" },
	};
	const char *name = "?";
	size_t used = strlen(told);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].kind == event->kind)
			name = names[i].name;
	if (event->kind == EV_ACCESS_TAKEN || event->kind == EV_ACCESS_NOT_TAKEN)
		last_subject = event->subject;
	(void) snprintf(told + used, sizeof(told) - used, "%s%s%s%s%s%s", used ? " " : "", name,
			event->state ? ":" : "", event->state ? event->state : "",
			is_usual(event->reason) ? "" : "/",
			is_usual(event->reason) ? "" : event->reason);
}

static bool
step(uint64_t at_us, struct door_input input, const char *expected)
{
	struct door_actions actions;

	told[0] = 0;
	door_step(&config, &door, &input, at_us, &actions);
	for (unsigned i = 0; i < actions.count; i++)
		remember(&actions.events[i]);
	CU_ASSERT_EQUAL(actions.is_released, door.is_released);
	CU_ASSERT_EQUAL(door.is_released,
			door.mode == DOOR_ACCESSED || door_mode_is_free(door.mode));
	CU_ASSERT(door_deadline_us(&door) > at_us);
	if (strcmp(told, expected))
		printf("# told '%s' and not '%s'\n", told, expected);
	return !strcmp(told, expected);
}

bool
tick(uint64_t at_us, const char *expected)
{
	return step(at_us, (struct door_input){ .kind = DOOR_INPUT_TICK }, expected);
}

bool
move(uint64_t at_us, enum door_position position, const char *expected)
{
	return step(at_us, (struct door_input){ .kind = DOOR_INPUT_POSITION, .position = position },
		    expected);
}

bool
rex(uint64_t at_us, bool is_active, const char *expected)
{
	return step(at_us, (struct door_input){ .kind = DOOR_INPUT_REX, .is_active = is_active },
		    expected);
}

bool
grant(uint64_t at_us, const struct door_subject *subject, const char *expected)
{
	return step(at_us, (struct door_input){ .kind = DOOR_INPUT_GRANT, .subject = subject },
		    expected);
}

bool
command(uint64_t at_us, enum door_command what, const char *expected)
{
	return step(at_us, (struct door_input){ .kind = DOOR_INPUT_COMMAND, .command = what },
		    expected);
}

bool
unlock_until(uint64_t at_us, uint64_t until_us, const char *expected)
{
	return step(at_us,
		    (struct door_input){ .kind = DOOR_INPUT_COMMAND,
					 .command = DOOR_COMMAND_UNLOCK,
					 .until_us = until_us },
		    expected);
}

bool
level(uint64_t at_us, enum door_input_kind kind, bool is_active, const char *expected)
{
	return step(at_us, (struct door_input){ .kind = kind, .is_active = is_active }, expected);
}

bool
monitor(uint64_t at_us, enum door_lock lock, const char *expected)
{
	return step(at_us, (struct door_input){ .kind = DOOR_INPUT_MONITOR, .lock = lock },
		    expected);
}

void
start(void)
{
	config = (struct access_door){
		.name = "Front",
		.rex_unlocks = true,
		.access_time_ms = 7000,
		.extended_access_time_ms = 20000,
		.held_open_time_ms = 30000,
		.extended_held_open_time_ms = 60000,
		.pre_alarm_time_ms = 10000,
	};
	door_init(&door);
	CU_ASSERT_TRUE(move(S(1), DOOR_CLOSED, ""));
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
}
