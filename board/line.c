#include "board/line_private.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "board/peripheral.h"
#include "board/uart.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "lib/wire.h"

#define TURNAROUND_US 1000
#define BITS_PER_BYTE 10

struct sound {
	size_t size;
	uint8_t bytes[BYTES_MAX];
};

static uint64_t
duration_us(const struct line *line, size_t bytes)
{
	return bytes * BITS_PER_BYTE * US_PER_S / line->baud;
}

static void
wait_until(struct line *line, uint64_t at_us)
{
	line->busy_until_us = at_us;
	loop_arm_at(line->timer, at_us);
}

static void
drop_controller(struct line *line)
{
	if (line->readable)
		event_free(steal(&line->readable));
	closep(&line->fd);
	line->fd = -1;
	line->request_size = line->reply_size = 0;
}

static uint32_t
speed_of(const struct line *line, const struct peripheral *peripheral)
{
	return peripheral->baud ? peripheral->baud : line->standard_baud;
}

/* The request as a device of this speed hears it. */
static void
listen_at(const struct line *line, uint32_t baud, struct sound *ret)
{
	ret->size = uart_hear(line->request, line->request_size, line->baud, baud, ret->bytes,
			      sizeof(ret->bytes));
}

/* What a device has answered, as the controller hears it; how much later than usual. */
static uint64_t
answer_at(struct line *line, uint32_t baud, const struct sound *said, uint64_t late_us)
{
	line->reply_size += uart_hear(said->bytes, said->size, baud, line->baud,
				      line->reply + line->reply_size, BYTES_MAX - line->reply_size);
	return said->size ? late_us : 0;
}

/* COMSET is answered at the speed at which it was heard. */
static uint64_t
ask_reader(struct line *line, struct reader *reader, uint64_t now_us)
{
	const struct peripheral *peripheral = reader_peripheral(reader);
	uint32_t baud = speed_of(line, peripheral);
	struct sound heard;
	struct sound said;

	listen_at(line, baud, &heard);
	said.size = reader_exchange(reader, heard.bytes, heard.size, now_us, said.bytes,
				    sizeof(said.bytes));
	return answer_at(line, baud, &said, peripheral->late_us);
}

static uint64_t
ask_module(struct line *line, struct module *module, uint64_t now_us)
{
	const struct peripheral *peripheral = module_peripheral(module);
	uint32_t baud = speed_of(line, peripheral);
	struct sound heard;
	struct sound said;

	listen_at(line, baud, &heard);
	said.size = module_exchange(module, heard.bytes, heard.size, now_us, said.bytes,
				    sizeof(said.bytes));
	return answer_at(line, baud, &said, peripheral->late_us);
}

static void
deliver_request(struct line *line)
{
	uint64_t now_us = clock_mono_us();
	uint64_t late_us = 0;

	line->reply_size = 0;
	for (unsigned i = 0; i < READERS_PER_BUS && line->is_powered; i++)
		late_us += ask_reader(line, line->readers[i], now_us);
	for (unsigned i = 0; i < MODULES_MAX && line->is_powered; i++)
		if (line->modules[i])
			late_us += ask_module(line, line->modules[i], now_us);
	line->request_size = 0;
	if (line->reply_size)
		wait_until(line,
			   now_us + TURNAROUND_US + late_us + duration_us(line, line->reply_size));
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct line *line = context;

	if (line->reply_size) {
		/* Bytes that the controller does not take are lost, as on a real line. */
		if (line->fd >= 0)
			(void) !send(line->fd, line->reply, line->reply_size,
				     MSG_NOSIGNAL | MSG_DONTWAIT);
		line->reply_size = 0;
	}
	if (line->request_size)
		deliver_request(line);
}

static void
on_readable(evutil_socket_t fd, short what UNUSED, void *context)
{
	struct line *line = context;
	ssize_t n = read(fd, line->request + line->request_size, BYTES_MAX - line->request_size);

	if (n <= 0) {
		if (!n || errno != EAGAIN)
			drop_controller(line);
		return;
	}
	uint64_t now_us = clock_mono_us();
	uint64_t start_us = line->request_size ? MAX_OF(line->busy_until_us, now_us) : now_us;
	line->request_size += (size_t) n;
	/* A controller that talks into a reply destroys it. */
	line->reply_size = 0;
	wait_until(line, start_us + duration_us(line, (size_t) n));
}

static void
on_accept(struct evconnlistener *listener UNUSED, evutil_socket_t fd,
	  struct sockaddr *address UNUSED, int size UNUSED, void *context)
{
	struct line *line = context;

	drop_controller(line);
	if (!board_is_running(line->board)) {
		(void) close(fd);
		return;
	}
	line->fd = fd;
	line->readable = event_new(line->board->base, fd, EV_READ | EV_PERSIST, on_readable, line);
	(void) event_add(line->readable, NULL);
}

int
line_new(struct board *board, unsigned number, uint32_t baud, struct line **ret)
{
	_cleanup_(freep) char *path = xasprintf("%s/bus%u.sock", board->run_dir, number);
	int fd = wire_listen(path, 0600);
	if (fd < 0)
		return fd;
	struct line *line = xcalloc(1, sizeof(*line));
	line->board = board;
	line->number = number;
	line->baud = line->standard_baud = baud;
	line->fd = -1;
	line->is_powered = true;
	line->path = steal(&path);
	line->timer = evtimer_new(board->base, on_timer, line);
	line->listener = evconnlistener_new(board->base, on_accept, line,
					    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	for (unsigned i = 0; i < READERS_PER_BUS; i++)
		line->readers[i] = reader_new(board->memory_dir,
					      (number - 1) * READERS_PER_BUS + i + 1, (uint8_t) i);
	*ret = line;
	return 0;
}

void
line_free(struct line *line)
{
	if (!line)
		return;
	drop_controller(line);
	evconnlistener_free(line->listener);
	event_free(line->timer);
	for (unsigned i = 0; i < READERS_PER_BUS; i++)
		reader_free(line->readers[i]);
	for (unsigned i = 0; i < MODULES_MAX; i++)
		module_free(line->modules[i]);
	(void) unlink(line->path);
	free(line->path);
	free(line);
}

void
line_hang_up(struct line *line)
{
	if (line)
		drop_controller(line);
}

void
line_set_baud(struct line *line, uint32_t baud)
{
	line->baud = baud;
}

void
line_set_powered(struct line *line, bool is_powered)
{
	if (!line || line->is_powered == is_powered)
		return;
	line->is_powered = is_powered;
	for (unsigned i = 0; i < READERS_PER_BUS && is_powered; i++)
		reader_power_up(line->readers[i]);
	for (unsigned i = 0; i < MODULES_MAX && is_powered; i++)
		if (line->modules[i])
			module_power_up(line->modules[i]);
}

struct reader *
board_reader(const struct board *board, unsigned reader)
{
	if (reader < 1 || reader > READERS)
		return NULL;
	return board->lines[(reader - 1) / READERS_PER_BUS]
		->readers[(reader - 1) % READERS_PER_BUS];
}

void
line_inject(struct line *line, const uint8_t *bytes, size_t size)
{
	if (line->fd >= 0)
		(void) !send(line->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}
