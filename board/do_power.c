/* Words about supplies, voltages, jumpers, loads and relays. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/table.h"
#include "lib/util.h"

static bool
is_chosen(const struct order *order, const char *word)
{
	return !strcmp(order_choice(order, 0), word);
}

/* There is one network cable: PoE and PoE+ are two ways to be fed by it. */
static void
pull_other_class(struct board *board, const struct inventory_row *row)
{
	static const char *const classes[] = { "poe", "poe_plus" };

	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (!strcmp(row->id, classes[i]))
			board_point(board, inventory_find(classes[!i]))->is_on = false;
}

int
do_source(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	const struct inventory_row *row = order_point(order);

	board_point(board, row)->is_on = is_chosen(order, "on");
	if (is_chosen(order, "on"))
		pull_other_class(board, row);
	board_repower(board);
	return 0;
}

int
do_mv(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	struct rail *rail = &board_point(board, order_point(order))->rail;

	rail->has_mv = true;
	rail->mv = (uint32_t) order_number(order, "MV", 0);
	board_repower(board);
	return 0;
}

int
do_nominal(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	board_point(board, order_point(order))->rail.has_mv = false;
	board_repower(board);
	return 0;
}

int
do_jumper(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	uint32_t mv = is_chosen(order, "12") ? 12000 : is_chosen(order, "24") ? 24000 : 0;

	board_point(board, order_point(order))->rail.mv = mv;
	return 0;
}

int
do_load(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	board_point(board, order_point(order))->rail.load_ma =
		(uint32_t) order_number(order, "MA", 0);
	return 0;
}

int
do_contacts(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	board_point(board, order_point(order))->is_on_nc = is_chosen(order, "nc");
	return 0;
}

int
do_safe(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	struct point *point = board_point(board, order_point(order));

	point->is_safe_on = is_chosen(order, "on");
	/* Nobody drives it at this moment: it goes there at once. */
	if (board->is_safe)
		point->is_on = point->is_safe_on;
	return 0;
}

int
do_power(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	board->rails.is_unplugged = is_chosen(order, "off");
	board_repower(board);
	return 0;
}
