/* ENTITY-MIB, RFC 4133: what there is, what is in what, and where CARDEA-MIB has more of it. */
#include <string.h>

#include "lib/util.h"
#include "mibs/entity_private.h"
#include "mibs/table.h"

#define SHORT_MAX 32 /* of serial numbers and aliases */

#define MEMBER(m) offsetof(struct entity, m)

static void
get_description(const struct replica *replica, const struct mib_column *column UNUSED,
		const void *row, struct mib_value *value)
{
	char text[2 * ENTITY_NAME_SIZE];

	entity_description(replica, row, text, sizeof(text));
	mib_set_text(value, text);
}

/* Only the whole is registered; { 0 0 } says so of the others. */
static void
get_vendor_type(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
		const void *row, struct mib_value *value)
{
	static const uint32_t controller[] = { MIB_ENTERPRISE, 1, 1 };
	static const uint32_t none[] = { 0, 0 };
	const struct entity *entity = row;

	if (entity->kind == ENTITY_CONTROLLER)
		mib_set_oid(value, controller, ARRAY_LEN(controller));
	else
		mib_set_oid(value, none, ARRAY_LEN(none));
}

static void
get_position(const struct replica *replica UNUSED, const struct mib_column *column, const void *row,
	     struct mib_value *value)
{
	const struct entity *entity = row;

	mib_set_number(value, column->type, (uint64_t) (int64_t) entity->position);
}

static void
get_name(const struct replica *replica, const struct mib_column *column UNUSED, const void *row,
	 struct mib_value *value)
{
	char text[ENTITY_NAME_SIZE];

	entity_name(replica, row, text, sizeof(text));
	mib_set_text(value, text);
}

/* offset is the text. */
static void
get_text(const struct replica *replica, const struct mib_column *column, const void *row,
	 struct mib_value *value)
{
	mib_set_text(value, entity_text(replica, row, (enum entity_text) column->offset));
}

static void
get_short_text(const struct replica *replica, const struct mib_column *column, const void *row,
	       struct mib_value *value)
{
	get_text(replica, column, row, value);
	mib_cut_text(value, SHORT_MAX);
}

static void
get_is_fru(const struct replica *replica UNUSED, const struct mib_column *column, const void *row,
	   struct mib_value *value)
{
	const struct entity *entity = row;
	bool is_fru = entity->kind == ENTITY_CONTROLLER || entity->kind == ENTITY_READER ||
		      entity->kind == ENTITY_MODULE;

	mib_set_number(value, column->type, is_fru ? 1 : 2);
}

/* Eight octets of zero: nobody knows. */
static void
get_no_date(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	    const void *row UNUSED, struct mib_value *value)
{
	mib_set_text(value, "");
	memset(value->bytes, 0, 8);
	value->size = 8;
}

static const struct mib_table *const described_by[] = {
	[ENTITY_DOOR] = &mib_door_table,
	[ENTITY_READER] = &mib_reader_table,
	[ENTITY_MODULE] = &mib_module_table,
	[ENTITY_SOURCE] = &mib_source_table,
	[ENTITY_RAIL] = &mib_rail_table,
	[ENTITY_POINT] = &mib_point_table,
	[ENTITY_SENSOR] = NULL,
};

bool
entity_has_alias(const struct entity *entity)
{
	return described_by[entity->kind];
}

static void
get_row(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	const void *row, struct mib_value *value)
{
	const struct entity *entity = row;

	mib_set_row(value, described_by[entity->kind], entity->number);
}

