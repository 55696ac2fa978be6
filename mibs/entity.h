/*
 * The physical entities of RFC 4133: the controller and everything in it and at it, made anew of
 * the replica whenever something has changed, in the order of their indexes. So a read is a search
 * by halves, and what has changed, and when, is known before anybody asks.
 *
 * An index is computed from what the entity is, and survives everything: docs/snmp.md.
 */
#ifndef MIBS_ENTITY_H
#define MIBS_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/inventory.h"

struct replica;

/* More than everything that the model can number; a test fills it up. */
#define ENTITIES_MAX 512

/* In the order of their indexes. */
enum entity_kind {
	ENTITY_CONTROLLER,
	ENTITY_DOOR,
	ENTITY_READER,
	ENTITY_MODULE,
	ENTITY_SOURCE,	  /* a supply, by cardeaSourceIndex */
	ENTITY_RAIL,	  /* a branch, by cardeaRailIndex */
	ENTITY_CONNECTOR, /* ENTITY_PLACE_STEP * place + terminal block */
	ENTITY_POINT,	  /* by cardeaPointIndex */
	ENTITY_SENSOR,	  /* a quantity of one of the others */
};

#define ENTITY_CONTROLLER_INDEX 1
/* Of a kind: this and the number within it. */
#define ENTITY_DOOR_BASE      1000
#define ENTITY_READER_BASE    2000
#define ENTITY_MODULE_BASE    3000
#define ENTITY_SOURCE_BASE    4000
#define ENTITY_RAIL_BASE      5000
#define ENTITY_CONNECTOR_BASE 6000
#define ENTITY_POINT_BASE     100000
#define ENTITY_PLACE_STEP     100
#define ENTITY_POINT_STEP     1000 /* cardeaPointIndex is a kind of points times this, and more */
/* Of a sensor: this times the quantity, and the index of what it measures. */
#define ENTITY_SENSOR_STEP 1000000

enum entity_quantity {
	ENTITY_NOTHING,
	ENTITY_VOLTAGE,
	ENTITY_CURRENT,
	ENTITY_POWER,
	ENTITY_RESISTANCE,
	/* The points that are sensors themselves. */
	ENTITY_TEMPERATURE,
	ENTITY_OPEN,
	ENTITY_MOVED,
};

/* PhysicalClass of RFC 4133. */
enum entity_class {
	ENTITY_CLASS_OTHER = 1,
	ENTITY_CLASS_CHASSIS = 3,
	ENTITY_CLASS_CONTAINER = 5,
	ENTITY_CLASS_POWER_SUPPLY = 6,
	ENTITY_CLASS_SENSOR = 8,
	ENTITY_CLASS_MODULE = 9,
	ENTITY_CLASS_PORT = 10,
};

/* By ENTITY-STATE-TC-MIB; alarm is the first octet of BITS. */
struct entity_state {
	unsigned char admin;
	unsigned char oper;
	unsigned char usage;
	unsigned char alarm;
	unsigned char standby;
};

struct entity {
	uint32_t index;
	uint32_t parent; /* an index; 0 for none */
	int32_t position;
	enum entity_kind kind;
	uint32_t number; /* within its kind */
	enum entity_class class;
	enum entity_quantity quantity;	   /* of a sensor */
	uint16_t owner;			   /* where in all what a sensor measures is */
	const struct inventory_row *point; /* of points and supplies */
	uint32_t identity;		   /* a checksum of what names and numbers it bears */
	/* Of what is no sensor of something else; alarms are those that stand against it. */
	unsigned char alarms;
	struct entity_state state;
	uint64_t changed_us;
	/* Of a sensor: its EntitySensorStatus, and when either was something else. */
	int32_t value;
	unsigned char status;
	uint64_t measured_mono_us;
};

/* Positions in all, in the order of a table. */
struct entity_list {
	size_t count;
	uint16_t at[ENTITIES_MAX];
};

struct entities {
	size_t count;
	struct entity all[ENTITIES_MAX];
	struct entity next[ENTITIES_MAX]; /* while they are made anew */
	struct entity_list children;	  /* by parent and index */
	struct entity_list sensors;
	struct entity_list states;
	struct entity_list aliases;
	/* When one came, went, or became another one, and how often that was. */
	uint64_t changed_mono_us;
	unsigned changes;
	/* Positions in the inventory. */
	uint8_t by_number[INVENTORY_ROWS]; /* by cardeaPointIndex */
	uint8_t by_connector[INVENTORY_ROWS];
};

void entities_init(struct entities *entities);
/* The replica is something else now. */
void entities_refresh(struct replica *replica, uint64_t now_mono_us, uint64_t now_wall_us);
/* NULL when there is none. */
const struct entity *entities_find(const struct entities *entities, uint32_t index);

#endif
