#include "agent/snmp_command.h"

#include <stdlib.h>
#include <string.h>

#include "lib/rpc.h"
#include "lib/util.h"

/* The store gives a command up after its deadline: its word is waited for. */
#define ANSWER_MS (SET_DEADLINE_MS + 1000)

#define REPORT_MS 2000

struct errand {
	struct rpc_client *client;
	struct replica *replica;
	const char *kind;
	uint32_t row;
	uint32_t serial;
	const char *name; /* of the command */
	char requester[REPLICA_REQUESTER_SIZE];
};

static const char *const results[] = {
	[REPLICA_RESULT_NONE] = "none",	      [REPLICA_RESULT_PENDING] = "pending",
	[REPLICA_RESULT_DONE] = "done",	      [REPLICA_RESULT_REFUSED] = "refused",
	[REPLICA_RESULT_EXPIRED] = "expired", [REPLICA_RESULT_FAILED] = "failed",
};

/* NULL for another kind. */
static const struct replica_module_output *
module_output_of(const struct errand *errand)
{
	return strcmp(errand->kind, REPLICA_MODULE_OUTPUT_COMMAND)
		       ? NULL
		       : &errand->replica->module_outputs[errand->row];
}

static bool
is_threat(const struct errand *errand)
{
	return !strcmp(errand->kind, REPLICA_THREAT_COMMAND);
}

static char *
what_of(const struct errand *errand)
{
	const struct replica_module_output *output = module_output_of(errand);
	const char *name = "";

	if (is_threat(errand))
		return xstrdup("the threat level");
	if (output)
		return xasprintf("output %u of module %u", output->output, output->module);
	if (!errand->row)
		return xasprintf("the %s alarm", errand->kind);
	if (!strcmp(errand->kind, "door"))
		name = errand->replica->doors[errand->row].name;
	else if (!strcmp(errand->kind, "output"))
		name = errand->replica->outputs[errand->row].name;
	return *name ? xstrdup(name) : xasprintf("%s %u", errand->kind, errand->row);
}

/* Which one it is. */
static void
add_row(const struct errand *errand, json_t *to)
{
	const struct replica_module_output *output = module_output_of(errand);

	if (output)
		(void) json_object_update_new(to, json_pack("{sI,sI}", "module",
							    (json_int_t) output->module, "output",
							    (json_int_t) output->output));
	else if (errand->row)
		(void) json_object_set_new(to, errand->kind, json_integer(errand->row));
}

/* An event of the outcome, which is notified; the command has its own. */
static void
report(const struct errand *errand, enum replica_result result, const char *reason)
{
	_cleanup_(freep) char *what = what_of(errand);
	_cleanup_(freep) char *outcome =
		xasprintf("%s%s%s", results[result], *reason ? ": " : "", reason);
	const char *who = *errand->requester ? errand->requester : "somebody";
	json_t *data = json_pack("{ss,ss,ss,ss,ss,sI}", "who", who, "what", what, "command",
				 errand->name, "outcome", outcome, "result", results[result],
				 "serial", (json_int_t) errand->serial);
	json_t *params = json_pack("{ss,so}", "event", "snmp.command", "data", data);

	add_row(errand, data);
	if (*errand->requester)
		(void) json_object_set_new(params, "requester", json_string(errand->requester));
	rpc_call(errand->client, NULL, "report", params, REPORT_MS, NULL, NULL);
}

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

	enum replica_result outcome = result ? REPLICA_RESULT_DONE : result_of(error->code);
	const char *reason = result ? "" : error->message;

	replica_command_end(command, errand->serial, outcome, reason);
	report(errand, outcome, reason);
}

/* What the store is called with. Scalars are commanded by a method of their own, rows by their
 * kind's; a level by its number. */
static char *
method_of(const struct errand *errand, json_t *params)
{
	if (is_threat(errand)) {
		(void) json_object_set_new(params, "level",
					   json_integer(errand->name[strlen("level")] - '0'));
		return xstrdup("threat.set");
	}
	if (!errand->row)
		return xasprintf("%s.%s", errand->kind, errand->name);
	add_row(errand, params);
	(void) json_object_set_new(params, "command", json_string(errand->name));
	return module_output_of(errand) ? xstrdup("module.output")
					: xasprintf("%s.command", errand->kind);
}

void
snmp_command(struct rpc_client *client, struct replica *replica, const struct set_command *command)
{
	struct errand *errand = xcalloc(1, sizeof(*errand));
	json_t *params = json_object();

	*errand = (struct errand){
		.client = client,
		.replica = replica,
		.kind = command->kind,
		.row = command->row,
		.serial = command->serial,
		.name = command->name,
	};
	(void) copy_string(errand->requester, sizeof(errand->requester), command->requester);
	if (command->seconds)
		(void) json_object_set_new(params, "seconds", json_integer(command->seconds));
	if (*command->note)
		(void) json_object_set_new(params, "note", json_string(command->note));
	if (*command->requester)
		(void) json_object_set_new(params, "requester", json_string(command->requester));
	_cleanup_(freep) char *method = method_of(errand, params);
	rpc_call(client, NULL, method, params, ANSWER_MS, on_answer, errand);
}
