/*
 * SET in its AgentX phases; what the master reads is agent/snmp_read.h's. A SET is checked in
 * TestSet and written in CommitSet, which an UndoSet takes back; a door is commanded only when the
 * master says that all of it holds (CleanupSet), because opening a door cannot be undone.
 */
#ifndef AGENT_SNMP_ANSWER_H
#define AGENT_SNMP_ANSWER_H

#include "agent/snmp_agentx.h"
#include "agent/snmp_set.h"
#include "mibs/replica.h"

struct answers;

struct answer_ops {
	/* Whether a command would reach door control and the board now. */
	bool (*can_command)(void *context);
	/* Never waits for the door. What becomes of it is told to replica_command_end(). */
	void (*command)(const struct set_command *command, void *context);
	/* Who has sent this SET, "user@address", or NULL: AgentX does not say it. May be NULL. */
	const char *(*who)(uint32_t transaction, void *context);
};

/* replica is borrowed. */
struct answers *answers_new(struct replica *replica, const struct answer_ops *ops, void *context);
void answers_free(struct answers *answers);
/* The master is gone, and with it every SET that it had begun. */
void answers_reset(struct answers *answers);

/* As master_ops.on_request(). */
bool answers_request(struct answers *answers, const netsnmp_pdu *request, netsnmp_pdu *response);

#endif
