/*
 * The parts that the access table is compiled of: pure functions of objects and settings.
 */
#ifndef AGENT_STORE_COMPILE_H
#define AGENT_STORE_COMPILE_H

#include <jansson.h>
#include <stdint.h>

#include "lib/access_build.h"

/* An object of the board; what is of another kind or has a number of no place is passed over. */
void store_compile_board(const char *kind, int64_t id, const json_t *doc,
			 struct access_board *board);
/* The same of points, areas, profiles, groups and authentications. */
void store_compile_access(const char *kind, int64_t id, const json_t *doc,
			  struct access_build *build);
void store_compile_settings(const json_t *settings, struct access_board *board);

#endif
