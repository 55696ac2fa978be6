#include "mibs/lookup.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"

struct root {
	size_t length;
	uint32_t sub[9];
};

static const struct root roots[] = {
	[MIB_CARDEA] = { 9, { MIB_MODULE } },
	[MIB_ENTITY] = { 7, { 1, 3, 6, 1, 2, 1, 47 } },
	[MIB_ENTITY_SENSOR] = { 7, { 1, 3, 6, 1, 2, 1, 99 } },
	[MIB_ENTITY_STATE] = { 7, { 1, 3, 6, 1, 2, 1, 131 } },
	[MIB_ALARM] = { 7, { 1, 3, 6, 1, 2, 1, 118 } },
};

static size_t
column_length(const struct mib_table *table)
{
	return roots[table->root].length + table->prefix_length + 1;
}

/* 0 while oid goes on as these do; at moves behind them. */
static int
compare_part(const struct mib_oid *oid, size_t *at, const uint32_t *sub, size_t count)
{
	for (size_t i = 0; i < count; i++, (*at)++) {
		if (*at == oid->length)
			return -1;
		if (oid->sub[*at] != sub[i])
			return oid->sub[*at] < sub[i] ? -1 : 1;
	}
	return 0;
}

/* Whether oid lies before the column, in it (0), or behind it. */
static int
compare_column(const struct mib_oid *oid, const struct mib_table *table,
	       const struct mib_column *column)
{
	const struct root *root = &roots[table->root];
	size_t at = 0;
	int order = compare_part(oid, &at, root->sub, root->length);

	if (!order)
		order = compare_part(oid, &at, table->prefix, table->prefix_length);
	return order ? order : compare_part(oid, &at, &column->id, 1);
}

