/* What the files of the entities share: what an entity is called, how it does, what it measures. */
#ifndef MIBS_ENTITY_PRIVATE_H
#define MIBS_ENTITY_PRIVATE_H

#include "mibs/replica.h"

/* Fills next and count. */
void entities_build(struct replica *replica);
/* cardeaPointIndex */
uint32_t entity_point_number(const struct inventory_row *point);

/* A terminal block, or the network's socket; the controller itself for what is inside. */
uint32_t entity_connector_of(const struct inventory_row *point);
/* The index of the entity that an event or an alarm is about; 0 when it is none, there or not. */
uint32_t entity_index_of_source(const char *source);
/* The same, and the controller when it is none or not there. */
uint32_t entity_of_source(const struct replica *replica, const char *source);

enum entity_text {
	ENTITY_TEXT_NONE,
	ENTITY_TEXT_ALIAS,
	ENTITY_TEXT_FIRMWARE,
	ENTITY_TEXT_SOFTWARE,
	ENTITY_TEXT_SERIAL,
	ENTITY_TEXT_VENDOR,
	ENTITY_TEXT_MODEL,
};

#define ENTITY_NAME_SIZE 96

/* Borrowed from the replica; "" for none. */
const char *entity_text(const struct replica *replica, const struct entity *entity,
			enum entity_text which);
void entity_name(const struct replica *replica, const struct entity *entity, char *to, size_t size);
void entity_description(const struct replica *replica, const struct entity *entity, char *to,
			size_t size);
uint32_t entity_identity(const struct replica *replica, const struct entity *entity);

/* Whether CARDEA-MIB has a row of it. */
bool entity_has_alias(const struct entity *entity);
/* In the BITS of entStateAlarm. */
unsigned char entity_alarm_bit(unsigned char perceived);
bool entity_has_state(const struct entity *entity);
struct entity_state entity_state(const struct replica *replica, const struct entity *entity);

/* Whether this much of it is measured, though it may not be known at present. */
bool entity_has_sensor(const struct replica *replica, const struct entity *entity,
		       enum entity_quantity quantity);
/* Fills value and status. */
void entity_measure(const struct replica *replica, struct entity *sensor);

/* Doors, lines and inputs are known. */
bool entity_is_board_known(const struct replica *replica);
/* The live input or output of a point; NULL when there is none. */
const struct replica_input *entity_input(const struct replica *replica,
					 const struct entity *entity);
const struct replica_output *entity_output(const struct replica *replica,
					   const struct entity *entity);

#endif
