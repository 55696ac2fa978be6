/* What cards and the formats that an administrator has made demand of each other. */
#ifndef AGENT_STORE_FORMATS_H
#define AGENT_STORE_FORMATS_H

#include "agent/store_objects_write.h"

/*
 * Whether a card's own format, which is there, holds it, and whether a format that is to become
 * another one is not in use; -EINVAL fills refusal. Other kinds are always right.
 */
int store_formats_check(struct store *store, const struct object_change *change,
			struct store_refusal *refusal);

#endif
