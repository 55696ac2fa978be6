/* Inputs and relays: their names, and telling the controller when one changes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "board/board.h"
#include "lib/inventory.h"
#include "lib/util.h"

void
board_init_inputs(struct board *board)
{
	for (unsigned i = 0; i < INPUTS; i++) {
		const struct inventory_row *row = inventory_input(i + 1);
		cable_init(&board->cables[i], row->id);
		board->cables[i].is_closed = row->kind == INV_CONTACT;
	}
}

/* true, false, or null when the board itself sees a fault. */
static json_t *
active(const struct inventory_row *row, const struct cable *cable)
{
	if (cable->damage != CABLE_INTACT)
		return json_null();
	return json_boolean(cable_is_closed(cable) != (row->kind == INV_CONTACT));
}

static bool
is_of_door(const struct inventory_row *row)
{
	return row->kind == INV_CONTACT || row->kind == INV_REX;
}

static void
tell(struct board *board, const struct inventory_row *row, const struct cable *cable)
{
	_cleanup_(json_decrefp) json_t *level =
		json_pack("{ss,si}", "level", row->id, "mv", cable_mv(cable));

	if (!board->controller)
		return;
	if (is_of_door(row)) {
		_cleanup_(json_decrefp) json_t *input =
			json_pack("{ss,so}", "input", row->id, "active", active(row, cable));
		(void) rpc_push(board->controller, input);
	}
	(void) rpc_push(board->controller, level);
}

/* What people say of doors and buttons, in the words of their cable. */
static const struct {
	enum inventory_kind kind;
	const char *said;
	const char *meant;
} words[] = {
	{ INV_CONTACT, "fault", "cut" },
	{ INV_REX, "pressed", "closed" },
	{ INV_REX, "released", "open" },
};

int
board_set_input(struct board *board, const char *point, const char *value, const char *argument)
{
	const struct inventory_row *row = inventory_find(point);
	unsigned number = row ? inventory_input_number(row) : 0;

	if (!number)
		return -ENOENT;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].kind == row->kind && !strcmp(words[i].said, value))
			value = words[i].meant;
	struct cable *cable = &board->cables[number - 1];
	int r = cable_set(cable, value, argument);
	if (r == 0)
		tell(board, row, cable);
	return r;
}

int
board_set_output(struct board *board, const char *point, bool is_on)
{
	const struct inventory_row *row = inventory_find(point);

	if (!row || (row->kind != INV_LOCK_RELAY && row->kind != INV_AUX_RELAY))
		return -ENOENT;
	struct wiring *wiring = &board->wiring[row->door - 1];
	if (row->kind == INV_LOCK_RELAY) {
		wiring->lock_moves += wiring->is_lock_on != is_on;
		wiring->is_lock_on = is_on;
	} else {
		wiring->is_aux_on = is_on;
	}
	return 0;
}

json_t *
board_inputs(const struct board *board)
{
	json_t *inputs = json_object();

	for (unsigned i = 0; i < INPUTS; i++) {
		const struct inventory_row *row = inventory_input(i + 1);
		if (is_of_door(row))
			(void) json_object_set_new(inputs, row->id, active(row, &board->cables[i]));
	}
	return inputs;
}

json_t *
board_levels(const struct board *board)
{
	json_t *levels = json_object();

	for (unsigned i = 0; i < INPUTS; i++)
		(void) json_object_set_new(levels, board->cables[i].point,
					   json_integer(cable_mv(&board->cables[i])));
	return levels;
}

static json_t *
describe(const struct inventory_row *row, const struct cable *cable)
{
	bool is_closed = cable_is_closed(cable);
	char text[48];

	if (row->kind == INV_REX)
		return json_string(is_closed ? "pressed" : "released");
	const char *state = is_closed ? "closed" : "open";
	if (cable->damage != CABLE_INTACT)
		state = cable->damage == CABLE_SHORT ? "short" : "cut";
	if (row->kind == INV_CONTACT)
		return json_string(cable->damage != CABLE_INTACT ? "fault" : state);
	(void) snprintf(text, sizeof(text), "%s, %u ohms", state, cable_ohms(cable));
	return json_string(text);
}

json_t *
board_points(const struct board *board)
{
	json_t *points = json_object();

	for (unsigned i = 0; i < INPUTS; i++) {
		const struct inventory_row *row = inventory_input(i + 1);
		(void) json_object_set_new(points, row->id, describe(row, &board->cables[i]));
	}
	for (unsigned i = 1; i <= DOORS; i++) {
		const struct wiring *wiring = &board->wiring[i - 1];
		(void) json_object_set_new(points, inventory_of_kind(INV_LOCK_RELAY, i)->id,
					   json_string(wiring->is_lock_on ? "on" : "off"));
		(void) json_object_set_new(points, inventory_of_kind(INV_AUX_RELAY, i)->id,
					   json_string(wiring->is_aux_on ? "on" : "off"));
	}
	return points;
}
