#include "mibs/entity.h"

#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "mibs/entity_private.h"

static bool
is_same_state(const struct entity_state *a, const struct entity_state *b)
{
	return a->admin == b->admin && a->oper == b->oper && a->usage == b->usage &&
	       a->alarm == b->alarm && a->standby == b->standby;
}

/* before is the same entity as it was, or NULL. */
static void
complete(const struct replica *replica, struct entity *entity, const struct entity *before,
	 uint64_t now_mono_us, uint64_t now_wall_us)
{
	entity->identity = entity_identity(replica, entity);
	entity->changed_us = now_wall_us;
	entity->measured_mono_us = now_mono_us;
	if (entity_has_state(entity))
		entity->state = entity_state(replica, entity);
	if (entity->class == ENTITY_CLASS_SENSOR)
		entity_measure(replica, entity);
	if (!before)
		return;
	if (is_same_state(&entity->state, &before->state))
		entity->changed_us = before->changed_us;
	if (entity->value == before->value && entity->status == before->status)
		entity->measured_mono_us = before->measured_mono_us;
}

static bool
is_same(const struct entity *a, const struct entity *b)
{
	return a->parent == b->parent && a->position == b->position && a->identity == b->identity;
}

/* Completes what next holds by what it was before; true when there is another set of entities. */
static bool
take_over(struct replica *replica, size_t count, uint64_t now_mono_us, uint64_t now_wall_us)
{
	struct entities *entities = &replica->entities;
	bool is_changed = false;
	size_t old = 0;

	for (size_t i = 0; i < entities->count; i++) {
		struct entity *entity = &entities->next[i];
		while (old < count && entities->all[old].index < entity->index) {
			is_changed = true;
			old++;
		}
		bool is_new = old == count || entities->all[old].index != entity->index;
		const struct entity *before = is_new ? NULL : &entities->all[old++];
		complete(replica, entity, before, now_mono_us, now_wall_us);
		if (is_new || !is_same(entity, before))
			is_changed = true;
	}
	return is_changed || old < count;
}

static int
compare_index(const void *index, const void *entity)
{
	uint32_t wanted = *(const uint32_t *) index;
	uint32_t found = ((const struct entity *) entity)->index;

	return (wanted > found) - (wanted < found);
}

static struct entity *
find_next(struct entities *entities, uint32_t index)
{
	return bsearch(&index, entities->next, entities->count, sizeof(*entities->next),
		       compare_index);
}

/* The alarms that stand, each against what it is about. */
static void
spread_alarms(struct replica *replica)
{
	for (size_t i = 0; i < replica->alarms.count; i++) {
		const struct replica_alarm *alarm = &replica->alarms.rows[i];
		struct entity *entity =
			find_next(&replica->entities, entity_index_of_source(alarm->source));
		/* What is against nothing else is against the controller, which is the first. */
		if (!entity)
			entity = &replica->entities.next[0];
		entity->alarms |= entity_alarm_bit(alarm->perceived);
	}
}

static void
list(struct entity_list *list, size_t position)
{
	list->at[list->count++] = (uint16_t) position;
}

static void
sort_children(struct entities *entities)
{
	struct entity_list *children = &entities->children;

	/* By index they are already: what is moved goes before those of later parents. */
	for (size_t i = 1; i < entities->count; i++) {
		size_t at = children->count++;
		for (; at && entities->all[children->at[at - 1]].parent > entities->all[i].parent;
		     at--)
			children->at[at] = children->at[at - 1];
		children->at[at] = (uint16_t) i;
	}
}

static void
make_lists(struct entities *entities)
{
	entities->children.count = 0;
	entities->sensors.count = 0;
	entities->states.count = 0;
	entities->aliases.count = 0;
	for (size_t i = 0; i < entities->count; i++) {
		const struct entity *entity = &entities->all[i];
		if (entity->class == ENTITY_CLASS_SENSOR)
			list(&entities->sensors, i);
		if (entity_has_state(entity))
			list(&entities->states, i);
		if (entity_has_alias(entity))
			list(&entities->aliases, i);
	}
	sort_children(entities);
}

void
entities_refresh(struct replica *replica, uint64_t now_mono_us, uint64_t now_wall_us)
{
	struct entities *entities = &replica->entities;
	size_t before = entities->count;

	entities->count = 0;
	entities_build(replica);
	spread_alarms(replica);
	bool is_changed = take_over(replica, before, now_mono_us, now_wall_us);
	memcpy(entities->all, entities->next, entities->count * sizeof(*entities->all));
	if (!is_changed)
		return;
	entities->changed_mono_us = now_mono_us;
	entities->changes++;
	make_lists(entities);
}

const struct entity *
entities_find(const struct entities *entities, uint32_t index)
{
	return bsearch(&index, entities->all, entities->count, sizeof(*entities->all),
		       compare_index);
}
