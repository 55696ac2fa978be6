/*
 * Which supply powers the controller, as a pure state machine, and what happens before there is
 * too little of it. No clock, no hardware; the virtual board plays the same rules.
 *
 * The rules of the manual: with both there at the start PoE is used (1); PoE lost, DC IN takes
 * over without a restart (2); DC IN lost, the controller restarts on PoE (3); what comes later
 * changes nothing (4, 5). With nothing left it goes off, and whatever comes back is a start.
 */
#ifndef LIB_POWER_H
#define LIB_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/inventory.h"

enum power_phase { POWER_OFF, POWER_RUNNING, POWER_RESTARTING };

/* What is connected. */
struct power_supplies {
	enum inventory_source poe; /* SOURCE_POE, SOURCE_POE_PLUS, or SOURCE_ANY for none */
	bool has_dc_in;
	bool has_doors; /* DC IN DOOR 1-4: required, or locks and readers are dead */
};

struct power_state {
	enum power_phase phase;
	enum inventory_source source; /* SOURCE_ANY unless running */
	struct power_supplies there;
};

enum power_action {
	POWER_TELL_SOURCE = 1 << 0,	/* another supply than before */
	POWER_TELL_LOST = 1 << 1,	/* the last gasp: everything is about to go off */
	POWER_RESTART = 1 << 2,		/* the device restarts; POWER_INPUT_STARTED follows */
	POWER_TELL_DOORS_LOST = 1 << 3, /* raises an alarm */
	POWER_TELL_DOORS_BACK = 1 << 4, /* clears it */
};

enum power_input_kind {
	POWER_INPUT_POE,     /* comes, goes or is another class: poe */
	POWER_INPUT_DC_IN,   /* is_there */
	POWER_INPUT_DOORS,   /* is_there */
	POWER_INPUT_STARTED, /* after a restart */
};

struct power_input {
	enum power_input_kind kind;
	enum inventory_source poe;
	bool is_there;
};

/* The device gets power. Returns enum power_action bits, as power_step() does. */
unsigned power_start(struct power_state *state, const struct power_supplies *there);
unsigned power_step(struct power_state *state, const struct power_input *input);

/* "off", "running", "restarting". */
const char *power_phase_name(enum power_phase phase);

/*
 * Load of the present source: warns at 90 %, sheds one branch after the other when it stays above
 * 100 %, and brings them back one by one after a calm minute.
 */
struct power_load {
	bool is_warned;
	unsigned shed; /* how many branches of power_shed_order are off for it */
	uint64_t over_since_us;
	uint64_t calm_since_us;
};

enum power_load_action {
	POWER_LOAD_WARN = 1 << 0,    /* raises an alarm */
	POWER_LOAD_CLEAR = 1 << 1,   /* clears it */
	POWER_LOAD_SHED = 1 << 2,    /* switch off what power_load_branch() said before the call */
	POWER_LOAD_RESTORE = 1 << 3, /* switch on what power_load_branch() says after the call */
};

/* Time 0 stands for none. Returns enum power_load_action bits. */
unsigned power_load_step(enum inventory_source source, struct power_load *load, uint32_t used_mw,
			 uint64_t now_us);
/* The next to be shed; BUDGET_NONE when there is nothing left: doors are never shed. */
enum inventory_budget power_load_branch(const struct power_load *load);
/* What a source can give, in mW; 0 for none. */
uint32_t power_capacity_mw(enum inventory_source source);

#endif
