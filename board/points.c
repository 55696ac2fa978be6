/* Wires of the doors: their names, and telling the controller when one changes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "board/board.h"
#include "lib/util.h"

static int
find(struct board *board, const char *point, struct wiring **ret_wiring, char name[16])
{
	unsigned door;

	if (sscanf(point, "door%u.%15s", &door, name) != 2 || door < 1 || door > DOORS)
		return -ENOENT;
	*ret_wiring = &board->wiring[door - 1];
	return 0;
}

static json_t *
contact(const struct wiring *wiring)
{
	return wiring->is_contact_faulty ? json_null() : json_boolean(wiring->is_open);
}

static void
tell(struct board *board, const char *point, json_t *active)
{
	json_t *message = json_pack("{ss,so}", "input", point, "active", active);

	if (board->controller)
		(void) rpc_push(board->controller, message);
	json_decref(message);
}

int
board_set_input(struct board *board, const char *point, const char *value)
{
	struct wiring *wiring;
	char name[16];
	int r = find(board, point, &wiring, name);

	if (r < 0)
		return r;
	if (!strcmp(name, "rex")) {
		if (strcmp(value, "pressed") && strcmp(value, "released"))
			return -EINVAL;
		wiring->is_rex_pressed = !strcmp(value, "pressed");
		tell(board, point, json_boolean(wiring->is_rex_pressed));
		return 0;
	}
	if (strcmp(name, "contact"))
		return -ENOENT;
	if (strcmp(value, "open") && strcmp(value, "closed") && strcmp(value, "fault"))
		return -EINVAL;
	wiring->is_contact_faulty = !strcmp(value, "fault");
	if (!wiring->is_contact_faulty)
		wiring->is_open = !strcmp(value, "open");
	tell(board, point, contact(wiring));
	return 0;
}

int
board_set_output(struct board *board, const char *point, bool is_on)
{
	struct wiring *wiring;
	char name[16];
	int r = find(board, point, &wiring, name);

	if (r < 0)
		return r;
	if (!strcmp(name, "lock")) {
		wiring->lock_moves += wiring->is_lock_on != is_on;
		wiring->is_lock_on = is_on;
	} else if (!strcmp(name, "aux")) {
		wiring->is_aux_on = is_on;
	} else {
		return -ENOENT;
	}
	return 0;
}

static void
put(json_t *object, unsigned door, const char *name, json_t *value)
{
	char point[24];

	(void) snprintf(point, sizeof(point), "door%u.%s", door, name);
	(void) json_object_set_new(object, point, value);
}

json_t *
board_inputs(const struct board *board)
{
	json_t *inputs = json_object();

	for (unsigned i = 0; i < DOORS; i++) {
		put(inputs, i + 1, "contact", contact(&board->wiring[i]));
		put(inputs, i + 1, "rex", json_boolean(board->wiring[i].is_rex_pressed));
	}
	return inputs;
}

json_t *
board_points(const struct board *board)
{
	json_t *points = json_object();

	for (unsigned i = 0; i < DOORS; i++) {
		const struct wiring *wiring = &board->wiring[i];
		const char *position = wiring->is_open ? "open" : "closed";
		put(points, i + 1, "contact",
		    json_string(wiring->is_contact_faulty ? "fault" : position));
		put(points, i + 1, "rex",
		    json_string(wiring->is_rex_pressed ? "pressed" : "released"));
		put(points, i + 1, "lock", json_string(wiring->is_lock_on ? "on" : "off"));
		put(points, i + 1, "aux", json_string(wiring->is_aux_on ? "on" : "off"));
	}
	return points;
}
