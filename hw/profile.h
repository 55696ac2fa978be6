/*
 * Board profiles: which physical thing each logical point is. A libconfig file with comments.
 *
 * What is not in the file is not on the board. Unknown words are refused: a setting that nobody
 * reads is a mistake of whoever wrote it.
 */
#ifndef HW_PROFILE_H
#define HW_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/supervise.h"
#include "lib/inventory.h"
#include "lib/model.h"

#define PROFILE_BUSES 8
/* Two in multi-drop, as the wiring of a port is. */
#define PROFILE_BUS_READERS 2

/* What a point is connected by; a point may have several. */
enum profile_part {
	PROFILE_LINE = 1 << 0,
	PROFILE_VOLTAGE = 1 << 1,
	PROFILE_CURRENT = 1 << 2,
	PROFILE_TEMPERATURE = 1 << 3,
	PROFILE_ACCELEROMETER = 1 << 4,
	PROFILE_LED = 1 << 5,
	PROFILE_PRESENT = 1 << 6, /* a supply that is always there */
};

enum profile_bias { PROFILE_AS_IS, PROFILE_NO_BIAS, PROFILE_PULL_UP, PROFILE_PULL_DOWN };
enum profile_drive { PROFILE_PUSH_PULL, PROFILE_OPEN_DRAIN, PROFILE_OPEN_SOURCE };

/* A GPIO line, by the label of its chip and its own name: numbers of chips move. */
struct profile_line {
	char chip[32];
	char name[32];	 /* "" for a line that has none */
	uint32_t offset; /* of such a line */
	bool is_active_low;
	bool is_safe_on; /* of an output: what it does while nobody drives it */
	enum profile_bias bias;
	enum profile_drive drive;
	uint32_t debounce_ms; /* of an input */
};

/* value = (raw + offset) * scale * factor, in mV, mA or thousandths of a degree. */
struct profile_channel {
	bool is_hwmon; /* else IIO */
	char device[32];
	char at[32]; /* the device behind it, "1-0048"; "" when the name is enough */
	char channel[24];
	bool has_scale; /* else what the kernel says */
	bool has_offset;
	double scale;
	double offset;
	double factor;
};

struct profile_accelerometer {
	char device[32];
	char at[32];
	uint32_t threshold_mg;
};

/* One colour of an LED: a device of the LED class, or a line. */
struct profile_lamp {
	bool is_line;
	char name[64]; /* "" when there is no such colour */
	struct profile_line line;
};

enum { PROFILE_GREEN, PROFILE_RED, PROFILE_AMBER, PROFILE_LAMPS };

struct profile_point {
	unsigned parts; /* of enum profile_part; 0: the board does not have the point */
	struct profile_line line;
	struct profile_channel voltage;
	struct profile_channel current;
	struct profile_channel temperature;
	struct profile_accelerometer accelerometer;
	struct profile_lamp lamps[PROFILE_LAMPS];
};

struct profile_reader {
	unsigned reader;
	unsigned door;
	uint8_t address;
};

enum profile_rs485 {
	PROFILE_RS485_AUTO,   /* ask the kernel; hardware that switches by itself is fine */
	PROFILE_RS485_KERNEL, /* the kernel must do it */
	PROFILE_RS485_OFF,    /* nobody asks */
};

struct profile_bus {
	char name[32];
	uint32_t baud;
	char tty[64]; /* "" on boards that have no such */
	enum profile_rs485 rs485;
	bool is_rts_low; /* while sending */
	bool is_heard;	 /* the receiver stays on while sending */
	uint32_t delay_before_ms;
	uint32_t delay_after_ms;
	unsigned count;
	struct profile_reader readers[PROFILE_BUS_READERS];
};

/* An input whose level is measured, and how its line is wired unless somebody says otherwise. */
struct profile_input {
	bool is_measured;
	enum supervise_scheme scheme;
};

struct profile {
	char name[64];
	char driver[32];
	unsigned bus_count;
	struct profile_bus buses[PROFILE_BUSES];
	struct profile_input inputs[INPUTS];	     /* by number from 1 */
	struct profile_point points[INVENTORY_ROWS]; /* by inventory_position() */
};

/* -EBADMSG and the like leave one line with the line number in ret_why, which the caller frees. */
int profile_read(const char *path, struct profile *ret, char **ret_why);

const struct profile_point *profile_point(const struct profile *profile,
					  const struct inventory_row *point);
/* Whether a board of this profile has it; terminals and jumpers are where they are. */
bool profile_has_point(const struct profile *profile, const struct inventory_row *point);
/* The parts that a point of this kind may have; 0 for what a profile does not connect. */
unsigned profile_parts(enum inventory_kind kind);
/* Whether the line of a point is an output; AUX I/O may be either. */
bool profile_is_output(enum inventory_kind kind);

#endif
