/* libgpiod 2: one request a line, whose descriptor is told not to block. */
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdlib.h>

#include "hw/gpio_in.h"
#include "lib/util.h"

#define BATCH 16

struct gpio_in {
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *events;
	unsigned offset;
};

/* What a request is made of, freed whatever becomes of it. */
struct plan {
	struct gpiod_chip *chip;
	struct gpiod_line_settings *settings;
	struct gpiod_line_config *lines;
	struct gpiod_request_config *request;
};

static int
error_now(void)
{
	return errno ? -errno : -EIO;
}

static void
plan_done(struct plan *plan)
{
	if (plan->request)
		gpiod_request_config_free(plan->request);
	if (plan->lines)
		gpiod_line_config_free(plan->lines);
	if (plan->settings)
		gpiod_line_settings_free(plan->settings);
	if (plan->chip)
		gpiod_chip_close(plan->chip);
}

static int
fill_plan(struct plan *plan, const struct gpio_place *place, const struct profile_line *line,
	  const char *point)
{
	static const enum gpiod_line_bias biases[] = {
		[PROFILE_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
		[PROFILE_NO_BIAS] = GPIOD_LINE_BIAS_DISABLED,
		[PROFILE_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
		[PROFILE_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
	};
	unsigned offset = place->offset;
	char consumer[32];

	plan->chip = gpiod_chip_open(place->path);
	if (!plan->chip)
		return error_now();
	plan->settings = gpiod_line_settings_new();
	plan->lines = gpiod_line_config_new();
	plan->request = gpiod_request_config_new();
	if (!plan->settings || !plan->lines || !plan->request)
		return -ENOMEM;
	gpiod_line_settings_set_active_low(plan->settings, line->is_active_low);
	if (gpiod_line_settings_set_direction(plan->settings, GPIOD_LINE_DIRECTION_INPUT) < 0 ||
	    gpiod_line_settings_set_edge_detection(plan->settings, GPIOD_LINE_EDGE_BOTH) < 0 ||
	    gpiod_line_settings_set_bias(plan->settings, biases[line->bias]) < 0 ||
	    gpiod_line_config_add_line_settings(plan->lines, &offset, 1, plan->settings) < 0)
		return error_now();
	gpio_consumer(point, consumer, sizeof(consumer));
	gpiod_request_config_set_consumer(plan->request, consumer);
	return 0;
}

int
gpio_in_open(const struct gpio_place *place, const struct profile_line *line, const char *point,
	     struct gpio_in **ret)
{
	_cleanup_(plan_done) struct plan plan = { 0 };
	int r = fill_plan(&plan, place, line, point);
	if (r < 0)
		return r;
	struct gpio_in *in = xcalloc(1, sizeof(*in));
	in->offset = place->offset;
	in->events = gpiod_edge_event_buffer_new(BATCH);
	in->request = gpiod_chip_request_lines(plan.chip, plan.request, plan.lines);
	if (!in->events || !in->request || fcntl(gpio_in_fd(in), F_SETFL, O_NONBLOCK) < 0) {
		r = error_now();
		gpio_in_free(in);
		return r;
	}
	*ret = in;
	return 0;
}

void
gpio_in_free(struct gpio_in *in)
{
	if (!in)
		return;
	if (in->request)
		gpiod_line_request_release(in->request);
	if (in->events)
		gpiod_edge_event_buffer_free(in->events);
	free(in);
}

int
gpio_in_fd(const struct gpio_in *in)
{
	return gpiod_line_request_get_fd(in->request);
}

int
gpio_in_drain(struct gpio_in *in)
{
	for (;;) {
		errno = 0;
		int n = gpiod_line_request_read_edge_events(in->request, in->events, BATCH);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : error_now();
		if (n < BATCH)
			return 0;
	}
}

int
gpio_in_level(struct gpio_in *in, bool *ret)
{
	enum gpiod_line_value value = gpiod_line_request_get_value(in->request, in->offset);

	if (value == GPIOD_LINE_VALUE_ERROR)
		return error_now();
	*ret = value == GPIOD_LINE_VALUE_ACTIVE;
	return 0;
}
