/*
 * Notifications without a master and without a store: the master is played by the two functions
 * that the notifier calls, so the library's archive member of the same names stays out.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_heartbeat.h"
#include "agent/snmp_notify.h"
#include "lib/clock.h"
#include "lib/events.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static struct replica replica;
static struct event_base *base;
static struct notifier *notifier;
static uint64_t now_us;
static bool is_up;
static size_t sent_count;
static long last_id;
static uint64_t last_seq;
static uint64_t done_seq;
static bool was_late;

static bool
is_late(const netsnmp_variable_list *list)
{
	const struct mib_oid wanted = mib_event_oid(MIB_EVENT_LATE);
	struct mib_oid name;

	for (; list; list = list->next_variable) {
		agentx_get_name(list, &name);
		if (!mib_oid_compare(&name, &wanted))
			return *list->val.integer == 1;
	}
	return false;
}

bool
master_is_up(const struct master *master UNUSED)
{
	return is_up;
}

int
master_notify(struct master *master UNUSED, netsnmp_variable_list *variables, long *ret_id)
{
	/* sysUpTime is the master's; snmpTrapOID is first, then cardeaEventSeq. */
	last_seq = (uint64_t) *variables->next_variable->val.integer;
	was_late = is_late(variables);
	snmp_free_varbind(variables);
	sent_count++;
	*ret_id = ++last_id;
	return 0;
}

static uint64_t
fake_clock(void)
{
	return now_us;
}

static void
on_done(uint64_t seq, void *context UNUSED)
{
	done_seq = seq;
}

static enum event_kind left_out_kind;
static uint32_t left_out_count;

static void
on_left_out(enum event_kind kind, uint32_t count, void *context UNUSED)
{
	left_out_kind = kind;
	left_out_count += count;
}

static const struct notifier_ops ops = { on_done, on_left_out };

static void
set_up(void)
{
	now_us = 1000 * US_PER_S;
	clock_set_source(fake_clock);
	is_up = true;
	sent_count = left_out_count = 0;
	last_seq = done_seq = 0;
	replica_init(&replica);
	replica_begin(&replica);
	replica_end(&replica);
	base = event_base_new();
	notifier = notifier_new(base, NULL, &replica, &ops, NULL);
}

static void
tear_down(void)
{
	notifier_free(notifier);
	event_base_free(base);
	clock_set_source(NULL);
}

static const struct replica_notification *
kind_of(enum event_kind kind)
{
	return replica_notification_of(&replica.notifications, kind);
}

static json_t *
make_event(uint64_t seq, enum event_kind kind)
{
	return json_pack("{sI,si,ss,ss,ss,ss,sI,s{si}}", "seq", (json_int_t) seq, "number",
			 (int) kind, "source", "door.2", "actor", "card:h10301:118:1603", "reason",
			 "no such card", "text", "Something happened", "time_us",
			 (json_int_t) 1790000000123456, "data", "door", 2);
}

static int
add(uint64_t seq, enum event_kind kind)
{
	_cleanup_(json_decrefp) json_t *event = make_event(seq, kind);

	return notifier_add(notifier, event);
}

static void
test_an_event_is_done_when_the_master_has_confirmed_it(void)
{
	set_up();
	CU_ASSERT_EQUAL(add(5, EV_ACCESS_GRANTED), 0);
	CU_ASSERT_EQUAL(sent_count, 1);
	CU_ASSERT_EQUAL(last_seq, 5);
	CU_ASSERT_EQUAL(done_seq, 0);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(done_seq, 5);
	CU_ASSERT_EQUAL(replica.device.sent, 1);
	CU_ASSERT_EQUAL(replica.device.log_delivered, 5);
	tear_down();
}

