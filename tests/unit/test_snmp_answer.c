/*
 * The phases of SET, without a master.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_answer.h"
#include "lib/clock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static struct replica replica;
static bool can_reach_store;
static size_t command_count;
static struct set_command last_command;
static char last_note[MIB_NOTE_MAX + 1];
static const char *requester; /* NULL: the master does not tell */

static bool
can_command(void *context UNUSED)
{
	return can_reach_store;
}

static void
on_command(const struct set_command *command, void *context UNUSED)
{
	last_command = *command;
	(void) copy_string(last_note, sizeof(last_note), command->note);
	command_count++;
}

static const char *
who(uint32_t transaction UNUSED, void *context UNUSED)
{
	return requester;
}

static struct answers *
make_answers(void)
{
	static const struct answer_ops ops = {
		.can_command = can_command,
		.command = on_command,
		.who = who,
	};
	_cleanup_(json_decrefp) json_t *door = json_pack("{ss}", "name", "Front door");

	can_reach_store = true;
	requester = NULL;
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

/* Of door 1, whose columns are COLUMN_*. */
enum { COLUMN_SERIAL = 16, COLUMN_SECONDS, COLUMN_NOTE };

static void
add_column(netsnmp_pdu *pdu, uint32_t column, enum mib_type type, uint64_t number, const char *text)
{
	struct mib_oid name = command_column;
	struct mib_value value = { .type = type, .number = number };

	name.sub[name.length++] = column;
	name.sub[name.length++] = 1;
	if (text)
		mib_set_text(&value, text);
	agentx_append(&pdu->variables, &name, &value);
}

static void
add_serial(netsnmp_pdu *pdu, uint64_t serial)
{
	add_column(pdu, COLUMN_SERIAL, MIB_INTEGER, serial, NULL);
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
	CU_ASSERT_EQUAL(last_command.row, 2);
	CU_ASSERT_STRING_EQUAL(last_command.name, "grant");
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, request), -1);
	CU_ASSERT_EQUAL(command_count, 1);
	snmp_free_pdu(request);
	answers_free(answers);
}

static void
test_a_door_and_an_output_of_one_number_are_two(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);
	struct mib_oid output = { 15, { MIB_MODULE, 1, 7, 1, 1, 10, 2 } };
	struct mib_value activate = { .type = MIB_INTEGER, .number = 2 };
	_cleanup_(json_decrefp) json_t *siren = json_pack("{ss}", "name", "Siren");

	replica_update(&replica, "output.2", siren);
	add_set(request, 2, 2);
	agentx_append(&request->variables, &output, &activate);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_COMMITSET, request), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, request), -1);
	CU_ASSERT_EQUAL(command_count, 2);
	CU_ASSERT_STRING_EQUAL(last_command.kind, "output");
	CU_ASSERT_STRING_EQUAL(last_command.name, "activate");
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

static long
carry_out(struct answers *answers, netsnmp_pdu *request)
{
	long error = phase(answers, AGENTX_TESTSET, request);

	if (!error)
		error = phase(answers, AGENTX_COMMITSET, request);
	CU_ASSERT_EQUAL(phase(answers, error ? AGENTX_UNDOSET : AGENTX_CLEANUPSET, request),
			error ? 0 : -1);
	return error;
}

static void
test_a_serial_is_taken_once(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);
	struct replica_command *command = &replica.doors[1].command;

	command->serial = INT32_MAX;
	add_set(request, 1, 4);
	add_serial(request, INT32_MAX);
	CU_ASSERT_EQUAL(carry_out(answers, request), 0);
	CU_ASSERT_EQUAL(command->serial, 0);
	CU_ASSERT_EQUAL(command_count, 1);
	CU_ASSERT_EQUAL(carry_out(answers, request), MIB_INCONSISTENT_VALUE);
	CU_ASSERT_EQUAL(command_count, 1);
	snmp_free_pdu(request);
	/* By itself it only locks others out. */
	request = snmp_pdu_create(AGENTX_TESTSET);
	add_serial(request, 0);
	CU_ASSERT_EQUAL(carry_out(answers, request), 0);
	CU_ASSERT_EQUAL(command->serial, 1);
	CU_ASSERT_EQUAL(command_count, 1);
	snmp_free_pdu(request);
	answers_free(answers);
}

static void
test_of_two_sets_with_one_serial_one_commits(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *one = snmp_pdu_create(AGENTX_TESTSET);

	add_set(one, 1, 4);
	add_serial(one, replica.doors[1].command.serial);
	netsnmp_pdu *other = snmp_clone_pdu(one);
	one->transid = 1;
	other->transid = 2;
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, one), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, other), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_COMMITSET, one), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_COMMITSET, other), MIB_COMMIT_FAILED);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_UNDOSET, other), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_CLEANUPSET, one), -1);
	CU_ASSERT_EQUAL(command_count, 1);
	snmp_free_pdu(one);
	snmp_free_pdu(other);
	answers_free(answers);
}

