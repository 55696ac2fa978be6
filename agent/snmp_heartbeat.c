#include "agent/snmp_heartbeat.h"

#include "lib/util.h"

bool
heartbeat_is_due(struct heartbeat *heartbeat, uint32_t minutes, uint64_t now_us)
{
	uint64_t period_us = (uint64_t) minutes * 60 * US_PER_S;
	bool is_changed = heartbeat->is_known && minutes != heartbeat->minutes;

	if (!heartbeat->is_known)
		heartbeat->last_us = now_us;
	heartbeat->is_known = true;
	heartbeat->minutes = minutes;
	if (!minutes || (!is_changed && now_us < heartbeat->last_us + period_us))
		return false;
	heartbeat->last_us = now_us;
	return true;
}
