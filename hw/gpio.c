#include "hw/gpio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/util.h"

static void
closedirp(DIR **dir)
{
	if (*dir)
		(void) closedir(*dir);
}

/* Opens a chip's node when it has this label. Links to nodes would show a chip twice. */
static int
open_chip(const char *path, const char *label, struct gpiochip_info *ret)
{
	struct stat status;

	if (lstat(path, &status) < 0)
		return -errno;
	if (S_ISLNK(status.st_mode))
		return -ENODEV;
	_cleanup_(closep) int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	memset(ret, 0, sizeof(*ret));
	int r = gpio_ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, ret);
	if (r < 0)
		return r;
	if (strncmp(ret->label, label, sizeof(ret->label)) != 0)
		return -ENODEV;
	r = fd;
	fd = -1;
	return r;
}

static int
find_line(int chip, uint32_t count, const struct profile_line *line, uint32_t *ret)
{
	int r = -ENXIO;

	if (!*line->name) {
		*ret = line->offset;
		return line->offset < count ? 0 : -ENXIO;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct gpio_v2_line_info info = { .offset = i };
		int got = gpio_ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &info);
		if (got < 0)
			return got;
		if (strncmp(info.name, line->name, sizeof(info.name)) != 0)
			continue;
		if (r == 0)
			return -ENOTUNIQ;
		*ret = i;
		r = 0;
	}
	return r;
}

/* Takes what one node says into account; r is what the nodes before have come to. */
static int
try_chip(int r, const char *path, const struct profile_line *line, struct gpio_place *ret)
{
	struct gpiochip_info info;
	int fd = open_chip(path, line->chip, &info);

	if (fd == -EACCES && r == -ENODEV)
		return -EACCES;
	if (fd < 0)
		return r;
	_cleanup_(closep) int chip = fd;
	if (r == 0 || r == -ENXIO)
		return -ENOTUNIQ;
	r = find_line(chip, info.lines, line, &ret->offset);
	(void) copy_string(ret->path, sizeof(ret->path), path);
	return r;
}

int
gpio_find(const char *root, const struct profile_line *line, struct gpio_place *ret)
{
	struct gpio_place place = { 0 };
	char dev[96];
	char path[128];
	int r = path_join(dev, sizeof(dev), root, "dev");
	if (r < 0)
		return r;
	_cleanup_(closedirp) DIR *dir = opendir(dev);
	if (!dir)
		return -errno;
	r = -ENODEV;
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (!strncmp(entry->d_name, "gpiochip", 8) && strlen(entry->d_name) < 24) {
			(void) path_join(path, sizeof(path), dev, entry->d_name);
			r = try_chip(r, path, line, &place);
			if (r == -ENOTUNIQ)
				return r;
		}
	if (r == 0)
		*ret = place;
	return r;
}

int
gpio_describe(const struct gpio_place *place, struct gpio_info *ret)
{
	struct gpio_v2_line_info info = { .offset = place->offset };
	_cleanup_(closep) int fd = open(place->path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = gpio_ioctl(fd, GPIO_V2_GET_LINEINFO_IOCTL, &info);
	if (r < 0)
		return r;
	ret->is_used = info.flags & GPIO_V2_LINE_FLAG_USED;
	ret->is_output = info.flags & GPIO_V2_LINE_FLAG_OUTPUT;
	(void) snprintf(ret->consumer, sizeof(ret->consumer), "%.*s",
			(int) sizeof(info.consumer) - 1, info.consumer);
	return 0;
}

void
gpio_explain(int error, const struct profile_line *line, char *to, size_t size)
{
	char name[48];

	if (*line->name)
		(void) snprintf(name, sizeof(name), "line '%s'", line->name);
	else
		(void) snprintf(name, sizeof(name), "line %u", line->offset);
	if (error == -ENODEV)
		(void) snprintf(to, size, "there is no chip '%s'", line->chip);
	else if (error == -ENXIO)
		(void) snprintf(to, size, "chip '%s' has no %s", line->chip, name);
	else if (error == -ENOTUNIQ)
		(void) snprintf(to, size, "chip '%s' or its %s is there twice", line->chip, name);
	else if (error == -EBUSY)
		(void) snprintf(to, size, "%s of chip '%s' is in use", name, line->chip);
	else
		(void) snprintf(to, size, "%s of chip '%s': %s", name, line->chip,
				strerror(-error));
}

void
gpio_consumer(const char *point, char *to, size_t size)
{
	(void) snprintf(to, size, "%s %s", GPIO_CONSUMER, point);
}
