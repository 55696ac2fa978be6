/*
 * Whether a log server takes events, as an operator wants to hear it: up with the first receipt,
 * down once it has failed for five seconds on end, so that its restart is no alarm. Pure.
 */
#ifndef SYSLOG_HEALTH_H
#define SYSLOG_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#define HEALTH_ERROR_MAX 384

enum health_change { HEALTH_SAME, HEALTH_CAME_UP, HEALTH_WENT_DOWN };

struct health {
	bool is_up;
	bool is_told_down;
	bool is_failing;
	uint64_t failing_since_us;
	char error[HEALTH_ERROR_MAX]; /* of the last failure; "" since the last receipt */
};

/* All zero is a fresh one: not up yet, nobody told. */
enum health_change health_succeed(struct health *health);
void health_fail(struct health *health, uint64_t now_us, const char *error);
/* To be asked when time has passed. */
enum health_change health_check(struct health *health, uint64_t now_us);
/* When health_check() may change its mind; UINT64_MAX for never. */
uint64_t health_due_us(const struct health *health);

#endif
