/*
 * The snmp role without a master and without a store: the master is played by the two functions
 * that the notifier calls, so the library's archive member of the same names stays out.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_answer.h"
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

static bool can_reach_store;
static size_t command_count;
static struct mib_command last_command;

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

static void
set_up(void)
{
	now_us = 1000 * US_PER_S;
	clock_set_source(fake_clock);
	is_up = true;
	sent_count = 0;
	last_seq = done_seq = 0;
	replica_init(&replica);
	replica_begin(&replica);
	replica_end(&replica);
	base = event_base_new();
	notifier = notifier_new(base, NULL, &replica, on_done, NULL);
}

static void
tear_down(void)
{
	notifier_free(notifier);
	event_base_free(base);
	clock_set_source(NULL);
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
	replica.notifies_access = false;
	replica.notifies_state = false;
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

static void
test_a_notification_carries_the_event_but_no_card_number(void)
{
	_cleanup_(json_decrefp) json_t *event =
		make_event(UINT64_C(0x100000007), EV_ACCESS_UNKNOWN);
	netsnmp_variable_list *list = notify_variables(event);

	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	CU_ASSERT_EQUAL(list->type, ASN_OBJECT_ID);
	CU_ASSERT_EQUAL(list->val.objid[list->val_len / sizeof(oid) - 1], 133);
	CU_ASSERT_EQUAL(*find_object(list, MIB_EVENT_SEQ)->val.integer, 7);
	CU_ASSERT_EQUAL(*find_object(list, MIB_EVENT_SEVERITY)->val.integer, 4);
	CU_ASSERT_EQUAL(find_object(list, MIB_EVENT_TIME)->val_len, 11);
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_KIND), "access.unknown"));
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_SOURCE), "door.2"));
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_ACTOR), "card"));
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_REASON), "no such card"));
	CU_ASSERT_TRUE(holds_text(find_object(list, MIB_EVENT_TEXT), "Something happened"));
	CU_ASSERT_EQUAL(*find_object(list, MIB_EVENT_DOOR)->val.integer, 2);
	snmp_free_varbind(list);
}

static bool
can_command(void *context UNUSED)
{
	return can_reach_store;
}

static void
on_command(const struct mib_command *command, void *context UNUSED)
{
	last_command = *command;
	command_count++;
}

static struct answers *
make_answers(void)
{
	static const struct answer_ops ops = { .can_command = can_command, .command = on_command };
	_cleanup_(json_decrefp) json_t *door = json_pack("{ss}", "name", "Front door");

	can_reach_store = true;
	command_count = 0;
	replica_init(&replica);
	replica_update(&replica, "door.1", door);
	replica_update(&replica, "door.2", door);
	return answers_new(&replica, &ops, NULL);
}

static const struct mib_oid command_column = { 13, { MIB_MODULE, 1, 2, 1, 1 } };

static void
add_set(netsnmp_pdu *pdu, uint32_t door, uint64_t number)
{
	struct mib_oid name = command_column;
	struct mib_value value = { .type = MIB_INTEGER, .number = number };

	name.sub[name.length++] = 14;
	name.sub[name.length++] = door;
	agentx_append(&pdu->variables, &name, &value);
}

/* Runs one phase; the error of the answer, or -1 when the phase has none. */
static long
phase(struct answers *answers, int command, netsnmp_pdu *request)
{
	request->command = command;
	netsnmp_pdu *response = snmp_clone_pdu(request);
	response->errstat = 0;
	long error = answers_request(answers, request, response) ? response->errstat : -1;
	snmp_free_pdu(response);
	return error;
}

static void
test_a_door_is_commanded_when_the_whole_set_holds(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);

	add_set(request, 2, 2);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_COMMITSET, request), 0);
	CU_ASSERT_EQUAL(command_count, 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, request), -1);
	CU_ASSERT_EQUAL(command_count, 1);
	CU_ASSERT_EQUAL(last_command.door, 2);
	CU_ASSERT_STRING_EQUAL(last_command.name, "grant");
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, request), -1);
	CU_ASSERT_EQUAL(command_count, 1);
	snmp_free_pdu(request);
	answers_free(answers);
}