static void
test_one_notification_at_a_time_is_unconfirmed(void)
{
	set_up();
	CU_ASSERT_EQUAL(add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(add(2, EV_DOOR_HELD), 0);
	CU_ASSERT_EQUAL(sent_count, 1);
	notifier_confirm(notifier, last_id + 7, 0);
	CU_ASSERT_EQUAL(sent_count, 1);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(sent_count, 2);
	CU_ASSERT_EQUAL(last_seq, 2);
	CU_ASSERT_EQUAL(done_seq, 1);
	tear_down();
}

static void
test_what_a_lost_master_did_not_confirm_is_sent_again_in_order(void)
{
	set_up();
	CU_ASSERT_EQUAL(add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(add(2, EV_DOOR_HELD), 0);
	is_up = false;
	notifier_restart(notifier);
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(sent_count, 1);
	CU_ASSERT_EQUAL(done_seq, 0);
	is_up = true;
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(last_seq, 1);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(last_seq, 2);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(done_seq, 2);
	tear_down();
}

static void
test_events_without_notification_are_done_at_once_but_in_order(void)
{
	set_up();
	CU_ASSERT_EQUAL(add(1, EV_LOGIN), 0);
	CU_ASSERT_EQUAL(done_seq, 1);
	CU_ASSERT_EQUAL(add(2, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(add(3, EV_LOGIN), 0);
	CU_ASSERT_EQUAL(done_seq, 1);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(done_seq, 3);
	CU_ASSERT_EQUAL(sent_count, 1);
	tear_down();
}

static void
test_settings_silence_access_and_state_but_never_alarms(void)
{
	set_up();
	_cleanup_(json_decrefp) json_t *settings =
		json_pack("{sb,sb}", "snmp.notifications.access", 0, "snmp.notifications.state", 0);
	replica_update(&replica, "settings", settings);
	CU_ASSERT_EQUAL(add(1, EV_ACCESS_DENIED), 0);
	CU_ASSERT_EQUAL(add(2, EV_DOOR_MODE), 0);
	CU_ASSERT_EQUAL(add(3, EV_DOOR_LOCK), 0);
	CU_ASSERT_EQUAL(sent_count, 0);
	CU_ASSERT_EQUAL(done_seq, 3);
	CU_ASSERT_EQUAL(add(4, EV_DOOR_HELD_WARNING), 0);
	CU_ASSERT_EQUAL(sent_count, 1);
	tear_down();
}

static void
test_nothing_is_sent_before_the_settings_are_known(void)
{
	set_up();
	replica_init(&replica);
	CU_ASSERT_EQUAL(add(1, EV_ACCESS_GRANTED), 0);
	CU_ASSERT_EQUAL(sent_count, 0);
	CU_ASSERT_EQUAL(done_seq, 0);
	replica_begin(&replica);
	replica_end(&replica);
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(sent_count, 1);
	tear_down();
}

static void
test_a_burst_is_followed_by_fifty_a_second(void)
{
	uint64_t seq = 0;

	set_up();
	while (seq < 64) {
		CU_ASSERT_EQUAL_FATAL(add(++seq, EV_ACCESS_GRANTED), 0);
		notifier_confirm(notifier, last_id, 0);
	}
	CU_ASSERT_EQUAL(sent_count, 64);
	CU_ASSERT_EQUAL(add(++seq, EV_ACCESS_GRANTED), 0);
	CU_ASSERT_EQUAL(sent_count, 64);
	now_us += 19 * US_PER_MS;
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(sent_count, 64);
	now_us += US_PER_MS;
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(sent_count, 65);
	tear_down();
}

static void
test_a_notification_that_the_master_refuses_does_not_hold_up_others(void)
{
	set_up();
	CU_ASSERT_EQUAL(add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(add(2, EV_DOOR_HELD), 0);
	notifier_confirm(notifier, last_id, AGENTX_PROCESSING_ERROR);
	CU_ASSERT_EQUAL(done_seq, 1);
	CU_ASSERT_EQUAL(last_seq, 2);
	CU_ASSERT_EQUAL(replica.device.sent, 0);
	tear_down();
}

static void
test_more_events_than_the_window_are_refused_and_a_lost_store_empties_it(void)
{
	set_up();
	is_up = false;
	for (uint64_t seq = 1; seq <= NOTIFY_WINDOW; seq++)
		CU_ASSERT_EQUAL(add(seq, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(add(NOTIFY_WINDOW + 1, EV_DOOR_FORCED), -ENOBUFS);
	notifier_clear(notifier);
	CU_ASSERT_EQUAL(notifier_queued(notifier), 0);
	CU_ASSERT_EQUAL(add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(done_seq, 0);
	tear_down();
}

/* One at a time is confirmed, so that the pace of all is not what is looked at. */
static void
badge_strangers(uint64_t *seq, unsigned count, uint64_t gap_us)
{
	for (unsigned i = 0; i < count; i++) {
		CU_ASSERT_EQUAL_FATAL(add(++*seq, EV_ACCESS_UNKNOWN), 0);
		notifier_confirm(notifier, last_id, 0);
		now_us += gap_us;
	}
}

static void
test_ten_thousand_strangers_a_minute_are_few_notifications_and_a_summary(void)
{
	uint64_t seq = 0;

	set_up();
	badge_strangers(&seq, 10000, 6 * US_PER_MS);
	/* Twenty at once, and one every three seconds. */
	CU_ASSERT_EQUAL(sent_count, 39);
	/* All of them are dealt with, and an alarm does not wait behind them. */
	CU_ASSERT_EQUAL(done_seq, 10000);
	CU_ASSERT_EQUAL(add(++seq, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(sent_count, 40);
	notifier_confirm(notifier, last_id, 0);
	badge_strangers(&seq, 2, 0);
	CU_ASSERT_EQUAL(sent_count, 41);
	(void) event_base_loop(base, EVLOOP_NONBLOCK);
	CU_ASSERT_EQUAL(left_out_count, 9962);
	CU_ASSERT_EQUAL(left_out_kind, EV_ACCESS_UNKNOWN);
	tear_down();
}

static void
test_what_is_denied_now_and_then_is_always_notified(void)
{
	uint64_t seq = 0;

	set_up();
	badge_strangers(&seq, 200, 3 * US_PER_S);
	CU_ASSERT_EQUAL(sent_count, 200);
	CU_ASSERT_EQUAL(left_out_count, 0);
	tear_down();
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
		make_event(UINT64_C(0x100000007), EV_ACCESS_UNKNOWN);
	struct replica_event read;

	set_up();
	CU_ASSERT_TRUE_FATAL(replica_event_read(&read, event));
	netsnmp_variable_list *list = notify_variables(&replica, &read, false);
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
	tear_down();
}

static void
set_settings(const char *text)
{
	_cleanup_(json_decrefp) json_t *settings = json_loads(text, 0, NULL);

	replica_update(&replica, "settings", settings);
}

static void
test_a_kind_that_is_off_is_not_sent_and_counted(void)
{
	set_up();
	set_settings("{\"snmp.notifications.off\":\"door.held_warning, door.forced\"}");
	CU_ASSERT_EQUAL(add(1, EV_DOOR_HELD_WARNING), 0);
	CU_ASSERT_EQUAL(add(2, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(sent_count, 0);
	CU_ASSERT_EQUAL(done_seq, 2);
	CU_ASSERT_EQUAL(add(3, EV_DOOR_HELD), 0);
	CU_ASSERT_EQUAL(sent_count, 1);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(kind_of(EV_DOOR_FORCED)->suppressed, 1);
	CU_ASSERT_EQUAL(kind_of(EV_DOOR_FORCED)->sent, 0);
	CU_ASSERT_EQUAL(kind_of(EV_DOOR_HELD)->sent, 1);
	CU_ASSERT_EQUAL(replica.notifications.suppressed, 2);
	tear_down();
}

static void
test_what_waited_for_the_master_is_late_and_what_comes_then_is_not(void)
{
	set_up();
	is_up = false;
	CU_ASSERT_EQUAL(add(1, EV_DOOR_FORCED), 0);
	CU_ASSERT_EQUAL(add(2, EV_DOOR_HELD), 0);
	is_up = true;
	notifier_mark_late(notifier, 2);
	notifier_pump(notifier);
	CU_ASSERT_TRUE(was_late);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(last_seq, 2);
	CU_ASSERT_TRUE(was_late);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(add(3, EV_DOOR_HELD_CLEARED), 0);
	CU_ASSERT_FALSE(was_late);
	/* Unless the master goes before it has confirmed it. */
	notifier_restart(notifier);
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(last_seq, 3);
	CU_ASSERT_TRUE(was_late);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(replica.notifications.late, 3);
	tear_down();
}

/* Raised and cleared in turn, confirmed at once. */
static void
flap(uint64_t *seq, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		++*seq;
		CU_ASSERT_EQUAL_FATAL(add(*seq, *seq % 2 ? EV_DOOR_FORCED : EV_DOOR_FORCED_CLEARED),
				      0);
		notifier_confirm(notifier, last_id, 0);
		now_us += 10 * US_PER_MS;
	}
}

static void
test_an_alarm_that_flaps_is_sent_with_its_last_state(void)
{
	uint64_t seq = 0;

	set_up();
	flap(&seq, 31);
	CU_ASSERT_EQUAL(sent_count, 6);
	CU_ASSERT_EQUAL(last_seq, 6);
	/* What is superseded is dealt with, the last state is not. */
	CU_ASSERT_EQUAL(done_seq, 30);
	CU_ASSERT_EQUAL(replica.notifications.suppressed, 24);
	/* Another alarm does not wait behind it. */
	CU_ASSERT_EQUAL(add(++seq, EV_DOOR_HELD), 0);
	CU_ASSERT_EQUAL(last_seq, 32);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(done_seq, 30);
	now_us += 10 * US_PER_S;
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(last_seq, 31);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(done_seq, 32);
	tear_down();
}

static void
test_a_held_alarm_goes_when_the_window_is_full(void)
{
	uint64_t seq = 0;

	set_up();
	flap(&seq, 7);
	CU_ASSERT_EQUAL(sent_count, 6);
	while (seq < 7 + NOTIFY_WINDOW - 2)
		CU_ASSERT_EQUAL(add(++seq, EV_LOGIN), 0);
	CU_ASSERT_EQUAL(sent_count, 6);
	CU_ASSERT_EQUAL(add(++seq, EV_LOGIN), 0);
	CU_ASSERT_EQUAL(last_seq, 7);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(done_seq, seq);
	CU_ASSERT_EQUAL(notifier_queued(notifier), 0);
	tear_down();
}

static void
test_alarms_of_an_hour_that_come_at_once_are_all_sent(void)
{
	set_up();
	for (uint64_t seq = 1; seq <= 40; seq++) {
		_cleanup_(json_decrefp) json_t *event =
			make_event(seq, seq % 2 ? EV_DOOR_FORCED : EV_DOOR_FORCED_CLEARED);
		(void) json_object_set_new(event, "mono_us",
					   json_integer((json_int_t) (seq * 90 * US_PER_S)));
		CU_ASSERT_EQUAL(notifier_add(notifier, event), 0);
		notifier_confirm(notifier, last_id, 0);
	}
	CU_ASSERT_EQUAL(sent_count, 40);
	CU_ASSERT_EQUAL(done_seq, 40);
	tear_down();
}

static void
stand(uint64_t id, const char *kind)
{
	_cleanup_(freep) char *key = xasprintf("alarm.%llu", (unsigned long long) id);
	_cleanup_(json_decrefp) json_t *alarm =
		json_pack("{sI,sI,ss,ss,si,sI,ss}", "id", (json_int_t) id, "seq", (json_int_t) id,
			  "kind", kind, "source", "door.2", "severity", 1, "time_us",
			  (json_int_t) 1790000000123456, "text", "It stands");

	replica_update(&replica, key, alarm);
}

static void
test_alarms_that_stand_are_sent_again_with_their_numbers(void)
{
	set_up();
	replica.device.log_delivered = 20;
	stand(5, "door.forced");
	stand(7, "reader.offline");
	/* This one's own notification still waits. */
	stand(21, "door.held");
	notifier_resend(notifier);
	CU_ASSERT_EQUAL(sent_count, 1);
	CU_ASSERT_EQUAL(last_seq, 5);
	CU_ASSERT_TRUE(was_late);
	/* What happens meanwhile goes first. */
	CU_ASSERT_EQUAL(add(22, EV_DOOR_HELD_WARNING), 0);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(last_seq, 22);
	CU_ASSERT_FALSE(was_late);
	replica.device.log_delivered = 20;
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(last_seq, 7);
	replica.device.log_delivered = 20;
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(sent_count, 3);
	CU_ASSERT_EQUAL(kind_of(EV_READER_OFFLINE)->sent, 1);
	tear_down();
}

static void
test_what_is_sent_again_goes_on_behind_a_master_that_was_away(void)
{
	set_up();
	replica.device.log_delivered = 20;
	stand(5, "door.forced");
	stand(7, "reader.offline");
	notifier_resend(notifier);
	is_up = false;
	notifier_restart(notifier);
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(sent_count, 1);
	is_up = true;
	notifier_pump(notifier);
	CU_ASSERT_EQUAL(last_seq, 5);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(last_seq, 7);
	notifier_confirm(notifier, last_id, 0);
	CU_ASSERT_EQUAL(sent_count, 3);
	tear_down();
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
