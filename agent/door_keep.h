/*
 * What the door role knows of its doors and outputs and must not forget when it is killed: kept on
 * tmpfs, taken back at the next start within the same boot of the device. Deadlines are on the
 * monotonic clock, so a momentary unlock that should have ended meanwhile ends at once.
 */
#ifndef AGENT_DOOR_KEEP_H
#define AGENT_DOOR_KEEP_H

struct door_role;

/* Fills the states of doors and outputs from what was kept. A failure is logged and costs only
 * the memory of it. */
void door_keep_open(struct door_role *role);
void door_keep_close(struct door_role *role);
/* A copy into memory; call it before the hardware moves. */
void door_keep_save(struct door_role *role);

#endif
