/* The table of card formats as cardformat.c reads it; nobody else includes this. */
#ifndef LIB_CARDFORMAT_PRIVATE_H
#define LIB_CARDFORMAT_PRIVATE_H

#include "lib/cardformat_shape.h"

struct cardformat {
	const char *name;
	struct cardformat_shape shape;
};

extern const struct cardformat cardformats[];
extern const size_t cardformat_count;

#endif
