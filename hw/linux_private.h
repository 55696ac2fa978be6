/*
 * What the files of the driver for real boards share; nobody else includes this but its tests.
 *
 * linux.c is the driver itself. Each other file has one kind of thing: linux_input.c and
 * linux_output.c lines, linux_led.c LEDs, linux_sample.c what is measured, linux_bus.c serial
 * ports. linux_part.c tells about what does not work and tries again until it does.
 *
 * Lines, LEDs and ports are used from the loop: that takes microseconds on a chip of the processor
 * and less than half a millisecond on an I2C bus; one that hangs holds the loop up for its
 * time-out, so locks belong on chips of the processor. What is measured is read in threads, one a
 * device, because a converter may take many milliseconds for each channel.
 */
#ifndef HW_LINUX_PRIVATE_H
#define HW_LINUX_PRIVATE_H

#include "hw/driver.h"
#include "hw/profile.h"

#define LINUX_WHY	   160
#define LINUX_RETRY_MS	   250
#define LINUX_RETRY_MS_MAX 5000
#define LINUX_WATCH_MS	   500 /* lines are looked at this often: few kernels say that one has gone */

/* Beside enum profile_part: what may be broken of a point. */
#define LINUX_BUS (1u << 16)

struct event;
struct fdstore;
struct linux_bus;
struct linux_input;
struct linux_led;
struct linux_output;
struct linux_sampler;

struct linux_board {
	struct event_base *base;
	const struct profile *profile;
	const struct driver_ops *ops;
	void *context;
	const char *root;
	struct fdstore *fdstore;
	struct event *start;
	struct event *watch;
	unsigned broken[INVENTORY_ROWS]; /* parts of each point that do not work */
	struct linux_input *inputs[INVENTORY_ROWS];
	struct linux_output *outputs[INVENTORY_ROWS];
	struct linux_led *leds[INVENTORY_ROWS];
	struct linux_sampler *samplers;
	struct linux_bus *buses[PROFILE_BUSES];
};

/* As driver->open(); root goes before /dev and /sys and must outlive the board. */
int linux_open_at(const char *root, const struct driver_setup *setup, const struct driver_ops *ops,
		  void *context, void **ret);

/* From the loop only: a part of a point does not work, or it works (why NULL). */
void linux_tell_fault(struct linux_board *board, const struct inventory_row *row, unsigned part,
		      const char *why);

/* Something that is opened, may break, and is then opened again. Embedded in its owner. */
struct linux_part {
	struct linux_board *board;
	const struct inventory_row *row;
	unsigned part;
	void *owner;
	/* 0, or -errno and a line about why. Never calls back. */
	int (*open)(void *owner, char *why, size_t size);
	/* From the loop, when it has been opened or linux_part_report() was called. */
	void (*report)(void *owner);
	struct event *timer;
	unsigned delay_ms;
	bool is_broken;
	bool is_untold;
	char why[LINUX_WHY];
};

void linux_part_init(struct linux_part *part);
void linux_part_done(struct linux_part *part);
/* Opens it now; what comes of it is told from the loop. */
void linux_part_start(struct linux_part *part);
/* Neither tells nor tries any more. */
void linux_part_stop(struct linux_part *part);
/* It has failed with why, or with part->why when that is NULL: told from the loop, tried again. */
void linux_part_fail(struct linux_part *part, const char *why);
/* Has report() called from the loop, soon. */
void linux_part_report(struct linux_part *part);

struct linux_input *linux_input_new(struct linux_board *board, const struct inventory_row *row);
void linux_input_free(struct linux_input *input);
void linux_input_start(struct linux_input *input);
void linux_input_stop(struct linux_input *input);
/* Looks whether the line is still there and what it says. */
void linux_input_watch(struct linux_input *input);

struct linux_output *linux_output_new(struct linux_board *board, const struct inventory_row *row);
void linux_output_free(struct linux_output *output);
/* Takes the line up again as it is when the service manager kept it; false when it has not. */
bool linux_output_adopt(struct linux_output *output);
/* Takes the line, which then is as the profile says that it is safe. */
void linux_output_start(struct linux_output *output);
/* Lets go of the line. */
void linux_output_stop(struct linux_output *output);
bool linux_output_is_started(const struct linux_output *output);
int linux_output_set(struct linux_output *output, bool is_on);
void linux_output_watch(struct linux_output *output);

struct linux_led *linux_led_new(struct linux_board *board, const struct inventory_row *row);
void linux_led_free(struct linux_led *led);
int linux_led_set(struct linux_led *led, const struct hw_led *pattern);

/* All channels of the profile. */
void linux_sample_open(struct linux_board *board);
void linux_sample_close(struct linux_board *board);
/* Has all values of a point reported again, whether they change or not. */
void linux_sample_refresh(struct linux_board *board, const struct inventory_row *row);

struct linux_bus *linux_bus_new(struct linux_board *board, unsigned number);
void linux_bus_free(struct linux_bus *bus);
/* A new descriptor, the caller's. */
int linux_bus_open(struct linux_bus *bus, uint32_t baud);
/* -EBADF when fd is not of this bus. */
int linux_bus_set_baud(struct linux_bus *bus, int fd, uint32_t baud);

#endif
