#include "agent/door_bolt.h"

#include "lib/util.h"

void
door_bolt_init(struct door_bolt *bolt)
{
	*bolt = (struct door_bolt){ .lock = DOOR_LOCK_LOCKED };
}

static void
follow_command(const struct access_door *config, struct door_bolt *bolt, bool is_released,
	       uint64_t now_us)
{
	bolt->is_faulty = false;
	bolt->faulty_at_us = 0;
	if (is_released != bolt->is_released)
		bolt->arrives_at_us = now_us + config->bolt_time_ms * US_PER_MS;
	if (bolt->arrives_at_us > now_us)
		return;
	bolt->arrives_at_us = 0;
	bolt->lock = is_released ? DOOR_LOCK_UNLOCKED : DOOR_LOCK_LOCKED;
}

static void
follow_monitor(const struct access_door *config, struct door_bolt *bolt,
	       const struct door_bolt_wanted *wanted, uint64_t now_us)
{
	uint64_t patience_us = MAX_OF(config->bolt_time_ms, DOOR_BOLT_SETTLE_MS) * US_PER_MS;

	bolt->arrives_at_us = 0;
	bolt->lock = bolt->monitor;
	if ((bolt->monitor == DOOR_LOCK_UNLOCKED) == wanted->is_released) {
		bolt->is_faulty = false;
		bolt->faulty_at_us = 0;
	} else if (bolt->is_faulty || (!wanted->is_released && wanted->is_open)) {
		bolt->faulty_at_us = 0;
	} else if (!bolt->faulty_at_us) {
		bolt->faulty_at_us = now_us + patience_us;
	} else if (bolt->faulty_at_us <= now_us) {
		bolt->is_faulty = true;
		bolt->faulty_at_us = 0;
	}
}

void
door_bolt_step(const struct access_door *config, struct door_bolt *bolt,
	       const struct door_bolt_wanted *wanted, uint64_t now_us)
{
	if (!config->lock_monitor)
		bolt->monitor = DOOR_LOCK_UNKNOWN;
	if (bolt->monitor == DOOR_LOCK_UNKNOWN)
		follow_command(config, bolt, wanted->is_released, now_us);
	else
		follow_monitor(config, bolt, wanted, now_us);
	bolt->is_released = wanted->is_released;
}

uint64_t
door_bolt_deadline_us(const struct door_bolt *bolt)
{
	uint64_t first_us = UINT64_MAX;

	if (bolt->arrives_at_us)
		first_us = bolt->arrives_at_us;
	if (bolt->faulty_at_us)
		first_us = MIN_OF(first_us, bolt->faulty_at_us);
	return first_us;
}

const char *
door_lock_name(enum door_lock lock)
{
	static const char *const names[] = { "unknown", "locked", "unlocked" };
	return names[lock];
}
