/* What entities are called, and what they say of themselves. */
#include <string.h>

#include "lib/util.h"
#include "mibs/entity_private.h"

const struct replica_input *
entity_input(const struct replica *replica, const struct entity *entity)
{
	unsigned number = entity->kind == ENTITY_POINT ? inventory_input_number(entity->point) : 0;

	return replica->inputs[number].is_there ? &replica->inputs[number] : NULL;
}

const struct replica_output *
entity_output(const struct replica *replica, const struct entity *entity)
{
	unsigned number = entity->kind == ENTITY_POINT ? inventory_output_number(entity->point) : 0;

	return replica->outputs[number].is_there ? &replica->outputs[number] : NULL;
}

uint32_t
entity_point_number(const struct inventory_row *point)
{
	return (uint32_t) point->kind * ENTITY_POINT_STEP + point->index;
}

static const char *
door_text(const struct replica_door *door, enum entity_text which)
{
	return which == ENTITY_TEXT_ALIAS ? door->name : "";
}

static const char *
reader_text(const struct replica_reader *reader, enum entity_text which)
{
	switch (which) {
	case ENTITY_TEXT_ALIAS:
		return reader->name;
	case ENTITY_TEXT_FIRMWARE:
		return reader->firmware;
	case ENTITY_TEXT_SERIAL:
		return reader->serial;
	case ENTITY_TEXT_VENDOR:
		return reader->vendor;
	case ENTITY_TEXT_MODEL:
		return reader->model;
	default:
		return "";
	}
}

static const char *
module_text(const struct replica_module *module, enum entity_text which)
{
	switch (which) {
	case ENTITY_TEXT_ALIAS:
		return module->name;
	case ENTITY_TEXT_FIRMWARE:
		return module->firmware;
	case ENTITY_TEXT_SERIAL:
		return module->serial;
	case ENTITY_TEXT_VENDOR:
		return module->vendor;
	default:
		return "";
	}
}

static const char *
controller_text(const struct replica_device *device, enum entity_text which)
{
	switch (which) {
	case ENTITY_TEXT_ALIAS:
		return device->name;
	case ENTITY_TEXT_SOFTWARE:
		return device->version;
	case ENTITY_TEXT_MODEL:
		return device->board;
	default:
		return "";
	}
}

/* Inputs and outputs are called what their objects are. */
static const char *
point_text(const struct replica *replica, const struct entity *entity, enum entity_text which)
{
	const struct replica_input *input = entity_input(replica, entity);
	const struct replica_output *output = entity_output(replica, entity);

	if (which != ENTITY_TEXT_ALIAS)
		return "";
	if (output)
		return output->name;
	return input ? input->name : "";
}

const char *
entity_text(const struct replica *replica, const struct entity *entity, enum entity_text which)
{
	switch (entity->kind) {
	case ENTITY_CONTROLLER:
		return controller_text(&replica->device, which);
	case ENTITY_DOOR:
		return door_text(&replica->doors[entity->number], which);
	case ENTITY_READER:
		return reader_text(&replica->readers[entity->number], which);
	case ENTITY_MODULE:
		return module_text(&replica->modules[entity->number], which);
	case ENTITY_POINT:
		return point_text(replica, entity, which);
	default:
		return "";
	}
}

static void
connector_name(const struct entity *entity, char *to, size_t size)
{
	const struct inventory_place_row *place =
		inventory_place((enum inventory_place)(entity->number / ENTITY_PLACE_STEP));
	unsigned block = entity->number % ENTITY_PLACE_STEP;

	if (place->blocks > 1)
		(void) snprintf(to, size, "%s %u", place->name, block);
	else
		(void) copy_string(to, size, place->name);
}

static const char *
quantity_name(enum entity_quantity quantity)
{
	static const char *const names[] = {
		[ENTITY_NOTHING] = "",
		[ENTITY_VOLTAGE] = "voltage",
		[ENTITY_CURRENT] = "current",
		[ENTITY_POWER] = "power",
		[ENTITY_RESISTANCE] = "resistance",
		[ENTITY_TEMPERATURE] = "temperature",
		[ENTITY_OPEN] = "casing",
		[ENTITY_MOVED] = "motion",
	};
	return names[quantity];
}

static const struct entity *
owner_of(const struct replica *replica, const struct entity *sensor)
{
	return &replica->entities.all[sensor->owner];
}

/* The name of what events and commands are about, as far as there is one. */
static void
plain_name(const struct entity *entity, char *to, size_t size)
{
	switch (entity->kind) {
	case ENTITY_CONTROLLER:
		(void) copy_string(to, size, "controller");
		return;
	case ENTITY_DOOR:
		(void) snprintf(to, size, "door.%u", entity->number);
		return;
	case ENTITY_READER:
		(void) snprintf(to, size, "reader.%u", entity->number);
		return;
	case ENTITY_MODULE:
		(void) snprintf(to, size, "module.%u", entity->number);
		return;
	case ENTITY_RAIL:
		(void) snprintf(to, size, "rail.%s",
				inventory_budget_name((enum inventory_budget) entity->number));
		return;
	case ENTITY_CONNECTOR:
		connector_name(entity, to, size);
		return;
	default:
		(void) copy_string(to, size, entity->point->id);
	}
}

void
entity_name(const struct replica *replica, const struct entity *entity, char *to, size_t size)
{
	if (entity->kind != ENTITY_SENSOR) {
		plain_name(entity, to, size);
		return;
	}
	plain_name(owner_of(replica, entity), to, size);
	size_t used = strlen(to);
	(void) snprintf(to + used, size - used, " %s", quantity_name(entity->quantity));
}

static const char *
plain_description(const struct replica *replica, const struct entity *entity)
{
	switch (entity->kind) {
	case ENTITY_CONTROLLER:
		return "Cardea network door controller";
	case ENTITY_DOOR:
		return "Door";
	case ENTITY_READER:
		return "Reader";
	case ENTITY_MODULE:
		return "Expansion module";
	case ENTITY_RAIL:
		return replica->power.rails[entity->number].name;
	case ENTITY_CONNECTOR:
		return inventory_place((enum inventory_place)(entity->number / ENTITY_PLACE_STEP))
			->label;
	default:
		return entity->point->label;
	}
}

void
entity_description(const struct replica *replica, const struct entity *entity, char *to,
		   size_t size)
{
	const char *text = plain_description(
		replica, entity->kind == ENTITY_SENSOR ? owner_of(replica, entity) : entity);

	if (entity->kind == ENTITY_SENSOR)
		(void) snprintf(to, size, "%s: %s", text, quantity_name(entity->quantity));
	else
		(void) copy_string(to, size, text);
}

uint32_t
entity_identity(const struct replica *replica, const struct entity *entity)
{
	uint32_t sum = 0;

	for (enum entity_text which = ENTITY_TEXT_ALIAS; which <= ENTITY_TEXT_MODEL; which++) {
		const char *text = entity_text(replica, entity, which);
		/* Each has another weight: a text that wanders from one to another is a change. */
		sum = sum * 31 + (*text ? fnv1a(text, strlen(text)) : 0);
	}
	return sum;
}
