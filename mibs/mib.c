#include "mibs/mib.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "mibs/table.h"

static const uint32_t module[] = { MIB_MODULE };

const struct mib_table *const mib_tables[] = {
	&mib_device_table,  &mib_door_table,   &mib_door_scalars,  &mib_reader_table,
	&mib_point_table,   &mib_limit_table,  &mib_point_scalars, &mib_input_table,
	&mib_output_table,  &mib_source_table, &mib_rail_table,	   &mib_led_table,
	&mib_power_scalars, &mib_module_table,
};
const size_t mib_table_count = ARRAY_LEN(mib_tables);

/* Two instances are one column apart at most, so an instance is the column and the row. */
struct place {
	const struct mib_table *table;
	const struct mib_column *column;
	uint32_t row;
};

static void
append(struct mib_oid *oid, const uint32_t *sub, size_t count)
{
	memcpy(oid->sub + oid->length, sub, count * sizeof(*sub));
	oid->length += count;
}

static void
make_column_oid(const struct mib_table *table, const struct mib_column *column, struct mib_oid *oid)
{
	oid->length = 0;
	append(oid, module, ARRAY_LEN(module));
	append(oid, table->prefix, table->prefix_length);
	append(oid, &column->id, 1);
}

static int
compare_subs(const uint32_t *a, const uint32_t *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

int
mib_oid_compare(const struct mib_oid *a, const struct mib_oid *b)
{
	int order = compare_subs(a->sub, b->sub, MIN_OF(a->length, b->length));

	if (order || a->length == b->length)
		return order;
	return a->length < b->length ? -1 : 1;
}

void
mib_oid_format(const struct mib_oid *oid, char *text, size_t size)
{
	size_t used = 0;

	text[0] = 0;
	for (size_t i = 0; i < oid->length && used < size; i++)
		used += (size_t) snprintf(text + used, size - used, i ? ".%u" : "%u", oid->sub[i]);
}

static const void *
find_row(const struct replica *replica, const struct mib_table *table, uint64_t row)
{
	if (row < table->first_row || row > table->last_row)
		return NULL;
	return table->find(replica, (uint32_t) row);
}

/* -ENOENT when there is no such column, -ENXIO when what follows it is no row. */
static int
resolve(const struct replica *replica, const struct mib_oid *oid, struct place *place)
{
	for (size_t t = 0; t < mib_table_count; t++) {
		const struct mib_table *table = mib_tables[t];
		for (size_t c = 0; c < table->count; c++) {
			struct mib_oid column;
			make_column_oid(table, &table->columns[c], &column);
			if (oid->length < column.length ||
			    compare_subs(oid->sub, column.sub, column.length))
				continue;
			if (oid->length != column.length + 1 ||
			    !find_row(replica, table, oid->sub[column.length]))
				return -ENXIO;
			*place = (struct place){ table, &table->columns[c],
						 oid->sub[column.length] };
			return 0;
		}
	}
	return -ENOENT;
}

static void
read_value(const struct replica *replica, const struct place *place, struct mib_value *value)
{
	const void *row = place->table->find(replica, place->row);

	place->column->get(replica, place->column, row, value);
}

int
mib_get(const struct replica *replica, const struct mib_oid *oid, struct mib_value *ret)
{
	struct place place;
	int r = resolve(replica, oid, &place);

	if (r < 0)
		return r;
	read_value(replica, &place, ret);
	return 0;
}

/* The first row of the column that lies behind from, or at it. */
static bool
next_row(const struct replica *replica, const struct mib_oid *from, bool is_inclusive,
	 const struct mib_oid *column, struct place *place)
{
	size_t common = MIN_OF(from->length, column->length);
	int order = compare_subs(from->sub, column->sub, common);
	uint64_t row = place->table->first_row;

	if (order > 0)
		return false;
	if (!order && from->length > column->length) {
		/* A longer OID lies behind its row even when the row itself is wanted. */
		bool is_exact = from->length == column->length + 1;
		row = MAX_OF(row,
			     (uint64_t) from->sub[column->length] + !(is_inclusive && is_exact));
	}
	for (; row <= place->table->last_row; row++) {
		place->row = (uint32_t) row;
		if (find_row(replica, place->table, row))
			return true;
	}
	return false;
}

int
mib_next(const struct replica *replica, const struct mib_oid *from, bool is_inclusive,
	 struct mib_oid *ret_oid, struct mib_value *ret)
{
	for (size_t t = 0; t < mib_table_count; t++) {
		for (size_t c = 0; c < mib_tables[t]->count; c++) {
			struct place place = { mib_tables[t], &mib_tables[t]->columns[c], 0 };
			struct mib_oid oid;
			make_column_oid(place.table, place.column, &oid);
			if (!next_row(replica, from, is_inclusive, &oid, &place))
				continue;
			append(&oid, &place.row, 1);
			*ret_oid = oid;
			read_value(replica, &place, ret);
			return 0;
		}
	}
	return -ENOENT;
}

enum mib_error
mib_check_set(const struct replica *replica, const struct mib_oid *oid,
	      const struct mib_value *value, struct mib_command *ret)
{
	struct place place;

	if (resolve(replica, oid, &place) < 0)
		return MIB_NO_CREATION;
	if (!place.column->is_writable)
		return MIB_NOT_WRITABLE;
	if (value->type != place.column->type)
		return MIB_WRONG_TYPE;
	if (value->number < 1 || value->number > place.table->command_count)
		return MIB_WRONG_VALUE;
	*ret = (struct mib_command){ place.table->command_kind, place.row,
				     place.table->commands[value->number - 1] };
	return MIB_NO_ERROR;
}

static struct mib_oid
make_oid(uint32_t group, uint32_t last)
{
	struct mib_oid oid = { 0 };

	append(&oid, module, ARRAY_LEN(module));
	append(&oid, &group, 1);
	append(&oid, &last, 1);
	return oid;
}

struct mib_oid
mib_notification_oid(uint32_t number)
{
	return make_oid(0, number);
}

struct mib_oid
mib_event_oid(enum mib_event_object object)
{
	struct mib_oid oid = make_oid(1, 4);
	uint32_t instance[] = { object, 0 };

	append(&oid, instance, ARRAY_LEN(instance));
	return oid;
}
