/*
 * When a heartbeat is due: every so many minutes, and at once when that setting was changed, so
 * that whoever sets it sees whether notifications arrive. Pure; times are monotonic microseconds.
 */
#ifndef AGENT_SNMP_HEARTBEAT_H
#define AGENT_SNMP_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

struct heartbeat {
	bool is_known;
	uint32_t minutes;
	uint64_t last_us;
};

/* minutes is the setting, 0 for none. True once for each that is due. */
bool heartbeat_is_due(struct heartbeat *heartbeat, uint32_t minutes, uint64_t now_us);

#endif
