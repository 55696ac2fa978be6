#include "hw/gpio_out.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"

static void
fill_config(const struct profile_line *line, bool is_on, struct gpio_v2_line_config *ret)
{
	static const uint64_t biases[] = {
		[PROFILE_AS_IS] = 0,
		[PROFILE_NO_BIAS] = GPIO_V2_LINE_FLAG_BIAS_DISABLED,
		[PROFILE_PULL_UP] = GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
		[PROFILE_PULL_DOWN] = GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
	};
	static const uint64_t drives[] = {
		[PROFILE_PUSH_PULL] = 0,
		[PROFILE_OPEN_DRAIN] = GPIO_V2_LINE_FLAG_OPEN_DRAIN,
		[PROFILE_OPEN_SOURCE] = GPIO_V2_LINE_FLAG_OPEN_SOURCE,
	};

	*ret = (struct gpio_v2_line_config){
		.flags = GPIO_V2_LINE_FLAG_OUTPUT | biases[line->bias] | drives[line->drive],
		.num_attrs = 1,
	};
	if (line->is_active_low)
		ret->flags |= GPIO_V2_LINE_FLAG_ACTIVE_LOW;
	ret->attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
	ret->attrs[0].attr.values = is_on;
	ret->attrs[0].mask = 1;
}

int
gpio_out_open(const struct gpio_place *place, const struct profile_line *line, const char *point,
	      bool is_on, int *ret_fd)
{
	struct gpio_v2_line_request request = { .offsets = { place->offset }, .num_lines = 1 };
	_cleanup_(closep) int chip = open(place->path, O_RDWR | O_CLOEXEC);
	if (chip < 0)
		return -errno;
	gpio_consumer(point, request.consumer, sizeof(request.consumer));
	fill_config(line, is_on, &request.config);
	int r = gpio_ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request);
	if (r == 0)
		*ret_fd = request.fd;
	return r;
}

int
gpio_out_set(int fd, bool is_on)
{
	struct gpio_v2_line_values values = { .bits = is_on, .mask = 1 };

	return gpio_ioctl(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values);
}

int
gpio_out_get(int fd, bool *ret)
{
	struct gpio_v2_line_values values = { .mask = 1 };
	int r = gpio_ioctl(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values);

	if (r == 0)
		*ret = values.bits & 1;
	return r;
}

int
gpio_out_restore(int fd, const struct profile_line *line, bool is_on)
{
	struct gpio_v2_line_config config;

	fill_config(line, is_on, &config);
	return gpio_ioctl(fd, GPIO_V2_LINE_SET_CONFIG_IOCTL, &config);
}

void
gpio_out_name(const char *point, const struct profile_line *line, char *to, size_t size)
{
	char which[40];

	if (*line->name)
		(void) snprintf(which, sizeof(which), "%s", line->name);
	else
		(void) snprintf(which, sizeof(which), "#%u", line->offset);
	(void) snprintf(to, size, "line/%s/%s/%s/%u%u%u", point, line->chip, which,
			line->is_active_low, line->drive, line->bias);
	/* The service manager takes printable names without colons only. */
	for (char *at = to; *at; at++)
		if (*at < ' ' || *at > '~' || *at == ':')
			*at = '_';
}
