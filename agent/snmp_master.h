/*
 * The session with the AgentX master: connect, open, register our subtrees, ping, and
 * begin again when the master goes away or stops to answer. Nothing here waits for the master:
 * every request has a deadline and its answer comes through the loop.
 *
 * Callbacks run from the loop or from master_notify()'s caller's next turn of it, never from
 * inside a call of this module.
 */
#ifndef AGENT_SNMP_MASTER_H
#define AGENT_SNMP_MASTER_H

#include "agent/snmp_agentx.h"

struct event_base;
struct master;

struct master_ops {
	/* The subtrees are registered. */
	void (*on_up)(void *context);
	/* Notifications that were not confirmed have to be sent again. */
	void (*on_down)(void *context);
	/* A notification was taken; error is an enum agentx_error or one of SNMP's. */
	void (*on_notified)(long id, long error, void *context);
	/* What the master's sysUpTime is now, in hundredths of a second. */
	void (*on_uptime)(uint32_t uptime_cs, void *context);
	/* A GET or GETNEXT; payload is what follows its header. Writes one answer. */
	void (*on_read)(const struct packet *request, const uint8_t *payload,
			struct packet_writer *answer, void *context);
	/*
	 * A phase of SET: response has its variables already and is changed in place. False when
	 * the request has no answer.
	 */
	bool (*on_request)(const netsnmp_pdu *request, netsnmp_pdu *response, void *context);
};

/* socket is a path, with or without "unix:" before it. */
struct master *master_new(struct event_base *base, const char *socket, const struct master_ops *ops,
			  void *context);
/* Says goodbye when the session is up. */
void master_free(struct master *master);
bool master_is_up(const struct master *master);

/*
 * Steals variables. Returns 0 and the id that on_notified() will have; -ENOTCONN; -EAGAIN while so
 * many are unconfirmed that the master is to answer first.
 */
int master_notify(struct master *master, netsnmp_variable_list *variables, long *ret_id);

#endif
