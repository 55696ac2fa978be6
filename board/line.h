/*
 * One RS-485 line: a Unix stream socket whose bytes take as long as they would on the wire, with
 * two readers on it.
 */
#ifndef BOARD_LINE_H
#define BOARD_LINE_H

#include "board/board.h"
#include "board/reader.h"

/* number counts from 1; the socket is RUN_DIR/busN.sock. */
int line_new(struct board *board, unsigned number, uint32_t baud, struct line **ret);
void line_free(struct line *line);

/* The controller's end goes away, and comes back when it can. line may be NULL, as below. */
void line_hang_up(struct line *line);
/* Whether what is on the line has power; its return is a power-up. */
void line_set_powered(struct line *line, bool is_powered);

/* Readers of the board count from 1; NULL when there is none. */
struct reader *board_reader(const struct board *board, unsigned reader);
/* Noise: bytes that the controller receives out of nowhere. */
void line_inject(struct line *line, const uint8_t *bytes, size_t size);

#endif
