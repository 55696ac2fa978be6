/*
 * The virtual board: cardea-board plays the hardware and is reached over sockets beside ours.
 * Points travel as calls over board.sock, each bus is a Unix stream socket with its own bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw/driver.h"
#include "hw/profile.h"
#include "lib/clock.h"
#include "lib/inventory.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "lib/wire.h"

#define CALL_MS	  1000
#define VALUE_MAX 1000000

static const struct {
	const char *name;
	enum hw_quantity quantity;
} quantities[] = {
	{ "ma", HW_MA },
	{ "mc", HW_MILLICELSIUS },
	{ "mv", HW_MV },
};

struct board {
	char *run_dir;
	char *boot; /* of the board when it was attached last; NULL before */
	struct rpc_client *client;
	const struct driver_ops *ops;
	void *context;
	int buses[PROFILE_BUSES]; /* the streams that were opened; -1: none */
};

/* An output under way; its answer says that the board has taken it. */
struct pending_output {
	struct board *board;
	const struct inventory_row *point;
	bool is_on;
};

static enum hw_state
state_from(const json_t *value)
{
	if (json_is_boolean(value))
		return json_is_true(value) ? HW_ACTIVE : HW_INACTIVE;
	return HW_FAULT;
}

/* A point's state and what is measured there, in one object. */
static void
take_point(struct board *board, const char *id, const json_t *said)
{
	const struct inventory_row *point = inventory_find(id);
	const json_t *value;

	if (!point)
		return;
	value = json_object_get(said, "fault");
	if (value)
		board->ops->on_fault(point, json_string_value(value), board->context);
	value = json_object_get(said, "state");
	if (value)
		board->ops->on_state(point, state_from(value), board->context);
	for (size_t i = 0; i < ARRAY_LEN(quantities); i++) {
		value = json_object_get(said, quantities[i].name);
		json_int_t number = json_integer_value(value);
		if (json_is_integer(value) && number >= -VALUE_MAX && number <= VALUE_MAX)
			board->ops->on_measure(point, quantities[i].quantity, (int32_t) number,
					       board->context);
	}
}

static void
on_attached(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct board *board = context;
	const char *boot = json_string_or(result, "boot", NULL);
	const char *point;
	json_t *value;

	if (!boot) {
		rpc_reconnect(board->client);
		return;
	}
	bool is_restarted = board->boot && strcmp(board->boot, boot) != 0;
	free(board->boot);
	board->boot = xstrdup(boot);
	board->ops->on_board(true, is_restarted, board->context);
	json_object_foreach (json_object_get(result, "points"), point, value)
		take_point(board, point, value);
}

static void
on_up(struct rpc_client *client, void *context)
{
	rpc_call(client, NULL, "attach", NULL, CALL_MS, on_attached, context);
}

static void
on_down(struct rpc_client *client UNUSED, void *context)
{
	struct board *board = context;

	board->ops->on_board(false, false, board->context);
}

static void
on_push(struct rpc_client *client UNUSED, json_t *message, void *context)
{
	const char *point = json_string_or(message, "point", NULL);

	if (point)
		take_point(context, point, message);
}

static const struct rpc_client_ops client_ops = {
	.on_up = on_up,
	.on_down = on_down,
	.on_push = on_push,
};

static int
virtual_open(const struct driver_setup *setup, const struct driver_ops *ops, void *context,
	     void **ret)
{
	char path[256];
	int r = path_join(path, sizeof(path), setup->run_dir, "board.sock");
	if (r < 0)
		return r;
	struct board *board = xcalloc(1, sizeof(*board));
	*board = (struct board){
		.run_dir = xstrdup(setup->run_dir),
		.ops = ops,
		.context = context,
	};
	for (unsigned i = 0; i < PROFILE_BUSES; i++)
		board->buses[i] = -1;
	board->client = rpc_client_new(setup->base, path, "door", &client_ops, board);
	*ret = board;
	return 0;
}

