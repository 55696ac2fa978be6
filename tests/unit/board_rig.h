/*
 * A virtual board without sockets, whose time the test owns: words in, readings out.
 */
#ifndef TESTS_UNIT_BOARD_RIG_H
#define TESTS_UNIT_BOARD_RIG_H

#include "board/board.h"

#define RIG_BEGIN_US (1000 * US_PER_S)

/* Free it with rig_free(). Starting takes 2 s, outputs are kept for 10 s. */
struct board *rig_new(void);
void rig_free(struct board *board);
/* 0, or -EINVAL when the board refused. */
int rig_do(struct board *board, const char *words);
/* As the controller does it. */
int rig_set(struct board *board, const char *output, bool is_on);
/* So many milliseconds go by, in steps of step_ms: what happens must not depend on them. */
void rig_pass(struct board *board, unsigned ms, unsigned step_ms);
struct reading rig_read(const struct board *board, const char *point);
bool rig_is_on(const struct board *board, const char *output);

#endif
