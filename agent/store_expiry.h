/*
 * Credentials that expire: the door role lets nobody in with them from that second on; what else is
 * to happen with them (expire_action) is done here, soon after.
 */
#ifndef AGENT_STORE_EXPIRY_H
#define AGENT_STORE_EXPIRY_H

#include "agent/store.h"

void store_expiry_open(struct store *store);
void store_expiry_close(struct store *store);
/* Objects have changed: sees when the next one expires. */
void store_expiry_arm(struct store *store);

/* Does what is due at this time with some of them; how many, or what SQLite says. */
int store_expiry_run(struct store *store, int64_t now_s);

#endif
