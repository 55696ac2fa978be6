#include "agent/snmp_storm.h"

#include "lib/util.h"

static const enum event_kind kinds[STORM_KINDS] = {
	EV_ACCESS_UNKNOWN,
	EV_ACCESS_UNKNOWN_PIN,
	EV_ACCESS_DENIED,
	EV_FLOOR_DENIED,
};

bool
storm_lets_pass(struct storm *storm, enum event_kind kind, uint64_t now_us)
{
	const uint64_t limit_us = (STORM_BURST - 1) * STORM_INTERVAL_US;

	for (unsigned i = 0; i < STORM_KINDS; i++) {
		if (kinds[i] != kind)
			continue;
		uint64_t full_us = MAX_OF(storm->rows[i].full_us, now_us);
		if (full_us - now_us <= limit_us) {
			storm->rows[i].full_us = full_us + STORM_INTERVAL_US;
			return true;
		}
		if (!storm->rows[i].left_out++)
			storm->rows[i].since_us = now_us;
		return false;
	}
	return true;
}

uint64_t
storm_deadline_us(const struct storm *storm)
{
	uint64_t first_us = UINT64_MAX;

	for (unsigned i = 0; i < STORM_KINDS; i++)
		if (storm->rows[i].left_out)
			first_us = MIN_OF(first_us, storm->rows[i].since_us + STORM_SUMMARY_US);
	return first_us;
}

bool
storm_take_summary(struct storm *storm, uint64_t now_us, enum event_kind *ret_kind,
		   uint32_t *ret_count)
{
	for (unsigned i = 0; i < STORM_KINDS; i++) {
		if (!storm->rows[i].left_out || now_us < storm->rows[i].since_us + STORM_SUMMARY_US)
			continue;
		*ret_kind = kinds[i];
		*ret_count = storm->rows[i].left_out;
		storm->rows[i].left_out = 0;
		return true;
	}
	return false;
}
