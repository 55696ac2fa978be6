/*
 * What the store is told about the master: the live object "snmp", at most once a second, and one
 * event for each time that the master went or came back. Both wait until the store is there.
 */
#ifndef AGENT_SNMP_REPORT_H
#define AGENT_SNMP_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct rpc_client;
struct reporter;

struct report {
	bool is_master_up;
	uint32_t sent;
	size_t queued;
};

/* client and the report are borrowed; get() fills in how things are now. */
struct reporter *reporter_new(struct event_base *base, struct rpc_client *client,
			      void (*get)(struct report *report, void *context), void *context);
void reporter_free(struct reporter *reporter);
/* What the store holds under "snmp": what was reported before this process started. */
void reporter_learn(struct reporter *reporter, const json_t *value);
/* The live state has arrived, or the store has gone. */
void reporter_set_link(struct reporter *reporter, bool is_up);

#endif
