/* Words about expansion modules. */
#include <errno.h>

#include "board/board.h"
#include "board/line.h"
#include "board/peripheral.h"
#include "board/table.h"
#include "lib/util.h"

#define CHANNELS 8

static struct line *
line_of(struct board *board, const struct order *order)
{
	return board->lines[order_number(order, "BUS", 1) - 1];
}

static struct module *
module_of(struct board *board, const struct order *order, struct outcome *outcome)
{
	struct module *module =
		line_module(line_of(board, order), (unsigned) order_number(order, "ADDRESS", 0));

	if (!module)
		(void) outcome_refuse(outcome, RPC_NOT_FOUND, "address",
				      "there is no module at this address");
	return module;
}

static bool
is_full(const struct board *board)
{
	unsigned count = 0;

	for (unsigned i = 0; i < BUSES; i++)
		count += line_module_count(board->lines[i]);
	return count >= MODULES_MAX;
}

int
do_module_add(struct board *board, const struct order *order, struct outcome *outcome)
{
	int r = -ENOSPC;

	if (!is_full(board))
		r = line_add_module(line_of(board, order),
				    (uint8_t) order_number(order, "ADDRESS", 0),
				    (unsigned) order_number(order, "--inputs", CHANNELS),
				    (unsigned) order_number(order, "--outputs", CHANNELS));
	if (r == -EEXIST)
		return outcome_refuse(outcome, RPC_CONFLICT, "address",
				      "something on this bus has the address already");
	if (r < 0)
		return outcome_refuse(outcome, RPC_TOO_MANY, "bus", "%d modules are there already",
				      MODULES_MAX);
	return 0;
}

int
do_module_remove(struct board *board, const struct order *order, struct outcome *outcome)
{
	struct module *module = module_of(board, order, outcome);

	if (!module)
		return -EINVAL;
	line_remove_module(line_of(board, order), module);
	return 0;
}

static int
set(struct board *board, const struct order *order, const char *word, const char *argument,
    struct outcome *outcome)
{
	struct module *module = module_of(board, order, outcome);

	return module ? module_set(module, word, argument) : -EINVAL;
}

int
do_module(struct board *board, const struct order *order, struct outcome *outcome)
{
	return set(board, order, order_choice(order, 0), "", outcome);
}

int
do_module_key(struct board *board, const struct order *order, struct outcome *outcome)
{
	return set(board, order, "key", order_choice(order, 0), outcome);
}

int
do_module_power(struct board *board, const struct order *order, struct outcome *outcome)
{
	return set(board, order, "power", order_choice(order, 0), outcome);
}

int
do_module_speed(struct board *board, const struct order *order, struct outcome *outcome)
{
	struct module *module = module_of(board, order, outcome);

	if (!module)
		return -EINVAL;
	peripheral_set_baud(module_peripheral(module), (uint32_t) order_number(order, "BAUD", 0));
	return 0;
}

int
do_module_late(struct board *board, const struct order *order, struct outcome *outcome)
{
	struct module *module = module_of(board, order, outcome);

	if (!module)
		return -EINVAL;
	module_peripheral(module)->late_us = (uint64_t) order_number(order, "DURATION", 0);
	return 0;
}

int
do_module_input(struct board *board, const struct order *order, struct outcome *outcome)
{
	struct module *module = module_of(board, order, outcome);

	if (!module)
		return -EINVAL;
	if (module_set_input(module, (unsigned) order_number(order, "CHANNEL", 1),
			     order_choice(order, 0)) < 0)
		return outcome_refuse(outcome, RPC_BAD_PARAMS, "channel",
				      "the module has no such input");
	return 0;
}

int
do_show_module(struct board *board, const struct order *order, struct outcome *outcome)
{
	const struct module *module = module_of(board, order, outcome);

	if (!module)
		return -EINVAL;
	outcome->result = json_pack("{so}", "device", module_show(module, board->now_us));
	return 0;
}
