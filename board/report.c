/* What a controller measures at each point, and telling it what has changed. */
#include <string.h>

#include "board/board.h"
#include "lib/util.h"

#define DEAD_INPUT "the input does not answer"

static void
read_input(const struct board *board, const struct inventory_row *row, struct reading *ret)
{
	const struct cable *cable = &board->cables[inventory_input_number(row) - 1];
	bool is_sinking = rails_is_energised(board, row);

	ret->has_state = ret->has_mv = true;
	ret->is_active = is_sinking || cable_is_closed(cable);
	ret->mv = is_sinking ? 0 : cable_mv(cable);
	if (cable->damage == CABLE_DEAD)
		ret->why = DEAD_INPUT;
}

static void
read_aux(const struct board *board, const struct inventory_row *row, struct reading *ret)
{
	/* An output that is on pulls its own line to ground. */
	bool is_output = board_point_const(board, row)->is_output;

	if (is_output)
		ret->has_state = ret->has_mv = ret->has_ma = true;
	ret->ma = (int32_t) rails_ma(board, row);
	read_input(board, row, ret);
}

static void
read_switch(const struct board *board, const struct inventory_row *row, struct reading *ret)
{
	ret->has_state = true;
	ret->is_active = board_point_const(board, row)->is_on;
}

static void
read_source(const struct board *board, const struct inventory_row *row, struct reading *ret)
{
	ret->has_state = ret->has_mv = ret->has_ma = true;
	ret->is_active = rails_is_there(board, row);
	ret->mv = (int32_t) rails_mv(board, row);
	ret->ma = (int32_t) rails_ma(board, row);
}

static void
read_rail(const struct board *board, const struct inventory_row *row, struct reading *ret)
{
	ret->has_mv = ret->has_ma = true;
	ret->mv = (int32_t) rails_mv(board, row);
	ret->ma = (int32_t) rails_ma(board, row);
}

static void
read_load(const struct board *board, const struct inventory_row *row, struct reading *ret)
{
	ret->has_ma = true;
	ret->ma = (int32_t) rails_ma(board, row);
}

static void
read_jumper(const struct board *board, const struct inventory_row *row, struct reading *ret)
{
	ret->has_mv = true;
	ret->mv = (int32_t) rails_mv(board, row);
}

static void
read_temperature(const struct board *board, const struct inventory_row *row UNUSED,
		 struct reading *ret)
{
	ret->has_mc = true;
	ret->mc = board->temperature_mc;
}

static const struct {
	enum inventory_kind kind;
	void (*read)(const struct board *board, const struct inventory_row *row,
		     struct reading *ret);
} readings[] = {
	{ INV_CONTACT, read_input },
	{ INV_REX, read_input },
	{ INV_INPUT, read_input },
	{ INV_TAMPER, read_input },
	{ INV_ALARM, read_input },
	{ INV_AUX_IO, read_aux },
	{ INV_LOCK_RELAY, read_rail },
	{ INV_RELAY, read_rail },
	{ INV_AUX_RELAY, read_load },
	{ INV_OUTPUT, read_load },
	{ INV_SUPPLY_IN, read_source },
	{ INV_SUPPLY_OUT, read_rail },
	{ INV_JUMPER, read_jumper },
	{ INV_CASING, read_switch },
	{ INV_MOTION, read_switch },
	{ INV_BUTTON, read_switch },
	{ INV_TEMPERATURE, read_temperature },
};

void
board_read(const struct board *board, const struct inventory_row *row, struct reading *ret)
{
	const struct point *point = board_point_const(board, row);

	*ret = (struct reading){ .why = NULL };
	for (size_t i = 0; i < ARRAY_LEN(readings) && row->is_fitted; i++)
		if (readings[i].kind == row->kind)
			readings[i].read(board, row, ret);
	if (point->why)
		ret->why = point->why;
	/* Of what does not work nothing is known. */
	if (ret->why)
		*ret = (struct reading){ .why = ret->why,
					 .why_id = fnv1a(ret->why, strlen(ret->why)) };
}

static void
set_integer(json_t *object, const char *key, int32_t value)
{
	(void) json_object_set_new(object, key, json_integer(value));
}

/* What differs from before; everything when before is NULL. NULL when nothing does. */
static json_t *
difference(const struct reading *now, const struct reading *before)
{
	static const struct reading nothing;
	bool is_all = !before || before->why_id != now->why_id;
	const struct reading *old = is_all ? &nothing : before;
	json_t *object = json_object();

	if (is_all)
		(void) json_object_set_new(object, "fault",
					   now->why ? json_string(now->why) : json_null());
	if (now->has_state && (!old->has_state || old->is_active != now->is_active))
		(void) json_object_set_new(object, "state", json_boolean(now->is_active));
	if (now->has_mv && (!old->has_mv || old->mv != now->mv))
		set_integer(object, "mv", now->mv);
	if (now->has_ma && (!old->has_ma || old->ma != now->ma))
		set_integer(object, "ma", now->ma);
	if (now->has_mc && (!old->has_mc || old->mc != now->mc))
		set_integer(object, "mc", now->mc);
	if (json_object_size(object))
		return object;
	json_decref(object);
	return NULL;
}

/* What was told last is kept beyond the life of its words. */
static void
remember(struct board *board, size_t at, const struct reading *now)
{
	board->told[at] = *now;
	board->told[at].why = NULL;
}

static bool
is_told(const struct reading *reading)
{
	return reading->has_state || reading->has_mv || reading->has_ma || reading->has_mc ||
	       reading->why;
}

json_t *
board_readings(struct board *board)
{
	json_t *points = json_object();

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		struct reading now;
		board_read(board, inventory_at(i), &now);
		if (is_told(&now) || board_is_output(inventory_at(i)))
			(void) json_object_set_new(points, inventory_at(i)->id,
						   difference(&now, NULL));
		remember(board, i, &now);
	}
	return points;
}

void
board_report(struct board *board)
{
	for (size_t i = 0; i < INVENTORY_ROWS && board->controller; i++) {
		struct reading now;
		board_read(board, inventory_at(i), &now);
		_cleanup_(json_decrefp) json_t *message = difference(&now, &board->told[i]);
		remember(board, i, &now);
		if (!message)
			continue;
		(void) json_object_set_new(message, "point", json_string(inventory_at(i)->id));
		(void) rpc_push(board->controller, message);
	}
}

json_t *
board_outputs(const struct board *board)
{
	json_t *outputs = json_object();

	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (board_is_output(inventory_at(i)))
			(void) json_object_set_new(
				outputs, inventory_at(i)->id,
				json_boolean(rails_is_energised(board, inventory_at(i))));
	return outputs;
}
