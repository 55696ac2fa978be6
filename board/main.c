/* cardea-board: the virtual board. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "lib/clock.h"
#include "lib/daemon.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define BAUD_DEFAULT 115200

static const struct rpc_server_ops server_ops = {
	.on_request = board_on_request,
	.on_closed = board_on_closed,
};

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct board *board = context;

	board_step(board, clock_mono_us());
	loop_arm_at(board->timer, board_deadline_us(board));
}

static int
serve(struct board *board, uint32_t baud)
{
	char path[256];
	int r = path_join(path, sizeof(path), board->run_dir, "board.sock");

	for (unsigned i = 0; i < BUSES && r == 0; i++)
		r = line_new(board, i + 1, baud, &board->lines[i]);
	if (r == 0)
		r = rpc_server_new(board->base, path, 0600, "board", &server_ops, board,
				   &board->server);
	event_active(board->timer, 0, 0);
	if (r < 0)
		(void) log_err(r, "cannot listen in '%s'", board->run_dir);
	else
		daemon_run(board->base, NULL, NULL);
	rpc_server_free(board->server);
	for (unsigned i = 0; i < BUSES; i++)
		line_free(board->lines[i]);
	return r < 0 ? 1 : 0;
}

static bool
parse_baud(const char *text, uint32_t *ret)
{
	static const uint32_t speeds[] = { 9600, 19200, 38400, 57600, 115200, 230400 };
	unsigned long value = strtoul(text, NULL, 10);

	for (size_t i = 0; i < ARRAY_LEN(speeds); i++)
		if (speeds[i] == value) {
			*ret = speeds[i];
			return true;
		}
	return false;
}

int
main(int argc, char **argv)
{
	const char *run_dir = daemon_default_run_dir();
	const char *memory_dir = "";
	const char *baud_text = "115200";
	uint32_t baud = BAUD_DEFAULT;
	const struct daemon_option rows[] = {
		{ "run-dir", "DIR", &run_dir, NULL, "where its sockets are" },
		{ "memory-dir", "DIR", &memory_dir, NULL,
		  "what its devices keep without power; without it the run-dir" },
		{ "baud", "N", &baud_text, NULL, "speed of the reader buses" },
	};
	const struct daemon_about about = {
		.name = "cardea-board",
		.summary = "Plays the hardware of a door controller: four doors, eight readers.",
		.arguments = "[ctl WORDS...]",
		.options = rows,
		.count = ARRAY_LEN(rows),
	};
	int first = daemon_options(&about, argc, argv);

	if (first < argc && !strcmp(argv[first], "ctl"))
		return board_ctl(run_dir, argc - first - 1, argv + first + 1);
	if (first < argc || !parse_baud(baud_text, &baud)) {
		(void) fprintf(stderr, "cardea-board: wrong '%s'. Try 'cardea-board --help'.\n",
			       first < argc ? argv[first] : baud_text);
		return 2;
	}
	log_set_name("board");
	struct board board = { .base = loop_new(),
			       .run_dir = run_dir,
			       .memory_dir = *memory_dir ? memory_dir : run_dir,
			       .now_us = clock_mono_us() };
	board_init(&board);
	board.timer = evtimer_new(board.base, on_timer, &board);
	(void) snprintf(board.boot, sizeof(board.boot), "%llx",
			(unsigned long long) clock_wall_us());
	int status = serve(&board, baud);
	board_done(&board);
	event_free(board.timer);
	event_base_free(board.base);
	return status;
}
