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
static struct mib_command last_command;

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
		TAP(test_sets_that_are_never_finished_do_not_pile_up),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
