/*
 * A machine for the driver of real boards: a directory with /dev and /sys, and chips with lines
 * that stand in for gpio_ioctl() and gpio_in_...(). One at a time.
 *
 * Levels are those of the wire, before polarity. A line is used as long as anybody holds a
 * descriptor of it.
 */
#ifndef TESTS_UNIT_MACHINE_H
#define TESTS_UNIT_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/driver.h"
#include "hw/profile.h"

extern char *machine_root;

void machine_open(void);
void machine_close(void);

/* A file of this text below the root, with its directories. */
void machine_write(const char *path, const char *text);
/* What is in it now; a static buffer. */
const char *machine_read(const char *path);
bool machine_has(const char *path);
void machine_remove(const char *path);
/* A directory that other files are beside. */
void machine_link(const char *path, const char *to);

/* Plugs a chip with lines of these names, separated by spaces, in as /dev/NODE. */
void machine_plug(const char *node, const char *label, const char *names);
/* Its lines answer ENODEV from now on. */
void machine_unplug(const char *label);

bool machine_level(const char *name);
/* Moves a wire: inputs see an edge. An output is then as if its chip had been reset. */
void machine_set_level(const char *name, bool is_high);
/* The same, and nobody is told of the edge. */
void machine_lose_edge(const char *name, bool is_high);
/* A line that is requested answers this error, or works again (0). */
void machine_break(const char *name, int error);
/* Somebody else takes a line, or lets go of it (NULL). */
void machine_take(const char *name, const char *consumer);
bool machine_is_used(const char *name);
const char *machine_consumer(const char *name);
/* How often a line has been requested as an output, and how often its level has moved since. */
unsigned machine_requests(const char *name);
unsigned machine_moves(const char *name);

/* The driver on this machine, with what it says as lines of text. */
struct machine_board {
	struct event_base *base;
	struct profile profile;
	void *board;
	char said[8192];
	const char *awaited;
};

/* Opens a board with these points, and buses or "". Aborts when the profile is not sound. */
void machine_board_open(struct machine_board *board, const char *points, const char *buses);
void machine_board_close(struct machine_board *board);
/* The same with the profile it has: as another process would. */
void machine_board_reopen(struct machine_board *board);
/* Whether it says this, now or soon; what it had said up to there is forgotten. */
bool machine_hears(struct machine_board *board, const char *said);
/* Forgets what it has said so far. */
void machine_forget(struct machine_board *board);

#endif
