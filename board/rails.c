#include "board/rails.h"

#include "board/board.h"
#include "lib/util.h"

#define V12	       12000
#define POE_MV	       48000
#define USABLE_PERCENT 75
#define EFFICIENCY     90   /* per cent, of the converters behind a source */
#define MAIN_MW	       3000 /* the controller itself */
#define DOORS_MW       600
#define READER_MIN_MV  8000
#define MW(mv, ma)     ((uint32_t) ((uint64_t) (mv) * (ma) / 1000))

static bool
is_poe(const struct inventory_row *row)
{
	return row->budget == BUDGET_MAIN && row->max_mv > V12;
}

uint32_t
rails_nominal_mv(const struct inventory_row *row)
{
	return is_poe(row) ? POE_MV : V12;
}

static uint32_t
source_mv(const struct board *board, const struct inventory_row *row)
{
	const struct point *point = board_point_const(board, row);

	if (!point->is_on || board->rails.is_unplugged)
		return 0;
	return point->rail.has_mv ? point->rail.mv : rails_nominal_mv(row);
}

bool
rails_is_there(const struct board *board, const struct inventory_row *row)
{
	return source_mv(board, row) >= rails_nominal_mv(row) * USABLE_PERCENT / 100;
}

static const struct inventory_row *
source_row(enum inventory_source source)
{
	return inventory_of_kind(INV_SUPPLY_IN, source);
}

bool
rails_has_doors(const struct board *board)
{
	return rails_is_there(board, inventory_find("doors1_4.dc_in"));
}

struct power_supplies
rails_supplies(const struct board *board)
{
	struct power_supplies there = {
		.has_dc_in = rails_is_there(board, source_row(SOURCE_DC_IN)),
		.has_doors = rails_has_doors(board),
	};

	if (rails_is_there(board, source_row(SOURCE_POE)))
		there.poe = SOURCE_POE;
	if (rails_is_there(board, source_row(SOURCE_POE_PLUS)))
		there.poe = SOURCE_POE_PLUS;
	return there;
}

/* Whether what a point hangs on is fed and not switched off. */
static bool
is_fed(const struct board *board, const struct inventory_row *row)
{
	bool has_source = row->door ? rails_has_doors(board) : board_is_running(board);

	return has_source && !board->rails.is_branch_off[row->budget];
}

bool
rails_feeds_readers(const struct board *board, unsigned door)
{
	const struct inventory_row *row = NULL;

	for (size_t i = 0; i < INVENTORY_ROWS && !row; i++)
		if (inventory_at(i)->budget == BUDGET_READERS && inventory_at(i)->door == door &&
		    inventory_at(i)->kind == INV_SUPPLY_OUT)
			row = inventory_at(i);
	return row && rails_mv(board, row) >= READER_MIN_MV;
}

bool
rails_is_energised(const struct board *board, const struct inventory_row *row)
{
	const struct point *point = board_point_const(board, row);
	bool is_fed_coil = !row->door || rails_has_doors(board);

	if (row->kind == INV_AUX_IO && !point->is_output)
		return false;
	return point->is_on && is_fed_coil && board_is_running(board);
}

/* What the jumper of a relay puts on COM; 0 without one: the lock has a supply of its own. */
static uint32_t
jumper_mv(const struct board *board, const struct inventory_row *row)
{
	unsigned index = row->kind == INV_LOCK_RELAY ? 2 : row->kind == INV_RELAY ? 1 : 0;
	const struct inventory_row *jumper = index ? inventory_of_kind(INV_JUMPER, index) : NULL;

	return jumper ? board_point_const(board, jumper)->rail.mv : 0;
}

/* Current through the contacts of a relay, whoever feeds it. */
static uint32_t
contact_ma(const struct board *board, const struct inventory_row *row)
{
	const struct point *point = board_point_const(board, row);
	bool is_closed = rails_is_energised(board, row) != point->is_on_nc;
	bool has_voltage = !jumper_mv(board, row) || is_fed(board, row);

	return is_closed && has_voltage ? point->rail.load_ma : 0;
}

uint32_t
rails_mv(const struct board *board, const struct inventory_row *row)
{
	const struct point *point = board_point_const(board, row);

	if (row->kind == INV_SUPPLY_IN)
		return source_mv(board, row);
	if (row->kind == INV_JUMPER)
		return point->rail.mv;
	bool is_relay = row->kind != INV_SUPPLY_OUT;
	uint32_t nominal_mv = is_relay ? jumper_mv(board, row) : V12;
	if (!is_fed(board, row) || !nominal_mv)
		return 0;
	return point->rail.has_mv ? point->rail.mv : nominal_mv;
}

/* What a point takes of the board's own power. */
static uint32_t
own_mw(const struct board *board, const struct inventory_row *row)
{
	switch (row->kind) {
	case INV_SUPPLY_OUT:
	case INV_LOCK_RELAY:
	case INV_RELAY:
		return MW(rails_mv(board, row), rails_ma(board, row));
	case INV_AUX_IO:
		return MW(V12, rails_ma(board, row));
	default:
		return 0;
	}
}

uint32_t
rails_used_mw(const struct board *board, bool is_doors)
{
	uint32_t used_mw = 0;

	if (is_doors ? rails_has_doors(board) : board->rails.phase != DEVICE_OFF)
		used_mw = is_doors ? DOORS_MW : MAIN_MW;
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (is_doors == (inventory_at(i)->door != 0))
			used_mw += own_mw(board, inventory_at(i));
	return used_mw;
}

static uint32_t
source_ma(const struct board *board, const struct inventory_row *row)
{
	uint32_t mv = source_mv(board, row);
	bool is_doors = row->budget == BUDGET_DOORS;
	bool is_used = is_doors || row == source_row(board->rails.power.source);

	if (!mv || !is_used)
		return 0;
	uint64_t taken_mw = (uint64_t) rails_used_mw(board, is_doors) * 100 / EFFICIENCY;
	return (uint32_t) (taken_mw * 1000 / mv);
}

uint32_t
rails_ma(const struct board *board, const struct inventory_row *row)
{
	const struct point *point = board_point_const(board, row);

	switch (row->kind) {
	case INV_SUPPLY_IN:
		return source_ma(board, row);
	case INV_SUPPLY_OUT:
		return rails_mv(board, row) ? point->rail.load_ma : 0;
	case INV_LOCK_RELAY:
	case INV_AUX_RELAY:
	case INV_RELAY:
		return contact_ma(board, row);
	case INV_OUTPUT:
		return rails_is_energised(board, row) ? point->rail.load_ma : 0;
	case INV_AUX_IO:
		return rails_is_energised(board, row) && is_fed(board, row) ? point->rail.load_ma
									    : 0;
	default:
		return 0;
	}
}
