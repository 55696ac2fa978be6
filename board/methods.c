/* What can be asked of the virtual board over board.sock. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "board/play.h"
#include "board/polls.h"
#include "board/table.h"
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
	const struct inventory_row *row = row_of(request, INV_LED);
	int first = led_find_colour(json_string_or(request->params, "first", "dark"));
	int second = led_find_colour(json_string_or(request->params, "second", "dark"));
	json_int_t first_ms = json_integer_or(request->params, "first_ms", 0);
	json_int_t second_ms = json_integer_or(request->params, "second_ms", 0);

	if (!row)
		return;
	if (first < 0 || second < 0 || first_ms < 0 || first_ms > LED_PERIOD_MAX || second_ms < 0 ||
	    second_ms > LED_PERIOD_MAX) {
		rpc_fail(request, RPC_BAD_PARAMS, "dark, green, amber or red, up to a minute each");
		return;
	}
	const struct led_order order = { (unsigned) first, (unsigned) second, (uint32_t) first_ms,
					 (uint32_t) second_ms, board->now_us };
	led_order(&board_point(board, row)->led, &order);
	rpc_reply(request, NULL);
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

static void
answer(struct board *board, struct rpc_request *request, unsigned count, const char *const *words)
{
	struct outcome outcome = { 0 };
	char field[24] = "";

	if (board_do(board, count, words, &outcome) == 0) {
		if (outcome.is_lasting && play_watch(board, request->connection) == 0)
			outcome.result = json_pack("{sb}", "lasts", true);
		rpc_reply(request, outcome.result);
		return;
	}
	for (size_t i = 0; outcome.field && outcome.field[i] && i + 1 < sizeof(field); i++)
		field[i] = (char) (outcome.field[i] | 0x20);
	const char *code = outcome.code ? outcome.code : RPC_BAD_PARAMS;
	if (*field)
		rpc_fail_field(request, code, field, "%s", outcome.message);
	else
		rpc_fail(request, code, "%s", outcome.message);
}

/* words: ["set", "input1", "closed"], or all of them in one string. */
static void
handle_do(struct board *board, struct rpc_request *request)
{
	const json_t *given = json_object_get(request->params, "words");
	_cleanup_(freep) char *text =
		json_is_string(given) ? xstrdup(json_string_value(given)) : NULL;
	const char *words[WORDS_MAX];
	int count = text ? words_split(text, words, WORDS_MAX) : 0;
	size_t i;
	json_t *word;

	json_array_foreach (given, i, word)
		if (json_is_string(word) && i < WORDS_MAX)
			words[count++] = json_string_value(word);
	if (count < 1 || (json_is_array(given) && (size_t) count != json_array_size(given)))
		rpc_fail_field(request, RPC_BAD_PARAMS, "words", "from 1 to %d words", WORDS_MAX);
	else
		answer(board, request, (unsigned) count, words);
}

/* Methods that are words, with their arguments by name; optional ones begin with "--". */
static const struct {
	const char *method;
	const char *arguments[8];
} words_by_name[] = {
	{ "answered", { "reader" } },
	{ "badge", { "reader", "--format", "--facility", "--card", "--bits", "--bit-count" } },
	{ "inject", { "bus", "bytes" } },
	{ "reader", { "reader", "state", "argument" } },
	{ "set", { "point", "value", "argument" } },
	{ "show", { NULL } },
	{ "storm", { "duration_ms" } },
};

/* The parameter of an argument as a word; NULL when it was not given. */
static char *
word_from(const json_t *params, const char *argument)
{
	char key[16];

	(void) snprintf(key, sizeof(key), "%s", argument + strspn(argument, "-"));
	for (char *dash = strchr(key, '-'); dash; dash = strchr(dash, '-'))
		*dash = '_';
	const json_t *value = json_object_get(params, key);
	if (json_is_integer(value))
		return xasprintf("%lld", (long long) json_integer_value(value));
	const char *text = json_string_value(value);
	return text && *text ? xstrdup(text) : NULL;
}

static bool
answer_by_name(struct board *board, struct rpc_request *request)
{
	const char *words[WORDS_MAX] = { request->method };
	char *kept[WORDS_MAX] = { NULL };
	unsigned count = 1;
	size_t row = 0;

	while (row < ARRAY_LEN(words_by_name) &&
	       strcmp(words_by_name[row].method, request->method) != 0)
		row++;
	if (row == ARRAY_LEN(words_by_name))
		return false;
	const char *const *arguments = words_by_name[row].arguments;
	for (size_t i = 0; i < ARRAY_LEN(words_by_name[0].arguments) && arguments[i]; i++) {
		kept[i] = word_from(request->params, arguments[i]);
		if (kept[i] && arguments[i][0] == '-')
			words[count++] = arguments[i];
		if (kept[i])
			words[count++] = kept[i];
	}
	answer(board, request, count, words);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		free(kept[i]);
	return true;
}

static const struct {
	const char *name;
	void (*handle)(struct board *board, struct rpc_request *request);
} methods[] = {
	{ "attach", handle_attach },
	{ "branch", handle_branch },
	{ "describe", handle_describe },
	{ "direction", handle_direction },
	{ "do", handle_do },
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
	return answer_by_name(board, request);
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
