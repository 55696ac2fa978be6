/*
 * GPIO outputs by the kernel's own interface (v2), one descriptor a line. The line is what it was
 * set to as long as anybody holds its descriptor, so one that the service manager keeps outlives
 * this process, which no library can take up again.
 *
 * Values are logical: true is active, whatever the polarity. All return 0 or -errno.
 */
#ifndef HW_GPIO_OUT_H
#define HW_GPIO_OUT_H

#include "hw/gpio.h"

/* Takes a line as an output that is on or off from the first moment. */
int gpio_out_open(const struct gpio_place *place, const struct profile_line *line,
		  const char *point, bool is_on, int *ret_fd);
int gpio_out_set(int fd, bool is_on);
/* What the line is. -ENODEV when its chip has gone, -EINVAL when this is no line. */
int gpio_out_get(int fd, bool *ret);
/* Configures and sets a line anew whose chip has forgotten about it. */
int gpio_out_restore(int fd, const struct profile_line *line, bool is_on);

/* What its descriptor is called in a store: other for every other line, polarity or drive. */
void gpio_out_name(const char *point, const struct profile_line *line, char *to, size_t size);

#endif
