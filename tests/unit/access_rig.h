/* Access tables for tests: of cards in C, or of objects as an operator writes them. */
#ifndef TESTS_UNIT_ACCESS_RIG_H
#define TESTS_UNIT_ACCESS_RIG_H

#include "lib/access_build.h"

struct rig_card {
	struct access_card card;
	uint32_t id;
	bool is_enabled;
	uint64_t doors;
	uint32_t floors;
	char holder[ACCESS_HOLDER_SIZE];
};

/* As access_build_write(); board may be NULL. */
int rig_write(const char *path, uint64_t generation, const struct access_board *board,
	      const struct rig_card *cards, size_t count);

/*
 * Adds every object of {"kind": {"id": {...}}}, as the store would compile them; settings may be
 * absent, PINs are given as digits. Asserts that all of them are right.
 */
void rig_add_objects(struct access_build *build, const char *json);
/* A table of such objects, compiled at now_s. */
struct access_table *rig_table(const char *json, int64_t now_s);

#endif
