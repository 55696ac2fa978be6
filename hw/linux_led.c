/*
 * LEDs of real boards: up to three lamps each, of the LED class or lines. One lamp that blinks
 * alone is left to the kernel; lamps that take turns are switched from the loop, together.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "hw/gpio_out.h"
#include "hw/led_class.h"
#include "hw/linux_private.h"
#include "lib/loop.h"
#include "lib/util.h"

#define WAIT_MS 50
#define WAITS	10

struct lamp {
	const struct profile_lamp *profile;
	struct led_class *class;
	int fd; /* of a line */
};

struct linux_led {
	struct linux_part part;
	struct lamp lamps[PROFILE_LAMPS];
	struct event *phase;
	struct hw_led pattern;
	bool is_second;
	bool is_waiting; /* for the files of the kernel's trigger */
	unsigned waits;
	bool is_shown; /* pattern is what the lamps do */
};

static bool
is_fitted(const struct lamp *lamp)
{
	return lamp->profile->is_line || *lamp->profile->name;
}

/* Bits of the lamps that make a colour: an LED of one colour is lit whatever it is asked for. */
static unsigned
lamps_of(const struct linux_led *led, enum hw_colour colour)
{
	static const unsigned wanted[] = {
		[HW_DARK] = 0,
		[HW_GREEN] = 1 << PROFILE_GREEN,
		[HW_AMBER] = 1 << PROFILE_AMBER,
		[HW_RED] = 1 << PROFILE_RED,
	};
	unsigned fitted = 0;

	for (unsigned i = 0; i < PROFILE_LAMPS; i++)
		if (is_fitted(&led->lamps[i]))
			fitted |= 1u << i;
	if (colour == HW_DARK || wanted[colour] & fitted)
		return wanted[colour];
	return colour == HW_AMBER ? fitted : fitted & -fitted;
}

static int
set_lamp(const struct lamp *lamp, bool is_on)
{
	if (!is_fitted(lamp))
		return 0;
	return lamp->class ? led_class_set(lamp->class, is_on) : gpio_out_set(lamp->fd, is_on);
}

static int
show_phase(struct linux_led *led)
{
	unsigned lit = lamps_of(led, led->is_second ? led->pattern.second : led->pattern.first);
	int r = 0;

	for (unsigned i = 0; i < PROFILE_LAMPS && r == 0; i++)
		r = set_lamp(&led->lamps[i], lit & 1u << i);
	return r;
}

/*
 * Whether the kernel does it all: one lamp blinks, and no other changes. -EACCES when it could,
 * once somebody gives us the files that it has just made.
 */
static int
leave_to_kernel(struct linux_led *led)
{
	const struct hw_led *pattern = &led->pattern;
	unsigned first = lamps_of(led, pattern->first);
	unsigned changing = first ^ lamps_of(led, pattern->second);

	for (unsigned i = 0; i < PROFILE_LAMPS; i++) {
		const struct lamp *lamp = &led->lamps[i];
		bool is_first = first & 1u << i;
		if (changing == 1u << i && lamp->class && led->waits < WAITS)
			return led_class_blink(lamp->class,
					       is_first ? pattern->first_ms : pattern->second_ms,
					       is_first ? pattern->second_ms : pattern->first_ms);
	}
	return -EOPNOTSUPP;
}

static int
start_rhythm(struct linux_led *led)
{
	int r = leave_to_kernel(led);

	led->is_waiting = r == -EACCES || r == -ENOENT;
	if (r == 0)
		return 0;
	if (led->is_waiting) {
		led->waits++;
		loop_arm_in(led->phase, WAIT_MS * US_PER_MS);
		return 0;
	}
	/* A trigger that could be half set only is gone now. */
	r = show_phase(led);
	loop_arm_in(led->phase, led->pattern.first_ms * US_PER_MS);
	return r;
}

