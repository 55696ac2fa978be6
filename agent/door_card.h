/*
 * What people do at a reader: cards and codes, what becomes of them, and what the reader
 * shows: a row of the feedback table, which the operator edits.
 */
#ifndef AGENT_DOOR_CARD_H
#define AGENT_DOOR_CARD_H

#include "hw/hw.h"
#include "lib/feedback.h"

struct door;
struct door_role;

void door_card_open(struct door_role *role);
void door_card_close(struct door_role *role);

/* Callbacks of hw_ops; context is the role. */
void door_card_take(const struct hw_card *card, void *context);
void door_card_take_keys(const struct hw_keys *keys, void *context);

/* All readers of a door show its present state; nothing is sent when they do already. */
void door_feedback_rest(struct door *door);
/* One reader shows what happened, for the outcome's time. */
void door_feedback_give(struct door_role *role, unsigned reader, enum feedback_outcome outcome);

#endif
