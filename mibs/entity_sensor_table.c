/* ENTITY-SENSOR-MIB, RFC 3433: what is measured, in thousandths of its unit but for ohms. */
#include "lib/util.h"
#include "mibs/entity_private.h"
#include "mibs/table.h"

#define MEMBER(m) offsetof(struct entity, m)

enum { TYPE_OTHER = 1, TYPE_VOLTS_DC = 4, TYPE_AMPERES = 5, TYPE_WATTS = 6, TYPE_CELSIUS = 8 };
enum { TYPE_TRUTH = 12 };
enum { SCALE_MILLI = 8, SCALE_UNITS = 9 };

struct quantity {
	unsigned char type;
	unsigned char scale;
	const char *units;
};

/* There is no type for ohms. */
static const struct quantity quantities[] = {
	[ENTITY_VOLTAGE] = { TYPE_VOLTS_DC, SCALE_MILLI, "millivolts" },
	[ENTITY_CURRENT] = { TYPE_AMPERES, SCALE_MILLI, "milliamperes" },
	[ENTITY_POWER] = { TYPE_WATTS, SCALE_MILLI, "milliwatts" },
	[ENTITY_RESISTANCE] = { TYPE_OTHER, SCALE_UNITS, "ohms" },
	[ENTITY_TEMPERATURE] = { TYPE_CELSIUS, SCALE_MILLI, "thousandths of a degree Celsius" },
	[ENTITY_OPEN] = { TYPE_TRUTH, SCALE_UNITS, "true: open" },
	[ENTITY_MOVED] = { TYPE_TRUTH, SCALE_UNITS, "true: moved" },
};

/* offset is that of the member of struct quantity. */
static void
get_of_quantity(const struct replica *replica UNUSED, const struct mib_column *column,
		const void *row, struct mib_value *value)
{
	const struct entity *sensor = row;
	const char *quantity = (const char *) &quantities[sensor->quantity];

	mib_set_number(value, column->type, *(const unsigned char *) (quantity + column->offset));
}

static void
get_units(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	  const void *row, struct mib_value *value)
{
	const struct entity *sensor = row;

	mib_set_text(value, quantities[sensor->quantity].units);
}

static void
get_value(const struct replica *replica UNUSED, const struct mib_column *column, const void *row,
	  struct mib_value *value)
{
	const struct entity *sensor = row;

	mib_set_number(value, column->type, (uint64_t) (int64_t) sensor->value);
}

/* No decimal places; and no rate, because a value comes when it changes. */
static void
get_zero(const struct replica *replica UNUSED, const struct mib_column *column,
	 const void *row UNUSED, struct mib_value *value)
{
	mib_set_number(value, column->type, 0);
}

static const struct mib_column columns[] = {
	{ 1, "entPhySensorType", MIB_INTEGER, false, get_of_quantity,
	  offsetof(struct quantity, type) },
	{ 2, "entPhySensorScale", MIB_INTEGER, false, get_of_quantity,
	  offsetof(struct quantity, scale) },
	{ 3, "entPhySensorPrecision", MIB_INTEGER, false, get_zero, 0 },
	{ 4, "entPhySensorValue", MIB_INTEGER, false, get_value, 0 },
	{ 5, "entPhySensorOperStatus", MIB_INTEGER, false, mib_get_enum, MEMBER(status) },
	{ 6, "entPhySensorUnitsDisplay", MIB_OCTETS, false, get_units, 0 },
	{ 7, "entPhySensorValueTimeStamp", MIB_TICKS, false, mib_get_stamp,
	  MEMBER(measured_mono_us) },
	{ 8, "entPhySensorValueUpdateRate", MIB_UNSIGNED, false, get_zero, 0 },
};

static size_t
count(const struct replica *replica)
{
	return replica->entities.sensors.count;
}

static const void *
at(const struct replica *replica, size_t position)
{
	return &replica->entities.all[replica->entities.sensors.at[position]];
}

static void
index_of(const void *row, struct mib_index *ret)
{
	ret->length = 1;
	ret->sub[0] = ((const struct entity *) row)->index;
}

static const struct mib_rows rows = { count, at, index_of };

const struct mib_table mib_entity_sensor_table = {
	.root = MIB_ENTITY_SENSOR,
	.prefix = { 1, 1, 1 },
	.prefix_length = 3,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.rows = &rows,
};
