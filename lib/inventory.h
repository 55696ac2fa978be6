/*
 * The inventory: everything that this controller has, one row a thing. Door role, MIB, REST, the
 * console's wiring help and the virtual board read these tables, and no other place knows a pin
 * or a rating.
 *
 * Everything is const. A rating of 0 means that there is none. Doors count from 1; door 0 is what
 * belongs to no door. The model numbers up to DOORS_MODEL doors, this board has DOORS of them.
 */
#ifndef LIB_INVENTORY_H
#define LIB_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers leave the process: append only. */
enum inventory_kind {
	INV_CONTACT = 1,
	INV_REX = 2,
	INV_INPUT = 3,
	INV_AUX_IO = 4, /* input or output, as configured */
	INV_TAMPER = 5,
	INV_ALARM = 6,
	INV_LOCK_RELAY = 7,
	INV_AUX_RELAY = 8,
	INV_RELAY = 9,
	INV_OUTPUT = 10, /* open drain */
	INV_BUS = 11,	 /* RS-485 */
	INV_READER = 12, /* a place for one on a bus */
	INV_SUPPLY_IN = 13,
	INV_SUPPLY_OUT = 14,
	INV_GROUND = 15,
	INV_JUMPER = 16,
	INV_CASING = 17,
	INV_MOTION = 18,
	INV_TEMPERATURE = 19,
	INV_LED = 20,
	INV_BUTTON = 21,
};

/* Where on the board: the numbers of the manual's product overview. */
enum inventory_place {
	PLACE_INSIDE = 0,
	PLACE_BUTTON = 1,
	PLACE_TAMPER_ALARM = 2,
	PLACE_LEDS = 3,
	PLACE_AUX = 4,
	PLACE_OUTPUT = 5,
	PLACE_INPUT = 6,
	PLACE_RELAY = 7,
	PLACE_DC_IN = 8,
	PLACE_RELAY_JUMPER = 9,
	PLACE_GROUNDING = 10,
	PLACE_NETWORK = 11,
	PLACE_DC_IN_DOORS = 12,
	PLACE_READER = 13,
	PLACE_DOOR = 14,
	PLACE_AUX_RELAY = 15,
	PLACE_DOOR_RELAY = 16,
};

/* What shares one limit. */
enum inventory_budget {
	BUDGET_NONE = 0,
	BUDGET_MAIN = 1,  /* all that PoE or DC IN feeds */
	BUDGET_DOORS = 2, /* all that DC IN DOOR 1-4 feeds */
	BUDGET_READERS = 3,
	BUDGET_DOOR_SENSORS = 4,
	BUDGET_INPUT_12V = 5,
	BUDGET_AUX_12V = 6,
	BUDGET_AUX_IO = 7, /* loads of AUX outputs that the internal 12 V feeds */
	BUDGET_DOOR_RELAYS = 8,
	BUDGET_RELAY = 9,
};
#define BUDGETS 10

/* Which supply powers the controller; a limit may depend on it. */
enum inventory_source {
	SOURCE_ANY = 0,
	SOURCE_POE = 1,
	SOURCE_POE_PLUS = 2,
	SOURCE_DC_IN = 3,
};

struct inventory_row {
	const char *id; /* "door1.contact": unique, the name of the point everywhere */
	enum inventory_kind kind;
	unsigned index; /* within its kind, from 1; with kind it is unique too */
	unsigned door;
	enum inventory_place place;
	unsigned block;	       /* which terminal block of its place; 0 for none */
	const char *pins;      /* "2,3,4"; "" for none */
	const char *functions; /* of the pins, as printed: "NO,COM,NC" */
	uint32_t max_mv;
	uint32_t max_ma;
	uint32_t max_mw;
	enum inventory_budget budget;
	bool is_supervisable;
	bool is_fitted; /* on this board; the model knows more */
	const char *label;
};

struct inventory_place_row {
	enum inventory_place place;
	const char *name; /* as printed on the board */
	const char *label;
	unsigned blocks;    /* terminal blocks */
	unsigned pins;	    /* of each */
	const char *wiring; /* what an installer has to know; "" for nothing */
};

struct inventory_limit {
	enum inventory_budget budget;
	enum inventory_source source;
	uint32_t rail_mv;
	uint32_t max_ma;
	uint32_t max_mw;
};

/* Rows of this board; their positions are below this. */
#define INVENTORY_ROWS 97

size_t inventory_count(void);
const struct inventory_row *inventory_at(size_t index);
/* The index of a row for inventory_at(). */
size_t inventory_position(const struct inventory_row *row);
/* NULL when there is nothing of this name. */
const struct inventory_row *inventory_find(const char *id);
/* The index-th of a kind, from 1; NULL when there are not as many. */
const struct inventory_row *inventory_of_kind(enum inventory_kind kind, unsigned index);

/* The inputs that can be supervised, numbered from 1 to INPUTS as objects and live state are. */
const struct inventory_row *inventory_input(unsigned number);
/* 0 when this is no such input. */
unsigned inventory_input_number(const struct inventory_row *row);

/* Relays and outputs but the locks', numbered from 1 to OUTPUTS likewise. */
const struct inventory_row *inventory_output(unsigned number);
unsigned inventory_output_number(const struct inventory_row *row);

const struct inventory_place_row *inventory_place(enum inventory_place place);
size_t inventory_place_count(void);

size_t inventory_limit_count(void);
const struct inventory_limit *inventory_limit_at(size_t index);
/* A limit for any source suits every one. NULL when there is none, as for 24 V of the readers. */
const struct inventory_limit *inventory_limit(enum inventory_budget budget,
					      enum inventory_source source, uint32_t rail_mv);
/* The stricter of current and power, as a current. */
uint32_t inventory_limit_ma(const struct inventory_limit *limit);

/* Names on the wire: "lock_relay", "door_relays", "poe_plus". */
const char *inventory_kind_name(enum inventory_kind kind);
const char *inventory_budget_name(enum inventory_budget budget);
/* BUDGET_NONE when there is no such budget. */
enum inventory_budget inventory_budget_find(const char *name);
const char *inventory_source_name(enum inventory_source source);

#endif
