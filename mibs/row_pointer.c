/* From what an event is about to the row of it. */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "mibs/table.h"

static const struct {
	const char *prefix;
	const struct mib_table *table;
} numbered[] = {
	{ "door.", &mib_door_table },
	{ "reader.", &mib_reader_table },
	{ "module.", &mib_module_table },
};

struct target {
	const struct mib_table *table;
	uint32_t row;
};

static struct target
find_numbered(const char *source)
{
	for (size_t i = 0; i < ARRAY_LEN(numbered); i++) {
		size_t length = strlen(numbered[i].prefix);
		char *end;
		if (strncmp(source, numbered[i].prefix, length) != 0)
			continue;
		unsigned long row = strtoul(source + length, &end, 10);
		if (!*end && row <= UINT32_MAX)
			return (struct target){ numbered[i].table, (uint32_t) row };
	}
	return (struct target){ 0 };
}

/* Inputs and outputs have more to tell than their points have. */
static struct target
find_point(const struct replica *replica, const char *source)
{
	const struct inventory_row *point = inventory_find(source);
	unsigned input = point ? inventory_input_number(point) : 0;
	unsigned output = point ? inventory_output_number(point) : 0;

	if (!point)
		return (struct target){ 0 };
	if (input && mib_input_table.find(replica, input))
		return (struct target){ &mib_input_table, input };
	if (output && mib_output_table.find(replica, output))
		return (struct target){ &mib_output_table, output };
	return (struct target){ &mib_point_table, mib_point_row(point) };
}

static struct target
find_rail(const char *source)
{
	enum inventory_budget budget =
		strncmp(source, "rail.", 5) ? BUDGET_NONE : inventory_budget_find(source + 5);

	if (budget == BUDGET_NONE)
		return (struct target){ 0 };
	return (struct target){ &mib_rail_table, (uint32_t) budget };
}

void
mib_set_row_of(const struct replica *replica, const char *source, struct mib_value *value)
{
	static const uint32_t nothing[] = { 0, 0 };
	struct target target = find_numbered(source);

	if (!target.table)
		target = find_rail(source);
	if (!target.table)
		target = find_point(replica, source);
	if (!target.table || target.row < target.table->first_row ||
	    target.row > target.table->last_row || !target.table->find(replica, target.row))
		mib_set_oid(value, nothing, ARRAY_LEN(nothing));
	else
		mib_set_row(value, target.table, target.row);
}
