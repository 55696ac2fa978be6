#include "agent/snmp_answer.h"

#include <stdlib.h>

#include "lib/util.h"

#define SETS_MAX     8
#define COMMANDS_MAX DOORS_MODEL

/* A SET between TestSet and CleanupSet. */
struct set {
	bool is_used;
	bool is_committed;
	long transaction;
	long session;
	size_t count;
	struct mib_command commands[COMMANDS_MAX];
};

struct answers {
	const struct replica *replica;
	const struct answer_ops *ops;
	void *context;
	struct set sets[SETS_MAX];
};

static struct set *
find_set(struct answers *answers, const netsnmp_pdu *request)
{
	for (size_t i = 0; i < SETS_MAX; i++) {
		struct set *set = &answers->sets[i];
		if (set->is_used && set->transaction == request->transid &&
		    set->session == request->sessid)
			return set;
	}
	return NULL;
}

static struct set *
begin_set(struct answers *answers, const netsnmp_pdu *request)
{
	struct set *set = find_set(answers, request);

	for (size_t i = 0; i < SETS_MAX && !set; i++)
		if (!answers->sets[i].is_used)
			set = &answers->sets[i];
	if (set)
		*set = (struct set){ .is_used = true,
				     .transaction = request->transid,
				     .session = request->sessid };
	return set;
}

static enum mib_error
test_variable(struct answers *answers, struct set *set, const netsnmp_variable_list *variable)
{
	struct mib_oid name;
	struct mib_value value;
	struct mib_command command;

	agentx_get_name(variable, &name);
	agentx_get_value(variable, &value);
	enum mib_error error = mib_check_set(answers->replica, &name, &value, &command);
	if (error || !command.name)
		return error;
	for (size_t i = 0; i < set->count; i++)
		if (set->commands[i].row == command.row &&
		    !strcmp(set->commands[i].kind, command.kind))
			return MIB_INCONSISTENT_VALUE;
	if (set->count == COMMANDS_MAX || !answers->ops->can_command(answers->context))
		return MIB_RESOURCE_UNAVAILABLE;
	set->commands[set->count++] = command;
	return MIB_NO_ERROR;
}

static void
test_set(struct answers *answers, const netsnmp_pdu *request, netsnmp_pdu *response)
{
	struct set *set = begin_set(answers, request);
	long index = 0;

	if (!set) {
		response->errstat = MIB_RESOURCE_UNAVAILABLE;
		response->errindex = 1;
		return;
	}
	for (const netsnmp_variable_list *variable = request->variables; variable;
	     variable = variable->next_variable) {
		index++;
		enum mib_error error = test_variable(answers, set, variable);
		if (!error)
			continue;
		response->errstat = error;
		response->errindex = index;
		return;
	}
}

static void
commit_set(struct answers *answers, const netsnmp_pdu *request, netsnmp_pdu *response)
{
	struct set *set = find_set(answers, request);

	if (set && (!set->count || answers->ops->can_command(answers->context)))
		set->is_committed = true;
	else
		response->errstat = MIB_COMMIT_FAILED;
}

static void
end_set(struct answers *answers, const netsnmp_pdu *request, bool is_wanted)
{
	struct set *set = find_set(answers, request);

	if (!set)
		return;
	set->is_used = false;
	for (size_t i = 0; is_wanted && set->is_committed && i < set->count; i++)
		answers->ops->command(&set->commands[i], answers->context);
}

/* The answers to the phases of a SET name no variables. */
static void
drop_variables(netsnmp_pdu *response)
{
	snmp_free_varbind(steal(&response->variables));
}

bool
answers_request(struct answers *answers, const netsnmp_pdu *request, netsnmp_pdu *response)
{
	drop_variables(response);
	switch (request->command) {
	case AGENTX_TESTSET:
		test_set(answers, request, response);
		return true;
	case AGENTX_COMMITSET:
		commit_set(answers, request, response);
		return true;
	case AGENTX_UNDOSET:
		end_set(answers, request, false);
		return true;
	case AGENTX_CLEANUPSET:
		end_set(answers, request, true);
		return false;
	default:
		response->errstat = AGENTX_PROCESSING_ERROR;
		return true;
	}
}

struct answers *
answers_new(const struct replica *replica, const struct answer_ops *ops, void *context)
{
	struct answers *answers = xcalloc(1, sizeof(*answers));

	*answers = (struct answers){ .replica = replica, .ops = ops, .context = context };
	return answers;
}

void
answers_free(struct answers *answers)
{
	free(answers);
}

void
answers_reset(struct answers *answers)
{
	for (size_t i = 0; i < SETS_MAX; i++)
		answers->sets[i].is_used = false;
}
