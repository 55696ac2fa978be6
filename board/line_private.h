/*
 * What the files of a line share; nobody else includes this. line.c carries the bytes,
 * line_modules.c knows which modules are there.
 */
#ifndef BOARD_LINE_PRIVATE_H
#define BOARD_LINE_PRIVATE_H

#include "board/line.h"

#define BYTES_MAX 4096

struct line {
	struct board *board;
	unsigned number;
	uint32_t baud;		/* of the controller's end */
	uint32_t standard_baud; /* of devices that nobody has given a speed */
	char *path;
	struct evconnlistener *listener;
	int fd;
	struct event *readable;
	struct event *timer;
	struct reader *readers[READERS_PER_BUS];
	struct module *modules[MODULES_MAX]; /* NULL in between */
	/* Bytes on their way to the readers, then to the controller. */
	size_t request_size;
	uint8_t request[BYTES_MAX];
	size_t reply_size;
	uint8_t reply[BYTES_MAX];
	uint64_t busy_until_us;
	bool is_powered;
};

#endif
