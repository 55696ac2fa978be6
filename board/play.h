/*
 * Scripts that run on the board's own time, and who is told what goes on.
 */
#ifndef BOARD_PLAY_H
#define BOARD_PLAY_H

#include <stdbool.h>

#include "board/board.h"
#include "board/script.h"

/*
 * Takes the script and begins at board->now_us; -EBUSY: another one runs. It stops when its owner
 * goes, unless that is NULL.
 */
int play_start(struct board *board, struct script *script, struct rpc_connection *owner);
void play_stop(struct board *board);

/* Who hears what is said; nothing for the controller itself. -ENOSPC: eight do already. */
int play_watch(struct board *board, struct rpc_connection *connection);
/* A connection is gone. */
void play_forget(struct board *board, struct rpc_connection *connection);
/* One line to those who watch. */
void play_say(struct board *board, const char *format, ...) PRINTF(2, 3);
/* What they waited for is over: "play" or "press". */
void play_tell_over(struct board *board, const char *what, unsigned failed);

#endif
