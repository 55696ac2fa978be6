/* How entities do: ENTITY-STATE-TC-MIB's five states of each. */
#include "lib/util.h"
#include "mibs/entity_private.h"

enum { ADMIN_LOCKED = 2, ADMIN_UNLOCKED = 4 };
enum { OPER_UNKNOWN = 1, OPER_DISABLED = 2, OPER_ENABLED = 3 };
enum { USAGE_IDLE = 2, USAGE_ACTIVE = 3, USAGE_BUSY = 4 };
enum { STANDBY_UNKNOWN = 1, STANDBY_HOT = 2, STANDBY_SERVING = 4 };
/* BITS begin at the high end of the octet. */
enum { ALARM_UNKNOWN = 0x80 };

/* Values of CARDEA-MIB's enumerations that are judged here. */
enum { DOOR_FAULT = 4 };
enum { SUPPLY_PRESENT = 2, SUPPLY_ABSENT = 3 };
#define CONTROLLER_SUPPLIES 3 /* PoE, PoE+, DC IN; the others power doors */
enum { RAIL_UNKNOWN = 1, RAIL_GOOD = 2 };

bool
entity_is_board_known(const struct replica *replica)
{
	const struct replica_device *device = &replica->device;

	return device->is_current && device->is_control_online && device->is_board_online;
}

bool
entity_has_state(const struct entity *entity)
{
	return entity->kind != ENTITY_SENSOR;
}

unsigned char
entity_alarm_bit(unsigned char perceived)
{
	static const unsigned char bits[PERCEIVED_COUNT] = {
		[PERCEIVED_INDETERMINATE] = 0x02, [PERCEIVED_CRITICAL] = 0x20,
		[PERCEIVED_MAJOR] = 0x10,	  [PERCEIVED_MINOR] = 0x08,
		[PERCEIVED_WARNING] = 0x04,
	};

	return perceived < PERCEIVED_COUNT ? bits[perceived] : 0;
}

static void
judge_controller(const struct replica *replica, struct entity_state *state)
{
	const struct replica_device *device = &replica->device;

	state->usage = USAGE_ACTIVE;
	if (!device->is_control_online || !device->is_board_online)
		state->oper = OPER_DISABLED;
}

static void
judge_door(const struct replica_door *door, struct entity_state *state)
{
	if (door->lock == DOOR_FAULT)
		state->oper = OPER_DISABLED;
}

static void
judge_module(const struct replica_module *module, struct entity_state *state)
{
	if (!module->is_enabled)
		state->admin = ADMIN_LOCKED;
	if (!module->is_online)
		state->oper = module->is_enabled ? OPER_DISABLED : OPER_UNKNOWN;
}

/* power.source counts from none(1), supplies from PoE. */
static void
judge_source(const struct replica_power *power, uint32_t number, struct entity_state *state)
{
	unsigned present = power->sources[number].state;
	bool is_of_controller = number <= CONTROLLER_SUPPLIES;

	if (present != SUPPLY_PRESENT)
		state->oper = present == SUPPLY_ABSENT ? OPER_DISABLED : OPER_UNKNOWN;
	if (present != SUPPLY_PRESENT)
		state->standby = STANDBY_UNKNOWN;
	else if (is_of_controller && power->source != number + 1)
		state->standby = STANDBY_HOT;
}

static void
judge_rail(const struct replica_rail *rail, struct entity_state *state)
{
	if (rail->state == RAIL_UNKNOWN)
		state->oper = OPER_UNKNOWN;
	else if (rail->state != RAIL_GOOD)
		state->oper = OPER_DISABLED;
}

static bool
has_devices(const struct replica *replica, uint32_t bus)
{
	for (size_t i = 0; i < ARRAY_LEN(replica->readers); i++)
		if (replica->readers[i].is_there && replica->readers[i].bus == bus)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(replica->modules); i++)
		if (replica->modules[i].is_there && replica->modules[i].bus == bus)
			return true;
	return false;
}

static void
judge_point(const struct replica *replica, const struct entity *entity, struct entity_state *state)
{
	const struct replica_input *input = entity_input(replica, entity);

	if (entity->point->kind == INV_BUS)
		state->usage =
			has_devices(replica, entity->point->index) ? USAGE_ACTIVE : USAGE_IDLE;
	if (replica->is_faulty[inventory_position(entity->point)] || (input && input->is_faulty))
		state->oper = OPER_DISABLED;
}

static void
judge(const struct replica *replica, const struct entity *entity, struct entity_state *state)
{
	switch (entity->kind) {
	case ENTITY_DOOR:
		judge_door(&replica->doors[entity->number], state);
		return;
	case ENTITY_READER:
		if (!replica->readers[entity->number].is_online)
			state->oper = OPER_DISABLED;
		return;
	case ENTITY_MODULE:
		judge_module(&replica->modules[entity->number], state);
		return;
	case ENTITY_SOURCE:
		judge_source(&replica->power, entity->number, state);
		return;
	case ENTITY_RAIL:
		judge_rail(&replica->power.rails[entity->number], state);
		return;
	case ENTITY_POINT:
		judge_point(replica, entity, state);
		return;
	default:
		return;
	}
}

struct entity_state
entity_state(const struct replica *replica, const struct entity *entity)
{
	/* What can contain nothing is busy, and what cannot stand by serves: RFC 4268. */
	struct entity_state state = { .admin = ADMIN_UNLOCKED,
				      .oper = OPER_ENABLED,
				      .usage = USAGE_BUSY,
				      .standby = STANDBY_SERVING };
	bool is_controller = entity->kind == ENTITY_CONTROLLER;

	if (is_controller)
		judge_controller(replica, &state);
	else
		judge(replica, entity, &state);
	/* What was true when somebody was last heard of is not known to be true now. */
	if (!(is_controller ? replica->device.is_current : entity_is_board_known(replica)))
		state.oper = OPER_UNKNOWN;
	state.alarm = replica->device.is_current ? entity->alarms : ALARM_UNKNOWN;
	return state;
}
