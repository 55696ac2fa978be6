/* Supplies, branches, lights, and what it is like inside. */
#include "lib/util.h"
#include "mibs/table.h"

#define SOURCE(m) offsetof(struct replica_source, m)
#define RAIL(m)	  offsetof(struct replica_rail, m)
#define LED(m)	  offsetof(struct replica_led, m)
#define POWER(m)  offsetof(struct replica_power, m)

static const struct mib_column source_columns[] = {
	{ 2, "cardeaSourceName", MIB_OCTETS, false, mib_get_text, SOURCE(name) },
	{ 3, "cardeaSourceState", MIB_INTEGER, false, mib_get_enum, SOURCE(state) },
	{ 4, "cardeaSourceVoltage", MIB_UNSIGNED, false, mib_get_count, SOURCE(mv),
	  MIB_PURPOSE_MEASURE },
	{ 5, "cardeaSourceCurrent", MIB_UNSIGNED, false, mib_get_count, SOURCE(ma),
	  MIB_PURPOSE_MEASURE },
	{ 6, "cardeaSourcePower", MIB_UNSIGNED, false, mib_get_count, SOURCE(mw),
	  MIB_PURPOSE_MEASURE },
	{ 7, "cardeaSourceMaxPower", MIB_UNSIGNED, false, mib_get_count, SOURCE(max_mw) },
	{ 8, "cardeaSourceLastChange", MIB_TICKS, false, mib_get_stamp, SOURCE(stamp.mono_us) },
	{ 9, "cardeaSourceLastChangeTime", MIB_OCTETS, false, mib_get_time, SOURCE(stamp.wall_us) },
};

static const struct mib_column rail_columns[] = {
	{ 2, "cardeaRailName", MIB_OCTETS, false, mib_get_text, RAIL(name) },
	{ 3, "cardeaRailState", MIB_INTEGER, false, mib_get_enum, RAIL(state) },
	{ 4, "cardeaRailVoltage", MIB_UNSIGNED, false, mib_get_count, RAIL(mv),
	  MIB_PURPOSE_MEASURE },
	{ 5, "cardeaRailCurrent", MIB_UNSIGNED, false, mib_get_count, RAIL(ma),
	  MIB_PURPOSE_MEASURE },
	{ 6, "cardeaRailPower", MIB_UNSIGNED, false, mib_get_count, RAIL(mw), MIB_PURPOSE_MEASURE },
	{ 7, "cardeaRailLimit", MIB_UNSIGNED, false, mib_get_count, RAIL(limit_ma) },
	{ 8, "cardeaRailLastChange", MIB_TICKS, false, mib_get_stamp, RAIL(stamp.mono_us) },
	{ 9, "cardeaRailLastChangeTime", MIB_OCTETS, false, mib_get_time, RAIL(stamp.wall_us) },
};

static const struct mib_column led_columns[] = {
	{ 2, "cardeaLedName", MIB_OCTETS, false, mib_get_text, LED(name) },
	{ 3, "cardeaLedFirst", MIB_INTEGER, false, mib_get_enum, LED(first) },
	{ 4, "cardeaLedSecond", MIB_INTEGER, false, mib_get_enum, LED(second) },
	{ 5, "cardeaLedFirstTime", MIB_UNSIGNED, false, mib_get_count, LED(first_ms) },
	{ 6, "cardeaLedSecondTime", MIB_UNSIGNED, false, mib_get_count, LED(second_ms) },
	{ 7, "cardeaLedLastChange", MIB_TICKS, false, mib_get_stamp, LED(stamp.mono_us) },
	{ 8, "cardeaLedLastChangeTime", MIB_OCTETS, false, mib_get_time, LED(stamp.wall_us) },
};

static void
get_changed(const struct replica *replica, const struct mib_column *column, const void *row UNUSED,
	    struct mib_value *value)
{
	const struct mib_column stamp = { .type = column->type };

