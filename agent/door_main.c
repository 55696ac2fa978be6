/* The door role: hardware in, decisions, hardware out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_card.h"
#include "agent/door_climate.h"
#include "agent/door_fire.h"
#include "agent/door_keep.h"
#include "agent/door_key.h"
#include "agent/door_light.h"
#include "agent/door_line_test.h"
#include "agent/door_point.h"
#include "agent/door_power.h"
#include "agent/door_presence.h"
#include "agent/door_schedule.h"
#include "agent/door_table.h"
#include "agent/door_tools.h"
#include "agent/door_watch.h"
#include "lib/clock.h"
#include "lib/daemon.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define READER_REFRESH_S 2

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	door_apply(context, &(struct door_input){ .kind = DOOR_INPUT_TICK });
}

static void
on_output(const struct inventory_row *point, bool is_on, uint64_t at_mono_us, void *context)
{
	struct door_role *role = context;

	door_light_take_output(role, point, is_on);
	if (point->kind != INV_LOCK_RELAY || !is_on)
		return;
	struct door *door = &role->doors[point->door - 1];
	if (!door->card_at_us)
		return;
	door_latency_add(&role->relay_latency, at_mono_us - door->card_at_us);
	door->card_at_us = 0;
}

/* Whatever was wrong is judged anew: an alarm that was raised is not left standing. */
static void
end_alarm(struct door *door)
{
	if (door->state.alarm == DOOR_ALARM_FORCED)
		door_tell_event(door, &(struct door_event){ .kind = EV_DOOR_FORCED_CLEARED });
	else if (door->state.alarm == DOOR_ALARM_HELD)
		door_tell_event(door, &(struct door_event){ .kind = EV_DOOR_HELD_CLEARED });
	if (door->state.bolt.is_faulty)
		door_tell_event(door, &(struct door_event){ .kind = EV_DOOR_LOCK_FAULT_CLEARED });
}

/* The device has been without power: nothing is unlocked any more, all outputs are normal. */
static void
forget(struct door_role *role)
{
	for (unsigned i = 0; i < DOORS; i++) {
		struct door *door = &role->doors[i];
		end_alarm(door);
		door_init(&door->state);
		hw_set_output(role->hw, inventory_of_kind(INV_LOCK_RELAY, door->number), false);
		door_apply(door, &(struct door_input){ .kind = DOOR_INPUT_TICK });
	}
	door_output_reset(role);
	door_watch_configure(role);
	door_fire_forget(role);
}

static void
on_board(bool is_online, bool is_restarted, void *context)
{
	struct door_role *role = context;

	if (is_online != role->is_board_online)
		door_tell(role, is_online ? EV_BOARD_ONLINE : EV_BOARD_OFFLINE, "board", NULL, NULL,
			  json_pack("{ss}", "board", hw_name(role->hw)));
	role->is_board_online = is_online;
	if (!is_online) {
		door_line_lose(role);
		door_climate_lose(role, NULL);
	}
	if (is_restarted)
		forget(role);
	door_power_take_board(role, is_online, is_restarted);
	door_light_take_board(role, is_online, is_restarted);
	door_rpc_push_state(role, "board", door_board_state(role));
}

static const struct hw_ops hw_ops = {
	.on_state = door_point_on_state,
	.on_measure = door_point_on_measure,
	.on_output = on_output,
	.on_fault = door_fault_take,
	.on_card = door_card_take,
	.on_keys = door_card_take_keys,
	.on_reader = door_reader_on_change,
	.on_reader_event = door_reader_on_event,
	.on_work = door_tools_on_work,
	.on_line = door_tools_on_line,
	.on_line_test = door_line_test_on,
	.on_reader_replaced = door_reader_on_replaced,
	.on_module = door_module_on_change,
	.on_module_trouble = door_module_on_trouble,
	.on_frame_error = door_reader_on_frame_error,
	.on_board = on_board,
};

/* Counters move all the time; they are shown every other second. */
static void
on_reader_refresh(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_role *role = context;

	door_reader_refresh(role);
	door_line_refresh(role);
	door_climate_refresh(role);
	door_module_refresh(role);
}

/* Where the process before left off: its lock stays as it is, and what is over ends now. */
static void
resume(struct door *door)
{
	hw_set_output(door->role->hw, inventory_of_kind(INV_LOCK_RELAY, door->number),
		      door->state.is_released);
	door_apply(door, &(struct door_input){ .kind = DOOR_INPUT_TICK });
}

static int
start(struct door_role *role)
{
	struct timeval period = { .tv_sec = READER_REFRESH_S };
	_cleanup_(freep) char *why = NULL;
	char path[256];
	int r = path_join(path, sizeof(path), role->options->door_dir, "door.ring");

	if (r == 0)
		r = ring_open(path, &role->ring);
	if (r < 0)
		return log_err(r, "cannot open the ring '%s'", path);
	door_table_open(role);
	for (unsigned i = 0; i < DOORS; i++) {
		role->doors[i] = (struct door){ .role = role, .number = i + 1 };
		door_config_default(i + 1, &role->defaults[i]);
		door_init(&role->doors[i].state);
		role->doors[i].timer = evtimer_new(role->base, on_timer, &role->doors[i]);
	}
	door_line_open(role);
	door_output_open(role);
	door_keep_open(role);
	door_climate_open(role);
	door_light_open(role);
	door_power_open(role);
	r = hw_open(role->base, role->options->board, role->options->door_dir, &hw_ops, role,
		    &role->hw, &why);
	if (r < 0)
		return log_err(0, "%s", why), r;
	door_output_configure(role);
	door_line_configure(role);
	door_climate_configure(role);
	door_power_configure(role);
	for (unsigned i = 0; i < DOORS; i++)
		resume(&role->doors[i]);
	door_watch_configure(role);
	door_fire_configure(role);
	door_schedule_open(role);
	door_key_open(role);
	door_tools_configure(role);
	door_module_open(role);
	door_module_configure(role);
	door_card_open(role);
	for (unsigned i = 0; i < DOORS; i++)
		door_feedback_rest(&role->doors[i]);
	r = door_rpc_open(role);
	if (r < 0)
		return r;
	role->reader_refresh = event_new(role->base, -1, EV_PERSIST, on_reader_refresh, role);
	(void) event_add(role->reader_refresh, &period);
	door_tell(role, EV_CONTROL_STARTED, "system", NULL, NULL, NULL);
	return 0;
}

static void
stop(struct door_role *role)
{
	door_rpc_close(role);
	hw_close(role->hw);
	door_upgrade_close(role);
	if (role->reader_refresh)
		event_free(role->reader_refresh);
	for (unsigned i = 0; i < DOORS; i++)
		if (role->doors[i].timer)
			event_free(role->doors[i].timer);
	door_schedule_close(role);
	door_card_close(role);
	door_line_close(role);
	door_output_close(role);
	door_power_close(role);
	door_light_close(role);
	door_climate_close(role);
	door_keep_close(role);
	door_module_close(role);
	door_key_close(role);
	door_presence_close(role);
	door_table_close(role);
	ring_close(role->ring);
	event_base_free(role->base);
	free(role);
}

int
door_role_run(const struct agent_options *options)
{
	struct door_role *role = xcalloc(1, sizeof(*role));

	*role = (struct door_role){
		.options = options,
		.base = loop_new(),
	};
	int r = start(role);
	if (r == 0)
		daemon_run(role->base, NULL, NULL);
	stop(role);
	return r < 0 ? 1 : 0;
}
