/* What can be asked of the virtual board over board.sock. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "board/play.h"
#include "board/polls.h"
#include "board/table.h"
#include "board/uart.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"

static void
handle_attach(struct board *board, struct rpc_request *request)
{
	if (!board_is_running(board)) {
		rpc_fail(request, RPC_UNAVAILABLE, "the controller has no power or starts");
		return;
	}
	board_on_driver(board, request->connection);
	rpc_reply(request, json_pack("{ss,so,so}", "boot", board->boot, "points",
				     board_readings(board), "outputs", board_outputs(board)));
}

/* NULL: the request has been answered and is gone. */
static const struct inventory_row *
row_of(struct rpc_request *request, enum inventory_kind kind)
{
	const struct inventory_row *row =
		inventory_find(json_string_or(request->params, "point", ""));

	if (row && row->kind == kind)
		return row;
	rpc_fail_field(request, RPC_BAD_PARAMS, "point", "there is no such %s",
		       inventory_kind_name(kind));
	return NULL;
}

static void
handle_output(struct board *board, struct rpc_request *request)
{
	const char *point = json_string_or(request->params, "point", "");
	int r = board_set_output(board, point, json_bool_or(request->params, "on", false));

	if (r == -ENOENT)
		rpc_fail_field(request, RPC_BAD_PARAMS, "point", "there is no such output");
	else if (r < 0)
		rpc_fail(request, RPC_UNAVAILABLE, "the output does not work");
	else
		rpc_reply(request, NULL);
}

static void
handle_direction(struct board *board, struct rpc_request *request)
{
	const struct inventory_row *row = row_of(request, INV_AUX_IO);

	if (!row)
		return;
	board_point(board, row)->is_output = json_bool_or(request->params, "output", false);
	rpc_reply(request, NULL);
}

static void
handle_branch(struct board *board, struct rpc_request *request)
{
	enum inventory_budget branch =
		inventory_budget_find(json_string_or(request->params, "branch", ""));

	if (branch == BUDGET_NONE) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "branch", "there is no such branch");
		return;
	}
	board->rails.is_branch_off[branch] = !json_bool_or(request->params, "on", true);
	rpc_reply(request, NULL);
}

static void
handle_led(struct board *board, struct rpc_request *request)
{
	int first = led_find_colour(json_string_or(request->params, "first", "dark"));
	int second = led_find_colour(json_string_or(request->params, "second", "dark"));
	json_int_t first_ms = json_integer_or(request->params, "first_ms", 0);
	json_int_t second_ms = json_integer_or(request->params, "second_ms", 0);

	if (first < 0 || second < 0 || first_ms < 0 || first_ms > LED_PERIOD_MAX || second_ms < 0 ||
	    second_ms > LED_PERIOD_MAX) {
		rpc_fail(request, RPC_BAD_PARAMS, "dark, green, amber or red, up to a minute each");
		return;
	}
	const struct inventory_row *row = row_of(request, INV_LED);
	if (!row)
		return;
	const struct led_order order = { (unsigned) first, (unsigned) second, (uint32_t) first_ms,
					 (uint32_t) second_ms, board->now_us };
	led_order(&board_point(board, row)->led, &order);
	rpc_reply(request, NULL);
}

static void
handle_baud(struct board *board, struct rpc_request *request)
{
	json_int_t bus = json_integer_or(request->params, "bus", 0);
	json_int_t baud = json_integer_or(request->params, "baud", 0);

	if (bus < 1 || bus > BUSES)
		rpc_fail_field(request, RPC_BAD_PARAMS, "bus", "from 1 to %d", BUSES);
	else if (baud < 0 || baud > UINT32_MAX || !uart_is_speed((uint32_t) baud))
		rpc_fail_field(request, RPC_BAD_PARAMS, "baud", "a line has no such speed");
	else {
		line_set_baud(board->lines[bus - 1], (uint32_t) baud);
		rpc_reply(request, NULL);
	}
}

static void
handle_polls(struct board *board, struct rpc_request *request)
{
	json_int_t number = json_integer_or(request->params, "reader", 0);
	struct reader *reader =
		number < 0 || number > READERS ? NULL : board_reader(board, (unsigned) number);

	if (!reader) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "reader", "from 1 to %d", READERS);
		return;
	}
	if (json_bool_or(request->params, "reset", false))
		polls_reset(reader_polls(reader));
	rpc_reply(request, polls_show(reader_polls(reader)));
}

static void
handle_describe(struct board *board, struct rpc_request *request)
{
	rpc_reply(request, board_describe(board));
}

/* text: a script as board/script.h has it. */
static void
handle_play(struct board *board, struct rpc_request *request)
{
	const char *text = json_string_or(request->params, "text", "");
	struct script_error error;
	struct script *script;

	if (script_parse(&board_words, text, strlen(text), &script, &error) < 0) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "text", "line %u: %s", error.line,
			       error.message);
		return;
	}
	int r = play_watch(board, request->connection);
	if (r == 0)
		r = play_start(board, script, request->connection);
	else
		script_free(script);
	if (r < 0)
		rpc_fail(request, RPC_CONFLICT, "a script runs already");
	else
		rpc_reply(request, NULL);
}

static void
handle_watch(struct board *board, struct rpc_request *request)
{
	if (play_watch(board, request->connection) < 0)
		rpc_fail(request, RPC_TOO_MANY, "%d watch already", WATCHERS_MAX);
	else
		rpc_reply(request, NULL);
}

static const struct {
	const char *name;
	void (*handle)(struct board *board, struct rpc_request *request);
} methods[] = {
	{ "attach", handle_attach },
	{ "baud", handle_baud },
	{ "branch", handle_branch },
	{ "describe", handle_describe },
	{ "direction", handle_direction },
	{ "do", board_handle_do },
	{ "led", handle_led },
	{ "output", handle_output },
	{ "play", handle_play },
	{ "polls", handle_polls },
	{ "watch", handle_watch },
};

static bool
handle(struct board *board, struct rpc_request *request)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (!strcmp(methods[i].name, request->method)) {
			methods[i].handle(board, request);
			return true;
		}
	return board_handle_words(board, request);
}

void
board_on_request(struct rpc_request *request, void *context)
{
	struct board *board = context;

	board_step(board, clock_mono_us());
	if (!handle(board, request))
		rpc_fail(request, RPC_UNKNOWN_METHOD, "there is no method of this name");
	board_settle(board);
	loop_arm_at(board->timer, board_deadline_us(board));
}

void
board_on_closed(struct rpc_connection *connection, void *context)
{
	struct board *board = context;

	/* The relays keep what they were told last, as a real board's do, for a while. */
	play_forget(board, connection);
	if (board->controller == connection)
		board_on_driver(board, NULL);
	loop_arm_at(board->timer, board_deadline_us(board));
}
