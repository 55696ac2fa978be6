/* Notifications by kind: switches, what is late, alarms that flap or are sent again. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_heartbeat.h"
#include "lib/clock.h"
#include "lib/events.h"
#include "lib/util.h"
#include "tests/unit/notify_rig.h"
#include "tests/unit/tap.h"

static void
set_settings(const char *text)
{
	_cleanup_(json_decrefp) json_t *settings = json_loads(text, 0, NULL);

	replica_update(&notify_rig.replica, "settings", settings);
}

static void
test_a_kind_that_is_off_is_not_sent_and_counted(void)
{
	notify_rig_start();
	set_settings("{\"snmp.notifications.off\":\"door.held_warning, door.forced\"}");
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_DOOR_HELD_WARNING), 0);
	CU_ASSERT_EQUAL(notify_rig_add(2, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 2);
	CU_ASSERT_EQUAL(notify_rig_add(3, EV_DOOR_HELD), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig_kind_of(EV_DOOR_FORCED)->suppressed, 1);
	CU_ASSERT_EQUAL(notify_rig_kind_of(EV_DOOR_FORCED)->sent, 0);
	CU_ASSERT_EQUAL(notify_rig_kind_of(EV_DOOR_HELD)->sent, 1);
	CU_ASSERT_EQUAL(notify_rig.replica.notifications.suppressed, 2);
	notify_rig_stop();
}

static void
test_what_waited_for_the_master_is_late_and_what_comes_then_is_not(void)
{
	notify_rig_start();
	notify_rig.is_up = false;
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig_add(2, EV_DOOR_HELD), 0);
	notify_rig.is_up = true;
	notifier_mark_late(notify_rig.notifier, 2);
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_TRUE(notify_rig.was_late);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 2);
	CU_ASSERT_TRUE(notify_rig.was_late);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig_add(3, EV_DOOR_HELD_CLEARED), 0);
	CU_ASSERT_FALSE(notify_rig.was_late);
	/* Unless the master goes before it has confirmed it. */
	notifier_restart(notify_rig.notifier);
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 3);
	CU_ASSERT_TRUE(notify_rig.was_late);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.replica.notifications.late, 3);
	notify_rig_stop();
}

/* Raised and cleared in turn, confirmed at once. */
static void
flap(uint64_t *seq, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		++*seq;
		CU_ASSERT_EQUAL_FATAL(
			notify_rig_add(*seq, *seq % 2 ? EV_DOOR_FORCED : EV_DOOR_FORCED_CLEARED),
			0);
		notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
		notify_rig.now_us += 10 * US_PER_MS;
	}
}

static void
test_an_alarm_that_flaps_is_sent_with_its_last_state(void)
{
	uint64_t seq = 0;

	notify_rig_start();
	flap(&seq, 31);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 6);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 6);
	/* What is superseded is dealt with, the last state is not. */
	CU_ASSERT_EQUAL(notify_rig.done_seq, 30);
	CU_ASSERT_EQUAL(notify_rig.replica.notifications.suppressed, 24);
	/* Another alarm does not wait behind it. */
	CU_ASSERT_EQUAL(notify_rig_add(++seq, EV_DOOR_HELD), 0);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 32);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 30);
	notify_rig.now_us += 10 * US_PER_S;
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 31);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 32);
	notify_rig_stop();
}

static void
test_a_held_alarm_goes_when_the_window_is_full(void)
{
	uint64_t seq = 0;

	notify_rig_start();
	flap(&seq, 7);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 6);
	while (seq < 7 + NOTIFY_WINDOW - 2)
		CU_ASSERT_EQUAL(notify_rig_add(++seq, EV_LOGIN), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 6);
	CU_ASSERT_EQUAL(notify_rig_add(++seq, EV_LOGIN), 0);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 7);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, seq);
	CU_ASSERT_EQUAL(notifier_queued(notify_rig.notifier), 0);
	notify_rig_stop();
}

