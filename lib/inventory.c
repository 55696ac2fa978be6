#include "lib/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "lib/model.h"
#include "lib/util.h"

#define V12 12000
#define V30 30000
#define POE 57000

/* Rows are sorted by id. */
#define ROW(id_, kind_, index_, door_, place_, block_, pins_, functions_, ...)             \
	{                                                                                  \
		.id = id_, .kind = kind_, .index = index_, .door = door_, .place = place_, \
		.block = block_, .pins = pins_, .functions = functions_, __VA_ARGS__       \
	}
#define RATED(mv, ma, mw) .is_fitted = true, .max_mv = mv, .max_ma = ma, .max_mw = mw
#define GROUND(id, index, door, place, block, pins, functions)                          \
	ROW(id, INV_GROUND, index, door, place, block, pins, functions, RATED(0, 0, 0), \
	    .label = "DC ground")
#define SUPPLY(id, index, door, place, pin, ma, budget_, label_)                   \
	ROW(id, INV_SUPPLY_OUT, index, door, place, door ? door : 1, pin, "+12 V", \
	    RATED(V12, ma, 0), .budget = budget_, .label = label_)
#define SWITCH(id, kind, index, door, place, block, pin, function, label_)        \
	ROW(id, kind, index, door, place, block, pin, function, RATED(V30, 0, 0), \
	    .is_supervisable = true, .label = label_)
#define LED(id, index, door, function, label_) \
	ROW(id, INV_LED, index, door, PLACE_LEDS, 0, "", function, RATED(0, 0, 0), .label = label_)
#define INSIDE(id, kind, place, label_) \
	ROW(id, kind, 1, 0, place, 0, "", "", RATED(0, 0, 0), .label = label_)

