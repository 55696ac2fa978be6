/*
 * The parts that the access table is compiled of: pure functions of objects and settings.
 */
#ifndef AGENT_STORE_COMPILE_H
#define AGENT_STORE_COMPILE_H

#include <jansson.h>
#include <stdint.h>

#include "lib/access.h"

/* An object of the board; what is of another kind or has a number of no place is passed over. */
void store_compile_board(const char *kind, int64_t id, const json_t *doc,
			 struct access_board *board);
void store_compile_settings(const json_t *settings, struct access_board *board);

#endif
