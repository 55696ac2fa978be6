/* What sensors measure. */
#include "lib/util.h"
#include "mibs/entity_private.h"

enum { STATUS_OK = 1, STATUS_UNAVAILABLE = 2, STATUS_NONOPERATIONAL = 3 };
enum { TRUTH_TRUE = 1, TRUTH_FALSE = 2 };

#define VALUE_MAX 1000000000 /* EntitySensorValue of RFC 3433 */

static bool
has_of_power(bool has_mv, bool has_ma, enum entity_quantity quantity)
{
	if (quantity == ENTITY_VOLTAGE)
		return has_mv;
	if (quantity == ENTITY_CURRENT)
		return has_ma;
	return quantity == ENTITY_POWER && has_mv && has_ma;
}

bool
entity_has_sensor(const struct replica *replica, const struct entity *entity,
		  enum entity_quantity quantity)
{
	if (entity->kind == ENTITY_SOURCE) {
		const struct replica_source *source = &replica->power.sources[entity->number];
		return has_of_power(source->measures_mv, source->measures_ma, quantity);
	}
	if (entity->kind == ENTITY_RAIL) {
		const struct replica_rail *rail = &replica->power.rails[entity->number];
		return has_of_power(rail->measures_mv, rail->measures_ma, quantity);
	}
	const struct replica_input *input = entity_input(replica, entity);
	return input && input->is_measured &&
	       (quantity == ENTITY_VOLTAGE || quantity == ENTITY_RESISTANCE);
}

static uint32_t
pick(enum entity_quantity quantity, uint32_t mv, uint32_t ma, uint32_t mw)
{
	if (quantity == ENTITY_VOLTAGE)
		return mv;
	return quantity == ENTITY_CURRENT ? ma : mw;
}

static int64_t
of_owner(const struct replica *replica, const struct entity *owner, enum entity_quantity quantity)
{
	if (owner->kind == ENTITY_SOURCE) {
		const struct replica_source *source = &replica->power.sources[owner->number];
		return pick(quantity, source->mv, source->ma, source->mw);
	}
	if (owner->kind == ENTITY_RAIL) {
		const struct replica_rail *rail = &replica->power.rails[owner->number];
		return pick(quantity, rail->mv, rail->ma, rail->mw);
	}
	const struct replica_input *input = entity_input(replica, owner);
	return quantity == ENTITY_VOLTAGE ? input->mv : input->ohms;
}

static int64_t
value_of(const struct replica *replica, const struct entity *sensor)
{
	const struct replica_power *power = &replica->power;

	switch (sensor->quantity) {
	case ENTITY_TEMPERATURE:
		return (int64_t) power->temperature_mc;
	case ENTITY_OPEN:
		return power->is_casing_open ? TRUTH_TRUE : TRUTH_FALSE;
	case ENTITY_MOVED:
		return power->is_moved ? TRUTH_TRUE : TRUTH_FALSE;
	default:
		return of_owner(replica, &replica->entities.next[sensor->owner], sensor->quantity);
	}
}

void
entity_measure(const struct replica *replica, struct entity *sensor)
{
	int64_t value = value_of(replica, sensor);

	sensor->value = (int32_t) MAX_OF(MIN_OF(value, VALUE_MAX), -VALUE_MAX);
	sensor->status = STATUS_OK;
	if (!entity_is_board_known(replica))
		sensor->status = STATUS_UNAVAILABLE;
	else if (sensor->point && replica->is_faulty[inventory_position(sensor->point)])
		sensor->status = STATUS_NONOPERATIONAL;
}
