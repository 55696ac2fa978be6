/*
 * Some RS-485 transceivers hear themselves: what was sent comes back before the answer does. This
 * drops exactly those bytes, and lets everything pass as soon as one differs.
 *
 * No I/O and no clock. A reply that begins as the question did is held back until a byte differs,
 * which is within its first bytes: an answer's address differs from that of the question.
 */
#ifndef HW_ECHO_H
#define HW_ECHO_H

#include <stddef.h>
#include <stdint.h>

#define ECHO_BYTES 1500

struct echo {
	uint8_t sent[ECHO_BYTES];
	size_t count;	/* bytes that may come back; 0: nothing is expected */
	size_t matched; /* of them have come */
};

/* What goes out now; what was expected of before is forgotten. */
void echo_send(struct echo *echo, const uint8_t *bytes, size_t size);
/*
 * Takes what has come in and returns how many bytes of it, and of what was held back, are not our
 * own; they are in to, which must hold ECHO_BYTES + size.
 */
size_t echo_receive(struct echo *echo, const uint8_t *bytes, size_t size, uint8_t *to);

#endif
