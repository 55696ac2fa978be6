/* cardea-board: the virtual board. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "board/play.h"
#include "board/types.h"
#include "board/uart.h"
#include "lib/clock.h"
#include "lib/daemon.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

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
	unsigned long value = strtoul(text, NULL, 10);

	if (value > UINT32_MAX || !uart_is_speed((uint32_t) value))
		return false;
	*ret = (uint32_t) value;
	return true;
}

static const struct {
	const char *name;
	int (*run)(const char *run_dir, int argc, char **argv);
} commands[] = {
	{ "check", board_check },
	{ "ctl", board_ctl },
	{ "play", board_play },
};

struct options {
	const char *run_dir;
	const char *memory_dir;
	const char *baud;
	const char *script;
	const char *start_up;
	const char *safe_after;
};

/* Fills what the options say; complains about the first that is wrong. */
static bool
apply_options(const struct options *options, struct board *board, uint32_t *ret_baud)
{
	long long start_up_us;
	long long safe_after_us;
	const char *wrong = NULL;

	if (parse_duration(options->safe_after, &safe_after_us) < 0)
		wrong = options->safe_after;
	if (parse_duration(options->start_up, &start_up_us) < 0)
		wrong = options->start_up;
	if (!parse_baud(options->baud, ret_baud))
		wrong = options->baud;
	if (wrong) {
		(void) fprintf(stderr, "cardea-board: wrong '%s'. Try 'cardea-board --help'.\n",
			       wrong);
		return false;
	}
	board->start_up_us = (uint64_t) start_up_us;
	board->safe_after_us = (uint64_t) safe_after_us;
	return true;
}

static int
run_board(const struct options *options)
{
	struct board board = {
		.run_dir = options->run_dir,
		.memory_dir = *options->memory_dir ? options->memory_dir : options->run_dir,
		.now_us = clock_mono_us(),
	};
	struct script *script = NULL;
	uint32_t baud;

	log_set_name("board");
	if (!apply_options(options, &board, &baud))
		return 2;
	if (*options->script && !(script = board_read_script(options->script)))
		return 2;
	board.base = loop_new();
	board.timer = evtimer_new(board.base, on_timer, &board);
	board.is_loud = script != NULL;
	(void) snprintf(board.boot, sizeof(board.boot), "%llx",
			(unsigned long long) clock_wall_us());
	board_init(&board);
	if (script)
		(void) play_start(&board, script, NULL);
	int status = serve(&board, baud);
	board_done(&board);
	event_free(board.timer);
	event_base_free(board.base);
	return status;
}

int
main(int argc, char **argv)
{
	struct options options = {
		.run_dir = daemon_default_run_dir(),
		.memory_dir = "",
		.baud = "115200",
		.script = "",
		.start_up = "2s",
		.safe_after = "10s",
	};
	const struct daemon_option rows[] = {
		{ "run-dir", "DIR", &options.run_dir, NULL, "where its sockets are" },
		{ "memory-dir", "DIR", &options.memory_dir, NULL,
		  "what its devices keep without power; without it the run-dir" },
		{ "baud", "N", &options.baud, NULL, "speed of the reader buses" },
		{ "script", "FILE", &options.script, NULL, "a scenario to play from the start" },
		{ "start-up", "TIME", &options.start_up, NULL,
		  "how long the controller takes to start after a loss of power" },
		{ "safe-after", "TIME", &options.safe_after, NULL,
		  "how long outputs keep their state when nobody drives them" },
	};
	const struct daemon_about about = {
		.name = "cardea-board",
		.summary = "Plays the hardware of a door controller: four doors, eight readers.",
		.arguments = "[ctl WORDS... | play FILE | check FILE]",
		.options = rows,
		.count = ARRAY_LEN(rows),
	};
	int first = daemon_options(&about, argc, argv);

	for (size_t i = 0; i < ARRAY_LEN(commands) && first < argc; i++)
		if (!strcmp(argv[first], commands[i].name))
			return commands[i].run(options.run_dir, argc - first - 1, argv + first + 1);
	if (first == argc)
		return run_board(&options);
	(void) fprintf(stderr, "cardea-board: wrong '%s'. Try 'cardea-board --help'.\n",
		       argv[first]);
	return 2;
}
