/* From what events and alarms are about to the entity. */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "mibs/entity_private.h"

static uint32_t
of_point(const struct inventory_row *point)
{
	switch (point->kind) {
	case INV_SUPPLY_IN:
		return ENTITY_SOURCE_BASE + point->index;
	case INV_READER:
		return ENTITY_READER_BASE + point->index;
	case INV_SUPPLY_OUT:
	case INV_GROUND:
	case INV_JUMPER:
	case INV_LED:
	case INV_BUTTON:
		return entity_connector_of(point);
	default:
		return ENTITY_POINT_BASE + entity_point_number(point);
	}
}

/* "door.3"; 0 when it is no number of this kind. */
static uint32_t
numbered(const char *source, const char *prefix, uint32_t base, uint32_t last)
{
	size_t length = strlen(prefix);
	char *end;

	if (strncmp(source, prefix, length) != 0)
		return 0;
	unsigned long number = strtoul(source + length, &end, 10);
	return *end || !number || number > last ? 0 : base + (uint32_t) number;
}

uint32_t
entity_index_of_source(const char *source)
{
	const struct inventory_row *point = inventory_find(source);
	uint32_t index = 0;

	if (point)
		return of_point(point);
	if (!strncmp(source, "rail.", 5))
		return ENTITY_RAIL_BASE + (uint32_t) inventory_budget_find(source + 5);
	index = numbered(source, "door.", ENTITY_DOOR_BASE, DOORS_MODEL);
	if (!index)
		index = numbered(source, "reader.", ENTITY_READER_BASE, REPLICA_READERS);
	if (!index)
		index = numbered(source, "module.", ENTITY_MODULE_BASE, MODULES);
	return index;
}

uint32_t
entity_of_source(const struct replica *replica, const char *source)
{
	uint32_t index = entity_index_of_source(source);

	return index && entities_find(&replica->entities, index) ? index : ENTITY_CONTROLLER_INDEX;
}
