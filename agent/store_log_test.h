/* The method syslog.test: the forwarder sends a marked message to log servers, saved or not. */
#ifndef AGENT_STORE_LOG_TEST_H
#define AGENT_STORE_LOG_TEST_H

#include "agent/store_auth.h"

void store_log_test(struct store *store, struct rpc_request *request, const struct caller *caller);

#endif
