#include "agent/door_line_test.h"

#include <errno.h>

#include "agent/door.h"
#include "agent/door_keep.h"
#include "agent/door_tools.h"
#include "lib/json.h"
#include "lib/util.h"

#define EXCHANGES 200

static json_t *
speed_state(const struct hw_line_speed *speed)
{
	return json_pack("{sI,ss,si,si,si,sI,sI}", "baud", (json_int_t) speed->baud, "state",
			 hw_line_verdict_name(speed->verdict), "asked", (int) speed->asked, "lost",
			 (int) speed->lost, "retries", (int) speed->retries, "mean_us",
			 (json_int_t) speed->mean_us, "p99_us", (json_int_t) speed->p99_us);
}

json_t *
door_line_test_state(const struct door_role *role, unsigned bus)
{
	struct hw_line_test test;

	if (hw_line_tested(role->hw, bus, &test) < 0)
		return NULL;
	json_t *speeds = json_array();
	for (unsigned i = 0; i < test.count; i++)
		(void) json_array_append_new(speeds, speed_state(&test.speeds[i]));
	return json_pack("{si,sb,sb,si,sI,sI,so}", "reader", (int) test.reader, "running",
			 test.is_running, "back", test.is_back, "wanted", (int) test.wanted, "baud",
			 (json_int_t) test.baud, "best", (json_int_t) test.best, "speeds", speeds);
}

bool
door_line_test_is_running(const struct door_role *role, unsigned bus)
{
	struct hw_line_test test;

	return hw_line_tested(role->hw, bus, &test) == 0 && test.is_running;
}

/* "9600: 0 of 200, 19200: 3 of 203": those that were tested. Events are flat. */
static void
summarise(const struct hw_line_test *test, char *text, size_t size)
{
	size_t used = 0;

	for (unsigned i = 0; i < test->count; i++) {
		const struct hw_line_speed *speed = &test->speeds[i];
		if (speed->verdict == HW_LINE_TESTED && used < size)
			used += (size_t) snprintf(text + used, size - used, "%s%u: %u of %u",
						  used ? ", " : "", speed->baud, speed->lost,
						  speed->asked);
	}
}

/* A reader that is heard at another speed for good has moved; one that is lost is looked for. */
static void
end(struct door_role *role, const struct hw_line_test *test)
{
	struct door_reader *reader = &role->readers[test->reader - 1];
	struct hw_reader found;
	char lost[HW_LINE_SPEEDS * 48] = "";

	summarise(test, lost, sizeof(lost));
	reader->tested_baud = 0;
	if (hw_reader(role->hw, test->reader, &found) == 0 && found.baud != test->baud)
		reader->is_moved = reader->is_speed_moved = true;
	door_keep_save(role);
	door_reader_push(role, test->reader);
	if (!test->is_back)
		door_reader_tell(role, test->reader, EV_LINE_TEST_LOST,
				 json_pack("{sI}", "baud", (json_int_t) test->baud));
	door_reader_tell(role, test->reader, EV_LINE_TESTED,
			 json_pack("{si,sI,ss}", "bus", (int) test->bus, "best",
				   (json_int_t) test->best, "lost", lost));
	door_tools_configure(role);
}

void
door_line_test_on(const struct hw_line_test *test, void *context)
{
	struct door_role *role = context;
	char key[16];

	(void) snprintf(key, sizeof(key), "line.%u", test->bus);
	door_rpc_push_state(role, key, door_tools_line_state(role, test->bus));
	if (!test->is_running)
		end(role, test);
}

void
door_line_test_on_moved(struct door_role *role, const struct hw_work *work)
{
	struct hw_line_test test;
	unsigned bus = hw_line_of(role->hw, work->reader);

	if (hw_line_tested(role->hw, bus, &test) < 0 || !work->is_done)
		return;
	role->readers[work->reader - 1].tested_baud = work->baud == test.baud ? 0 : work->baud;
	door_keep_save(role);
	door_reader_push(role, work->reader);
}

void
door_line_test_start(struct door_role *role, struct rpc_request *request)
{
	unsigned reader = (unsigned) json_integer_or(request->params, "reader", 0);
	unsigned exchanges = (unsigned) json_integer_or(request->params, "exchanges", EXCHANGES);

	if (door_tools_is_late(request))
		return;
	door_tools_answer(request, door_upgrade_is_busy(&role->upgrade)
					   ? -EBUSY
					   : hw_line_test(role->hw, reader, exchanges));
}

void
door_line_test_stop(struct door_role *role, struct rpc_request *request)
{
	unsigned reader = (unsigned) json_integer_or(request->params, "reader", 0);

	door_tools_answer(request, hw_line_test_stop(role->hw, reader));
}
