/* Notifications in order, confirmed, paced and limited. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/events.h"
#include "lib/util.h"
#include "tests/unit/notify_rig.h"
#include "tests/unit/tap.h"

static void
test_an_event_is_done_when_the_master_has_confirmed_it(void)
{
	notify_rig_start();
	CU_ASSERT_EQUAL(notify_rig_add(5, EV_ACCESS_GRANTED), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 5);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 0);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 5);
	CU_ASSERT_EQUAL(notify_rig.replica.device.sent, 1);
	CU_ASSERT_EQUAL(notify_rig.replica.device.log_delivered, 5);
	notify_rig_stop();
}

static void
test_one_notification_at_a_time_is_unconfirmed(void)
{
	notify_rig_start();
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig_add(2, EV_DOOR_HELD), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id + 7, 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 2);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 2);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 1);
	notify_rig_stop();
}

static void
test_what_a_lost_master_did_not_confirm_is_sent_again_in_order(void)
{
	notify_rig_start();
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig_add(2, EV_DOOR_HELD), 0);
	notify_rig.is_up = false;
	notifier_restart(notify_rig.notifier);
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 0);
	notify_rig.is_up = true;
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 1);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 2);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 2);
	notify_rig_stop();
}

static void
test_events_without_notification_are_done_at_once_but_in_order(void)
{
	notify_rig_start();
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_LOGIN), 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 1);
	CU_ASSERT_EQUAL(notify_rig_add(2, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig_add(3, EV_LOGIN), 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 1);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 3);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	notify_rig_stop();
}

static void
test_settings_silence_access_and_state_but_never_alarms(void)
{
	notify_rig_start();
	_cleanup_(json_decrefp) json_t *settings =
		json_pack("{sb,sb}", "snmp.notifications.access", 0, "snmp.notifications.state", 0);
	replica_update(&notify_rig.replica, "settings", settings);
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_ACCESS_DENIED), 0);
	CU_ASSERT_EQUAL(notify_rig_add(2, EV_DOOR_MODE), 0);
	CU_ASSERT_EQUAL(notify_rig_add(3, EV_DOOR_LOCK), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 3);
	CU_ASSERT_EQUAL(notify_rig_add(4, EV_DOOR_HELD_WARNING), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	notify_rig_stop();
}

static void
test_nothing_is_sent_before_the_settings_are_known(void)
{
	notify_rig_start();
	replica_init(&notify_rig.replica);
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_ACCESS_GRANTED), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 0);
	replica_begin(&notify_rig.replica);
	replica_end(&notify_rig.replica);
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 1);
	notify_rig_stop();
}

static void
test_a_burst_is_followed_by_fifty_a_second(void)
{
	uint64_t seq = 0;

	notify_rig_start();
	while (seq < 64) {
		CU_ASSERT_EQUAL_FATAL(notify_rig_add(++seq, EV_ACCESS_GRANTED), 0);
		notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	}
	CU_ASSERT_EQUAL(notify_rig.sent_count, 64);
	CU_ASSERT_EQUAL(notify_rig_add(++seq, EV_ACCESS_GRANTED), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 64);
	notify_rig.now_us += 19 * US_PER_MS;
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 64);
	notify_rig.now_us += US_PER_MS;
	notifier_pump(notify_rig.notifier);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 65);
	notify_rig_stop();
}

static void
test_a_notification_that_the_master_refuses_does_not_hold_up_others(void)
{
	notify_rig_start();
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig_add(2, EV_DOOR_HELD), 0);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, AGENTX_PROCESSING_ERROR);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 1);
	CU_ASSERT_EQUAL(notify_rig.last_seq, 2);
	CU_ASSERT_EQUAL(notify_rig.replica.device.sent, 0);
	notify_rig_stop();
}

static void
test_more_events_than_the_window_are_refused_and_a_lost_store_empties_it(void)
{
	notify_rig_start();
	notify_rig.is_up = false;
	for (uint64_t seq = 1; seq <= NOTIFY_WINDOW; seq++)
		CU_ASSERT_EQUAL(notify_rig_add(seq, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig_add(NOTIFY_WINDOW + 1, EV_DOOR_FORCED), -ENOBUFS);
	notifier_clear(notify_rig.notifier);
	CU_ASSERT_EQUAL(notifier_queued(notify_rig.notifier), 0);
	CU_ASSERT_EQUAL(notify_rig_add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig.done_seq, 0);
	notify_rig_stop();
}

/* One at a time is confirmed, so that the pace of all is not what is looked at. */
static void
badge_strangers(uint64_t *seq, unsigned count, uint64_t gap_us)
{
	for (unsigned i = 0; i < count; i++) {
		CU_ASSERT_EQUAL_FATAL(notify_rig_add(++*seq, EV_ACCESS_UNKNOWN), 0);
		notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
		notify_rig.now_us += gap_us;
	}
}

