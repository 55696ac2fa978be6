#include "hw/led_class.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "hw/sysfs.h"
#include "lib/util.h"

struct led_class {
	char dir[SYSFS_PATH];
	unsigned full;
	int brightness;
	bool is_ours; /* no trigger but what we have set */
	bool is_blinking;
};

static int
find(const char *root, const char *name, char *ret, size_t size)
{
	_cleanup_(freep) char *class = xasprintf("%s/sys/class/leds", root);

	return path_join(ret, size, class, name);
}

static int
write_text(const struct led_class *led, const char *name, const char *text)
{
	char path[SYSFS_PATH];
	int r = path_join(path, sizeof(path), led->dir, name);
	if (r < 0)
		return r;
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int
write_number(const struct led_class *led, const char *name, uint32_t number)
{
	char text[16];

	(void) snprintf(text, sizeof(text), "%u", number);
	return write_text(led, name, text);
}

int
led_class_open(const char *root, const char *name, struct led_class **ret)
{
	_cleanup_(freep) struct led_class *led = xcalloc(1, sizeof(*led));
	char path[SYSFS_PATH];
	double full;
	int r = find(root, name, led->dir, sizeof(led->dir));
	if (r == 0)
		r = path_join(path, sizeof(path), led->dir, "max_brightness");
	if (r == 0)
		r = sysfs_read_number(path, &full);
	if (r == 0)
		r = path_join(path, sizeof(path), led->dir, "brightness");
	if (r < 0)
		return r;
	led->full = full >= 1 && full <= 65535 ? (unsigned) full : 1;
	led->brightness = open(path, O_WRONLY | O_CLOEXEC);
	if (led->brightness < 0)
		return -errno;
	*ret = steal(&led);
	return 0;
}

void
led_class_free(struct led_class *led)
{
	if (!led)
		return;
	closep(&led->brightness);
	free(led);
}

int
led_class_set(struct led_class *led, bool is_on)
{
	char text[16];

	/* Who may set but not choose a trigger still sets, unless a trigger was ours. */
	if (!led->is_ours || led->is_blinking) {
		int r = write_text(led, "trigger", "none");
		if (r < 0 && (led->is_blinking || r == -ENODEV))
			return r;
		led->is_ours = true;
		led->is_blinking = false;
	}
	int length = snprintf(text, sizeof(text), "%u", is_on ? led->full : 0);
	return pwrite(led->brightness, text, (size_t) length, 0) < 0 ? -errno : 0;
}

int
led_class_blink(struct led_class *led, uint32_t on_ms, uint32_t off_ms)
{
	int r = led->is_blinking ? 0 : write_text(led, "trigger", "timer");
	if (r < 0)
		return r;
	led->is_ours = true;
	led->is_blinking = true;
	r = write_number(led, "delay_on", on_ms);
	if (r == 0)
		r = write_number(led, "delay_off", off_ms);
	return r;
}

int
led_class_check(const char *root, const char *name)
{
	struct led_class *led;
	int r = led_class_open(root, name, &led);

	if (r == 0)
		led_class_free(led);
	return r;
}
