/*
 * The access table of the door role: mapped and proved in a thread, so that a table of a million
 * credentials takes the place of another without a decision waiting for it.
 */
#ifndef AGENT_DOOR_TABLE_H
#define AGENT_DOOR_TABLE_H

struct door_role;
struct rpc_request;

/* At the start, in the loop: there is nothing to decide by before. */
void door_table_open(struct door_role *role);
void door_table_close(struct door_role *role);

/* Method of the store: access.reload, answered when decisions are made by the new table. */
void door_table_reload(struct door_role *role, struct rpc_request *request);

#endif
