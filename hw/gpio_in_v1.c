/* libgpiod 1.6: one event descriptor a line, which blocks unless it is told not to. */
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdlib.h>

#include "hw/gpio_in.h"
#include "lib/util.h"

#define BATCH 16

struct gpio_in {
	struct gpiod_chip *chip;
	struct gpiod_line *line;
	int fd;
};

static int
error_now(void)
{
	return errno ? -errno : -EIO;
}

static int
request(struct gpio_in *in, const struct gpio_place *place, const struct profile_line *line,
	const char *point)
{
	static const int biases[] = {
		[PROFILE_AS_IS] = 0,
		[PROFILE_NO_BIAS] = GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE,
		[PROFILE_PULL_UP] = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP,
		[PROFILE_PULL_DOWN] = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN,
	};
	int flags = biases[line->bias];
	char consumer[32];

	if (line->is_active_low)
		flags |= GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW;
	gpio_consumer(point, consumer, sizeof(consumer));
	in->chip = gpiod_chip_open(place->path);
	if (!in->chip)
		return error_now();
	in->line = gpiod_chip_get_line(in->chip, place->offset);
	if (!in->line || gpiod_line_request_both_edges_events_flags(in->line, consumer, flags) < 0)
		return error_now();
	in->fd = gpiod_line_event_get_fd(in->line);
	if (in->fd < 0 || fcntl(in->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(in->fd, F_SETFD, FD_CLOEXEC) < 0)
		return error_now();
	return 0;
}

int
gpio_in_open(const struct gpio_place *place, const struct profile_line *line, const char *point,
	     struct gpio_in **ret)
{
	struct gpio_in *in = xcalloc(1, sizeof(*in));
	int r = request(in, place, line, point);

	if (r < 0)
		gpio_in_free(in);
	else
		*ret = in;
	return r;
}

void
gpio_in_free(struct gpio_in *in)
{
	if (!in)
		return;
	/* Releases the line, too. */
	if (in->chip)
		gpiod_chip_close(in->chip);
	free(in);
}

int
gpio_in_fd(const struct gpio_in *in)
{
	return in->fd;
}

int
gpio_in_drain(struct gpio_in *in)
{
	struct gpiod_line_event events[BATCH];

	for (;;) {
		errno = 0;
		int n = gpiod_line_event_read_fd_multiple(in->fd, events, BATCH);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : error_now();
		if (n < BATCH)
			return 0;
	}
}

int
gpio_in_level(struct gpio_in *in, bool *ret)
{
	int value = gpiod_line_get_value(in->line);

	if (value < 0)
		return error_now();
	*ret = value;
	return 0;
}
