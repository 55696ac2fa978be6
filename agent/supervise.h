/*
 * Runs the three roles as children and starts again what ends, for demos and tests; in production
 * the service manager does this with one sandboxed unit a role.
 */
#ifndef AGENT_SUPERVISE_H
#define AGENT_SUPERVISE_H

#include "agent/agent.h"

/* Returns when SIGTERM or SIGINT came. */
int supervise(const struct agent_options *options);

#endif
