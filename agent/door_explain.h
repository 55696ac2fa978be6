/*
 * What would be decided, and why, without anything happening: the same function as for a card at
 * the reader, with its trace.
 */
#ifndef AGENT_DOOR_EXPLAIN_H
#define AGENT_DOOR_EXPLAIN_H

struct door_role;
struct rpc_request;

/*
 * Method of the store: access.explain {point, at?, card?: {format, facility, card}, pin?,
 * companion?: {format, facility, card}}; at is in seconds since 1970.
 */
void door_explain(struct door_role *role, struct rpc_request *request);

#endif
