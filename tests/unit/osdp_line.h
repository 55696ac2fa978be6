/*
 * A simulated RS-485 line for tests: one control panel, some PDs, bytes paced at the baud rate, a
 * clock that jumps from deadline to deadline, and faults to switch on. Time starts at 1000 s.
 */
#ifndef TESTS_UNIT_OSDP_LINE_H
#define TESTS_UNIT_OSDP_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/cp.h"
#include "hw/osdp/frame.h"
#include "hw/osdp/pd.h"

enum {
	LINE_COMMANDS_MAX = 16384,
	LINE_COMMAND_BYTES = 1 + OSDP_FRAME_MAX,
	LINE_EVENTS_MAX = 256,
	LINE_FIFO_MAX = 8192,
};

struct line_command {
	uint64_t at_us;
	size_t size;
	uint8_t bytes[LINE_COMMAND_BYTES]; /* The mark first. */
};

struct line_byte {
	uint64_t at_us;
	uint8_t byte;
};

struct line;

struct line {
	struct osdp_cp *cp;
	unsigned pd_count;
	struct osdp_pd *pd[OSDP_CP_PDS_MAX];
	uint64_t now_us;
	uint64_t char_us;

	/* Faults. Counts are of coming commands or replies. */
	bool is_unplugged[OSDP_CP_PDS_MAX];
	bool has_echo;
	bool is_deaf_to_events; /* Nobody takes the panel's events. */
	unsigned lost_replies;
	unsigned corrupt_replies;
	unsigned corrupt_commands;
	unsigned late_replies;	/* Come after 250 ms. */
	unsigned turn_round_ms; /* Instead of 3. */
	const uint8_t *noise;	/* Sent before each reply. */
	size_t noise_size;
	const uint8_t *forged; /* Sent once instead of a reply. */
	size_t forged_size;
	/* The man in the middle: may change bytes and size, the mark is the first. */
	void (*on_command)(struct line *line, uint8_t *bytes, size_t *size);
	void (*on_reply)(struct line *line, uint8_t *bytes, size_t *size);
	bool keeps_keys_waiting; /* KEY_PENDING is not answered. */

	/* Record. */
	unsigned command_count;
	struct line_command commands[LINE_COMMANDS_MAX];
	unsigned event_count;
	struct osdp_event events[LINE_EVENTS_MAX];
	unsigned collisions;		 /* The panel talked over bytes or too soon behind them. */
	uint8_t last_key[OSDP_KEY_SIZE]; /* Of KEY_PENDING. */
	uint64_t random;		 /* State of the generator. */
	unsigned random_calls;
	bool has_no_random;
	unsigned spins; /* The panel's deadline was past after a tick. */

	/* On the way. */
	uint64_t last_activity_us;
	uint64_t arrival_us; /* Of the command at the PDs; UINT64_MAX: none. */
	struct line_command in_flight;
	size_t fifo_first;
	size_t fifo_count;
	struct line_byte fifo[LINE_FIFO_MAX];
};

/* PDs get addresses 1, 2, ... and serial numbers 1001, 1002, ... */
struct line *line_new(unsigned pd_count, uint32_t baud);
/* The same, each PD with the key of line_key() and a policy that requires it. */
struct line *line_new_secure(unsigned pd_count, uint32_t baud);
/* Any configuration; addresses, serial numbers and random functions are filled in. */
struct line *line_make(struct osdp_cp_config *config, struct osdp_pd_config *pds);
void line_free(struct line *line);

/* A line with all PDs attached and settled; asserts that they are. */
struct line *line_online(unsigned pd_count, uint32_t baud);
/* Asserts what holds in every test, no collision and no busy loop, and frees the line. */
void line_done(struct line *line);

/* A secure line with all PDs attached and settled. */
struct line *line_secure_online(unsigned pd_count, uint32_t baud);
/* Fills in the random key of a PD. */
void line_key(unsigned pd, uint8_t *ret_key);

void line_run_ms(struct line *line, uint64_t ms);

/* Runs until nothing is on the way. */
void line_settle(struct line *line);

/* Runs until pd has had another event of that type. False: not within timeout_ms. */
bool line_wait(struct line *line, enum osdp_event_type type, unsigned pd, uint64_t timeout_ms,
	       struct osdp_event *ret_event);

unsigned line_count_events(const struct line *line, enum osdp_event_type type, unsigned pd);

/* The newest event of that type of pd; NULL: there is none. */
const struct osdp_event *line_last_event(const struct line *line, enum osdp_event_type type,
					 unsigned pd);

/* Queues bytes that reach the panel from now on, paced. */
void line_inject(struct line *line, const uint8_t *bytes, size_t size, uint64_t at_us);

/* Replaces a PD by one with another serial number. */
void line_replace_pd(struct line *line, unsigned pd, uint32_t serial);

/* Decodes the n-th command on record. */
struct osdp_frame line_command_frame(const struct line *line, unsigned n);

#endif
