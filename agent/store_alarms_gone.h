/*
 * Alarms of what is no longer there: an object that was removed or switched off, a point that the
 * board does not have, a port that is no input any more. Nobody is left who could clear them, so
 * they end with what they are about.
 */
#ifndef AGENT_STORE_ALARMS_GONE_H
#define AGENT_STORE_ALARMS_GONE_H

#include "agent/store.h"

/* Why nobody can clear the alarm any more, to be freed; NULL while what it is about is in use, and
 * when that cannot be told. */
char *store_alarms_gone(struct store *store, const json_t *alarm);

#endif
