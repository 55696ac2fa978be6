/*
 * Slows down who guesses passwords: five failures of an address are free, then each further one
 * doubles the time until the next try, up to five minutes. Nobody is locked out for good, and
 * cardeactl on the device itself is never slowed down. Fixed memory: the 64 addresses that failed
 * last are remembered.
 */
#ifndef AGENT_STORE_THROTTLE_H
#define AGENT_STORE_THROTTLE_H

#include <stdint.h>

struct throttle;

struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle);

/* How long the address has to wait, in seconds; 0 when it may try. */
unsigned throttle_wait_s(const struct throttle *throttle, const char *address);
void throttle_note_failure(struct throttle *throttle, const char *address);
void throttle_note_success(struct throttle *throttle, const char *address);

#endif
