/* Channels of a device in sysfs: found, kept open, read at their beginning each time. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hw/sysfs.h"
#include "lib/util.h"

#define MG_PER_MS2 (1000 / 9.80665)

static int PRINTF(3, 4) fail(struct probe *probe, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void) vsnprintf(probe->why, sizeof(probe->why), format, args);
	va_end(args);
	probe->error = error;
	return error;
}

static void
probe_clear(struct probe *probe, const char *root)
{
	*probe = (struct probe){ .factor = 1, .fds = { -1, -1, -1 } };
	(void) copy_string(probe->root, sizeof(probe->root), root);
}

void
probe_init(struct probe *probe, const char *root, const struct profile_channel *channel)
{
	probe_clear(probe, root);
	probe->is_hwmon = channel->is_hwmon;
	probe->count = 1;
	(void) copy_string(probe->device, sizeof(probe->device), channel->device);
	(void) copy_string(probe->at, sizeof(probe->at), channel->at);
	(void) copy_string(probe->channels[0], sizeof(probe->channels[0]), channel->channel);
	probe->has_scale = channel->has_scale;
	probe->has_offset = channel->has_offset;
	probe->scale = channel->scale;
	probe->offset = channel->offset;
	probe->factor = channel->factor;
}

void
probe_init_accelerometer(struct probe *probe, const char *root,
			 const struct profile_accelerometer *accelerometer)
{
	static const char axes[] = "xyz";

	probe_clear(probe, root);
	probe->count = PROBE_CHANNELS;
	(void) copy_string(probe->device, sizeof(probe->device), accelerometer->device);
	(void) copy_string(probe->at, sizeof(probe->at), accelerometer->at);
	for (unsigned i = 0; i < PROBE_CHANNELS; i++)
		(void) snprintf(probe->channels[i], sizeof(probe->channels[i]), "accel_%c",
				axes[i]);
	probe->factor = MG_PER_MS2;
}

/* "in_voltage0_scale" of one channel, else "in_voltage_scale" of all of its type. */
static int
read_attribute(const char *dir, const char *channel, const char *attribute, double *ret)
{
	char path[SYSFS_PATH + 64];
	size_t type = strcspn(channel, "0123456789_-");

	(void) snprintf(path, sizeof(path), "%s/in_%s_%s", dir, channel, attribute);
	int r = sysfs_read_number(path, ret);
	if (r == 0)
		return 0;
	(void) snprintf(path, sizeof(path), "%s/in_%.*s_%s", dir, (int) type, channel, attribute);
	return sysfs_read_number(path, ret);
}

static int
open_value(const char *dir, const char *prefix, const char *channel, const char *suffix)
{
	char path[SYSFS_PATH + 64];

	(void) snprintf(path, sizeof(path), "%s/%s%s_%s", dir, prefix, channel, suffix);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* What the kernel gives is raw for converters and in thousandths for sensors. */
static int
open_channel(struct probe *probe, const char *dir, unsigned i)
{
	const char *channel = probe->channels[i];
	bool is_raw = false;
	int r = probe->is_hwmon ? open_value(dir, "", channel, "input")
				: open_value(dir, "in_", channel, "raw");
	if (!probe->is_hwmon && r == -ENOENT)
		r = open_value(dir, "in_", channel, "input");
	else
		is_raw = !probe->is_hwmon;
	if (r == -ENOENT)
		return fail(probe, r, "'%s' has no channel '%s'", probe->device, channel);
	if (r < 0)
		return fail(probe, r, "channel '%s' of '%s': %s", channel, probe->device,
			    strerror(-r));
	probe->fds[i] = r;
	if (!probe->has_offset &&
	    (!is_raw || read_attribute(dir, channel, "offset", &probe->offset) < 0))
		probe->offset = 0;
	if (probe->has_scale)
		return 0;
	probe->scale = 1;
	r = is_raw ? read_attribute(dir, channel, "scale", &probe->scale) : 0;
	if (r < 0)
		return fail(probe, r, "channel '%s' of '%s' has no scale: %s", channel,
			    probe->device, strerror(-r));
	return 0;
}

static int
open_all(struct probe *probe)
{
	char dir[SYSFS_PATH];
	int r = sysfs_find(probe->root, probe->is_hwmon, probe->device, probe->at, dir,
			   sizeof(dir));
	if (r == -ENOTUNIQ)
		return fail(probe, r, "several devices are called '%s'", probe->device);
	if (r < 0)
		return fail(probe, r, "there is no device '%s'%s%s", probe->device,
			    *probe->at ? " at " : "", probe->at);
	for (unsigned i = 0; i < probe->count && r == 0; i++)
		r = open_channel(probe, dir, i);
	return r;
}

static int
read_channel(struct probe *probe, unsigned i)
{
	char text[32];
	char *end;
	ssize_t n = pread(probe->fds[i], text, sizeof(text) - 1, 0);

	if (n < 0) {
		int error = errno;
		return fail(probe, -error, "channel '%s' of '%s': %s", probe->channels[i],
			    probe->device, strerror(error));
	}
	text[n] = 0;
	double raw = strtod(text, &end);
	if (end == text || (*end && !isspace((unsigned char) *end)))
		return fail(probe, -EBADMSG, "channel '%s' of '%s' says no number",
			    probe->channels[i], probe->device);
	probe->values[i] = (raw + probe->offset) * probe->scale * probe->factor;
	return 0;
}

void
probe_read(struct probe *probe)
{
	int r = 0;

	probe->error = 0;
	if (probe->fds[0] < 0)
		r = open_all(probe);
	for (unsigned i = 0; i < probe->count && r == 0; i++)
		r = read_channel(probe, i);
	/* What does not work is looked for anew. */
	if (r < 0)
		probe_close(probe);
}

void
probe_close(struct probe *probe)
{
	for (unsigned i = 0; i < PROBE_CHANNELS; i++) {
		closep(&probe->fds[i]);
		probe->fds[i] = -1;
	}
}
