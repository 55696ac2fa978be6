/* What can be asked of the virtual board over board.sock. */
#include <errno.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "board/polls.h"
#include "lib/cardformat.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

#define STORM_MAX_S 3600

static struct reader *
reader_of(struct board *board, struct rpc_request *request)
{
	json_int_t number = json_integer_or(request->params, "reader", 0);
	struct reader *reader =
		number < 0 || number > READERS ? NULL : board_reader(board, (unsigned) number);

	if (!reader)
		rpc_fail_field(request, RPC_BAD_PARAMS, "reader", "from 1 to %d", READERS);
	return reader;
}

static void
handle_attach(struct board *board, struct rpc_request *request)
{
	board->controller = request->connection;
	rpc_reply(request, json_pack("{ss,so,so}", "boot", board->boot, "points",
				     board_inputs(board), "outputs", board_outputs(board)));
}

static void
handle_order(struct board *board UNUSED, struct rpc_request *request)
{
	rpc_reply(request, NULL);
}

static void
handle_output(struct board *board, struct rpc_request *request)
{
	const char *point = json_string_or(request->params, "point", "");

	if (board_set_output(board, point, json_bool_or(request->params, "on", false)) < 0)
		rpc_fail_field(request, RPC_BAD_PARAMS, "point", "there is no such output");
	else
		rpc_reply(request, NULL);
}

static void
handle_set(struct board *board, struct rpc_request *request)
{
	const char *point = json_string_or(request->params, "point", "");
	int r = board_set_input(board, point, json_string_or(request->params, "value", ""),
				json_string_or(request->params, "argument", ""));

	if (r == -ENOENT)
		rpc_fail_field(
			request, RPC_BAD_PARAMS, "point",
			"input1 to input3, tamper, alarm, aux1, aux2, doorN.contact or doorN.rex");
	else if (r < 0)
		rpc_fail_field(request, RPC_BAD_PARAMS, "value",
			       "open, closed, short, cut, ohms N, drift PERCENT or wired SCHEME; "
			       "fault; pressed or released for rex");
	else
		rpc_reply(request, NULL);
}

/* Fills data and returns the number of bits, or a negative errno after having answered. */
static int
card_bits(struct rpc_request *request, uint8_t data[32])
{
	const json_t *params = request->params;
	const char *bits = json_string_or(params, "bits", NULL);
	json_int_t bit_count = json_integer_or(params, "bit_count", 0);
	json_int_t facility = json_integer_or(params, "facility", 0);
	json_int_t card = json_integer_or(params, "card", -1);
	const char *name = json_string_or(params, "format", "h10301");
	const struct cardformat *format = cardformat_by_name(name);
	int r;

	if (bits) {
		r = hex_decode(bits, data, 32);
		if (r > 0 && bit_count > 0 && bit_count <= r * 8)
			return (int) bit_count;
		rpc_fail_field(request, RPC_BAD_PARAMS, "bits", "hex, with bit_count within it");
		return -EINVAL;
	}
	if (!format || facility < 0 || facility > UINT32_MAX || card < 0) {
		rpc_fail_field(request, RPC_BAD_PARAMS, format ? "card" : "format",
			       format ? "a number" : "there is no format '%s'", name);
		return -EINVAL;
	}
	r = cardformat_encode(format, (uint32_t) facility, (uint64_t) card, data, 32);
	if (r < 0)
		rpc_fail_field(request, RPC_BAD_PARAMS, "card",
			       "facility or card does not fit into the format");
	return r;
}

static void
handle_badge(struct board *board, struct rpc_request *request)
{
	uint8_t data[32] = { 0 };
	struct reader *reader = reader_of(board, request);

	if (!reader)
		return;
	int bits = card_bits(request, data);
	if (bits < 0)
		return;
	if (reader_badge(reader, (unsigned) bits, data) < 0)
		rpc_fail(request, RPC_TOO_MANY, "eight cards wait at this reader already");
	else
		rpc_reply(request, NULL);
}

