#include "agent/door_line.h"

#include <event2/event.h>
#include <stdlib.h>

#include "agent/door.h"
#include "agent/door_climate.h"
#include "agent/door_trend.h"
#include "agent/door_watch.h"
#include "lib/clock.h"
#include "lib/history.h"
#include "lib/loop.h"
#include "lib/util.h"

static const struct access_input *
configured(const struct door_line *line)
{
	return line->role->table ? access_input(line->role->table, line->number) : NULL;
}

static const char *
name_of(const struct door_line *line)
{
	const struct access_input *input = configured(line);
	return input ? input->name : line->row->label;
}

static bool
is_of_door(const struct door_line *line)
{
	return line->row->kind == INV_CONTACT || line->row->kind == INV_REX;
}

static void
tell(struct door_line *line, enum event_kind kind)
{
	json_t *data = json_pack("{si,ss,ss,ss,si,sI}", "input", (int) line->number, "point",
				 line->row->id, "name", name_of(line), "state",
				 supervise_state_name(line->input.state), "mv", line->input.mv,
				 "ohms", (json_int_t) supervise_ohms(line->input.mv));

	if (line->row->door)
		(void) json_object_set_new(data, "door", json_integer(line->row->door));
	door_tell(line->role, kind, line->row->id, NULL, NULL, data);
}

/* The end of a fault comes before the state that ends it; its begin after. */
static void
tell_state(struct door_line *line)
{
	enum supervise_state state = line->input.state;
	bool is_fault = supervise_is_fault(state);
	/* What is found in its normal state at the start is no news. */
	bool is_news = line->told == SUPERVISE_UNKNOWN ? supervise_is_active(&line->config, state)
						       : line->told != state;

	if (line->is_faulty && !is_fault)
		tell(line, EV_INPUT_FAULT_CLEARED);
	/* Of a door's contact the door tells. */
	if (is_news && !is_of_door(line))
		tell(line, EV_INPUT_STATE);
	if (!line->is_faulty && is_fault)
		tell(line, EV_INPUT_FAULT);
	line->is_faulty = is_fault;
	line->told = state;
}

enum hw_state
door_line_state(const struct door_line *line)
{
	enum supervise_state seen = line->input.state;

	if (line->is_broken || supervise_is_fault(seen))
		return HW_FAULT;
	if (seen == SUPERVISE_UNKNOWN)
		return HW_UNKNOWN;
	return supervise_is_active(&line->config, seen) ? HW_ACTIVE : HW_INACTIVE;
}

static void
move_door(struct door_line *line)
{
	enum supervise_state seen = line->input.state;

	if (line->row->kind == INV_TAMPER && seen != SUPERVISE_UNKNOWN)
		door_climate_take_tamper(line->role,
					 line->is_broken || supervise_is_fault(seen) ||
						 supervise_is_active(&line->config, seen),
					 supervise_state_name(seen));
	door_watch_take(line->role, line->number);
	if (is_of_door(line))
		door_take_input(&line->role->doors[line->row->door - 1], line->row->kind,
				door_line_state(line));
}

/* An AUX port that drives something is no input. */
static bool
is_output(const struct door_line *line)
{
	unsigned output = inventory_output_number(line->row);

	return output && line->role->outputs[output - 1].config.is_output;
}

static void
push(struct door_line *line)
{
	char key[16];
	json_t *state = door_line_live_state(line);

	(void) snprintf(key, sizeof(key), "input.%u", line->number);
	door_rpc_push_state(line->role, key, state ? state : json_null());
}

static void
follow(struct door_line *line, const struct supervise_change *change)
{
	if (change->is_state) {
		line->changed_us = clock_wall_us();
		tell_state(line);
		move_door(line);
	}
	if (change->is_drift)
		tell(line,
		     supervise_is_drifting(&line->input) ? EV_INPUT_DRIFT : EV_INPUT_DRIFT_CLEARED);
	push(line);
	loop_arm_at(line->timer, supervise_deadline_us(&line->config, &line->input));
}

static void
sample(struct door_line *line, int mv)
{
	struct supervise_change change;

	if (line->is_resting) {
		line->input.mv = mv;
		return;
	}
	supervise_sample(&line->config, &line->input, mv, clock_mono_us(), &change);
	follow(line, &change);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_line *line = context;

	sample(line, line->input.mv);
}

void
door_line_open(struct door_role *role)
{
	for (unsigned i = 0; i < INPUTS; i++) {
		struct door_line *line = &role->lines[i];
		*line = (struct door_line){ .role = role,
					    .number = i + 1,
					    .row = inventory_input(i + 1) };
		supervise_init(&line->input);
		supervise_learn_init(&line->learner);
		line->timer = evtimer_new(role->base, on_timer, line);
	}
}

void
door_line_close(struct door_role *role)
{
	for (unsigned i = 0; i < INPUTS; i++) {
		if (role->lines[i].timer)
			event_free(role->lines[i].timer);
		free(role->lines[i].history);
	}
}