static void
test_an_undone_set_leaves_no_trace(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);
	struct replica_command before = replica.doors[1].command;

	add_set(request, 1, 4);
	add_serial(request, before.serial);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), 0);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_COMMITSET, request), 0);
	CU_ASSERT_EQUAL(replica.doors[1].command.result, REPLICA_RESULT_PENDING);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_UNDOSET, request), 0);
	CU_ASSERT_EQUAL(replica.doors[1].command.serial, before.serial);
	CU_ASSERT_EQUAL(replica.doors[1].command.last, before.last);
	CU_ASSERT_EQUAL(replica.doors[1].command.result, REPLICA_RESULT_NONE);
	CU_ASSERT_EQUAL(replica.doors[1].command.at_us, 0);
	CU_ASSERT_EQUAL(command_count, 0);
	snmp_free_pdu(request);
	answers_free(answers);
}

static void
test_seconds_and_note_go_with_a_command_only(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);

	add_column(request, COLUMN_SECONDS, MIB_UNSIGNED, 60, NULL);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), MIB_INCONSISTENT_VALUE);
	add_set(request, 1, 3);
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), MIB_INCONSISTENT_VALUE);
	snmp_free_pdu(request);
	request = snmp_pdu_create(AGENTX_TESTSET);
	add_column(request, COLUMN_NOTE, MIB_OCTETS, 0, "ticket 4711");
	CU_ASSERT_EQUAL(phase(answers, AGENTX_TESTSET, request), MIB_INCONSISTENT_VALUE);
	add_column(request, COLUMN_SECONDS, MIB_UNSIGNED, 60, NULL);
	add_set(request, 1, 4);
	CU_ASSERT_EQUAL(carry_out(answers, request), 0);
	CU_ASSERT_EQUAL(last_command.seconds, 60);
	CU_ASSERT_STRING_EQUAL(last_note, "ticket 4711");
	CU_ASSERT_EQUAL(replica.doors[1].command.seconds, 60);
	snmp_free_pdu(request);
	answers_free(answers);
}

static void
test_who_commanded_and_what_became_of_it_can_be_read(void)
{
	struct answers *answers = make_answers();
	netsnmp_pdu *request = snmp_pdu_create(AGENTX_TESTSET);
	struct replica_command *command = &replica.doors[1].command;

	requester = "operator@10.0.0.1";
	add_set(request, 1, 2);
	CU_ASSERT_EQUAL(carry_out(answers, request), 0);
	CU_ASSERT_STRING_EQUAL(command->requester, "operator@10.0.0.1");
	CU_ASSERT_STRING_EQUAL(last_command.requester, "operator@10.0.0.1");
	CU_ASSERT_EQUAL(command->last, 2);
	CU_ASSERT_EQUAL(command->result, REPLICA_RESULT_PENDING);
	CU_ASSERT_EQUAL(command->deadline_us, command->at_us + 2 * US_PER_S);
	uint32_t first = last_command.serial;
	requester = NULL;
	CU_ASSERT_EQUAL(carry_out(answers, request), 0);
	CU_ASSERT_STRING_EQUAL(command->requester, "");
	/* The answer to the first comes late and is not the second one's. */
	replica_command_end(command, first, REPLICA_RESULT_FAILED, "gone");
	CU_ASSERT_EQUAL(command->result, REPLICA_RESULT_PENDING);
	replica_command_end(command, last_command.serial, REPLICA_RESULT_REFUSED, "it is blocked");
	CU_ASSERT_EQUAL(command->result, REPLICA_RESULT_REFUSED);
	CU_ASSERT_STRING_EQUAL(command->reason, "it is blocked");
	/* The row comes and goes, what was commanded stays. */
	replica_update(&replica, "door.1", NULL);
	CU_ASSERT_EQUAL(command->result, REPLICA_RESULT_REFUSED);
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

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_door_is_commanded_when_the_whole_set_holds),
		TAP(test_a_door_and_an_output_of_one_number_are_two),
		TAP(test_a_set_that_is_undone_or_never_committed_commands_nothing),
		TAP(test_a_set_is_refused_while_the_command_could_not_be_passed_on),
		TAP(test_two_commands_for_one_door_contradict_each_other),
		TAP(test_a_serial_is_taken_once),
		TAP(test_of_two_sets_with_one_serial_one_commits),
		TAP(test_an_undone_set_leaves_no_trace),
		TAP(test_seconds_and_note_go_with_a_command_only),
		TAP(test_who_commanded_and_what_became_of_it_can_be_read),
		TAP(test_sets_that_are_never_finished_do_not_pile_up),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