static void
handle_reader(struct board *board, struct rpc_request *request)
{
	const char *state = json_string_or(request->params, "state", "");
	const char *argument = json_string_or(request->params, "argument", "");
	struct reader *reader = reader_of(board, request);

	if (!reader)
		return;
	if (reader_set(reader, state, argument) < 0)
		rpc_fail_field(request, RPC_BAD_PARAMS, "state",
			       "plugged, unplugged, tampered, untampered, swap, or key wrong, "
			       "default or forget");
	else
		rpc_reply(request, NULL);
}

static void
handle_inject(struct board *board, struct rpc_request *request)
{
	json_int_t bus = json_integer_or(request->params, "bus", 0);
	uint8_t bytes[512];
	int size = hex_decode(json_string_or(request->params, "bytes", ""), bytes, sizeof(bytes));

	if (bus < 1 || bus > BUSES) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "bus", "from 1 to %d", BUSES);
	} else if (size < 1) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "bytes", "1 to 512 bytes in hex");
	} else {
		line_inject(board->lines[bus - 1], bytes, (size_t) size);
		rpc_reply(request, NULL);
	}
}

static void
handle_storm(struct board *board, struct rpc_request *request)
{
	json_int_t duration_ms = json_integer_or(request->params, "duration_ms", -1);

	if (duration_ms < 0 || duration_ms > STORM_MAX_S * 1000) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "duration_ms", "from 0 to %d",
			       STORM_MAX_S * 1000);
		return;
	}
	uint64_t until_us = clock_mono_us() + (uint64_t) duration_ms * US_PER_MS;
	for (unsigned i = 1; i <= READERS; i++)
		reader_storm(board_reader(board, i), until_us);
	rpc_reply(request, NULL);
}

static void
handle_answered(struct board *board, struct rpc_request *request)
{
	struct reader *reader = reader_of(board, request);

	if (reader)
		rpc_reply(request, json_pack("{so}", "numbers", reader_answered(reader)));
}

static void
handle_polls(struct board *board, struct rpc_request *request)
{
	struct reader *reader = reader_of(board, request);

	if (!reader)
		return;
	if (json_bool_or(request->params, "reset", false))
		polls_reset(reader_polls(reader));
	rpc_reply(request, polls_show(reader_polls(reader)));
}

static void
handle_show(struct board *board, struct rpc_request *request)
{
	json_t *readers = json_object();
	json_t *moves = json_object();

	for (unsigned i = 1; i <= READERS; i++) {
		char key[8];
		(void) snprintf(key, sizeof(key), "%u", i);
		(void) json_object_set_new(readers, key,
					   reader_show(board_reader(board, i), clock_mono_us()));
	}
	for (unsigned i = 0; i < DOORS; i++) {
		char key[24];
		(void) snprintf(key, sizeof(key), "door%u.lock", i + 1);
		(void) json_object_set_new(moves, key, json_integer(board->wiring[i].lock_moves));
	}
	rpc_reply(request,
		  json_pack("{so,so,so,sb}", "points", board_points(board), "readers", readers,
			    "moves", moves, "attached", board->controller != NULL));
}

static const struct {
	const char *name;
	void (*handle)(struct board *board, struct rpc_request *request);
} methods[] = {
	{ "answered", handle_answered }, { "attach", handle_attach },	{ "badge", handle_badge },
	{ "branch", handle_order },	 { "direction", handle_order }, { "inject", handle_inject },
	{ "led", handle_order },	 { "output", handle_output },	{ "polls", handle_polls },
	{ "reader", handle_reader },	 { "set", handle_set },		{ "show", handle_show },
	{ "storm", handle_storm },
};

void
board_on_request(struct rpc_request *request, void *context)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (!strcmp(methods[i].name, request->method)) {
			methods[i].handle(context, request);
			return;
		}
	rpc_fail(request, RPC_UNKNOWN_METHOD, "there is no method of this name");
}

void
board_on_closed(struct rpc_connection *connection, void *context)
{
	struct board *board = context;

	/* The relays keep what they were told last; a real board's do so through the fd store. */
	if (board->controller == connection)
		board->controller = NULL;
}
