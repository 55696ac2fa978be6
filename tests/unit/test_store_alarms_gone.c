#include "agent/store_alarms_method.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static struct store_rig rig;

static void
on_state(const char *key UNUSED, uint64_t rev UNUSED, const json_t *value UNUSED,
	 void *context UNUSED)
{
}

static void
start(void)
{
	store_rig_start(&rig);
	rig.store.state = store_state_new(on_state, NULL);
}

static void
stop(void)
{
	store_state_free(steal(&rig.store.state));
	store_rig_stop(&rig);
}

static bool
is_quiet(void *context UNUSED)
{
	struct store_log_status status;

	store_log_get_status(rig.store.log, &status);
	return !status.waiting;
}

/* Everything is on disk, and so is what that has led to. */
static void
settle(void)
{
	CU_ASSERT_TRUE(unit_wait(rig.store.base, is_quiet, NULL));
}

static void
raise_alarm(enum event_kind kind, const char *source)
{
	store_log_add(rig.store.log, kind, source, NULL, NULL, NULL);
	settle();
}

static void
add_name(uint64_t id UNUSED, const json_t *alarm, void *context)
{
	(void) json_array_append(context, json_object_get(alarm, "name"));
}

static bool
stand(const char *names)
{
	_cleanup_(json_decrefp) json_t *list = json_array();

	store_alarms_each(store_log_alarms(rig.store.log), add_name, list);
	_cleanup_(freep) char *now = json_canonical(list);
	if (strcmp(now, names) != 0)
		(void) printf("# %s stand\n", now);
	return !strcmp(now, names);
}

/* How many ends of alarms the log has, all of this source and for this reason. */
static int
ends(const char *source, const char *why)
{
	_cleanup_(json_decrefp) json_t *events = store_rig_events(&rig);
	json_t *row;
	size_t i;
	int count = 0;

	json_array_foreach (events, i, row) {
		const json_t *event =
			json_object_get(row, "event") ? json_object_get(row, "event") : row;
		const json_t *data = json_object_get(event, "data");
		if (json_integer_or(event, "number", 0) != EV_ALARM_ENDED)
			continue;
		CU_ASSERT_STRING_EQUAL(json_string_or(event, "source", ""), source);
		CU_ASSERT_STRING_EQUAL(json_string_or(data, "why", ""), why);
		CU_ASSERT(json_integer_or(data, "alarm", 0) > 0);
		count++;
	}
	return count;
}

static void
add_module(void)
{
	CU_ASSERT_EQUAL(store_rig_put(&rig, "module", 0, "{'name':'Attic','bus':4,'address':2}"),
			0);
	CU_ASSERT_EQUAL(rig.id, 1);
}

static void
test_alarms_end_with_the_object_that_is_removed_each_once(void)
{
	start();
	add_module();
	raise_alarm(EV_MODULE_OFFLINE, "module.1");
	raise_alarm(EV_MODULE_TAMPER, "module.1");
	raise_alarm(EV_READER_OFFLINE, "reader.1");
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[\"module_offline\",\"module_tamper\",\"reader_offline\"]"));
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "module", 1, false), 0);
	/* Another change before the log has the first ends. */
	store_alarms_sweep(&rig.store);
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[\"reader_offline\"]"));
	CU_ASSERT_EQUAL(ends("module.1", "the module was removed"), 2);
	stop();
}

static void
test_alarms_end_with_the_object_that_is_switched_off_and_come_again(void)
{
	start();
	add_module();
	raise_alarm(EV_MODULE_TAMPER, "module.1");
	CU_ASSERT_EQUAL(store_rig_put(&rig, "module", 1, "{'enabled':false}"), 0);
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[]"));
	CU_ASSERT_EQUAL(ends("module.1", "the module is switched off"), 1);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "module", 1, "{'enabled':true}"), 0);
	store_alarms_sweep(&rig.store);
	raise_alarm(EV_MODULE_TAMPER, "module.1");
	CU_ASSERT_TRUE(stand("[\"module_tamper\"]"));
	stop();
}

/* It was on its way from the door role when its object went. */
static void
test_an_alarm_of_what_is_gone_ends_when_it_is_raised(void)
{
	start();
	raise_alarm(EV_MODULE_OFFLINE, "module.7");
	settle();
	CU_ASSERT_TRUE(stand("[]"));
	CU_ASSERT_EQUAL(ends("module.7", "the module was removed"), 1);
	stop();
}

