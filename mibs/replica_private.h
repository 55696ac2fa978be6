/* The replica's insides, for its files: replica.c dispatches, replica_rows.c reads rows. */
#ifndef MIBS_REPLICA_PRIVATE_H
#define MIBS_REPLICA_PRIVATE_H

#include "mibs/replica.h"

/* Of words that enumerations of the MIB are made of: those count from 1. */
unsigned char replica_word(const json_t *object, const char *key, const char *const *words,
			   size_t count);
uint64_t replica_number(const json_t *object, const char *key);
/* Counters wrap on the wire, so the low half is the counter. */
uint32_t replica_counter(const json_t *object, const char *key);
/* Strings, and numbers as text. */
void replica_text(const json_t *object, const char *key, char *to, size_t size);

/* A row is now value, or gone; its stamp and command stay. */
void replica_set_door(struct replica *replica, struct replica_door *door, const json_t *value);
void replica_set_reader(struct replica *replica, struct replica_reader *reader,
			const json_t *value);
void replica_set_input(struct replica *replica, struct replica_input *input, const json_t *value);
void replica_set_output(struct replica *replica, struct replica_output *output,
			const json_t *value);
void replica_module_outputs_init(struct replica *replica);
void replica_set_module(struct replica *replica, struct replica_module *module,
			const json_t *value);

#endif
