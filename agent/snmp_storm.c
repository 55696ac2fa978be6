#include "agent/snmp_storm.h"

#include "lib/bucket.h"
#include "lib/util.h"

/* The ring of the door role may be behind by a little; more than this is another boot. */
#define BACKWARDS_US UINT64_C(60000000)

static bool
is_of_strangers(enum event_kind kind)
{
	return kind == EV_ACCESS_UNKNOWN || kind == EV_ACCESS_UNKNOWN_PIN ||
	       kind == EV_ACCESS_DENIED || kind == EV_FLOOR_DENIED;
}

static void
look_at_clock(struct storm *storm, uint64_t event_us)
{
	if (event_us + BACKWARDS_US < storm->last_us)
		for (size_t i = 0; i < EVENT_KINDS; i++)
			storm->kinds[i].full_us = 0;
	storm->last_us = event_us;
}

bool
storm_lets_pass(struct storm *storm, const struct event_row *row, uint64_t event_us)
{
	bool is_slow = is_of_strangers(row->kind);
	uint64_t interval_us = is_slow ? STORM_STRANGER_INTERVAL_US : STORM_INTERVAL_US;
	uint64_t burst = is_slow ? STORM_STRANGER_BURST : STORM_BURST;

	look_at_clock(storm, event_us);
	return !bucket_take(&storm->kinds[events_index(row)].full_us, burst, interval_us, event_us);
}

void
storm_leave_out(struct storm *storm, const struct event_row *row, uint64_t now_us)
{
	size_t index = events_index(row);

	if (!storm->kinds[index].left_out++)
		storm->kinds[index].since_us = now_us;
}

uint64_t
storm_deadline_us(const struct storm *storm)
{
	uint64_t first_us = UINT64_MAX;

	for (size_t i = 0; i < EVENT_KINDS; i++)
		if (storm->kinds[i].left_out)
			first_us = MIN_OF(first_us, storm->kinds[i].since_us + STORM_SUMMARY_US);
	return first_us;
}

bool
storm_take_summary(struct storm *storm, uint64_t now_us, enum event_kind *ret_kind,
		   uint32_t *ret_count)
{
	for (size_t i = 0; i < EVENT_KINDS; i++) {
		if (!storm->kinds[i].left_out ||
		    now_us < storm->kinds[i].since_us + STORM_SUMMARY_US)
			continue;
		*ret_kind = events_at(i)->kind;
		*ret_count = storm->kinds[i].left_out;
		storm->kinds[i].left_out = 0;
		return true;
	}
	return false;
}