static void
virtual_close(void *context)
{
	struct board *board = context;

	rpc_client_free(board->client);
	free(board->run_dir);
	free(board->boot);
	free(board);
}

static void
on_output_taken(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct pending_output *pending = context;

	if (result)
		pending->board->ops->on_output(pending->point, pending->is_on, clock_mono_us(),
					       pending->board->context);
	free(pending);
}

static int
virtual_set_output(void *context, const struct inventory_row *point, bool is_on)
{
	struct board *board = context;

	if (!rpc_is_up(board->client))
		return -ENOTCONN;
	struct pending_output *pending = xcalloc(1, sizeof(*pending));
	*pending = (struct pending_output){ board, point, is_on };
	rpc_call(board->client, NULL, "output",
		 json_pack("{ss,sb}", "point", point->id, "on", is_on), CALL_MS, on_output_taken,
		 pending);
	return 0;
}

/* Takes params. */
static int
order(struct board *board, const char *method, json_t *params)
{
	if (!rpc_is_up(board->client)) {
		json_decref(params);
		return -ENOTCONN;
	}
	rpc_call(board->client, NULL, method, params, CALL_MS, NULL, NULL);
	return 0;
}

static int
virtual_set_direction(void *board, const struct inventory_row *point, bool is_output)
{
	return order(board, "direction",
		     json_pack("{ss,sb}", "point", point->id, "output", is_output));
}

static int
virtual_set_branch(void *board, enum inventory_budget branch, bool is_on)
{
	return order(board, "branch",
		     json_pack("{ss,sb}", "branch", inventory_budget_name(branch), "on", is_on));
}

static int
virtual_set_led(void *board, const struct inventory_row *point, const struct hw_led *led)
{
	return order(board, "led",
		     json_pack("{ss,ss,ss,si,si}", "point", point->id, "first",
			       hw_colour_name(led->first), "second", hw_colour_name(led->second),
			       "first_ms", (int) led->first_ms, "second_ms", (int) led->second_ms));
}

/* What is said on the bus afterwards must not overtake it. */
static int
order_baud(struct board *board, unsigned bus, uint32_t baud)
{
	int r = order(board, "baud",
		      json_pack("{si,sI}", "bus", (int) bus, "baud", (json_int_t) baud));

	rpc_flush(board->client);
	return r;
}

static int
virtual_open_bus(void *context, unsigned bus, uint32_t baud)
{
	struct board *board = context;
	_cleanup_(freep) char *path = xasprintf("%s/bus%u.sock", board->run_dir, bus);
	int r = bus <= PROFILE_BUSES ? order_baud(board, bus, baud) : -ENODEV;

	if (r < 0)
		return r;
	r = wire_connect(path);
	/* The number may have been that of another bus, which has been closed since. */
	for (unsigned i = 0; i < PROFILE_BUSES && r >= 0; i++)
		board->buses[i] = board->buses[i] == r ? -1 : board->buses[i];
	if (r >= 0)
		board->buses[bus - 1] = r;
	return r;
}

static int
virtual_set_baud(void *context, int fd, uint32_t baud)
{
	struct board *board = context;

	for (unsigned i = 0; i < PROFILE_BUSES; i++)
		if (board->buses[i] == fd)
			return order_baud(board, i + 1, baud);
	return -EBADF;
}

static void
virtual_console(void *context, const json_t *request,
		void (*done)(json_t *, const struct rpc_error *, void *), void *done_context)
{
	struct board *board = context;
	json_t *params = json_object_get(request, "params");

	rpc_call(board->client, NULL, json_string_or(request, "method", "show"),
		 params ? json_incref(params) : NULL, CALL_MS, done, done_context);
}

const struct driver driver_virtual = {
	.name = "virtual",
	.open = virtual_open,
	.close = virtual_close,
	.set_output = virtual_set_output,
	.set_direction = virtual_set_direction,
	.set_branch = virtual_set_branch,
	.set_led = virtual_set_led,
	.open_bus = virtual_open_bus,
	.set_baud = virtual_set_baud,
	.console = virtual_console,
};
