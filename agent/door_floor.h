/*
 * Floors of a lift: what a card at the reader in the cabin enables. The reader opens no door; the
 * outputs of the floors that the card may go to are pulsed by their modules' own timers.
 */
#ifndef AGENT_DOOR_FLOOR_H
#define AGENT_DOOR_FLOOR_H

#include <stdbool.h>

struct door_role;
struct hw_card;

/* A card at a cabin reader; true when it is one and everything is done. */
bool door_floor_take(struct door_role *role, const struct hw_card *card);

#endif
