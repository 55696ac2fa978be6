#include "agent/door_output.h"

#include <event2/event.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_keep.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"

#define PULSE_S_MAX 3600

static bool
is_usable(const struct door_output *output)
{
	return output->config.is_output && hw_has(output->role->hw, output->row);
}

static const char *
state_name(const struct door_output *output)
{
	return output->state.is_active ? "active" : "inactive";
}

static void
push(const struct door_output *output)
{
	char key[16];
	json_t *state = door_output_live_state(output);

	(void) snprintf(key, sizeof(key), "output.%u", output->number);
	door_rpc_push_state(output->role, key, state ? state : json_null());
}

static void
drive(const struct door_output *output)
{
	hw_set_output(output->role->hw, output->row,
		      output->state.is_active != output->config.is_normally_closed);
	loop_arm_at(output->timer, output->state.until_us ? output->state.until_us : UINT64_MAX);
}

/* Told and kept before it moves, as a lock is. until_us 0: for good. */
static void
set(struct door_output *output, bool is_active, uint64_t until_us, const char *actor)
{
	bool is_news = output->state.is_active != is_active;

	output->state = (struct door_output_state){ is_active, is_active ? until_us : 0 };
	if (is_news) {
		output->changed_us = clock_wall_us();
		door_tell(output->role, EV_OUTPUT_STATE, output->row->id, actor, NULL,
			  json_pack("{si,ss,ss,ss,si}", "output", (int) output->number, "point",
				    output->row->id, "name", output->config.name, "state",
				    state_name(output), "door", (int) output->row->door));
	}
	door_keep_save(output->role);
	drive(output);
	push(output);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	set(context, false, 0, NULL);
}

void
door_output_open(struct door_role *role)
{
	for (unsigned i = 0; i < OUTPUTS; i++) {
		struct door_output *output = &role->outputs[i];
		output->role = role;
		output->number = i + 1;
		output->row = inventory_output(i + 1);
		output->timer = evtimer_new(role->base, on_timer, output);
	}
}

void
door_output_close(struct door_role *role)
{
	for (unsigned i = 0; i < OUTPUTS; i++)
		if (role->outputs[i].timer)
			event_free(role->outputs[i].timer);
}

/* Without a table: as the store makes an output that nobody has configured. */
static struct access_output
wanted(const struct door_output *output)
{
	struct access_output config = { .is_output = output->row->kind != INV_AUX_IO,
					.pulse_ms = 5000 };

	if (output->role->table)
		return *access_output(output->role->table, output->number);
	(void) copy_string(config.name, sizeof(config.name), output->row->label);
	return config;
}

/* The name is filled up with zeros in both. */
static bool
is_same(const struct access_output *a, const struct access_output *b)
{
	return !strcmp(a->name, b->name) && a->is_normally_closed == b->is_normally_closed &&
	       a->is_output == b->is_output && a->pulse_ms == b->pulse_ms;
}

static void
configure(struct door_output *output)
{
	struct access_output config = wanted(output);
	bool is_first = !*output->config.name;

	if (is_same(&config, &output->config))
		return;
	output->config = config;
	if (!hw_has(output->role->hw, output->row))
		return;
	if (output->row->kind == INV_AUX_IO)
		hw_set_direction(output->role->hw, output->row, config.is_output);
	/* New settings end whatever was going on; those of a start do not. */
	if (!is_first)
		set(output, false, 0, NULL);
	else if (config.is_output)
		drive(output);
	push(output);
}

void
door_output_configure(struct door_role *role)
{
	for (unsigned i = 0; i < OUTPUTS; i++)
		configure(&role->outputs[i]);
}

void
door_output_reset(struct door_role *role)
{
	for (unsigned i = 0; i < OUTPUTS; i++)
		if (is_usable(&role->outputs[i]))
			set(&role->outputs[i], false, 0, NULL);
}

void
door_output_follow(struct door_role *role, unsigned number, bool is_active)
{
	struct door_output *output = &role->outputs[number - 1];

	if (is_usable(output) && output->state.is_active != is_active)
		set(output, is_active, 0, NULL);
}

json_t *
door_output_live_state(const struct door_output *output)
{
	uint64_t now_us = clock_mono_us();
	uint64_t until_us = output->state.until_us;

	if (!is_usable(output))
		return NULL;
	return json_pack("{ss,ss,ss,si,sb,sb,ss,sI,sb,sI}", "name", output->config.name, "point",
			 output->row->id, "kind", inventory_kind_name(output->row->kind), "door",
			 (int) output->row->door, "active", output->state.is_active, "closed",
			 output->state.is_active != output->config.is_normally_closed, "normal",
			 output->config.is_normally_closed ? "closed" : "open", "remaining_ms",
			 (json_int_t) (until_us > now_us ? (until_us - now_us) / US_PER_MS : 0),
			 "fault", hw_is_faulty(output->role->hw, output->row), "changed_us",
			 (json_int_t) output->changed_us);
}

static bool
is_refused(struct door_role *role, struct rpc_request *request, json_int_t number)
{
	if (number < 1 || number > OUTPUTS) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "output", "from 1 to %d", OUTPUTS);
		return true;
	}
	const struct door_output *output = &role->outputs[number - 1];
	if (!output->config.is_output) {
		rpc_fail_field(request, RPC_CONFLICT, "output", "%s is an input",
			       output->config.name);
		return true;
	}
	if (!hw_has(role->hw, output->row) || hw_is_faulty(role->hw, output->row)) {
		rpc_fail_field(request, RPC_UNAVAILABLE, "output", "the board cannot switch %s",
			       output->config.name);
		return true;
	}
	return false;
}

void
door_output_command(struct door_role *role, struct rpc_request *request)
{
	json_int_t number = json_integer_or(request->params, "output", 0);
	json_int_t seconds = json_integer_or(request->params, "seconds", 0);
	const char *command = json_string_or(request->params, "command", "");
	const char *actor = json_string_or(request->params, "actor", NULL);

	if (is_refused(role, request, number) || door_rpc_is_late(role, request))
		return;
	struct door_output *output = &role->outputs[number - 1];
	bool is_active = strcmp(command, "deactivate") != 0;
	uint64_t until_us = 0;
	if (seconds < 0 || seconds > PULSE_S_MAX) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "seconds", "from 0 to %d", PULSE_S_MAX);
		return;
	}
	if (!strcmp(command, "toggle"))
		is_active = !output->state.is_active;
	else if (!strcmp(command, "pulse"))
		until_us = clock_mono_us() + (seconds ? (uint64_t) seconds * US_PER_S
						      : output->config.pulse_ms * US_PER_MS);
	set(output, is_active, until_us, actor);
	rpc_reply(request, json_pack("{ss}", "state", state_name(output)));
}
