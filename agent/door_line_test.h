/*
 * How good a reader's line is, as operators ask and see it; hw/line_test.h does it. A reader that
 * such a test has moved is not moved as far as the configuration knows, unless it ends there.
 */
#ifndef AGENT_DOOR_LINE_TEST_H
#define AGENT_DOOR_LINE_TEST_H

#include <jansson.h>
#include <stdbool.h>

#include "hw/line.h"
#include "hw/line_test.h"

struct door_role;
struct rpc_request;

/* Callback of hw_ops; context is the role. */
void door_line_test_on(const struct hw_line_test *test, void *context);
void door_line_test_on_moved(struct door_role *role, const struct hw_work *work);

bool door_line_test_is_running(const struct door_role *role, unsigned bus);
/* A new reference: what the live object of a bus says of its last test; NULL: there was none. */
json_t *door_line_test_state(const struct door_role *role, unsigned bus);

/* Methods of door.sock. */
void door_line_test_start(struct door_role *role, struct rpc_request *request);
void door_line_test_stop(struct door_role *role, struct rpc_request *request);

#endif
