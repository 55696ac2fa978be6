/*
 * While an import is being stored, for some seconds, config.db belongs to its thread: nothing in
 * the loop may wait for it. What would write there is refused with "unavailable", what the door
 * role tells is kept until then, and everything that only reads goes on.
 */
#ifndef AGENT_STORE_GATE_H
#define AGENT_STORE_GATE_H

#include "agent/store.h"

void store_gate_close(struct store *store);
/* Also sees to what could not be done meanwhile. */
void store_gate_open(struct store *store);
bool store_gate_is_closed(const struct store *store);
/* Whether this method may be called now. */
bool store_gate_allows(const struct store *store, const char *method);

#endif
