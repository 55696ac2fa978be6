#include "syslog/health.h"

#include "lib/util.h"

#define DOWN_AFTER_US (5 * US_PER_S)

enum health_change
health_succeed(struct health *health)
{
	bool was_up = health->is_up;

	*health = (struct health){ .is_up = true };
	return was_up ? HEALTH_SAME : HEALTH_CAME_UP;
}

void
health_fail(struct health *health, uint64_t now_us, const char *error)
{
	if (!health->is_failing)
		health->failing_since_us = now_us;
	health->is_failing = true;
	(void) copy_string(health->error, sizeof(health->error), error);
}

enum health_change
health_check(struct health *health, uint64_t now_us)
{
	if (now_us < health_due_us(health))
		return HEALTH_SAME;
	health->is_up = false;
	health->is_told_down = true;
	return HEALTH_WENT_DOWN;
}

uint64_t
health_due_us(const struct health *health)
{
	if (!health->is_failing || health->is_told_down)
		return UINT64_MAX;
	return health->failing_since_us + DOWN_AFTER_US;
}
