/*
 * The shape of a card format: its length, fields and parity, as data. Without pointers, so that one
 * that an administrator has made can be part of a file. Pure; no allocation.
 *
 * Card bit i, counted from the first transmitted, is bit i of a mask. So masks read like the data
 * sheets, and a field's first bit is its most significant.
 */
#ifndef LIB_CARDFORMAT_SHAPE_H
#define LIB_CARDFORMAT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CARDFORMAT_BITS_MAX = 64,
	CARDFORMAT_PARITY_MAX = 3,
	/* Of the largest fields: what a credential can hold. */
	CARDFORMAT_FACILITY_BITS = 22,
	CARDFORMAT_NUMBER_BITS = 38,
};

struct cardformat_field {
	uint8_t first;
	uint8_t count; /* 0: the format has no such field. */
};

struct cardformat_parity {
	uint64_t mask; /* What it covers; 0 ends the list. */
	uint8_t bit;
	bool is_odd;
};

struct cardformat_shape {
	uint64_t ones; /* Bits that are always 1. */
	/* In the order of making: later cover earlier. */
	struct cardformat_parity parity[CARDFORMAT_PARITY_MAX];
	struct cardformat_field facility;
	struct cardformat_field number;
	uint8_t bit_count; /* 0: any length; the whole is the number. */
	bool has_xor;	   /* Bits 32 to 39 are the exclusive or of the four bytes before. */
};

struct cardformat_values {
	uint32_t facility; /* 0 if the format has none. */
	uint64_t number;
};

/* As cardformat_encode(). */
int cardformat_shape_encode(const struct cardformat_shape *shape,
			    const struct cardformat_values *values, uint8_t *buf, size_t size);
/* As cardformat_decode_as(). */
int cardformat_shape_decode(const struct cardformat_shape *shape, unsigned bit_count,
			    const uint8_t *data, struct cardformat_values *ret);

/* The bits of a field as a mask. */
uint64_t cardformat_field_mask(struct cardformat_field field);
/*
 * Whether nothing in it leads beyond its length, which is not 0, or beyond what a credential holds,
 * however it came here: then it can be used.
 */
bool cardformat_shape_is_sound(const struct cardformat_shape *shape);

#endif