static void
test_alarms_of_log_servers_end_by_the_same_rule(void)
{
	start();
	CU_ASSERT_EQUAL(store_rig_put(&rig, "log_server", 0,
				      "{'name':'A','host':'192.0.2.1','transport':'udp'}"),
			0);
	raise_alarm(EV_SYSLOG_DOWN, "syslog.1");
	raise_alarm(EV_SYSLOG_BEHIND, "syslog.1");
	CU_ASSERT_EQUAL(store_rig_put(&rig, "log_server", 1, "{'enabled':false}"), 0);
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[]"));
	CU_ASSERT_EQUAL(ends("syslog.1", "the log server is switched off"), 2);
	stop();
}

static void
test_alarms_end_with_what_the_board_no_longer_has(void)
{
	start();
	raise_alarm(EV_POINT_FAULT, "relay");
	raise_alarm(EV_READER_OFFLINE, "reader.3");
	raise_alarm(EV_DOOR_HELD, "door.2");
	raise_alarm(EV_CASING_OPEN, "casing");
	raise_alarm(EV_BOARD_OFFLINE, "board");
	store_alarms_sweep(&rig.store);
	settle();
	store_state_set(rig.store.state, "board",
			json_pack("{s[ss]}", "absent", "door3.lock", "relay.gnd"));
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[\"point_fault\",\"reader_offline\",\"door_held\",\"casing\","
			     "\"board_offline\"]"));
	/* The third reader is the first one of the second door. */
	store_state_set(rig.store.state, "board",
			json_pack("{s[ss]}", "absent", "casing", "door2.reader1"));
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[\"point_fault\",\"door_held\",\"board_offline\"]"));
	store_state_set(rig.store.state, "board",
			json_pack("{s[ss]}", "absent", "door2.lock", "relay"));
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[\"board_offline\"]"));
	stop();
}

static void
test_alarms_of_a_line_end_when_its_port_becomes_an_output(void)
{
	start();
	CU_ASSERT_EQUAL(store_rig_put(&rig, "output", 6 + 3, "{'direction':'input'}"), 0);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "output", 6 + 4, "{'direction':'input'}"), 0);
	raise_alarm(EV_INPUT_FAULT, "aux1");
	raise_alarm(EV_POINT_FAULT, "aux1");
	raise_alarm(EV_INPUT_DRIFT, "aux2");
	raise_alarm(EV_INPUT_FAULT, "input1");
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[\"input_fault\",\"point_fault\",\"input_drift\",\"input_fault\"]"));
	CU_ASSERT_EQUAL(store_rig_put(&rig, "output", 6 + 3, "{'direction':'output'}"), 0);
	store_alarms_sweep(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[\"point_fault\",\"input_drift\",\"input_fault\"]"));
	CU_ASSERT_EQUAL(ends("aux1", "it is an output now"), 1);
	stop();
}

/* The store was killed between the removal and the end of its alarms. */
static void
test_a_start_ends_what_went_before_it(void)
{
	start();
	add_module();
	raise_alarm(EV_MODULE_OFFLINE, "module.1");
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "module", 1, false), 0);
	store_state_free(steal(&rig.store.state));
	store_rig_close(&rig);
	store_rig_open(&rig);
	rig.store.state = store_state_new(on_state, NULL);
	CU_ASSERT_TRUE(stand("[\"module_offline\"]"));
	store_alarms_start(&rig.store);
	settle();
	CU_ASSERT_TRUE(stand("[]"));
	CU_ASSERT_EQUAL(ends("module.1", "the module was removed"), 1);
	stop();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_alarms_end_with_the_object_that_is_removed_each_once),
		TAP(test_alarms_end_with_the_object_that_is_switched_off_and_come_again),
		TAP(test_an_alarm_of_what_is_gone_ends_when_it_is_raised),
		TAP(test_alarms_of_log_servers_end_by_the_same_rule),
		TAP(test_alarms_end_with_what_the_board_no_longer_has),
		TAP(test_alarms_of_a_line_end_when_its_port_becomes_an_output),
		TAP(test_a_start_ends_what_went_before_it),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