static const struct mib_column physical_columns[] = {
	{ 2, "entPhysicalDescr", MIB_OCTETS, false, get_description, 0 },
	{ 3, "entPhysicalVendorType", MIB_OBJECT_ID, false, get_vendor_type, 0 },
	{ 4, "entPhysicalContainedIn", MIB_INTEGER, false, mib_get_count, MEMBER(parent) },
	{ 5, "entPhysicalClass", MIB_INTEGER, false, mib_get_count, MEMBER(class) },
	{ 6, "entPhysicalParentRelPos", MIB_INTEGER, false, get_position, 0 },
	{ 7, "entPhysicalName", MIB_OCTETS, false, get_name, 0 },
	{ 8, "entPhysicalHardwareRev", MIB_OCTETS, false, get_text, ENTITY_TEXT_NONE },
	{ 9, "entPhysicalFirmwareRev", MIB_OCTETS, false, get_text, ENTITY_TEXT_FIRMWARE },
	{ 10, "entPhysicalSoftwareRev", MIB_OCTETS, false, get_text, ENTITY_TEXT_SOFTWARE },
	{ 11, "entPhysicalSerialNum", MIB_OCTETS, false, get_short_text, ENTITY_TEXT_SERIAL },
	{ 12, "entPhysicalMfgName", MIB_OCTETS, false, get_text, ENTITY_TEXT_VENDOR },
	{ 13, "entPhysicalModelName", MIB_OCTETS, false, get_text, ENTITY_TEXT_MODEL },
	{ 14, "entPhysicalAlias", MIB_OCTETS, false, get_short_text, ENTITY_TEXT_ALIAS },
	{ 15, "entPhysicalAssetID", MIB_OCTETS, false, get_text, ENTITY_TEXT_NONE },
	{ 16, "entPhysicalIsFRU", MIB_INTEGER, false, get_is_fru, 0 },
	{ 17, "entPhysicalMfgDate", MIB_OCTETS, false, get_no_date, 0 },
	{ 18, "entPhysicalUris", MIB_OCTETS, false, get_text, ENTITY_TEXT_NONE },
};

static const struct mib_column alias_columns[] = {
	{ 2, "entAliasMappingIdentifier", MIB_OBJECT_ID, false, get_row, 0 },
};

static const struct mib_column contains_columns[] = {
	{ 1, "entPhysicalChildIndex", MIB_INTEGER, false, mib_get_count, MEMBER(index) },
};

static const struct mib_column scalar_columns[] = {
	{ 1, "entLastChangeTime", MIB_TICKS, false, mib_get_stamp,
	  offsetof(struct entities, changed_mono_us) },
};

static size_t
count_all(const struct replica *replica)
{
	return replica->entities.count;
}

static const void *
at_all(const struct replica *replica, size_t position)
{
	return &replica->entities.all[position];
}

static void
index_of(const void *row, struct mib_index *ret)
{
	ret->length = 1;
	ret->sub[0] = ((const struct entity *) row)->index;
}

static size_t
count_aliases(const struct replica *replica)
{
	return replica->entities.aliases.count;
}

static const void *
at_alias(const struct replica *replica, size_t position)
{
	return &replica->entities.all[replica->entities.aliases.at[position]];
}

/* For every logical entity. */
static void
index_of_alias(const void *row, struct mib_index *ret)
{
	index_of(row, ret);
	ret->sub[ret->length++] = 0;
}

static size_t
count_children(const struct replica *replica)
{
	return replica->entities.children.count;
}

static const void *
at_child(const struct replica *replica, size_t position)
{
	return &replica->entities.all[replica->entities.children.at[position]];
}

static void
index_of_child(const void *row, struct mib_index *ret)
{
	const struct entity *entity = row;

	ret->length = 2;
	ret->sub[0] = entity->parent;
	ret->sub[1] = entity->index;
}

static const void *
find_scalar(const struct replica *replica, uint32_t row UNUSED)
{
	return &replica->entities;
}

static const struct mib_rows physical_rows = { count_all, at_all, index_of };
static const struct mib_rows alias_rows = { count_aliases, at_alias, index_of_alias };
static const struct mib_rows contains_rows = { count_children, at_child, index_of_child };

const struct mib_table mib_entity_physical_table = {
	.root = MIB_ENTITY,
	.prefix = { 1, 1, 1, 1 },
	.prefix_length = 4,
	.columns = physical_columns,
	.count = ARRAY_LEN(physical_columns),
	.rows = &physical_rows,
};

const struct mib_table mib_entity_alias_table = {
	.root = MIB_ENTITY,
	.prefix = { 1, 3, 2, 1 },
	.prefix_length = 4,
	.columns = alias_columns,
	.count = ARRAY_LEN(alias_columns),
	.rows = &alias_rows,
};

const struct mib_table mib_entity_contains_table = {
	.root = MIB_ENTITY,
	.prefix = { 1, 3, 3, 1 },
	.prefix_length = 4,
	.columns = contains_columns,
	.count = ARRAY_LEN(contains_columns),
	.rows = &contains_rows,
};

const struct mib_table mib_entity_scalars = {
	.root = MIB_ENTITY,
	.prefix = { 1, 4 },
	.prefix_length = 2,
	.columns = scalar_columns,
	.count = ARRAY_LEN(scalar_columns),
	.find = find_scalar,
};
