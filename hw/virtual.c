/*
 * The virtual board: cardea-board plays the hardware and is reached over sockets beside ours.
 * Points travel as calls over board.sock, each bus is a Unix stream socket with its own bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw/driver.h"
#include "lib/clock.h"
#include "lib/inventory.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "lib/wire.h"

#define CALL_MS	     1000
#define LEVEL_MV_MAX 30000

static const char *const input_names[HW_INPUTS] = { "contact", "rex" };
static const char *const output_names[HW_OUTPUTS] = { "lock", "aux" };

struct board {
	char *run_dir;
	struct rpc_client *client;
	const struct driver_ops *ops;
	void *context;
};

/* An output under way; its answer says that the board has taken it. */
struct pending_output {
	struct board *board;
	unsigned door;
	enum hw_output output;
	bool is_on;
};

static enum hw_input_state
state_from(const json_t *value)
{
	if (json_is_boolean(value))
		return json_is_true(value) ? HW_ACTIVE : HW_INACTIVE;
	return HW_FAULT;
}

static void
take_input(struct board *board, const char *point, const json_t *value)
{
	unsigned door;
	char name[16];

	if (sscanf(point, "door%u.%15s", &door, name) != 2 || door < 1 || door > DOORS)
		return;
	for (size_t i = 0; i < HW_INPUTS; i++)
		if (!strcmp(name, input_names[i]))
			board->ops->on_input(door, (enum hw_input) i, state_from(value),
					     board->context);
}

static void
take_level(struct board *board, const char *point, const json_t *value)
{
	const struct inventory_row *row = inventory_find(point);
	unsigned input = row ? inventory_input_number(row) : 0;
	json_int_t mv = json_integer_value(value);

	if (input && json_is_integer(value) && mv >= 0 && mv <= LEVEL_MV_MAX)
		board->ops->on_level(input, (int) mv, board->context);
}

static void
on_attached(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct board *board = context;
	const char *point;
	json_t *value;

	if (!result) {
		rpc_reconnect(board->client);
		return;
	}
	board->ops->on_board(true, board->context);
	json_object_foreach (json_object_get(result, "inputs"), point, value)
		take_input(board, point, value);
	json_object_foreach (json_object_get(result, "levels"), point, value)
		take_level(board, point, value);
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

	board->ops->on_board(false, board->context);
}

static void
on_push(struct rpc_client *client UNUSED, json_t *message, void *context)
{
	const char *point = json_string_or(message, "input", NULL);

	if (point)
		take_input(context, point, json_object_get(message, "active"));
	point = json_string_or(message, "level", NULL);
	if (point)
		take_level(context, point, json_object_get(message, "mv"));
}

static const struct rpc_client_ops client_ops = {
	.on_up = on_up,
	.on_down = on_down,
	.on_push = on_push,
};

static int
virtual_open(struct event_base *base, const char *run_dir, const struct driver_ops *ops,
	     void *context, void **ret)
{
	char path[256];
	int r = path_join(path, sizeof(path), run_dir, "board.sock");
	if (r < 0)
		return r;
	struct board *board = xcalloc(1, sizeof(*board));
	*board = (struct board){ .run_dir = xstrdup(run_dir), .ops = ops, .context = context };
	board->client = rpc_client_new(base, path, "door", &client_ops, board);
	*ret = board;
	return 0;
}

static void
virtual_close(void *context)
{
	struct board *board = context;

	rpc_client_free(board->client);
	free(board->run_dir);
	free(board);
}

static void
on_output_taken(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct pending_output *pending = context;

	if (result)
		pending->board->ops->on_output(pending->door, pending->output, pending->is_on,
					       clock_mono_us(), pending->board->context);
	free(pending);
}

static int
virtual_set_output(void *context, unsigned door, enum hw_output output, bool is_on)
{
	struct board *board = context;
	char point[24];

	if (!rpc_is_up(board->client))
		return -ENOTCONN;
	(void) snprintf(point, sizeof(point), "door%u.%s", door, output_names[output]);
	struct pending_output *pending = xcalloc(1, sizeof(*pending));
	*pending = (struct pending_output){ board, door, output, is_on };
	rpc_call(board->client, NULL, "output", json_pack("{ss,sb}", "point", point, "on", is_on),
		 CALL_MS, on_output_taken, pending);
	return 0;
}

static int
virtual_open_bus(void *context, unsigned bus)
{
	const struct board *board = context;
	_cleanup_(freep) char *path = xasprintf("%s/bus%u.sock", board->run_dir, bus);

	return wire_connect(path);
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
	.open_bus = virtual_open_bus,
	.console = virtual_console,
};