static void
test_alarms_of_an_hour_that_come_at_once_are_all_sent(void)
{
	notify_rig_start();
	for (uint64_t seq = 1; seq <= 40; seq++) {
		_cleanup_(json_decrefp) json_t *event =
			notify_rig_event(seq, seq % 2 ? EV_DOOR_FORCED : EV_DOOR_FORCED_CLEARED);
		(void) json_object_set_new(event, "mono_us",
					   json_integer((json_int_t) (seq * 90 * US_PER_S)));
		CU_ASSERT_EQUAL(notifier_add(notify_rig.notifier, event), 0);
		notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	}
	CU_ASSERT_EQUAL(notify_rig.sent_count, 40);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 40);
	notify_rig_stop();
}

static void
stand(uint64_t id, const char *kind)
{
	_cleanup_(freep) char *key = xasprintf("alarm.%llu", (unsigned long long) id);
	_cleanup_(json_decrefp) json_t *alarm =
		json_pack("{sI,sI,ss,ss,si,sI,ss}", "id", (json_int_t) id, "seq", (json_int_t) id,
			  "kind", kind, "source", "door.2", "severity", 1, "time_us",
			  (json_int_t) 1790000000123456, "text", "It stands");

	replica_update(&notify_rig.replica, key, alarm);
}

static void
test_alarms_that_stand_are_sent_again_with_their_numbers(void)
{
	notify_rig_start();
	notify_rig.replica.device.log_delivered = 20;
	stand(5, "door.forced");
	stand(7, "reader.offline");
	/* This one's own notification still waits. */
	stand(21, "door.held");
	notifier_resend(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 5);
	CU_ASSERT_TRUE(notify_rig.was_late);
	/* What happens meanwhile goes first. */
	CU_ASSERT_EQUAL(notify_rig_add(22, EV_DOOR_HELD_WARNING), 0);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 22);
	CU_ASSERT_FALSE(notify_rig.was_late);
	notify_rig.replica.device.log_delivered = 20;
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 7);
	notify_rig.replica.device.log_delivered = 20;
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 3);
	CU_ASSERT_EQUAL(notify_rig_kind_of(EV_READER_OFFLINE)->sent, 1);
	notify_rig_stop();
}

static void
test_what_is_sent_again_goes_on_behind_a_master_that_was_away(void)
{
	notify_rig_start();
	notify_rig.replica.device.log_delivered = 20;
	stand(5, "door.forced");
	stand(7, "reader.offline");
	notifier_resend(notify_rig.notifier);
	notify_rig.is_up = false;
	notifier_restart(notify_rig.notifier);
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	notify_rig.is_up = true;
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 5);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 7);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 3);
	notify_rig_stop();
}

static void
test_a_heartbeat_is_due_every_so_many_minutes_and_when_that_is_changed(void)
{
	struct heartbeat heartbeat = { 0 };

	CU_ASSERT_FALSE(heartbeat_is_due(&heartbeat, 60, 1));
	CU_ASSERT_FALSE(heartbeat_is_due(&heartbeat, 60, 3599 * US_PER_S));
	CU_ASSERT_TRUE(heartbeat_is_due(&heartbeat, 60, 3601 * US_PER_S));
	CU_ASSERT_FALSE(heartbeat_is_due(&heartbeat, 60, 3602 * US_PER_S));
	CU_ASSERT_TRUE(heartbeat_is_due(&heartbeat, 1, 3603 * US_PER_S));
	CU_ASSERT_FALSE(heartbeat_is_due(&heartbeat, 1, 3604 * US_PER_S));
	CU_ASSERT_TRUE(heartbeat_is_due(&heartbeat, 1, 3663 * US_PER_S));
	CU_ASSERT_FALSE(heartbeat_is_due(&heartbeat, 0, 9999 * US_PER_S));
	CU_ASSERT_FALSE(heartbeat_is_due(&heartbeat, 0, 99999 * US_PER_S));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_kind_that_is_off_is_not_sent_and_counted),
		TAP(test_what_waited_for_the_master_is_late_and_what_comes_then_is_not),
		TAP(test_an_alarm_that_flaps_is_sent_with_its_last_state),
		TAP(test_a_held_alarm_goes_when_the_window_is_full),
		TAP(test_alarms_of_an_hour_that_come_at_once_are_all_sent),
		TAP(test_alarms_that_stand_are_sent_again_with_their_numbers),
		TAP(test_what_is_sent_again_goes_on_behind_a_master_that_was_away),
		TAP(test_a_heartbeat_is_due_every_so_many_minutes_and_when_that_is_changed),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
