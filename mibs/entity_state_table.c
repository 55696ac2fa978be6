/* ENTITY-STATE-MIB, RFC 4268. Nothing in it can be set: CARDEA-MIB has the commands. */
#include "lib/util.h"
#include "mibs/entity_private.h"
#include "mibs/table.h"

#define MEMBER(m) offsetof(struct entity, m)

static void
get_alarm(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	  const void *row, struct mib_value *value)
{
	const struct entity *entity = row;

	mib_set_text(value, "");
	value->bytes[0] = entity->state.alarm;
	value->size = 1;
}

static const struct mib_column columns[] = {
	{ 1, "entStateLastChanged", MIB_OCTETS, false, mib_get_time, MEMBER(changed_us) },
	{ 2, "entStateAdmin", MIB_INTEGER, false, mib_get_enum, MEMBER(state.admin) },
	{ 3, "entStateOper", MIB_INTEGER, false, mib_get_enum, MEMBER(state.oper) },
	{ 4, "entStateUsage", MIB_INTEGER, false, mib_get_enum, MEMBER(state.usage) },
	{ 5, "entStateAlarm", MIB_OCTETS, false, get_alarm, 0 },
	{ 6, "entStateStandby", MIB_INTEGER, false, mib_get_enum, MEMBER(state.standby) },
};

static size_t
count(const struct replica *replica)
{
	return replica->entities.states.count;
}

static const void *
at(const struct replica *replica, size_t position)
{
	return &replica->entities.all[replica->entities.states.at[position]];
}

static void
index_of(const void *row, struct mib_index *ret)
{
	ret->length = 1;
	ret->sub[0] = ((const struct entity *) row)->index;
}

static const struct mib_rows rows = { count, at, index_of };

const struct mib_table mib_entity_state_table = {
	.root = MIB_ENTITY_STATE,
	.prefix = { 1, 1, 1 },
	.prefix_length = 3,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.rows = &rows,
};
