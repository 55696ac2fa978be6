/*
 * GPIO inputs by libgpiod: gpio_in_v1.c for its version 1 (Debian 12), gpio_in_v2.c for version 2
 * (Debian 13); configure builds one of them.
 *
 * An edge only says that it is time to look: version 1 keeps 16 of them and drops the newest. So
 * the caller drains and then reads the level, which is logical: true is active.
 */
#ifndef HW_GPIO_IN_H
#define HW_GPIO_IN_H

#include "hw/gpio.h"

struct gpio_in;

/* Takes a line as an input and asks for both of its edges. -EBUSY and the like. */
int gpio_in_open(const struct gpio_place *place, const struct profile_line *line, const char *point,
		 struct gpio_in **ret);
void gpio_in_free(struct gpio_in *in);

/* Readable when there are edges; never blocks. */
int gpio_in_fd(const struct gpio_in *in);
/* Forgets the edges so far; 0 or -errno when the line is gone. */
int gpio_in_drain(struct gpio_in *in);
int gpio_in_level(struct gpio_in *in, bool *ret);

#endif
