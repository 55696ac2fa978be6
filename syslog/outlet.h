/*
 * One log server with everything around it: its follower of the event log under the cursor
 * "syslog.N", its delivery, and what is reported of it. Nothing is shared with another one.
 */
#ifndef SYSLOG_OUTLET_H
#define SYSLOG_OUTLET_H

#include <jansson.h>

#include "lib/rpc.h"
#include "syslog/identity.h"
#include "syslog/transport.h"

/* What all of them share; it outlives them. */
struct outlet_world {
	struct transport_loop loop;
	const char *path;	 /* the store's socket */
	const char *state_dir;	 /* for the journal's places */
	const char *journal_dir; /* NULL for this machine's */
	struct identity *identity;
	struct rpc_client *client; /* reports go over it */
};

struct outlet;

/* index counts from 1, as the objects do. */
struct outlet *outlet_new(const struct outlet_world *world, unsigned index);
void outlet_free(struct outlet *outlet);
/* object is of the kind log_server. */
void outlet_apply(struct outlet *outlet, const json_t *object);
/* The store is there again and knows nothing of before. */
void outlet_renew(struct outlet *outlet);

#endif