static void
test_ten_thousand_strangers_a_minute_are_few_notifications_and_a_summary(void)
{
	uint64_t seq = 0;

	notify_rig_start();
	badge_strangers(&seq, 10000, 6 * US_PER_MS);
	/* Twenty at once, and one every three seconds. */
	CU_ASSERT_EQUAL(notify_rig.sent_count, 39);
	/* All of them are dealt with, and an alarm does not wait behind them. */
	CU_ASSERT_EQUAL(notify_rig.done_seq, 10000);
	CU_ASSERT_EQUAL(notify_rig_add(++seq, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 40);
	notifier_confirm(notify_rig.notifier, notify_rig.last_id, 0);
	badge_strangers(&seq, 2, 0);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 41);
	(void) event_base_loop(notify_rig.base, EVLOOP_NONBLOCK);
	CU_ASSERT_EQUAL(notify_rig.left_out_count, 9962);
	CU_ASSERT_EQUAL(notify_rig.left_out_kind, EV_ACCESS_UNKNOWN);
	notify_rig_stop();
}

static void
test_what_is_denied_now_and_then_is_always_notified(void)
{
	uint64_t seq = 0;

	notify_rig_start();
	badge_strangers(&seq, 200, 3 * US_PER_S);
	CU_ASSERT_EQUAL(notify_rig.sent_count, 200);
	CU_ASSERT_EQUAL(notify_rig.left_out_count, 0);
	notify_rig_stop();
}

static bool
holds_text(const netsnmp_variable_list *variable, const char *text)
{
	return variable && variable->type == ASN_OCTET_STR && variable->val_len == strlen(text) &&
	       !memcmp(variable->val.string, text, variable->val_len);
}

static const netsnmp_variable_list *
find_object(const netsnmp_variable_list *list, enum mib_event_object object)
{
	const struct mib_oid wanted = mib_event_oid(object);
	struct mib_oid name;

	for (; list; list = list->next_variable) {
		agentx_get_name(list, &name);
		if (!mib_oid_compare(&name, &wanted))
			return list;
	}
	return NULL;
}

static long
integer_of(const netsnmp_variable_list *list, enum mib_event_object object)
{
	const netsnmp_variable_list *variable = find_object(list, object);

	return variable ? *variable->val.integer : -1;
}

static size_t
size_of(const netsnmp_variable_list *list, enum mib_event_object object)
{
	const netsnmp_variable_list *variable = find_object(list, object);

	return variable ? variable->val_len : 0;
}

static void
test_a_notification_carries_the_event_but_no_card_number(void)
{
	_cleanup_(json_decrefp) json_t *event =
		notify_rig_event(UINT64_C(0x100000007), EV_ACCESS_UNKNOWN);
	struct replica_event read;

	notify_rig_start();
	CU_ASSERT_TRUE_FATAL(replica_event_read(&read, event));
	netsnmp_variable_list *list = notify_variables(&notify_rig.replica, &read, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	CU_ASSERT_EQUAL(list->type, ASN_OBJECT_ID);
	CU_ASSERT_EQUAL(list->val.objid[list->val_len / sizeof(oid) - 1], 133);
	CU_ASSERT_EQUAL(integer_of(list, MIB_EVENT_SEQ), 7);
	CU_ASSERT_EQUAL(integer_of(list, MIB_EVENT_SEVERITY), 4);
	CU_ASSERT_EQUAL(size_of(list, MIB_EVENT_TIME), 11);
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_KIND), "access.unknown"));
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_SOURCE), "door.2"));
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_ACTOR), "card"));
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_REASON), "no such card"));
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_TEXT), "Something happened"));
	CU_ASSERT_EQUAL(integer_of(list, MIB_EVENT_DOOR), 2);
	CU_ASSERT_EQUAL(integer_of(list, MIB_EVENT_ALARM), 0);
	CU_ASSERT_EQUAL(integer_of(list, MIB_EVENT_LATE), 2);
	CU_ASSERT_EQUAL(integer_of(list, MIB_EVENT_ALARM_SEVERITY), 2);
	/* 0.0: this controller has no second door. */
	CU_ASSERT_EQUAL(size_of(list, MIB_EVENT_OBJECT), 2 * sizeof(oid));
	snmp_free_varbind(list);
	notify_rig_stop();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_an_event_is_done_when_the_master_has_confirmed_it),
		TAP(test_one_notification_at_a_time_is_unconfirmed),
		TAP(test_what_a_lost_master_did_not_confirm_is_sent_again_in_order),
		TAP(test_events_without_notification_are_done_at_once_but_in_order),
		TAP(test_settings_silence_access_and_state_but_never_alarms),
		TAP(test_nothing_is_sent_before_the_settings_are_known),
		TAP(test_a_burst_is_followed_by_fifty_a_second),
		TAP(test_a_notification_that_the_master_refuses_does_not_hold_up_others),
		TAP(test_more_events_than_the_window_are_refused_and_a_lost_store_empties_it),
		TAP(test_ten_thousand_strangers_a_minute_are_few_notifications_and_a_summary),
		TAP(test_what_is_denied_now_and_then_is_always_notified),
		TAP(test_a_notification_carries_the_event_but_no_card_number),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