/* How many tables begin at oid or before it: in the last of them it is, or nowhere. */
static size_t
tables_until(const struct mib_oid *oid)
{
	size_t low = 0;
	size_t high = mib_table_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mib_table *table = mib_tables[middle];
		if (compare_column(oid, table, &table->columns[0]) >= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t
columns_until(const struct mib_oid *oid, const struct mib_table *table)
{
	size_t low = 0;
	size_t high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_column(oid, table, &table->columns[middle]) >= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
compare_index(const uint32_t *a, size_t a_length, const struct mib_index *b)
{
	size_t common = MIN_OF(a_length, b->length);

	for (size_t i = 0; i < common; i++)
		if (a[i] != b->sub[i])
			return a[i] < b->sub[i] ? -1 : 1;
	if (a_length == b->length)
		return 0;
	return a_length < b->length ? -1 : 1;
}

/* The first row whose index is not below sub. */
static bool
seek_rows(const struct replica *replica, const uint32_t *sub, size_t length,
	  struct mib_place *place)
{
	const struct mib_rows *rows = place->table->rows;
	size_t count = rows->count(replica);
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		rows->index(rows->at(replica, middle), &place->index);
		if (compare_index(sub, length, &place->index) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count)
		return false;
	place->row = rows->at(replica, low);
	rows->index(place->row, &place->index);
	return true;
}

static bool
seek_number(const struct replica *replica, uint64_t row, struct mib_place *place)
{
	const struct mib_table *table = place->table;

	row = MAX_OF(row, (uint64_t) table->first_row);
	if (row <= table->last_row && table->next) {
		uint32_t next = table->next(replica, (uint32_t) row);
		row = next ? next : (uint64_t) table->last_row + 1;
	}
	for (; row <= table->last_row; row++) {
		place->row = table->find(replica, (uint32_t) row);
		if (!place->row)
			continue;
		place->index.length = 1;
		place->index.sub[0] = (uint32_t) row;
		return true;
	}
	return false;
}

/* The first row whose index is sub or lies behind it. */
static bool
seek_from(const struct replica *replica, const uint32_t *sub, size_t length,
	  struct mib_place *place)
{
	if (place->table->rows)
		return seek_rows(replica, sub, length, place);
	/* What is longer lies behind its row. */
	return seek_number(replica, length ? (uint64_t) sub[0] + (length > 1) : 0, place);
}

/* The first row whose index lies behind sub. */
static bool
seek_behind(const struct replica *replica, const uint32_t *sub, size_t length,
	    struct mib_place *place)
{
	if (!place->table->rows)
		return seek_number(replica, length ? (uint64_t) sub[0] + 1 : 0, place);
	/* No index is as long as this: with a 0 at its end it is what follows sub. */
	struct mib_index next = { .length = MIN_OF(length, (size_t) MIB_INDEX_MAX - 1) };
	memcpy(next.sub, sub, next.length * sizeof(*sub));
	next.sub[next.length++] = 0;
	return seek_rows(replica, next.sub, next.length, place);
}

static bool
seek_exactly(const struct replica *replica, const uint32_t *sub, size_t length,
	     struct mib_place *place)
{
	const struct mib_table *table = place->table;

	if (table->rows)
		return seek_rows(replica, sub, length, place) &&
		       !compare_index(sub, length, &place->index);
	if (length != 1 || sub[0] < table->first_row || sub[0] > table->last_row)
		return false;
	place->index.length = 1;
	place->index.sub[0] = sub[0];
	place->row = table->find(replica, sub[0]);
	return place->row;
}

int
mib_lookup(const struct replica *replica, const struct mib_oid *oid, struct mib_place *ret)
{
	size_t tables = tables_until(oid);

	if (!tables)
		return -ENOENT;
	ret->table = mib_tables[tables - 1];
	ret->column = &ret->table->columns[columns_until(oid, ret->table) - 1];
	if (compare_column(oid, ret->table, ret->column))
		return -ENOENT;
	size_t start = column_length(ret->table);
	return seek_exactly(replica, oid->sub + start, oid->length - start, ret) ? 0 : -ENXIO;
}

/* In the table that from is in or behind, if there is one. */
static bool
next_in_table(const struct replica *replica, const struct mib_oid *from, bool is_inclusive,
	      struct mib_place *place)
{
	const struct mib_table *table = place->table;
	size_t columns = columns_until(from, table);
	size_t start = column_length(table);

	place->column = &table->columns[columns - 1];
	if (!compare_column(from, table, place->column) &&
	    (is_inclusive ? seek_from : seek_behind)(replica, from->sub + start,
						     from->length - start, place))
		return true;
	place->column++;
	return columns < table->count && seek_from(replica, NULL, 0, place);
}

int
mib_lookup_next(const struct replica *replica, const struct mib_oid *from, bool is_inclusive,
		struct mib_place *ret)
{
	size_t tables = tables_until(from);

	if (tables) {
		ret->table = mib_tables[tables - 1];
		if (next_in_table(replica, from, is_inclusive, ret))
			return 0;
	}
	for (; tables < mib_table_count; tables++) {
		ret->table = mib_tables[tables];
		ret->column = ret->table->columns;
		if (seek_from(replica, NULL, 0, ret))
			return 0;
	}
	return -ENOENT;
}

void
mib_place_oid(const struct mib_place *place, struct mib_oid *ret)
{
	const struct root *root = &roots[place->table->root];
	size_t prefix = place->table->prefix_length;

	memcpy(ret->sub, root->sub, root->length * sizeof(*root->sub));
	ret->length = root->length;
	memcpy(ret->sub + ret->length, place->table->prefix, prefix * sizeof(*root->sub));
	ret->length += prefix;
	ret->sub[ret->length++] = place->column->id;
	memcpy(ret->sub + ret->length, place->index.sub,
	       place->index.length * sizeof(*place->index.sub));
	ret->length += place->index.length;
}

void
mib_set_row(struct mib_value *value, const struct mib_table *table, uint32_t row)
{
	struct mib_place place = { .table = table, .column = table->columns };
	struct mib_oid oid;

	place.index.length = 1;
	place.index.sub[0] = row;
	mib_place_oid(&place, &oid);
	mib_set_oid(value, oid.sub, oid.length);
}
