/*
 * SET in its AgentX phases; what the master reads is agent/snmp_read.h's. A SET is checked in
 * TestSet, and a door is commanded only when the master says that all of it holds (CleanupSet
 * behind CommitSet), because opening a door cannot be undone.
 */
#ifndef AGENT_SNMP_ANSWER_H
#define AGENT_SNMP_ANSWER_H

#include "agent/snmp_agentx.h"
#include "mibs/replica.h"

struct answers;

struct answer_ops {
	/* Whether a command would reach the store now. */
	bool (*can_command)(void *context);
	/* Never waits for the door. */
	void (*command)(const struct mib_command *command, void *context);
};

/* replica is borrowed. */
struct answers *answers_new(const struct replica *replica, const struct answer_ops *ops,
			    void *context);
void answers_free(struct answers *answers);
/* The master is gone, and with it every SET that it had begun. */
void answers_reset(struct answers *answers);

/* As master_ops.on_request(). */
bool answers_request(struct answers *answers, const netsnmp_pdu *request, netsnmp_pdu *response);

#endif
