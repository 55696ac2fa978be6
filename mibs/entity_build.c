/* Which entities there are, and where: in the order of their indexes. */
#include <stdlib.h>

#include "lib/util.h"
#include "mibs/entity_private.h"

#define BLOCKS_MAX (ENTITY_PLACE_STEP - 1)

static bool
is_there(const struct replica *replica, const struct inventory_row *point)
{
	return point->is_fitted && !replica->is_absent[inventory_position(point)];
}

static void
add(struct replica *replica, struct entity entity)
{
	struct entities *entities = &replica->entities;

	if (entities->count < ENTITIES_MAX)
		entities->next[entities->count++] = entity;
}

uint32_t
entity_connector_of(const struct inventory_row *point)
{
	unsigned block = point->place == PLACE_NETWORK ? 1 : point->block;

	if (!block || block > BLOCKS_MAX)
		return ENTITY_CONTROLLER_INDEX;
	return ENTITY_CONNECTOR_BASE + ENTITY_PLACE_STEP * (unsigned) point->place + block;
}

static void
add_controller(struct replica *replica)
{
	add(replica, (struct entity){ .index = ENTITY_CONTROLLER_INDEX,
				      .position = -1,
				      .kind = ENTITY_CONTROLLER,
				      .class = ENTITY_CLASS_CHASSIS });
}

/* Of the doors that the inventory has; the model can number more. */
static bool
has_hardware(const struct replica *replica, unsigned door)
{
	bool is_listed = false;

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *point = inventory_at(i);
		if (point->door != door)
			continue;
		is_listed = true;
		if (point->kind != INV_GROUND && is_there(replica, point))
			return true;
	}
	return !is_listed;
}

static void
add_doors(struct replica *replica)
{
	for (uint32_t i = 1; i < ARRAY_LEN(replica->doors); i++)
		if (replica->doors[i].is_there && has_hardware(replica, i))
			add(replica, (struct entity){ .index = ENTITY_DOOR_BASE + i,
						      .parent = ENTITY_CONTROLLER_INDEX,
						      .position = (int32_t) i,
						      .kind = ENTITY_DOOR,
						      .number = i,
						      .class = ENTITY_CLASS_OTHER });
}

/* What is at a line: its address is its place there, as it is on the line itself. */
static void
add_device(struct replica *replica, struct entity device, uint32_t bus, uint32_t address)
{
	const struct inventory_row *point = inventory_of_kind(INV_BUS, bus);
	bool is_known = point && is_there(replica, point);

	device.parent = ENTITY_CONTROLLER_INDEX;
	device.position = -1;
	device.class = ENTITY_CLASS_MODULE;
	if (is_known) {
		device.parent = ENTITY_POINT_BASE + entity_point_number(point);
		device.position = (int32_t) address;
	}
	add(replica, device);
}

static void
add_devices(struct replica *replica)
{
	for (uint32_t i = 1; i < ARRAY_LEN(replica->readers); i++)
		if (replica->readers[i].is_there)
			add_device(replica,
				   (struct entity){ .index = ENTITY_READER_BASE + i,
						    .kind = ENTITY_READER,
						    .number = i },
				   replica->readers[i].bus, replica->readers[i].address);
	for (uint32_t i = 1; i < ARRAY_LEN(replica->modules); i++)
		if (replica->modules[i].is_there)
			add_device(replica,
				   (struct entity){ .index = ENTITY_MODULE_BASE + i,
						    .kind = ENTITY_MODULE,
						    .number = i },
				   replica->modules[i].bus, replica->modules[i].address);
}

static void
add_power(struct replica *replica)
{
	const struct replica_power *power = &replica->power;

	for (uint32_t i = 1; i < ARRAY_LEN(power->sources); i++) {
		const struct inventory_row *point = inventory_of_kind(INV_SUPPLY_IN, i);
		if (!power->sources[i].is_there || !point || !is_there(replica, point))
			continue;
		add(replica, (struct entity){ .index = ENTITY_SOURCE_BASE + i,
					      .parent = entity_connector_of(point),
					      .position = (int32_t) i,
					      .kind = ENTITY_SOURCE,
					      .number = i,
					      .class = ENTITY_CLASS_POWER_SUPPLY,
					      .point = point });
	}
	for (uint32_t i = 1; i < ARRAY_LEN(power->rails); i++)
		if (power->rails[i].is_there)
			add(replica, (struct entity){ .index = ENTITY_RAIL_BASE + i,
						      .parent = ENTITY_CONTROLLER_INDEX,
						      .position = (int32_t) i,
						      .kind = ENTITY_RAIL,
						      .number = i,
						      .class = ENTITY_CLASS_POWER_SUPPLY });
}

/* Terminals of ground are no reason for a connector. */
static bool
needs_connector(const struct replica *replica, const struct inventory_row *point)
{
	return point->kind != INV_GROUND && point->kind != INV_LED && point->kind != INV_JUMPER &&
	       is_there(replica, point) && entity_connector_of(point) != ENTITY_CONTROLLER_INDEX;
}

