/*
 * Who is in which area, for ever: the door role knows it from accesses that were taken and keeps it
 * on tmpfs; here it is kept of the same events, with the last one that is in it, so that what a
 * power cut takes is found in the log again.
 */
#ifndef AGENT_STORE_PRESENCE_H
#define AGENT_STORE_PRESENCE_H

#include "agent/store_auth.h"

struct store_presence;

/* Needs the log and config.db. */
int store_presence_open(struct store *store);
void store_presence_close(struct store *store);

/* An event of the door role; most are none of its business. */
void store_presence_note(struct store *store, const json_t *event);
/* The door role has been without power, and wants to know. */
void store_presence_load(struct store *store);
/* A person has been removed. */
void store_presence_drop(struct store *store, int64_t person);

/* Methods: presence.list {area?, after?, limit?}, presence.forget {person?}. */
void store_presence_list(struct store *store, struct rpc_request *request,
			 const struct caller *caller);
void store_presence_forget(struct store *store, struct rpc_request *request,
			   const struct caller *caller);

#endif
