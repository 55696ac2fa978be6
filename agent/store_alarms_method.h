/*
 * The alarms for those who ask and those who follow: the methods alarm.list and alarm.end, and the
 * live objects "alarm.ID", which are told one by one because all of them may be more than a line.
 */
#ifndef AGENT_STORE_ALARMS_METHOD_H
#define AGENT_STORE_ALARMS_METHOD_H

#include "agent/store_auth.h"

void store_alarm_list(struct store *store, struct rpc_request *request,
		      const struct caller *caller);
void store_alarm_end(struct store *store, struct rpc_request *request, const struct caller *caller);

/* As store_log_ops.on_alarm(). */
void store_alarms_changed(uint64_t id, const json_t *alarm, void *store);
/* Tells a connection that begins to follow the state. */
void store_alarms_push(struct store *store, struct rpc_connection *connection);
/* Whether an alarm of this name stands for the source. */
bool store_alarms_stands(const struct store *store, const char *source, const char *name);
/* The configuration, or what the board has, may have changed: ends the alarms of what is no longer
 * there (store_alarms_gone.h). */
void store_alarms_sweep(struct store *store);
/*
 * At the start: alarms of before the device was without power end, because nobody remembers them
 * who could clear them; what still stands is raised anew. Configuration outlives that. What went
 * while this process was not there is swept as well.
 */
void store_alarms_start(struct store *store);

#endif