/* Without a table: as the store makes an input that nobody has configured. */
static struct supervise_config
wanted(const struct door_line *line)
{
	const struct access_input *input = configured(line);
	struct supervise_config config = {
		.scheme = hw_input_scheme(line->role->hw, line->number),
		.normal = line->row->kind == INV_CONTACT ? SUPERVISE_CLOSED : SUPERVISE_OPEN,
		.debounce_ms = SUPERVISE_DEBOUNCE_MS,
	};

	if (!input)
		return config;
	/* "board" is no scheme: the profile's stays. Two levels tell no resistors. */
	if (hw_input_is_measured(line->role->hw, line->number))
		(void) supervise_scheme_find(input->supervision, &config.scheme);
	config.normal = input->is_normally_closed ? SUPERVISE_CLOSED : SUPERVISE_OPEN;
	config.debounce_ms = MIN_OF(input->debounce_ms, (uint32_t) SUPERVISE_DEBOUNCE_MS_MAX);
	return config;
}

static bool
is_same(const struct supervise_config *a, const struct supervise_config *b)
{
	return a->scheme == b->scheme && a->normal == b->normal && a->debounce_ms == b->debounce_ms;
}

/* What an output does to its own line is no state of an input; the store ends its alarms. */
static void
rest(struct door_line *line)
{
	int mv = line->input.mv;

	supervise_init(&line->input);
	line->input.mv = mv;
	line->is_faulty = false;
	line->told = SUPERVISE_UNKNOWN;
	(void) evtimer_del(line->timer);
	move_door(line);
}

/* An AUX port becomes an output, or an input again. */
static void
turn(struct door_line *line)
{
	line->is_resting = !line->is_resting;
	if (line->is_resting)
		rest(line);
	else if (line->has_level)
		sample(line, line->input.mv);
}

void
door_line_configure(struct door_role *role)
{
	for (unsigned i = 0; i < INPUTS; i++) {
		struct door_line *line = &role->lines[i];
		struct supervise_config config = wanted(line);
		/* On the heap, and once: the table is read again while doors are served. */
		if (!line->history && hw_input_is_measured(role->hw, line->number))
			line->history = xcalloc(1, sizeof(*line->history));
		if (!is_same(&config, &line->config)) {
			bool was_drifting = supervise_is_drifting(&line->input);
			int mv = line->input.mv;
			line->config = config;
			supervise_forget(&line->input);
			if (was_drifting)
				tell(line, EV_INPUT_DRIFT_CLEARED);
			if (line->has_level) {
				sample(line, mv);
				move_door(line);
			}
		}
		if (is_output(line) != line->is_resting)
			turn(line);
		push(line);
	}
}

void
door_line_take_level(struct door_role *role, unsigned input, int mv)
{
	struct door_line *line = &role->lines[input - 1];

	line->has_level = true;
	sample(line, mv);
}

void
door_line_take_state(struct door_role *role, unsigned input, enum hw_state state)
{
	if (hw_input_is_measured(role->hw, input) || state == HW_UNKNOWN)
		return;
	door_line_break(role, input, state == HW_FAULT);
	if (state != HW_FAULT)
		door_line_take_level(role, input, state == HW_ACTIVE ? 0 : SUPERVISE_FULL_MV);
}

void
door_line_break(struct door_role *role, unsigned input, bool is_broken)
{
	struct door_line *line = &role->lines[input - 1];

	if (line->is_broken == is_broken)
		return;
	line->is_broken = is_broken;
	move_door(line);
	push(line);
}

void
door_line_lose(struct door_role *role)
{
	for (unsigned i = 0; i < INPUTS; i++) {
		struct door_line *line = &role->lines[i];
		bool was_drifting = supervise_is_drifting(&line->input);
		supervise_init(&line->input);
		line->has_level = false;
		move_door(line);
		if (was_drifting)
			tell(line, EV_INPUT_DRIFT_CLEARED);
		(void) evtimer_del(line->timer);
		push(line);
	}
}

void
door_line_refresh(struct door_role *role)
{
	for (unsigned i = 0; i < INPUTS; i++) {
		struct door_line *line = &role->lines[i];
		if (!line->has_level || line->is_resting)
			continue;
		supervise_learn_add(&line->learner, line->input.mv);
		sample(line, line->input.mv);
		door_trend_add(line);
	}
}

static const char *
proposal(const struct door_line *line)
{
	struct supervise_proposal found;

	return supervise_learn_propose(&line->learner, &found) == 0
		       ? supervise_scheme_name(found.scheme)
		       : NULL;
}

json_t *
door_line_live_state(const struct door_line *line)
{
	const struct supervise *input = &line->input;

	if (!hw_has(line->role->hw, line->row) || is_output(line))
		return NULL;
	return json_pack("{ss,ss,si,ss,sb,sb,ss,ss,sb,si,sI,si,sb,ss?,sI}", "name", name_of(line),
			 "point", line->row->id, "door", (int) line->row->door, "state",
			 supervise_state_name(input->state), "active",
			 supervise_is_active(&line->config, input->state), "fault",
			 line->is_broken || supervise_is_fault(input->state), "supervision",
			 supervise_scheme_name(line->config.scheme), "normal",
			 supervise_state_name(line->config.normal), "measured",
			 hw_input_is_measured(line->role->hw, line->number), "mv", input->mv,
			 "ohms", (json_int_t) supervise_ohms(input->mv), "drift",
			 supervise_drift_permille(&line->config, input), "drifting",
			 supervise_is_drifting(input), "proposal", proposal(line), "changed_us",
			 (json_int_t) line->changed_us);
}
