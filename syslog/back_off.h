/*
 * How long to wait before the next try: from 0.2 s, doubled each time, up to 5 s, and each time
 * up to a quarter off, because many controllers wait for the same server.
 */
#ifndef SYSLOG_BACK_OFF_H
#define SYSLOG_BACK_OFF_H

#include <stdint.h>

/* All zero is a fresh one. */
struct back_off {
	unsigned tries;
};

uint64_t back_off_next_us(struct back_off *back_off);
void back_off_reset(struct back_off *back_off);

#endif