	mib_get_stamp(replica, &stamp, &replica->changed_mono_us[column->offset], value);
}

static const struct mib_column scalar_columns[] = {
	{ 4, "cardeaPoweredBy", MIB_INTEGER, false, mib_get_enum, POWER(source) },
	{ 5, "cardeaPowerUsed", MIB_UNSIGNED, false, mib_get_count, POWER(used_mw),
	  MIB_PURPOSE_MEASURE },
	{ 6, "cardeaPowerCapacity", MIB_UNSIGNED, false, mib_get_count, POWER(capacity_mw) },
	{ 7, "cardeaPowerIsLow", MIB_INTEGER, false, mib_get_truth, POWER(is_low) },
	{ 8, "cardeaTemperature", MIB_INTEGER, false, mib_get_number, POWER(temperature_mc),
	  MIB_PURPOSE_MEASURE },
	{ 9, "cardeaCasingIsOpen", MIB_INTEGER, false, mib_get_truth, POWER(is_casing_open) },
	{ 10, "cardeaIsMoved", MIB_INTEGER, false, mib_get_truth, POWER(is_moved) },
	{ 11, "cardeaSourceTableLastChange", MIB_TICKS, false, get_changed, PART_SOURCES },
	{ 12, "cardeaRailTableLastChange", MIB_TICKS, false, get_changed, PART_RAILS },
	{ 13, "cardeaLedTableLastChange", MIB_TICKS, false, get_changed, PART_LEDS },
	{ 14, "cardeaTemperatureState", MIB_INTEGER, false, mib_get_enum,
	  POWER(temperature_state) },
	{ 15, "cardeaTemperatureWarningLimit", MIB_INTEGER, false, mib_get_number,
	  POWER(warning_mc) },
	{ 16, "cardeaTemperatureCriticalLimit", MIB_INTEGER, false, mib_get_number,
	  POWER(critical_mc) },
	{ 17, "cardeaIsTampered", MIB_INTEGER, false, mib_get_truth, POWER(is_tampered) },
	{ 18, "cardeaPowerTotal", MIB_UNSIGNED, false, mib_get_count, POWER(total_mw),
	  MIB_PURPOSE_MEASURE },
};

static const void *
find_source(const struct replica *replica, uint32_t row)
{
	return replica->power.sources[row].is_there ? &replica->power.sources[row] : NULL;
}

static const void *
find_rail(const struct replica *replica, uint32_t row)
{
	return replica->power.rails[row].is_there ? &replica->power.rails[row] : NULL;
}

static const void *
find_led(const struct replica *replica, uint32_t row)
{
	return replica->power.leds[row].is_there ? &replica->power.leds[row] : NULL;
}

static const void *
find_scalar(const struct replica *replica, uint32_t row UNUSED)
{
	return &replica->power;
}

const struct mib_table mib_source_table = {
	.prefix = { 1, 8, 1, 1 },
	.prefix_length = 4,
	.columns = source_columns,
	.count = ARRAY_LEN(source_columns),
	.find = find_source,
	.first_row = 1,
	.last_row = REPLICA_SOURCES,
};

const struct mib_table mib_rail_table = {
	.prefix = { 1, 8, 2, 1 },
	.prefix_length = 4,
	.columns = rail_columns,
	.count = ARRAY_LEN(rail_columns),
	.find = find_rail,
	.first_row = 1,
	.last_row = BUDGETS - 1,
};

const struct mib_table mib_led_table = {
	.prefix = { 1, 8, 3, 1 },
	.prefix_length = 4,
	.columns = led_columns,
	.count = ARRAY_LEN(led_columns),
	.find = find_led,
	.first_row = 1,
	.last_row = REPLICA_LEDS,
};

const struct mib_table mib_power_scalars = {
	.prefix = { 1, 8 },
	.prefix_length = 2,
	.columns = scalar_columns,
	.count = ARRAY_LEN(scalar_columns),
	.find = find_scalar,
};
