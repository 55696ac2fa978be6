/*
 * How the log is doing, as the live object "log": at most once a second, because the log moves with
 * every event.
 */
#ifndef AGENT_STORE_LOG_STATE_H
#define AGENT_STORE_LOG_STATE_H

struct store;
struct store_log_state;

/* Needs the log and the live state; tells at once what is so now. */
struct store_log_state *store_log_state_new(struct store *store);
void store_log_state_free(struct store_log_state *state);

#endif