static void
test_a_set_that_is_undone_or_never_committed_commands_nothing(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);

	add_set(request, 1, 4);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, request), -1);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_COMMITSET, request), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_UNDOSET, request), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, request), -1);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	answers_reset(answers);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_COMMITSET, request), MIB_COMMIT_FAILED);
	CU_ASSERT_EQUAL(command_count, 0);
	snmp_free_pdu(request);
	answers_free(answers);
}

static void
test_a_set_is_refused_while_the_command_could_not_be_passed_on(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);

	add_set(request, 1, 2);
	can_reach_store = false;
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), MIB_RESOURCE_UNAVAILABLE);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, request), -1);
	can_reach_store = true;
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	can_reach_store = false;
	CU_ASSERT_EQUAL(phase(answers, AGENTX_COMMITSET, request), MIB_COMMIT_FAILED);
	CU_ASSERT_EQUAL(command_count, 0);
	snmp_free_pdu(request);
	answers_free(answers);
}

static void
test_two_commands_for_one_door_contradict_each_other(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);

	add_set(request, 1, 2);
	add_set(request, 2, 3);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	add_set(request, 1, 3);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), MIB_INCONSISTENT_VALUE);
	snmp_free_pdu(request);
	answers_free(answers);
}

static void
test_sets_that_are_never_finished_do_not_pile_up(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);

	add_set(request, 1, 2);
	for (long i = 1; i <= 8; i++) {
		request->transid = i;
		CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	}
	request->transid = 9;
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), MIB_RESOURCE_UNAVAILABLE);
	request->transid = 3;
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, request), -1);
	request->transid = 9;
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	snmp_free_pdu(request);
	answers_free(answers);
}

/* A search range: from the name to the OID that the value holds. */
static netsnmp_variable_list *
make_range(const struct mib_oid *from, const struct mib_oid *end)
{
	netsnmp_variable_list *list = NULL;
	struct mib_value nothing = { .type = MIB_INTEGER };
	oid value[MIB_OID_MAX] = { 0 };

	agentx_append(&list, from, &nothing);
	for (size_t i = 0; i < end->length; i++)
		value[i] = end->sub[i];
	(void) snmp_set_var_typed_value(list, ASN_PRIV_EXCL_RANGE, value,
					end->length * sizeof(oid));
	return list;
}

static u_char
next_type(struct answers *answers, const struct mib_oid *from, const struct mib_oid *end)
{
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_GETNEXT);
	netsnmp_pdu *response = snmp_pdu_create(AGENTX_RESPONSE);

	response->variables = make_range(from, end);
	CU_ASSERT_TRUE(answers_request(answers, request, response));
	u_char type = response->variables->type;
	snmp_free_pdu(request);
	snmp_free_pdu(response);
	return type;
}

static void
test_getnext_stays_within_its_search_range(void)
{
	struct answers *answers = make_answers();
	struct mib_oid from = command_column;
	struct mib_oid end = command_column;
	const struct mib_oid no_end = { 2, { 0, 0 } };

	from.sub[from.length++] = 2;
	end.sub[end.length++] = 3;
	CU_ASSERT_EQUAL(next_type(answers, &from, &end), ASN_OCTET_STR);
	CU_ASSERT_EQUAL(next_type(answers, &from, &no_end), ASN_OCTET_STR);
	from.sub[from.length++] = 2;
	CU_ASSERT_EQUAL(next_type(answers, &from, &end), SNMP_ENDOFMIBVIEW);
	end.sub[end.length++] = 1;
	CU_ASSERT_EQUAL(next_type(answers, &from, &end), SNMP_ENDOFMIBVIEW);
	end.sub[end.length - 1] = 2;
	CU_ASSERT_EQUAL(next_type(answers, &from, &end), ASN_INTEGER);
	CU_ASSERT_EQUAL(next_type(answers, &from, &no_end), ASN_INTEGER);
	answers_free(answers);
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
		TAP(test_a_notification_carries_the_event_but_no_card_number),
		TAP(test_a_door_is_commanded_when_the_whole_set_holds),
		TAP(test_a_set_that_is_undone_or_never_committed_commands_nothing),
		TAP(test_a_set_is_refused_while_the_command_could_not_be_passed_on),
		TAP(test_two_commands_for_one_door_contradict_each_other),
		TAP(test_sets_that_are_never_finished_do_not_pile_up),
		TAP(test_getnext_stays_within_its_search_range),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
