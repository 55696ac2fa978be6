/* What the board has: rows of the inventory, and whether they work. */
#include "lib/inventory.h"
#include "lib/util.h"
#include "mibs/table.h"

/* The kind times this and the number within the kind are an index that never changes. */
#define KIND_STEP 1000
/* More of a kind there are not on the largest board of the model. */
#define NUMBER_MAX 255

static void
get_string(const struct replica *replica UNUSED, const struct mib_column *column, const void *row,
	   struct mib_value *value)
{
	mib_set_text(value, *(const char *const *) ((const char *) row + column->offset));
}

static void
get_connector(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	      const void *row, struct mib_value *value)
{
	const struct inventory_row *point = row;

	mib_set_text(value, inventory_place(point->place)->label);
}

static void
get_works(const struct replica *replica, const struct mib_column *column, const void *row,
	  struct mib_value *value)
{
	mib_set_number(value, column->type, replica->is_faulty[inventory_position(row)] ? 2 : 1);
}

static void
get_fault(const struct replica *replica, const struct mib_column *column UNUSED, const void *row,
	  struct mib_value *value)
{
	mib_set_text(value, replica->point_faults[inventory_position(row)]);
}

static void
get_stamp(const struct replica *replica, const struct mib_column *column, const void *row,
	  struct mib_value *value)
{
	mib_get_stamp(replica, column, &replica->point_stamps[inventory_position(row)], value);
}

static void
get_time(const struct replica *replica, const struct mib_column *column, const void *row,
	 struct mib_value *value)
{
	mib_get_time(replica, column, &replica->point_stamps[inventory_position(row)], value);
}

static void
get_current(const struct replica *replica UNUSED, const struct mib_column *column, const void *row,
	    struct mib_value *value)
{
	mib_set_number(value, column->type, inventory_limit_ma(row));
}

static void
get_maximum(const struct replica *replica UNUSED, const struct mib_column *column,
	    const void *row UNUSED, struct mib_value *value)
{
	mib_set_number(value, column->type, column->offset);
}

#define MEMBER(m) offsetof(struct inventory_row, m)
#define LIMIT(m)  offsetof(struct inventory_limit, m)
#define STAMP(m)  offsetof(struct replica_stamp, m)

static const struct mib_column point_columns[] = {
	{ 2, "cardeaPointName", MIB_OCTETS, false, get_string, MEMBER(id) },
	{ 3, "cardeaPointKind", MIB_INTEGER, false, mib_get_count, MEMBER(kind) },
	{ 4, "cardeaPointDoor", MIB_UNSIGNED, false, mib_get_count, MEMBER(door) },
	{ 5, "cardeaPointConnector", MIB_OCTETS, false, get_connector, 0 },
	{ 6, "cardeaPointBlock", MIB_UNSIGNED, false, mib_get_count, MEMBER(block) },
	{ 7, "cardeaPointPins", MIB_OCTETS, false, get_string, MEMBER(pins) },
	{ 8, "cardeaPointFunctions", MIB_OCTETS, false, get_string, MEMBER(functions) },
	{ 9, "cardeaPointLabel", MIB_OCTETS, false, get_string, MEMBER(label) },
	{ 10, "cardeaPointMaxVoltage", MIB_UNSIGNED, false, mib_get_count, MEMBER(max_mv) },
	{ 11, "cardeaPointMaxCurrent", MIB_UNSIGNED, false, mib_get_count, MEMBER(max_ma) },
	{ 12, "cardeaPointMaxPower", MIB_UNSIGNED, false, mib_get_count, MEMBER(max_mw) },
	{ 13, "cardeaPointBudget", MIB_INTEGER, false, mib_get_count, MEMBER(budget) },
	{ 14, "cardeaPointFitted", MIB_INTEGER, false, mib_get_truth, MEMBER(is_fitted) },
	{ 15, "cardeaPointWorks", MIB_INTEGER, false, get_works, 0 },
	{ 16, "cardeaPointReason", MIB_OCTETS, false, get_fault, 0 },
	{ 17, "cardeaPointLastChange", MIB_TICKS, false, get_stamp, STAMP(mono_us) },
	{ 18, "cardeaPointLastChangeTime", MIB_OCTETS, false, get_time, STAMP(wall_us),
	  MIB_PURPOSE_MEASURE },
};

static const struct mib_column limit_columns[] = {
	{ 2, "cardeaLimitBudget", MIB_INTEGER, false, mib_get_count, LIMIT(budget) },
	{ 3, "cardeaLimitSource", MIB_INTEGER, false, mib_get_count, LIMIT(source) },
	{ 4, "cardeaLimitRail", MIB_UNSIGNED, false, mib_get_count, LIMIT(rail_mv) },
	{ 5, "cardeaLimitCurrent", MIB_UNSIGNED, false, get_current, 0 },
	{ 6, "cardeaLimitPower", MIB_UNSIGNED, false, mib_get_count, LIMIT(max_mw) },
};

static const struct mib_column scalar_columns[] = {
	{ 3, "cardeaMaxDoors", MIB_UNSIGNED, false, get_maximum, DOORS },
	{ 4, "cardeaMaxReaders", MIB_UNSIGNED, false, get_maximum, READERS },
	{ 5, "cardeaPointTableLastChange", MIB_TICKS, false, mib_get_stamp,
	  offsetof(struct replica, changed_mono_us[PART_POINTS]) },
};

_Static_assert(sizeof(enum inventory_kind) == sizeof(uint32_t), "read as a number of 32 bits");

uint32_t
mib_point_row(const struct inventory_row *point)
{
	return (uint32_t) point->kind * KIND_STEP + point->index;
}

static const void *
find_point(const struct replica *replica UNUSED, uint32_t row)
{
	unsigned number = row % KIND_STEP;

	if (!number || number > NUMBER_MAX)
		return NULL;
	return inventory_of_kind((enum inventory_kind)(row / KIND_STEP), number);
}

static uint32_t
next_point(const struct replica *replica UNUSED, uint32_t from)
{
	unsigned number = from % KIND_STEP;

	if (!number)
		number = 1;
	for (unsigned kind = from / KIND_STEP; kind <= INV_BUTTON; kind++, number = 1)
		if (number <= NUMBER_MAX && inventory_of_kind((enum inventory_kind) kind, number))
			return kind * KIND_STEP + number;
	return 0;
}

static const void *
find_limit(const struct replica *replica UNUSED, uint32_t row)
{
	return inventory_limit_at(row - 1);
}

static const void *
find_scalar(const struct replica *replica, uint32_t row UNUSED)
{
	return replica;
}

const struct mib_table mib_point_table = {
	.prefix = { 1, 5, 1, 1 },
	.prefix_length = 4,
	.columns = point_columns,
	.count = ARRAY_LEN(point_columns),
	.find = find_point,
	.next = next_point,
	.first_row = KIND_STEP + 1,
	.last_row = INV_BUTTON * KIND_STEP + NUMBER_MAX,
};

const struct mib_table mib_limit_table = {
	.prefix = { 1, 5, 2, 1 },
	.prefix_length = 4,
	.columns = limit_columns,
	.count = ARRAY_LEN(limit_columns),
	.find = find_limit,
	.first_row = 1,
	.last_row = 255,
};

const struct mib_table mib_point_scalars = {
	.prefix = { 1, 5 },
	.prefix_length = 2,
	.columns = scalar_columns,
	.count = ARRAY_LEN(scalar_columns),
	.find = find_scalar,
};
