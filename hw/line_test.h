/*
 * How good a reader's line is: so many exchanges at each speed, or at the present one when others
 * are on the line too, counted while everything goes on as ever. Slow speeds come first; behind one
 * at which every tenth exchange fails no faster one is tried, for a reader that was sent there
 * could hardly be called back. In the end the line is as it was.
 */
#ifndef HW_LINE_TEST_H
#define HW_LINE_TEST_H

#include <stdbool.h>
#include <stdint.h>

struct hw;

enum {
	HW_LINE_SPEEDS = 6,
	HW_LINE_TEST_MIN = 10,
	HW_LINE_TEST_MAX = 10000, /* exchanges */
};

enum hw_line_verdict {
	HW_LINE_WAITING,
	HW_LINE_RUNNING,
	HW_LINE_TESTED,
	HW_LINE_REFUSED,  /* the reader did not take this speed */
	HW_LINE_LOST,	  /* it took it and was not heard for long */
	HW_LINE_LEFT_OUT, /* a slower one is bad, or somebody has ended the test */
};

struct hw_line_speed {
	uint32_t baud;
	enum hw_line_verdict verdict;
	unsigned asked; /* exchanges, repeated ones too */
	unsigned lost;	/* without a good answer */
	unsigned retries;
	uint32_t mean_us; /* from the end of a command to its answer */
	uint32_t p99_us;
};

struct hw_line_test {
	unsigned reader;
	unsigned bus;
	bool is_running;
	bool is_back; /* the reader is heard where it was before; false only when it is lost */
	unsigned wanted;
	uint32_t baud; /* as it was before */
	uint32_t best; /* the fastest one without a loss, else that with the fewest; 0: none yet */
	unsigned count;
	struct hw_line_speed speeds[HW_LINE_SPEEDS];
};

const char *hw_line_verdict_name(enum hw_line_verdict verdict);

/*
 * Progress and end come as on_line_test(). -ENOENT: no such reader. -ENOTCONN: it is not on line.
 * -EBUSY: an install window is open there, a key or file is on its way, the line is searched or
 * tested. -EINVAL: too few exchanges, or too many.
 */
int hw_line_test(struct hw *hw, unsigned reader, unsigned exchanges);
/* The line is given back as soon as it is as it was. -EALREADY: nothing to stop. */
int hw_line_test_stop(struct hw *hw, unsigned reader);
/* The test of a bus that is under way, or the last one. -ENOENT: there was none. */
int hw_line_tested(const struct hw *hw, unsigned bus, struct hw_line_test *ret);

#endif
