/* The part of the replica about power, lights and climate; see replica.h. */
#ifndef MIBS_REPLICA_POWER_H
#define MIBS_REPLICA_POWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/inventory.h"
#include "mibs/changes.h"

#define REPLICA_SOURCES	  5
#define REPLICA_LEDS	  32
#define REPLICA_NAME_SIZE 65

/* Enumerations as in CARDEA-MIB. */
struct replica_source {
	bool is_there;
	struct replica_stamp stamp;
	char name[REPLICA_NAME_SIZE];
	unsigned char state;
	uint32_t mv;
	uint32_t ma;
	uint32_t mw;
	uint32_t max_mw;
	bool measures_mv;
	bool measures_ma;
};

struct replica_rail {
	bool is_there;
	struct replica_stamp stamp;
	char name[REPLICA_NAME_SIZE];
	unsigned char state;
	uint32_t mv;
	uint32_t ma;
	uint32_t mw;
	uint32_t limit_ma;
	bool measures_mv;
	bool measures_ma;
};

struct replica_led {
	bool is_there;
	struct replica_stamp stamp;
	char name[REPLICA_NAME_SIZE];
	unsigned char first;
	unsigned char second;
	uint32_t first_ms;
	uint32_t second_ms;
};

/* cardeaTemperatureState */
enum replica_temperature {
	REPLICA_TEMPERATURE_UNKNOWN = 1,
	REPLICA_TEMPERATURE_NORMAL,
	REPLICA_TEMPERATURE_WARNING,
	REPLICA_TEMPERATURE_CRITICAL,
};

/* All is 0 or unknown until it is said; what a snapshot does not mention stays. */
struct replica_power {
	unsigned char source;
	uint32_t used_mw;
	uint32_t capacity_mw;
	bool is_low;
	uint64_t temperature_mc; /* two's complement */
	bool is_casing_open;
	bool is_moved;
	bool is_tampered;
	/* Alarms, where settings want them. */
	bool is_casing_raised;
	bool is_motion_raised;
	bool is_tamper_raised;
	unsigned char temperature_state;
	uint64_t warning_mc;
	uint64_t critical_mc;
	uint32_t total_mw;
	struct replica_source sources[REPLICA_SOURCES + 1]; /* from 1 */
	struct replica_rail rails[BUDGETS];		    /* by budget */
	struct replica_led leds[REPLICA_LEDS + 1];
};

void replica_power_init(struct replica_power *power);
/* Takes a live object; false when it is about something else. */
bool replica_power_update(struct replica_power *power, const char *key, const json_t *value);

#endif
