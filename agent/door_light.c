#include "agent/door_light.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_leds.h"
#include "agent/door_power.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/nic.h"
#include "lib/util.h"

#define TICK_MS	      500
#define FAST_ETHERNET 100 /* Mbit/s */
/* What the board has at its power-up has come within this time. */
#define POWER_UP_US (250 * US_PER_MS)

struct door_light {
	struct door_role *role;
	const struct hw_led *shown[INVENTORY_ROWS]; /* NULL: not yet told */
	bool is_on[INVENTORY_ROWS];		    /* relays and outputs, as they have moved */
	uint32_t told;				    /* facts that somebody else knows */
	uint32_t network;
	uint64_t packets;
	struct button button;
	bool is_pressed;
	bool is_started;  /* once ready, it stays so: doors need no store */
	bool is_power_up; /* the board has come, and its button is not yet looked at */
	struct event *button_timer;
	struct event *tick;
};

/* LEDs by the index of their kind; behind them two of each door. */
static const enum led leds[] = { LED_STAT,	LED_NET,      LED_PWR,	     LED_RELAY,
				 LED_OC_READER, LED_OC_RELAY, LED_DOORS_PWR, LED_DOORS_STAT };

static enum led
led_of(const struct inventory_row *row)
{
	if (row->index <= ARRAY_LEN(leds))
		return leds[row->index - 1];
	return (row->index - ARRAY_LEN(leds)) % 2 ? LED_LOCK : LED_AUX;
}

static bool
is_on(const struct door_light *light, enum inventory_kind kind, unsigned index)
{
	return light->is_on[inventory_position(inventory_of_kind(kind, index))];
}

static bool
is_ready(const struct door_role *role)
{
	return role->is_board_online && role->table && role->store;
}

static uint32_t
common_facts(const struct door_light *light)
{
	const struct door_role *role = light->role;
	uint32_t facts = light->told | light->network | door_power_facts(role) |
			 button_facts(&light->button, clock_mono_us());

	/* Doors are served from memory: they need no store once there is a table. */
	if (role->is_board_online && role->table)
		facts |= LED_FACT_DOORS_ONLINE;
	if (!light->is_started)
		facts |= LED_FACT_STARTING;
	if (is_on(light, INV_RELAY, 1))
		facts |= LED_FACT_RELAY;
	return facts;
}

/* Without DC IN DOOR no coil is moved, whatever is wanted. */
static uint32_t
door_facts(const struct door_light *light, unsigned door, uint32_t common)
{
	uint32_t facts = 0;

	if (!(common & LED_FACT_DOORS_POWER))
		return 0;
	if (door && is_on(light, INV_LOCK_RELAY, door))
		facts |= LED_FACT_LOCK;
	if (door && is_on(light, INV_AUX_RELAY, door))
		facts |= LED_FACT_AUX;
	return facts;
}

static json_t *
led_state(const struct hw_led *led)
{
	return json_pack("{ss,ss,sI,sI}", "first", hw_colour_name(led->first), "second",
			 hw_colour_name(led->second), "first_ms", (json_int_t) led->first_ms,
			 "second_ms", (json_int_t) led->second_ms);
}

static void
led_key(const struct inventory_row *row, char *key, size_t size)
{
	(void) snprintf(key, size, "led.%s", row->id);
}

static void
show(struct door_light *light, const struct inventory_row *row, const struct hw_led *led)
{
	const struct hw_led **shown = &light->shown[inventory_position(row)];
	char key[48];

	if (*shown == led)
		return;
	*shown = led;
	hw_set_led(light->role->hw, row, led);
	led_key(row, key, sizeof(key));
	door_rpc_push_state(light->role, key, led_state(led));
}

void
door_light_update(struct door_role *role)
{
	struct door_light *light = role->light;

	/* A callback of the board may come while it is being opened. */
	if (!role->hw)
		return;
	light->is_started |= is_ready(role);
	uint32_t facts = common_facts(light);
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *row = inventory_at(i);
		if (row->kind == INV_LED && hw_has(role->hw, row))
			show(light, row,
			     led_pattern(led_of(row), facts | door_facts(light, row->door, facts)));
	}
}

static json_t *
button_state(const struct door_light *light)
{
	return json_pack("{sb,ss,sI}", "pressed", light->is_pressed, "phase",
			 button_phase_name(light->button.phase), "remaining_ms",
			 (json_int_t) button_remaining_ms(&light->button, clock_mono_us()));
}

static void
push_button(struct door_light *light)
{
	door_rpc_push_state(light->role, "button", button_state(light));
}

