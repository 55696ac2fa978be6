/* The insides of door_supply.h: what is there, and whether it is as it should be. */
#ifndef AGENT_DOOR_SUPPLY_PRIVATE_H
#define AGENT_DOOR_SUPPLY_PRIVATE_H

#include "agent/door_supply.h"

/* Steals more, which may be NULL. */
void supplies_tell(struct supplies *supplies, const struct supply *supply, enum event_kind kind,
		   json_t *more);
/* Ends every alarm of a voltage or load. */
void supplies_forget_ranges(struct supplies *supplies);

#endif
