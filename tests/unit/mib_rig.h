/* What the tests of the MIB share: its text, and a replica with one object of each kind. */
#ifndef TESTS_UNIT_MIB_RIG_H
#define TESTS_UNIT_MIB_RIG_H

#include "mibs/mib.h"
#include "mibs/replica.h"
#include "tests/unit/mib_text.h"
#include "tests/unit/tap.h"

struct mib_rig {
	struct replica replica;
	struct mib_text *mib;
};

extern struct mib_rig mib_rig;
/* A door as the live state has it. */
extern const char *const mib_rig_door;

/* Reads the texts and runs the tests; the exit status. */
int mib_rig_main(const struct tap_test *tests, size_t count);

/* The object key of the live state, as JSON text. */
void mib_rig_update(const char *key, const char *text);
/* Doors 1 and 64, reader 3, input 2, output 5, and a REX that does not work. */
void mib_rig_fill(void);
/* One more of the event table. */
void mib_rig_add_event(uint64_t seq, enum event_kind kind, const char *source);
/* The same snapshot once more. */
void mib_rig_fill_again(void);
struct mib_oid mib_rig_oid(const char *name, uint32_t row);
uint64_t mib_rig_number(const char *name, uint32_t row);
void mib_rig_check_text(const char *name, uint32_t row, const char *text);

#endif
