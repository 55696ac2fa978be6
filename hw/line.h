/*
 * Tools for the lines of readers: what was said on them, who is there, where a reader is to be, and
 * files for it. For installers and for finding faults; nothing here is needed to open a door.
 *
 * Functions take a reader by its number, from 1, or a bus by its own; -ENOENT when there is none.
 */
#ifndef HW_LINE_H
#define HW_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hw;

#define HW_LINE_FINDS_MAX 32
#define HW_TRACE_LINE_MAX 4608

/* What answered to a search. */
struct hw_line_find {
	uint32_t baud;
	uint8_t address; /* 0x7F: the only device on the line, at an address of its own */
	bool is_clash;	 /* garbled: two devices at one address, or the wrong speed */
	bool has_identity;
	char vendor[8]; /* OUI in hex */
	unsigned model;
	uint32_t serial;
	char firmware[16];
};

struct hw_line {
	unsigned bus;
	char name[32];
	uint32_t baud;
	bool is_scanning;
	unsigned asked; /* of the search under way, or of the last one */
	unsigned questions;
	unsigned count;
	struct hw_line_find finds[HW_LINE_FINDS_MAX];
};

struct hw_line_scan {
	unsigned last_address; /* from 0 */
	bool is_single;	       /* one device is connected: its address does not matter */
};

int hw_line(const struct hw *hw, unsigned bus, struct hw_line *ret);
/* The bus of a reader; 0 when there is no such reader. */
unsigned hw_line_of(const struct hw *hw, unsigned reader);
/*
 * Searches a bus, whose readers hear nothing else meanwhile. Progress and end come as on_line().
 * -EBUSY: it is being searched, a key or a file is on its way, or the line is not there.
 */
int hw_line_scan(struct hw *hw, unsigned bus, const struct hw_line_scan *scan);
/* -EALREADY: it is not being searched. */
int hw_line_scan_stop(struct hw *hw, unsigned bus);

/*
 * The record behind this one of what was said on a reader's line, as a line of an .osdpcap file,
 * NUL-terminated. Returns its length, 0 when there is none; ret_number is its number. Start with 0
 * for all. -EACCES: an install window is open there.
 */
int hw_reader_trace(const struct hw *hw, unsigned reader, uint64_t after, char line[],
		    uint64_t *ret_number);
/* The number of the newest record. */
uint64_t hw_reader_trace_last(const struct hw *hw, unsigned reader);
/* A new reference: everything that is counted of a reader, or NULL when there is none. */
json_t *hw_reader_diagnostics(const struct hw *hw, unsigned reader);

/* What has become of something that takes its time. */
enum hw_work_type { HW_WORK_MOVED, HW_WORK_FILE_PROGRESS, HW_WORK_FILE_ENDED };

struct hw_work {
	enum hw_work_type type;
	unsigned reader;
	unsigned module; /* 0: it is a reader */
	/* MOVED: false when it is where it was before. */
	bool is_done;
	bool is_test; /* it is on its way through the speeds of a test */
	uint8_t address;
	uint32_t baud;
	/* Files. */
	uint32_t offset;
	uint32_t total;
	int error;  /* 0, or why not: -EREMOTEIO -ETIMEDOUT -ENOTSUP -ECANCELED */
	int status; /* of the reader, with -EREMOTEIO */
};

/*
 * Gives a reader another address or, when it is alone on its line, another speed; 0 baud: as it is.
 * on_work() says what became of it. -ENOTCONN: it is not on line. -EADDRINUSE. -EBUSY: under way.
 * -ENOTSUP: a speed for one of several, or a reader that cannot. -EINVAL.
 */
int hw_reader_move(struct hw *hw, unsigned reader, unsigned address, uint32_t baud);
/* The reader is there: it was moved by somebody else, or found. -EADDRINUSE, -EINVAL. */
int hw_reader_place(struct hw *hw, unsigned reader, unsigned address, uint32_t baud);
/* Where the board profile has it. */
int hw_reader_standard_place(const struct hw *hw, unsigned reader, unsigned *ret_address,
			     uint32_t *ret_baud);

/* text: printable ASCII. 0 seconds: until another one. -ENOTSUP: it has no display. */
int hw_reader_text(struct hw *hw, unsigned reader, const char *text, unsigned seconds);
/* 0 ms: until told otherwise. -ENOTSUP: it has no such output, from 0. */
int hw_reader_output(struct hw *hw, unsigned reader, unsigned output, bool is_on, unsigned ms);

/*
 * Sends a file, such as firmware, whose bytes must stay until HW_WORK_FILE_ENDED. Cards are taken
 * meanwhile. -ENOTCONN, -ENOTSUP: it refuses files. -EBUSY: it is taking one.
 */
int hw_reader_file_send(struct hw *hw, unsigned reader, const uint8_t *data, uint32_t size);
/* -EALREADY: none is on its way. */
int hw_reader_file_cancel(struct hw *hw, unsigned reader);

#endif
