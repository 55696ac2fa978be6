/* What the tests of the standard modules share: mib_rig.h's board at a known time. */
#ifndef TESTS_UNIT_ENTITY_RIG_H
#define TESTS_UNIT_ENTITY_RIG_H

#include "mibs/entity_private.h"
#include "mibs/lookup.h"
#include "tests/unit/mib_rig.h"

/* The clocks, which only move by hand. */
struct entity_rig {
	uint64_t mono_us;
	uint64_t wall_us;
};

extern struct entity_rig entity_rig;

/* With sysUpTime at 10 s. */
void entity_rig_fill(void);
/* As many of everything as the model can number. */
void entity_rig_fill_up(void);
const struct entities *entity_rig_all(void);
const struct entity *entity_rig_find(uint32_t index);
/* Up from every entity the controller is reached: RFC 4133 allows one parent and no circle. */
void entity_rig_check_containment(void);

/* { root prefix column index }: the standard modules have no text here. */
struct mib_oid entity_rig_oid(const struct mib_table *table, uint32_t column, uint32_t index);
struct mib_value entity_rig_get(const struct mib_table *table, uint32_t column, uint32_t index);
bool entity_rig_is_text(const struct mib_value *value, const char *text);
/* Columns of entPhysicalTable, entPhySensorTable and entStateTable. */
bool entity_rig_has_text(uint32_t column, uint32_t index, const char *text);
uint64_t entity_rig_physical(uint32_t column, uint32_t index);
uint64_t entity_rig_sensor(uint32_t column, uint32_t index);
uint64_t entity_rig_state(uint32_t column, uint32_t index);
unsigned entity_rig_alarm(uint32_t index);

#endif
