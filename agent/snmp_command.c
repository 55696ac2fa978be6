#include "agent/snmp_command.h"

#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/rpc.h"
#include "lib/util.h"

/* The store gives a command up after its deadline: its word is waited for. */
#define ANSWER_MS (SET_DEADLINE_MS + 1000)

struct errand {
	struct replica *replica;
	const char *kind;
	uint32_t row;
	uint32_t serial;
};

static enum replica_result
result_of(const char *code)
{
	static const char *const refusals[] = { RPC_BAD_PARAMS, RPC_UNAUTHENTICATED, RPC_FORBIDDEN,
						RPC_NOT_FOUND,	RPC_CONFLICT,	     RPC_TOO_MANY };

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (!strcmp(code, refusals[i]))
			return REPLICA_RESULT_REFUSED;
	return strcmp(code, RPC_TIMEOUT) ? REPLICA_RESULT_FAILED : REPLICA_RESULT_EXPIRED;
}

static void
on_answer(json_t *result, const struct rpc_error *error, void *context)
{
	_cleanup_(freep) struct errand *errand = context;
	struct replica_command *command =
		replica_command_of(errand->replica, errand->kind, errand->row);

	if (result) {
		replica_command_end(command, errand->serial, REPLICA_RESULT_DONE, "");
		return;
	}
	(void) log_warn(0, "a command by SNMP was not carried out: %s", error->message);
	replica_command_end(command, errand->serial, result_of(error->code), error->message);
}

void
snmp_command(struct rpc_client *client, struct replica *replica, const struct set_command *command)
{
	struct errand *errand = xcalloc(1, sizeof(*errand));
	_cleanup_(freep) char *method = NULL;
	json_t *params;

	/* Scalars are commanded by a method of their own, rows by their kind's. */
	if (command->row) {
		method = xasprintf("%s.command", command->kind);
		params = json_pack("{sI,ss}", command->kind, (json_int_t) command->row, "command",
				   command->name);
	} else {
		method = xasprintf("%s.%s", command->kind, command->name);
		params = json_object();
	}

	*errand = (struct errand){
		.replica = replica,
		.kind = command->kind,
		.row = command->row,
		.serial = command->serial,
	};
	if (command->seconds)
		(void) json_object_set_new(params, "seconds", json_integer(command->seconds));
	if (*command->note)
		(void) json_object_set_new(params, "note", json_string(command->note));
	if (*command->requester)
		(void) json_object_set_new(params, "requester", json_string(command->requester));
	rpc_call(client, NULL, method, params, ANSWER_MS, on_answer, errand);
}
