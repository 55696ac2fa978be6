/*
 * A language for stories of one door: each word is one input at one time and says exactly which
 * events it must bring, in words such as "taken mode:locked lock:locked". Every step also checks
 * what is always true: the lock follows the mode, and no deadline has passed. A mode that another
 * level than operator, default or an access wants comes with its reason, as in
 * "mode:unlocked/fire".
 */
#ifndef TESTS_UNIT_DOOR_SCRIPT_H
#define TESTS_UNIT_DOOR_SCRIPT_H

#include "agent/door_fsm.h"

#define S(seconds) ((seconds) *US_PER_S)
#define NEVER	   UINT64_MAX

extern struct access_door config;
extern struct door_state door;
/* Of the last access that was taken or not taken. */
extern struct door_subject last_subject;
extern const struct door_subject ada;
extern const struct door_subject grace;

/* A closed locked door at S(1): 7 s access, 30 s held open, warned 10 s before. */
void start(void);
bool tick(uint64_t at_us, const char *expected);
bool move(uint64_t at_us, enum door_position position, const char *expected);
bool rex(uint64_t at_us, bool is_active, const char *expected);
bool grant(uint64_t at_us, const struct door_subject *subject, const char *expected);
bool command(uint64_t at_us, enum door_command what, const char *expected);
/* Of fire, interlock or schedule. */
bool level(uint64_t at_us, enum door_input_kind kind, bool is_active, const char *expected);
bool monitor(uint64_t at_us, enum door_lock lock, const char *expected);
bool unlock_until(uint64_t at_us, uint64_t until_us, const char *expected);

#endif
