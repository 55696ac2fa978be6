/* Commands to doors: one door or several, all or none of them. */
#ifndef AGENT_DOOR_COMMAND_H
#define AGENT_DOOR_COMMAND_H

struct door_role;
struct rpc_request;

/* The method door.command. */
void door_command_take(struct door_role *role, struct rpc_request *request);

#endif
