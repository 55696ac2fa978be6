/*
 * Tools for installers and for finding faults: what was said on a line, who is there, where a
 * reader is to be, its display and outputs. Methods of door.sock; each answers once.
 */
#ifndef AGENT_DOOR_TOOLS_H
#define AGENT_DOOR_TOOLS_H

#include <jansson.h>

#include "hw/hw.h"

struct door_role;
struct rpc_request;

/* Callbacks of hw_ops; context is the role. */
void door_tools_on_work(const struct hw_work *work, void *context);
void door_tools_on_line(const struct hw_line *line, void *context);

/* Readers are looked for where the access table says. */
void door_tools_configure(struct door_role *role);

void door_tools_scan(struct door_role *role, struct rpc_request *request);
void door_tools_scan_stop(struct door_role *role, struct rpc_request *request);
void door_tools_move(struct door_role *role, struct rpc_request *request);
void door_tools_text(struct door_role *role, struct rpc_request *request);
void door_tools_output(struct door_role *role, struct rpc_request *request);
void door_tools_diagnostics(struct door_role *role, struct rpc_request *request);
void door_tools_trace(struct door_role *role, struct rpc_request *request);

/* Answers with what r means: 0, or why it was refused. */
void door_tools_answer(struct rpc_request *request, int r);
/* True: the command is older than it may be, and was answered so. */
bool door_tools_is_late(struct rpc_request *request);

/* A new reference: the live object of a bus, or NULL when there is none of this number. */
json_t *door_tools_line_state(const struct door_role *role, unsigned bus);

#endif
