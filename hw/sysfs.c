#include "hw/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

static void
closedirp(DIR **dir)
{
	if (*dir)
		(void) closedir(*dir);
}

/* A file with one line, without its newline. */
static int
read_line(const char *dir, const char *name, char *to, size_t size)
{
	char path[SYSFS_PATH];
	int r = path_join(path, sizeof(path), dir, name);

	if (r == 0)
		r = read_file(path, to, size);
	if (r < 0)
		return r;
	to[strcspn(to, "\n")] = 0;
	return 0;
}

/* Whether the device that a class device belongs to is called so, "1-0048". */
static bool
is_at(const char *dir, bool is_hwmon, const char *at)
{
	char path[SYSFS_PATH];

	if (!*at)
		return true;
	if (path_join(path, sizeof(path), dir, is_hwmon ? "device" : "..") < 0)
		return false;
	/* Of an IIO device that is a link, ".." is where it leads to. */
	_cleanup_(freep) char *real = realpath(path, NULL);
	const char *last = real ? strrchr(real, '/') : NULL;
	return last && !strcmp(last + 1, at);
}

static bool
is_called(const char *dir, const char *name)
{
	char text[64];

	return (read_line(dir, "name", text, sizeof(text)) == 0 && !strcmp(text, name)) ||
	       (read_line(dir, "label", text, sizeof(text)) == 0 && !strcmp(text, name));
}

int
sysfs_find(const char *root, bool is_hwmon, const char *name, const char *at, char *ret,
	   size_t size)
{
	char class[SYSFS_PATH];
	char dir[SYSFS_PATH];
	int r = path_join(class, sizeof(class), root,
			  is_hwmon ? "sys/class/hwmon" : "sys/bus/iio/devices");
	if (r < 0)
		return r;
	_cleanup_(closedirp) DIR *devices = opendir(class);
	if (!devices)
		return -ENODEV;
	r = -ENODEV;
	for (const struct dirent *entry; (entry = readdir(devices));) {
		if (*entry->d_name == '.' ||
		    path_join(dir, sizeof(dir), class, entry->d_name) < 0 ||
		    !is_called(dir, name) || !is_at(dir, is_hwmon, at))
			continue;
		if (r == 0)
			return -ENOTUNIQ;
		if (!copy_string(ret, size, dir))
			return -ENAMETOOLONG;
		r = 0;
	}
	return r;
}

static int
parse_real(const char *text, double *ret)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || (*end && *end != '\n') || !isfinite(value))
		return -EBADMSG;
	*ret = value;
	return 0;
}

int
sysfs_read_number(const char *path, double *ret)
{
	char text[64];
	int r = read_file(path, text, sizeof(text));

	return r < 0 ? r : parse_real(text, ret);
}