static int
apply(struct linux_led *led)
{
	const struct hw_led *pattern = &led->pattern;
	bool is_steady = !pattern->first_ms || !pattern->second_ms ||
			 lamps_of(led, pattern->first) == lamps_of(led, pattern->second);

	(void) evtimer_del(led->phase);
	led->is_second = false;
	led->is_waiting = false;
	/* Who was not given them in time the last time is not waited for again. */
	if (led->waits < WAITS)
		led->waits = 0;
	int r = show_phase(led);
	if (r == 0 && !is_steady)
		r = start_rhythm(led);
	led->is_shown = r == 0;
	return r;
}

static void
let_go(struct linux_led *led)
{
	(void) evtimer_del(led->phase);
	led->is_shown = false;
	for (unsigned i = 0; i < PROFILE_LAMPS; i++) {
		struct lamp *lamp = &led->lamps[i];
		led_class_free(steal(&lamp->class));
		closep(&lamp->fd);
		lamp->fd = -1;
	}
}

static void
fail(struct linux_led *led, int error)
{
	char why[LINUX_WHY];

	(void) snprintf(why, sizeof(why), "the LED cannot be set: %s", strerror(-error));
	let_go(led);
	linux_part_fail(&led->part, why);
}

static void
on_phase(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct linux_led *led = context;
	bool was_waiting = led->is_waiting;

	led->is_second = !was_waiting && !led->is_second;
	int r = was_waiting ? start_rhythm(led) : show_phase(led);
	if (r < 0)
		fail(led, r);
	else if (!was_waiting)
		loop_arm_in(led->phase,
			    (led->is_second ? led->pattern.second_ms : led->pattern.first_ms) *
				    US_PER_MS);
}

static int
open_lamp(struct linux_led *led, struct lamp *lamp, char *why, size_t size)
{
	const char *root = led->part.board->root;
	const struct profile_line *line = &lamp->profile->line;
	struct gpio_place place;
	int r;

	if (!lamp->profile->is_line) {
		r = led_class_open(root, lamp->profile->name, &lamp->class);
		if (r < 0)
			(void) snprintf(why, size, "no LED '%s': %s", lamp->profile->name,
					strerror(-r));
		return r;
	}
	r = gpio_find(root, line, &place);
	if (r == 0)
		r = gpio_out_open(&place, line, led->part.row->id, false, &lamp->fd);
	if (r < 0)
		gpio_explain(r, line, why, size);
	return r;
}

static int
open_lamps(void *context, char *why, size_t size)
{
	struct linux_led *led = context;
	int r = 0;

	for (unsigned i = 0; i < PROFILE_LAMPS && r == 0; i++) {
		if (is_fitted(&led->lamps[i]))
			r = open_lamp(led, &led->lamps[i], why, size);
	}
	if (r == 0) {
		r = apply(led);
		if (r < 0)
			(void) snprintf(why, size, "the LED cannot be set: %s", strerror(-r));
	}
	if (r < 0)
		let_go(led);
	return r;
}

/* There is nothing to say of an LED. */
static void
report(void *context UNUSED)
{
}

struct linux_led *
linux_led_new(struct linux_board *board, const struct inventory_row *row)
{
	struct linux_led *led = xcalloc(1, sizeof(*led));

	for (unsigned i = 0; i < PROFILE_LAMPS; i++)
		led->lamps[i] = (struct lamp){
			.profile = &profile_point(board->profile, row)->lamps[i],
			.fd = -1,
		};
	led->part = (struct linux_part){
		.board = board,
		.row = row,
		.part = PROFILE_LED,
		.owner = led,
		.open = open_lamps,
		.report = report,
	};
	linux_part_init(&led->part);
	led->phase = evtimer_new(board->base, on_phase, led);
	linux_part_start(&led->part);
	return led;
}

void
linux_led_free(struct linux_led *led)
{
	if (!led)
		return;
	let_go(led);
	event_free(led->phase);
	linux_part_done(&led->part);
	free(led);
}

int
linux_led_set(struct linux_led *led, const struct hw_led *pattern)
{
	/* Asserting again what is shown must not start a rhythm anew. */
	if (led->is_shown && !memcmp(&led->pattern, pattern, sizeof(*pattern)))
		return 0;
	led->pattern = *pattern;
	if (led->part.is_broken)
		return -ENODEV;
	int r = apply(led);
	if (r < 0)
		fail(led, r);
	return r;
}
