/*
 * Measuring devices in sysfs: IIO converters and accelerometers, hwmon sensors, found by name each
 * time they are needed because their numbers move.
 *
 * A read waits for the device: 0.1 to 0.5 ms on an I2C bus, 8 ms for a converter that is started by
 * it, a second when the bus hangs. So probes are read in a thread; finding is quick. root goes
 * before /sys: "" but in tests.
 */
#ifndef HW_SYSFS_H
#define HW_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#include "hw/profile.h"

#define SYSFS_PATH 256

/*
 * The directory of a device by its name, or an IIO device by its label, and the device behind it
 * when at is not "". -ENODEV when there is none, -ENOTUNIQ when there are several.
 */
int sysfs_find(const char *root, bool is_hwmon, const char *name, const char *at, char *ret,
	       size_t size);

/* A file with one number. -EBADMSG when it has something else. */
int sysfs_read_number(const char *path, double *ret);

#define PROBE_CHANNELS 3

/* Up to three channels of one device that are read together. */
struct probe {
	char root[SYSFS_PATH];
	bool is_hwmon;
	char device[32];
	char at[32];
	unsigned count;
	char channels[PROBE_CHANNELS][24];
	bool has_scale;
	bool has_offset;
	double factor;
	double scale;
	double offset;
	/* Of the thread that reads. */
	int fds[PROBE_CHANNELS]; /* -1 while the device is not found */
	/* What came of the latest read. */
	int error;
	char why[120]; /* when error is not 0 */
	double values[PROBE_CHANNELS];
};

void probe_init(struct probe *probe, const char *root, const struct profile_channel *channel);
/* The three axes in thousandths of g. */
void probe_init_accelerometer(struct probe *probe, const char *root,
			      const struct profile_accelerometer *accelerometer);
/* Finds the device unless it is open, reads all channels, and says in probe what came of it. */
void probe_read(struct probe *probe);
void probe_close(struct probe *probe);

#endif
