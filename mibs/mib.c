#include "mibs/mib.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/field.h"
#include "lib/json.h"
#include "lib/util.h"
#include "mibs/lookup.h"

static const uint32_t module[] = { MIB_MODULE };

const struct mib_subtree mib_subtrees[] = {
	{ "ENTITY-MIB", false, { 7, { 1, 3, 6, 1, 2, 1, 47 } } },
	{ "ENTITY-SENSOR-MIB", false, { 7, { 1, 3, 6, 1, 2, 1, 99 } } },
	{ "ALARM-MIB", false, { 7, { 1, 3, 6, 1, 2, 1, 118 } } },
	{ "ENTITY-STATE-MIB", false, { 7, { 1, 3, 6, 1, 2, 1, 131 } } },
	{ "CARDEA-MIB", true, { 7, { MIB_ENTERPRISE } } },
};
const size_t mib_subtree_count = ARRAY_LEN(mib_subtrees);

static void
append(struct mib_oid *oid, const uint32_t *sub, size_t count)
{
	memcpy(oid->sub + oid->length, sub, count * sizeof(*sub));
	oid->length += count;
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

static void
read_value(const struct replica *replica, const struct mib_place *place, struct mib_value *value)
{
	place->column->get(replica, place->column, place->row, value);
}

int
mib_get(const struct replica *replica, const struct mib_oid *oid, struct mib_value *ret)
{
	struct mib_place place;
	int r = mib_lookup(replica, oid, &place);

	if (r < 0)
		return r;
	read_value(replica, &place, ret);
	return 0;
}

int
mib_next(const struct replica *replica, const struct mib_oid *from, bool is_inclusive,
	 struct mib_oid *ret_oid, struct mib_value *ret)
{
	struct mib_place place;
	int r = mib_lookup_next(replica, from, is_inclusive, &place);

	if (r < 0)
		return r;
	mib_place_oid(&place, ret_oid);
	read_value(replica, &place, ret);
	return 0;
}

static enum mib_error
check_command(const struct replica *replica, const struct mib_place *place,
	      const struct mib_value *value, struct mib_write *write)
{
	const struct mib_table *table = place->table;

	if (value->number < 1 || value->number > table->command_count)
		return MIB_WRONG_VALUE;
	if (table->is_impossible && table->is_impossible(replica, place->row, write->number))
		return MIB_INCONSISTENT_VALUE;
	write->name = table->commands[value->number - 1];
	write->takes_seconds = write->number == table->lasting_command;
	return MIB_NO_ERROR;
}

/* Text of one line: it is kept in the log and shown to people. */
static enum mib_error
check_note(const struct mib_value *value, struct mib_write *write)
{
	static const struct field field = { "note", FIELD_STRING, .max = MIB_NOTE_MAX };
	_cleanup_(json_decrefp) json_t *text =
		json_stringn((const char *) value->bytes, value->size);
	struct field_error error;

	if (value->size > MIB_NOTE_MAX)
		return MIB_WRONG_LENGTH;
	if (!text || field_check(&field, text, &error) < 0)
		return MIB_WRONG_VALUE;
	memcpy(write->note, value->bytes, value->size);
	return MIB_NO_ERROR;
}

enum mib_error
mib_check_set(const struct replica *replica, const struct mib_oid *oid,
	      const struct mib_value *value, struct mib_write *ret)
{
	struct mib_place place;

	if (mib_lookup(replica, oid, &place) < 0)
		return MIB_NO_CREATION;
	if (!place.column->is_writable)
		return MIB_NOT_WRITABLE;
	if (value->type != place.column->type)
		return MIB_WRONG_TYPE;
	*ret = (struct mib_write){ .kind = place.table->command_kind,
				   .row = place.table->number ? place.table->number(place.row)
							      : place.index.sub[0],
				   .purpose = place.column->purpose,
				   .number = (uint32_t) value->number };
	switch (ret->purpose) {
	case MIB_PURPOSE_COMMAND:
		return check_command(replica, &place, value, ret);
	case MIB_PURPOSE_SERIAL:
		return value->number > INT32_MAX ? MIB_WRONG_VALUE : MIB_NO_ERROR;
	case MIB_PURPOSE_SECONDS:
		return value->number > place.table->seconds_max ? MIB_WRONG_VALUE : MIB_NO_ERROR;
	default:
		return check_note(value, ret);
	}
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
