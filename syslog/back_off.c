#include "syslog/back_off.h"

#include <sys/random.h>

#include "lib/util.h"

#define FIRST_US (200 * US_PER_MS)
#define LAST_US	 (5 * US_PER_S)
/* Enough doublings to pass LAST_US. */
#define TRIES_MAX 5

uint64_t
back_off_next_us(struct back_off *back_off)
{
	uint64_t delay_us = MIN_OF(FIRST_US << back_off->tries, LAST_US);
	uint32_t random = 0;

	back_off->tries = MIN_OF(back_off->tries + 1, TRIES_MAX);
	/* Without entropy yet the delay is merely the same for everybody. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	return delay_us * (75 + random % 51) / 100;
}

void
back_off_reset(struct back_off *back_off)
{
	back_off->tries = 0;
}
