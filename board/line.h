/*
 * One RS-485 line: a Unix stream socket whose bytes take as long as they would on the wire, with
 * two readers and up to sixteen expansion modules on it.
 */
#ifndef BOARD_LINE_H
#define BOARD_LINE_H

#include "board/board.h"
#include "board/module.h"
#include "board/reader.h"

/*
 * number counts from 1; the socket is RUN_DIR/busN.sock. baud is the speed of all that is on it,
 * until the controller or a device is given another one.
 */
int line_new(struct board *board, unsigned number, uint32_t baud, struct line **ret);
void line_free(struct line *line);

/* The controller's end goes away, and comes back when it can. line may be NULL, as below. */
void line_hang_up(struct line *line);
/*
 * What the controller says from now on is at this speed, and what it has said but is still on the
 * wire: devices of another speed hear, and are heard as, garbage.
 */
void line_set_baud(struct line *line, uint32_t baud);
/* Whether what is on the line has power; its return is a power-up. */
void line_set_powered(struct line *line, bool is_powered);

/* Readers of the board count from 1; NULL when there is none. */
struct reader *board_reader(const struct board *board, unsigned reader);
/* -EEXIST: something on the line has this address; -ENOSPC: sixteen modules are on it already. */
int line_add_module(struct line *line, uint8_t address, unsigned inputs, unsigned outputs);
unsigned line_module_count(const struct line *line);
/* NULL when there is none. */
struct module *line_module(const struct line *line, unsigned address);
/* Takes it from the line, and what it kept with it. */
void line_remove_module(struct line *line, struct module *module);
/* A new array of {"bus", "address", ...} of module_show(). */
json_t *line_show_modules(const struct line *line, uint64_t now_us);
/* Noise: bytes that the controller receives out of nowhere. */
void line_inject(struct line *line, const uint8_t *bytes, size_t size);

#endif
