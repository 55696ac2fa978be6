/*
 * Log servers: the forwarder is told of each in the live object "log_server.N"; what it says of it
 * is in "syslog.N", together with how far behind its cursor of that name is. Cursors come and go
 * with their objects, so that none is inherited by another object of the same number.
 */
#ifndef AGENT_STORE_LOG_SERVERS_H
#define AGENT_STORE_LOG_SERVERS_H

#include "agent/store.h"

void store_log_servers_open(struct store *store);
void store_log_servers_close(struct store *store);
/* Objects may have changed. */
void store_log_servers_show(struct store *store);
/* What the forwarder reports under key; false when key is no log server's. */
bool store_log_servers_take(struct store *store, const char *key, const json_t *value);

#endif