/* Of the board come before: grounds 1-6, supplies out 1-2, LEDs 1-8, each door's follow. */
#define DOOR(n)                                                                                 \
	SUPPLY("door" #n ".12v", 2 + n, n, PLACE_DOOR, "5", 400, BUDGET_DOOR_SENSORS,           \
	       "Supply of door sensors"),                                                       \
		ROW("door" #n ".aux", INV_AUX_RELAY, n, n, PLACE_AUX_RELAY, n, "1,2,3",         \
		    "NO,COM,NC", RATED(V30, 2000, 0), .label = "AUX relay"),                    \
		LED("door" #n ".aux_led", 8 + 2 * n, n, "AUX RELAY", "AUX relay is active"),    \
		ROW("door" #n ".bus", INV_BUS, n, n, PLACE_READER, n, "3,4", "A,B",             \
		    RATED(0, 0, 0), .label = "Reader bus RS-485, half duplex"),                 \
		SUPPLY("door" #n ".bus_12v", 6 + n, n, PLACE_READER, "2", 2000, BUDGET_READERS, \
		       "Supply of readers"),                                                    \
		GROUND("door" #n ".bus_gnd", 6 + n, n, PLACE_READER, n, "1", "GND"),            \
		SWITCH("door" #n ".contact", INV_CONTACT, n, n, PLACE_DOOR, n, "2", "IN 1",     \
		       "Door contact"),                                                         \
		GROUND("door" #n ".gnd", 10 + n, n, PLACE_DOOR, n, "1,3", "GND,GND"),           \
		ROW("door" #n ".lock", INV_LOCK_RELAY, n, n, PLACE_DOOR_RELAY, n, "2,3,4",      \
		    "NO,COM,NC", RATED(V30, 4000, 0), .budget = BUDGET_DOOR_RELAYS,             \
		    .label = "Lock relay"),                                                     \
		GROUND("door" #n ".lock_gnd", 14 + n, n, PLACE_DOOR_RELAY, n, "1", "GND"),      \
		LED("door" #n ".lock_led", 7 + 2 * n, n, "RELAY", "Lock relay is active"),      \
		ROW("door" #n ".reader1", INV_READER, 2 * n - 1, n, PLACE_READER, n, "", "",    \
		    RATED(V12, 0, 0), .budget = BUDGET_READERS, .label = "First reader"),       \
		ROW("door" #n ".reader2", INV_READER, 2 * n, n, PLACE_READER, n, "", "",        \
		    RATED(V12, 0, 0), .budget = BUDGET_READERS,                                 \
		    .label = "Second reader, multi-drop"),                                      \
		SWITCH("door" #n ".rex", INV_REX, n, n, PLACE_DOOR, n, "4", "IN 2",             \
		       "Request to exit")

static const struct inventory_row rows[] = {
	SWITCH("alarm", INV_ALARM, 1, 0, PLACE_TAMPER_ALARM, 2, "2", "ALARM", "Alarm input"),
	GROUND("alarm.gnd", 1, 0, PLACE_TAMPER_ALARM, 2, "1", "GND"),
	SUPPLY("aux.12v", 1, 0, PLACE_AUX, "2", 250, BUDGET_AUX_12V, "Supply of AUX devices"),
	GROUND("aux.gnd", 2, 0, PLACE_AUX, 1, "1", "GND"),
	ROW("aux1", INV_AUX_IO, 1, 0, PLACE_AUX, 1, "3", "I/O 1", RATED(V30, 100, 0),
	    .budget = BUDGET_AUX_IO, .is_supervisable = true, .label = "AUX input or output 1"),
	ROW("aux2", INV_AUX_IO, 2, 0, PLACE_AUX, 1, "4", "I/O 2", RATED(V30, 100, 0),
	    .budget = BUDGET_AUX_IO, .is_supervisable = true, .label = "AUX input or output 2"),
	INSIDE("button", INV_BUTTON, PLACE_BUTTON, "Control button"),
	INSIDE("casing", INV_CASING, PLACE_INSIDE, "Casing is open"),
	ROW("dc_in", INV_SUPPLY_IN, 3, 0, PLACE_DC_IN, 1, "2", "DC IN", RATED(V12, 3000, 36000),
	    .budget = BUDGET_MAIN, .label = "DC IN"),
	GROUND("dc_in.gnd", 3, 0, PLACE_DC_IN, 1, "1", "GND"),
	DOOR(1),
	DOOR(2),
	DOOR(3),
	DOOR(4),
	ROW("doors1_4.dc_in", INV_SUPPLY_IN, 4, 0, PLACE_DC_IN_DOORS, 1, "2", "DC IN",
	    RATED(V12, 8000, 96000), .budget = BUDGET_DOORS, .label = "DC IN DOOR 1-4, required"),
	GROUND("doors1_4.dc_in_gnd", 19, 0, PLACE_DC_IN_DOORS, 1, "1", "GND"),
	ROW("doors1_4.jumper", INV_JUMPER, 2, 0, PLACE_RELAY_JUMPER, 0, "", "none,12 V,24 V",
	    RATED(0, 0, 46000), .budget = BUDGET_DOOR_RELAYS,
	    .label = "Power of COM of the door relays"),
	LED("doors1_4.led_oc_reader", 5, 0, "OC READER", "Fault of a reader port's supply"),
	LED("doors1_4.led_oc_relay", 6, 0, "OC RELAY", "Fault of a relay port's supply"),
	LED("doors1_4.led_pwr", 7, 0, "PWR", "Power of the door part"),
	LED("doors1_4.led_stat", 8, 0, "STAT", "State of the door part"),
	ROW("doors5_8.dc_in", INV_SUPPLY_IN, 5, 0, PLACE_DC_IN_DOORS, 2, "2", "DC IN",
	    .max_mv = V12, .max_ma = 8000, .max_mw = 96000, .budget = BUDGET_DOORS,
	    .label = "DC IN DOOR 5-8"),
	ROW("ground", INV_GROUND, 4, 0, PLACE_GROUNDING, 0, "", "", RATED(0, 0, 0),
	    .label = "Grounding position"),
	SUPPLY("input.12v", 2, 0, PLACE_INPUT, "8", 190, BUDGET_INPUT_12V, "Supply of inputs"),
	GROUND("input.gnd", 5, 0, PLACE_INPUT, 1, "1,3,5,7", "GND,GND,GND,GND"),
	SWITCH("input1", INV_INPUT, 1, 0, PLACE_INPUT, 1, "2", "IN 1", "Input 1"),
	SWITCH("input2", INV_INPUT, 2, 0, PLACE_INPUT, 1, "4", "IN 2", "Input 2"),
	SWITCH("input3", INV_INPUT, 3, 0, PLACE_INPUT, 1, "6", "IN 3", "Input 3"),
	LED("led.net", 2, 0, "NET", "Network"),
	LED("led.pwr", 3, 0, "PWR", "Power"),
	LED("led.relay", 4, 0, "RELAY", "Relay is active"),
	LED("led.stat", 1, 0, "STAT", "Status"),
	INSIDE("motion", INV_MOTION, PLACE_INSIDE, "The controller is moved"),
	GROUND("output.gnd", 6, 0, PLACE_OUTPUT, 1, "1", "GND"),
	ROW("output1", INV_OUTPUT, 1, 0, PLACE_OUTPUT, 1, "2", "OUT 1", RATED(V30, 100, 0),
	    .label = "Output 1, open drain"),
	ROW("output2", INV_OUTPUT, 2, 0, PLACE_OUTPUT, 1, "3", "OUT 2", RATED(V30, 100, 0),
	    .label = "Output 2, open drain"),
	ROW("output3", INV_OUTPUT, 3, 0, PLACE_OUTPUT, 1, "4", "OUT 3", RATED(V30, 100, 0),
	    .label = "Output 3, open drain"),
	ROW("poe", INV_SUPPLY_IN, 1, 0, PLACE_NETWORK, 0, "", "", RATED(POE, 0, 15400),
	    .budget = BUDGET_MAIN, .label = "PoE, 802.3af/at type 1 class 3"),
	ROW("poe_plus", INV_SUPPLY_IN, 2, 0, PLACE_NETWORK, 0, "", "", RATED(POE, 0, 30000),
	    .budget = BUDGET_MAIN, .label = "PoE+, 802.3at type 2 class 4"),
	ROW("relay", INV_RELAY, 1, 0, PLACE_RELAY, 1, "2,3,4", "NO,COM,NC", RATED(V30, 2000, 0),
	    .budget = BUDGET_RELAY, .label = "Relay"),
	GROUND("relay.gnd", 20, 0, PLACE_RELAY, 1, "1", "GND"),
	ROW("relay.jumper", INV_JUMPER, 1, 0, PLACE_RELAY_JUMPER, 0, "", "none,12 V,24 V",
	    RATED(0, 0, 0), .budget = BUDGET_RELAY, .label = "Power of COM of the relay"),
	SWITCH("tamper", INV_TAMPER, 1, 0, PLACE_TAMPER_ALARM, 1, "2", "TAMPER", "External tamper"),
	GROUND("tamper.gnd", 21, 0, PLACE_TAMPER_ALARM, 1, "1", "GND"),
	INSIDE("temperature", INV_TEMPERATURE, PLACE_INSIDE, "Core temperature"),
};

_Static_assert(DOORS == 4, "a board with more doors has more rows");
_Static_assert(ARRAY_LEN(rows) == INVENTORY_ROWS, "the header counts the rows");

#define RELAY_WIRING                                                                              \
	"Fail-secure lock: NO and GND. Fail-safe lock: NC and GND. A lock that is not polarized " \
	"needs a flyback diode. "

/* Indexed by place. */
static const struct inventory_place_row places[] = {
	{ PLACE_INSIDE, "", "Inside", 0, 0, "" },
	{ PLACE_BUTTON, "CONTROL", "Control button", 0, 0, "" },
	{ PLACE_TAMPER_ALARM, "TAMPER/ALARM", "Tamper/alarm connector", 2, 2,
	  "For glass break and fire detectors. Connect to pin 1 to activate. Not evaluated by UL "
	  "for "
	  "burglar or fire alarm use." },
	{ PLACE_LEDS, "", "LEDs", 0, 0, "" },
	{ PLACE_AUX, "AUX", "Auxiliary connector", 1, 4,
	  "For motion detectors, triggers of events and alarm notifications. Connect to pin 1 to "
	  "activate. As output it sinks to ground when active and floats when not; with the "
	  "internal "
	  "12 V: 50 mA for both; with a supply of its own: 100 mA each. An inductive load needs a "
	  "diode in parallel." },
	{ PLACE_OUTPUT, "OUTPUT", "Output connector", 1, 4,
	  "For relays and LEDs. Open drain: sinks to ground when active." },
	{ PLACE_INPUT, "INPUT", "Input connector", 1, 8,
	  "For motion detectors, door and window contacts and glass break detectors. Connect to "
	  "ground to activate; what is not connected is open." },
	{ PLACE_RELAY, "RELAY", "Relay connector", 1, 4,
	  RELAY_WIRING "Galvanically separated unless the jumper is fitted." },
	{ PLACE_DC_IN, "DC IN", "Power connector DC IN", 1, 2,
	  "Optional: PoE can power the controller instead. Power in only. UL 294, 603 or 2610 "
	  "listed supply." },
	{ PLACE_RELAY_JUMPER, "JUMPER", "Relay jumper", 0, 0,
	  "Fitted, it puts 12 V or 24 V on COM: the lock goes between NO or NC and ground." },
	{ PLACE_GROUNDING, "GND", "Grounding position", 0, 0, "" },
	{ PLACE_NETWORK, "NET", "Network connector RJ45", 0, 0,
	  "PoE: 802.3af/at type 1 class 3, 15.4 W. PoE+: 802.3at type 2 class 4, 30 W. For UL: a "
	  "power limited injector or midspan of 44-57 V and of 15.4 W or 30 W." },
	{ PLACE_DC_IN_DOORS, "DC IN DOOR 1-4", "Power connector DC IN DOOR 1-4", 1, 2,
	  "Required. Power in only. UL 294, 603 or 2610 listed supply." },
	{ PLACE_READER, "READER", "Reader connector", 4, 4,
	  "One reader, or two in multi-drop. A Wiegand reader needs a converter to OSDP. 2 A for "
	  "the "
	  "readers of all four. Up to 200 m of AWG 22-14 when the controller powers "
	  "the reader, else up to 1000 m of one twisted pair AWG 26-14." },
	{ PLACE_DOOR, "DOOR", "Door connector", 4, 5,
	  "Connect to pin 1 or 3 to activate. Up to 200 m of AWG 24-14." },
	{ PLACE_AUX_RELAY, "AUX RELAY", "AUX relay connector", 4, 3,
	  RELAY_WIRING "Galvanically separated." },
	{ PLACE_DOOR_RELAY, "DOOR RELAY", "Door relay connector", 4, 4,
	  RELAY_WIRING "Galvanically separated unless the jumper is fitted." },
};

/* "Max power" in the manual's tables of relay jumpers heads currents. */
static const struct inventory_limit limits[] = {
	{ BUDGET_MAIN, SOURCE_POE, 48000, 0, 15400 },
	{ BUDGET_MAIN, SOURCE_POE_PLUS, 48000, 0, 30000 },
	{ BUDGET_MAIN, SOURCE_DC_IN, V12, 0, 36000 },
	{ BUDGET_DOORS, SOURCE_ANY, V12, 0, 96000 },
	{ BUDGET_READERS, SOURCE_ANY, V12, 2000, 0 },
	{ BUDGET_DOOR_SENSORS, SOURCE_ANY, V12, 400, 0 },
	{ BUDGET_INPUT_12V, SOURCE_ANY, V12, 190, 0 },
	{ BUDGET_AUX_12V, SOURCE_ANY, V12, 250, 0 },
	{ BUDGET_AUX_IO, SOURCE_ANY, V12, 50, 0 },
	{ BUDGET_DOOR_RELAYS, SOURCE_ANY, V12, 3800, 46000 },
	{ BUDGET_DOOR_RELAYS, SOURCE_ANY, 24000, 1500, 46000 },
	{ BUDGET_RELAY, SOURCE_POE, V12, 150, 0 },
	{ BUDGET_RELAY, SOURCE_POE, 24000, 50, 0 },
	{ BUDGET_RELAY, SOURCE_POE_PLUS, V12, 920, 0 },
	{ BUDGET_RELAY, SOURCE_POE_PLUS, 24000, 420, 0 },
	{ BUDGET_RELAY, SOURCE_DC_IN, V12, 1900, 0 },
	{ BUDGET_RELAY, SOURCE_DC_IN, 24000, 1000, 0 },
};

size_t
inventory_count(void)
{
	return ARRAY_LEN(rows);
}

const struct inventory_row *
inventory_at(size_t index)
{
	return index < ARRAY_LEN(rows) ? &rows[index] : NULL;
}

size_t
inventory_position(const struct inventory_row *row)
{
	return (size_t) (row - rows);
}

static int
compare_id(const void *id, const void *row)
{
	return strcmp(id, ((const struct inventory_row *) row)->id);
}

const struct inventory_row *
inventory_find(const char *id)
{
	return bsearch(id, rows, ARRAY_LEN(rows), sizeof(rows[0]), compare_id);
}

const struct inventory_row *
inventory_of_kind(enum inventory_kind kind, unsigned index)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].kind == kind && rows[i].index == index)
			return &rows[i];
	return NULL;
}

struct numbered_kind {
	enum inventory_kind kind;
	unsigned count;
};

/* In the order of their numbers, which are for ever: new kinds go to the end. */
static const struct numbered_kind input_kinds[] = {
	{ INV_INPUT, 3 },	{ INV_TAMPER, 1 },  { INV_ALARM, 1 },
	{ INV_CONTACT, DOORS }, { INV_REX, DOORS }, { INV_AUX_IO, 2 },
};
static const struct numbered_kind output_kinds[] = {
	{ INV_RELAY, 1 },
	{ INV_OUTPUT, 3 },
	{ INV_AUX_RELAY, DOORS },
	{ INV_AUX_IO, 2 },
};

static const struct inventory_row *
row_of(const struct numbered_kind *kinds, size_t count, unsigned number)
{
	for (size_t i = 0; i < count; i++) {
		if (number <= kinds[i].count)
			return inventory_of_kind(kinds[i].kind, number);
		number -= kinds[i].count;
	}
	return NULL;
}

static unsigned
number_of(const struct numbered_kind *kinds, size_t count, const struct inventory_row *row)
{
	unsigned number = 0;

	for (size_t i = 0; i < count; i++) {
		if (row->kind == kinds[i].kind)
			return number + row->index;
		number += kinds[i].count;
	}
	return 0;
}

const struct inventory_row *
inventory_input(unsigned number)
{
	return row_of(input_kinds, ARRAY_LEN(input_kinds), number);
}

unsigned
inventory_input_number(const struct inventory_row *row)
{
	return number_of(input_kinds, ARRAY_LEN(input_kinds), row);
}

const struct inventory_row *
inventory_output(unsigned number)
{
	return row_of(output_kinds, ARRAY_LEN(output_kinds), number);
}

unsigned
inventory_output_number(const struct inventory_row *row)
{
	return number_of(output_kinds, ARRAY_LEN(output_kinds), row);
}

size_t
inventory_place_count(void)
{
	return ARRAY_LEN(places);
}

const struct inventory_place_row *
inventory_place(enum inventory_place place)
{
	return (size_t) place < ARRAY_LEN(places) ? &places[place] : NULL;
}

size_t
inventory_limit_count(void)
{
	return ARRAY_LEN(limits);
}

const struct inventory_limit *
inventory_limit_at(size_t index)
{
	return index < ARRAY_LEN(limits) ? &limits[index] : NULL;
}

const struct inventory_limit *
inventory_limit(enum inventory_budget budget, enum inventory_source source, uint32_t rail_mv)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		if (limits[i].budget == budget && limits[i].rail_mv == rail_mv &&
		    (limits[i].source == SOURCE_ANY || limits[i].source == source))
			return &limits[i];
	return NULL;
}

uint32_t
inventory_limit_ma(const struct inventory_limit *limit)
{
	uint32_t by_power_ma = limit->max_mw ? limit->max_mw * 1000 / limit->rail_mv : UINT32_MAX;

	return limit->max_ma ? MIN_OF(limit->max_ma, by_power_ma) : by_power_ma;
}

const char *
inventory_kind_name(enum inventory_kind kind)
{
	static const char *const names[] = {
		[INV_CONTACT] = "contact",
		[INV_REX] = "rex",
		[INV_INPUT] = "input",
		[INV_AUX_IO] = "aux_io",
		[INV_TAMPER] = "tamper",
		[INV_ALARM] = "alarm",
		[INV_LOCK_RELAY] = "lock_relay",
		[INV_AUX_RELAY] = "aux_relay",
		[INV_RELAY] = "relay",
		[INV_OUTPUT] = "output",
		[INV_BUS] = "bus",
		[INV_READER] = "reader",
		[INV_SUPPLY_IN] = "supply_in",
		[INV_SUPPLY_OUT] = "supply_out",
		[INV_GROUND] = "ground",
		[INV_JUMPER] = "jumper",
		[INV_CASING] = "casing",
		[INV_MOTION] = "motion",
		[INV_TEMPERATURE] = "temperature",
		[INV_LED] = "led",
		[INV_BUTTON] = "button",
	};
	return names[kind];
}

static const char *const budget_names[] = {
	[BUDGET_NONE] = "none",
	[BUDGET_MAIN] = "main",
	[BUDGET_DOORS] = "doors",
	[BUDGET_READERS] = "readers",
	[BUDGET_DOOR_SENSORS] = "door_sensors",
	[BUDGET_INPUT_12V] = "input_12v",
	[BUDGET_AUX_12V] = "aux_12v",
	[BUDGET_AUX_IO] = "aux_io",
	[BUDGET_DOOR_RELAYS] = "door_relays",
	[BUDGET_RELAY] = "relay",
};

const char *
inventory_budget_name(enum inventory_budget budget)
{
	return budget_names[budget];
}

enum inventory_budget
inventory_budget_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(budget_names); i++)
		if (!strcmp(budget_names[i], name))
			return (enum inventory_budget) i;
	return BUDGET_NONE;
}

const char *
inventory_source_name(enum inventory_source source)
{
	static const char *const names[] = {
		[SOURCE_ANY] = "any",
		[SOURCE_POE] = "poe",
		[SOURCE_POE_PLUS] = "poe_plus",
		[SOURCE_DC_IN] = "dc_in",
	};
	return names[source];
}
