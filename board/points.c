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

/* What the controller sees: the circuit, its level, and whether the point itself is broken. */
static json_t *
seen(const struct cable *cable)
{
	return json_pack("{sb,si,ss?}", "state", cable_is_closed(cable), "mv", cable_mv(cable),
			 "fault", cable->damage == CABLE_DEAD ? "the input does not answer" : NULL);
}

static void
tell(struct board *board, const struct inventory_row *row, const struct cable *cable)
{
	_cleanup_(json_decrefp) json_t *message = seen(cable);

	if (!board->controller)
		return;
	(void) json_object_set_new(message, "point", json_string(row->id));
	(void) rpc_push(board->controller, message);
}

/* What people say of doors and buttons, in the words of their cable. */
static const struct {
	enum inventory_kind kind;
	const char *said;
	const char *meant;
} words[] = {
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

static bool
is_output(const struct inventory_row *row)
{
	return row->kind == INV_LOCK_RELAY || row->kind == INV_AUX_RELAY ||
	       row->kind == INV_RELAY || row->kind == INV_OUTPUT || row->kind == INV_AUX_IO;
}

int
board_set_output(struct board *board, const char *point, bool is_on)
{
	const struct inventory_row *row = inventory_find(point);

	if (!row || !is_output(row))
		return -ENOENT;
	if (row->kind == INV_LOCK_RELAY) {
		struct wiring *wiring = &board->wiring[row->door - 1];
		wiring->lock_moves += wiring->is_lock_on != is_on;
		wiring->is_lock_on = is_on;
	}
	board->is_on[inventory_position(row)] = is_on;
	return 0;
}

json_t *
board_inputs(const struct board *board)
{
	json_t *inputs = json_object();

	for (unsigned i = 0; i < INPUTS; i++)
		(void) json_object_set_new(inputs, board->cables[i].point, seen(&board->cables[i]));
	return inputs;
}

json_t *
board_outputs(const struct board *board)
{
	json_t *outputs = json_object();

	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (is_output(inventory_at(i)))
			(void) json_object_set_new(outputs, inventory_at(i)->id,
						   json_boolean(board->is_on[i]));
	return outputs;
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
		state = cable_damage_name(cable->damage);
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
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (is_output(inventory_at(i)))
			(void) json_object_set_new(points, inventory_at(i)->id,
						   json_string(board->is_on[i] ? "on" : "off"));
	return points;
}
