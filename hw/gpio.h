/*
 * GPIO lines of this machine, found by the label of their chip and their own name each time they
 * are needed: a chip that comes back may have another number. Inputs are in gpio_in.h, outputs in
 * gpio_out.h.
 *
 * root goes before /dev: "" but in tests. Nothing here moves or takes a line.
 */
#ifndef HW_GPIO_H
#define HW_GPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/profile.h"

/* As other programs see who uses a line: the point's id comes behind it. */
#define GPIO_CONSUMER "cardea"

struct gpio_place {
	char path[128]; /* of the chip's device node */
	uint32_t offset;
};

struct gpio_info {
	bool is_used;
	bool is_output;
	char consumer[32];
};

/*
 * -ENODEV: no chip has this label. -ENXIO: the chip has no such line. -ENOTUNIQ: two chips or two
 * lines are called so. -EACCES: a chip that may be it must not be opened.
 */
int gpio_find(const char *root, const struct profile_line *line, struct gpio_place *ret);
int gpio_describe(const struct gpio_place *place, struct gpio_info *ret);

/* What an error of these or of opening a line means, for people. */
void gpio_explain(int error, const struct profile_line *line, char *to, size_t size);

/* "cardea door1.lock" */
void gpio_consumer(const char *point, char *to, size_t size);

/* ioctl() for chips and lines, 0 or -errno; alone in its file so that a test can stand in. */
int gpio_ioctl(int fd, unsigned long request, void *argument);

#endif
