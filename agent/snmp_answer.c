#include "agent/snmp_answer.h"

#include <stdlib.h>

#include "lib/util.h"

#define SETS_MAX 8

struct answers {
	struct replica *replica;
	const struct answer_ops *ops;
	void *context;
	struct set sets[SETS_MAX]; /* between TestSet and CleanupSet */
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
	if (set) {
		set_undo(set, answers->replica);
		set->is_used = true;
		set->transaction = request->transid;
		set->session = request->sessid;
		set->count = 0;
	}
	return set;
}

static enum mib_error
test_variable(struct answers *answers, struct set *set, const netsnmp_variable_list *variable,
	      size_t index)
{
	struct mib_oid name;
	struct mib_value value;
	struct mib_write write;

	agentx_get_name(variable, &name);
	agentx_get_value(variable, &value);
	enum mib_error error = mib_check_set(answers->replica, &name, &value, &write);
	return error ? error : set_add(set, &write, index);
}

static bool
can_command(const struct answers *answers)
{
	return answers->ops->can_command(answers->context);
}

static enum mib_error
test_set(struct answers *answers, const netsnmp_pdu *request, size_t *ret_index)
{
	struct set *set = begin_set(answers, request);

	*ret_index = 1;
	if (!set)
		return MIB_RESOURCE_UNAVAILABLE;
	for (const netsnmp_variable_list *variable = request->variables; variable;
	     variable = variable->next_variable) {
		enum mib_error error = test_variable(answers, set, variable, *ret_index);
		if (error)
			return error;
		++*ret_index;
	}
	return set_check(set, answers->replica, can_command(answers), ret_index);
}

static enum mib_error
commit_set(struct answers *answers, const netsnmp_pdu *request)
{
	struct set *set = find_set(answers, request);
	const char *requester =
		answers->ops->who ? answers->ops->who((uint32_t) request->transid, answers->context)
				  : NULL;

	if (!set)
		return MIB_COMMIT_FAILED;
	return set_commit(set, answers->replica, can_command(answers), requester ? requester : "");
}

static void
undo_set(struct answers *answers, const netsnmp_pdu *request)
{
	struct set *set = find_set(answers, request);

	if (!set)
		return;
	set_undo(set, answers->replica);
	set->is_used = false;
}

static void
clean_up_set(struct answers *answers, const netsnmp_pdu *request)
{
	struct set *set = find_set(answers, request);

	if (!set)
		return;
	set_carry_out(set, answers->replica, answers->ops->command, answers->context);
	set->is_used = false;
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
	size_t index = 0;

	drop_variables(response);
	switch (request->command) {
	case AGENTX_TESTSET:
		response->errstat = test_set(answers, request, &index);
		response->errindex = response->errstat ? (long) index : 0;
		return true;
	case AGENTX_COMMITSET:
		response->errstat = commit_set(answers, request);
		return true;
	case AGENTX_UNDOSET:
		undo_set(answers, request);
		return true;
	case AGENTX_CLEANUPSET:
		clean_up_set(answers, request);
		return false;
	default:
		response->errstat = AGENTX_PROCESSING_ERROR;
		return true;
	}
}

struct answers *
answers_new(struct replica *replica, const struct answer_ops *ops, void *context)
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
	for (size_t i = 0; i < SETS_MAX; i++) {
		/* What was never cleaned up was not carried out either. */
		if (answers->sets[i].is_used)
			set_undo(&answers->sets[i], answers->replica);
		answers->sets[i].is_used = false;
	}
}
