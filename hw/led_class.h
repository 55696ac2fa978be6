/*
 * One LED of the kernel's LED class. The kernel blinks by itself, also while this process hangs.
 * All return 0 or -errno.
 */
#ifndef HW_LED_CLASS_H
#define HW_LED_CLASS_H

#include <stdbool.h>
#include <stdint.h>

struct led_class;

/* Whatever trigger it has had is switched off by the first set or blink. */
int led_class_open(const char *root, const char *name, struct led_class **ret);
void led_class_free(struct led_class *led);

int led_class_set(struct led_class *led, bool is_on);
/* An error when this kernel or our rights do not allow it: blink by setting, then. */
int led_class_blink(struct led_class *led, uint32_t on_ms, uint32_t off_ms);

/* Whether it is there and may be set. */
int led_class_check(const char *root, const char *name);

#endif