static void
step_button(struct door_light *light)
{
	uint64_t now_us = clock_mono_us();

	if (button_step(&light->button, light->is_pressed, now_us)) {
		door_tell(light->role, EV_BUTTON_RESET, "button", NULL, NULL, NULL);
		door_rpc_push_factory_default(light->role);
	}
	loop_arm_at(light->button_timer, button_deadline_us(&light->button, now_us));
	push_button(light);
	door_light_update(light->role);
}

static void
on_button_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_light *light = context;

	if (light->is_power_up) {
		light->is_power_up = false;
		button_start(&light->button, light->is_pressed, clock_mono_us() - POWER_UP_US);
	}
	step_button(light);
}

static void
read_network(struct door_light *light)
{
	struct nic nic;

	light->network = 0;
	if (nic_read("", &nic) < 0 || !nic.has_link)
		return;
	/* One that does not say how fast it is, is not from the time of 10 Mbit/s. */
	light->network =
		nic.mbit && nic.mbit < FAST_ETHERNET ? LED_FACT_LINK_10 : LED_FACT_LINK_100;
	if (nic.packets != light->packets)
		light->network |= LED_FACT_TRAFFIC;
	light->packets = nic.packets;
}

static void
on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_light *light = context;

	read_network(light);
	if (light->button.phase == BUTTON_HELD)
		push_button(light);
	door_light_update(light->role);
}

void
door_light_open(struct door_role *role)
{
	struct door_light *light = xcalloc(1, sizeof(*light));
	struct timeval period = { .tv_usec = TICK_MS * 1000 };

	light->role = role;
	/* The first start since the device has power is a power-up; a later one is not. */
	light->is_power_up = !role->was_kept;
	light->button_timer = evtimer_new(role->base, on_button_timer, light);
	light->tick = event_new(role->base, -1, EV_PERSIST, on_tick, light);
	(void) event_add(light->tick, &period);
	role->light = light;
}

void
door_light_close(struct door_role *role)
{
	struct door_light *light = role->light;

	if (!light)
		return;
	event_free(light->button_timer);
	event_free(light->tick);
	free(light);
	role->light = NULL;
}

void
door_light_take_output(struct door_role *role, const struct inventory_row *point, bool is_on)
{
	role->light->is_on[inventory_position(point)] = is_on;
	door_light_update(role);
}

void
door_light_take_button(struct door_role *role, const struct inventory_row *point UNUSED,
		       enum hw_state state)
{
	struct door_light *light = role->light;

	light->is_pressed = state == HW_ACTIVE;
	if (!light->is_power_up)
		step_button(light);
}

void
door_light_take_board(struct door_role *role, bool is_online, bool is_restarted)
{
	struct door_light *light = role->light;

	light->is_power_up |= is_restarted;
	if (is_online && light->is_power_up)
		loop_arm_in(light->button_timer, POWER_UP_US);
	else
		door_light_update(role);
}

void
door_light_take_store(struct door_role *role)
{
	if (role->light->button.phase == BUTTON_RESETTING)
		door_rpc_push_factory_default(role);
	door_light_update(role);
}

void
door_light_live_state(const struct door_role *role, json_t *objects)
{
	const struct door_light *light = role->light;
	char key[48];

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		if (!light->shown[i])
			continue;
		led_key(inventory_at(i), key, sizeof(key));
		(void) json_object_set_new(objects, key, led_state(light->shown[i]));
	}
	(void) json_object_set_new(objects, "button", button_state(light));
}

void
door_light_fact(struct door_role *role, struct rpc_request *request)
{
	static const struct {
		const char *name;
		uint32_t fact;
	} facts[] = {
		{ "link_10", LED_FACT_LINK_10 },     { "link_100", LED_FACT_LINK_100 },
		{ "traffic", LED_FACT_TRAFFIC },     { "restoring", LED_FACT_RESTORING },
		{ "upgrading", LED_FACT_UPGRADING }, { "upgrade_failed", LED_FACT_UPGRADE_FAILED },
	};
	const char *name = json_string_or(request->params, "fact", "");

	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		if (strcmp(facts[i].name, name) != 0)
			continue;
		role->light->told &= ~facts[i].fact;
		if (json_bool_or(request->params, "on", false))
			role->light->told |= facts[i].fact;
		rpc_reply(request, NULL);
		door_light_update(role);
		return;
	}
	rpc_fail_field(request, RPC_BAD_PARAMS, "fact", "there is no such fact");
}

void
door_light_factory_done(struct door_role *role, struct rpc_request *request)
{
	button_done(&role->light->button);
	rpc_reply(request, NULL);
	step_button(role->light);
}