static void
add_connectors(struct replica *replica)
{
	uint32_t last = 0;

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *point = inventory_at(replica->entities.by_connector[i]);
		uint32_t index = entity_connector_of(point);
		uint32_t number = index - ENTITY_CONNECTOR_BASE;
		if (index == last || !needs_connector(replica, point))
			continue;
		last = index;
		add(replica, (struct entity){ .index = index,
					      .parent = ENTITY_CONTROLLER_INDEX,
					      .position = (int32_t) number,
					      .kind = ENTITY_CONNECTOR,
					      .number = number,
					      .class = point->place == PLACE_NETWORK
							       ? ENTITY_CLASS_PORT
							       : ENTITY_CLASS_CONTAINER });
	}
}

struct point_kind {
	bool is_entity;
	enum entity_class class;
	enum entity_quantity quantity;
};

/* Readers and supplies are entities themselves, and terminals and lights of others are none. */
static const struct point_kind point_kinds[] = {
	[INV_CONTACT] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_REX] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_INPUT] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_AUX_IO] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_TAMPER] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_ALARM] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_LOCK_RELAY] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_AUX_RELAY] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_RELAY] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_OUTPUT] = { true, ENTITY_CLASS_OTHER, 0 },
	[INV_BUS] = { true, ENTITY_CLASS_PORT, 0 },
	[INV_CASING] = { true, ENTITY_CLASS_SENSOR, ENTITY_OPEN },
	[INV_MOTION] = { true, ENTITY_CLASS_SENSOR, ENTITY_MOVED },
	[INV_TEMPERATURE] = { true, ENTITY_CLASS_SENSOR, ENTITY_TEMPERATURE },
	[INV_BUTTON] = { false, 0, 0 },
};

/* The first pin, as it is printed; inside there are none. */
static int32_t
position_of(const struct inventory_row *point)
{
	long pin = strtol(point->pins, NULL, 10);

	return pin > 0 ? (int32_t) pin : (int32_t) point->kind;
}

static void
add_points(struct replica *replica)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *point = inventory_at(replica->entities.by_number[i]);
		const struct point_kind *kind = &point_kinds[point->kind];
		if (!kind->is_entity || !is_there(replica, point))
			continue;
		add(replica,
		    (struct entity){ .index = ENTITY_POINT_BASE + entity_point_number(point),
				     .parent = entity_connector_of(point),
				     .position = position_of(point),
				     .kind = ENTITY_POINT,
				     .number = entity_point_number(point),
				     .class = kind->class,
				     .quantity = kind->quantity,
				     .point = point });
	}
}

static void
add_sensors(struct replica *replica)
{
	struct entities *entities = &replica->entities;
	size_t owners = entities->count;

	for (unsigned quantity = ENTITY_VOLTAGE; quantity <= ENTITY_RESISTANCE; quantity++) {
		for (size_t i = 0; i < owners; i++) {
			const struct entity *owner = &entities->next[i];
			if (!entity_has_sensor(replica, owner, quantity))
				continue;
			add(replica,
			    (struct entity){ .index = ENTITY_SENSOR_STEP * quantity + owner->index,
					     .parent = owner->index,
					     .position = (int32_t) quantity,
					     .kind = ENTITY_SENSOR,
					     .number = quantity,
					     .class = ENTITY_CLASS_SENSOR,
					     .quantity = quantity,
					     .owner = (uint16_t) i,
					     .point = owner->point });
		}
	}
}

void
entities_build(struct replica *replica)
{
	add_controller(replica);
	add_doors(replica);
	add_devices(replica);
	add_power(replica);
	add_connectors(replica);
	add_points(replica);
	add_sensors(replica);
}

static int
compare_points(const void *a, const void *b)
{
	uint32_t x = entity_point_number(inventory_at(*(const uint8_t *) a));
	uint32_t y = entity_point_number(inventory_at(*(const uint8_t *) b));

	return x < y ? -1 : x > y;
}

static int
compare_connectors(const void *a, const void *b)
{
	uint32_t x = entity_connector_of(inventory_at(*(const uint8_t *) a));
	uint32_t y = entity_connector_of(inventory_at(*(const uint8_t *) b));

	return x < y ? -1 : x > y;
}

void
entities_init(struct entities *entities)
{
	_Static_assert(INVENTORY_ROWS <= UINT8_MAX, "an octet is a position in the inventory");
	*entities = (struct entities){ 0 };
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		entities->by_number[i] = (uint8_t) i;
		entities->by_connector[i] = (uint8_t) i;
	}
	qsort(entities->by_number, INVENTORY_ROWS, sizeof(entities->by_number[0]), compare_points);
	qsort(entities->by_connector, INVENTORY_ROWS, sizeof(entities->by_connector[0]),
	      compare_connectors);
}
