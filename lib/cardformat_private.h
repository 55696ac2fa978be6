/*
 * The table of card formats as cardformat.c reads it; nobody else includes this.
 *
 * Card bit i, counted from the first transmitted, is bit i of a mask or of a card held as an
 * integer. So masks read like the data sheets, and a field's first bit is its most significant.
 */
#ifndef LIB_CARDFORMAT_PRIVATE_H
#define LIB_CARDFORMAT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARITY_MAX = 3 };

struct field_bits {
	uint8_t first;
	uint8_t count; /* 0: the format has no such field. */
};

struct parity {
	uint64_t mask; /* What it covers; 0 ends the list. */
	uint8_t bit;
	bool is_odd;
};

struct cardformat {
	const char *name;
	uint8_t bit_count;
	bool has_xor; /* Bits 32 to 39 are the exclusive or of the four bytes before. */
	struct field_bits facility;
	struct field_bits number;
	uint64_t ones;			  /* Bits that are always 1. */
	struct parity parity[PARITY_MAX]; /* In the order of making: later cover earlier. */
};

extern const struct cardformat cardformats[];
extern const size_t cardformat_count;

#endif
