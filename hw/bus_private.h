/*
 * What the files of a reader bus share; nobody else includes this.
 *
 * bus.c runs the line: bytes, timers, connecting anew. bus_events.c says what the panel's events
 * mean, those of secure channels in bus_security.c, of modules in bus_module_events.c;
 * bus_commands.c what is known of the readers, bus_feedback.c what they show, bus_keys.c who may
 * speak how, bus_place.c where they are; bus_scan.c who else is on the line,
 * bus_test.c how good it is, bus_trace.c what was
 * said on it.
 */
#ifndef HW_BUS_PRIVATE_H
#define HW_BUS_PRIVATE_H

#include "hw/bus.h"
#include "hw/echo.h"
#include "hw/line_test.h"
#include "hw/osdp/cp.h"
#include "hw/osdp/frame.h"
#include "hw/osdp/scan.h"
#include "hw/trace.h"
#include "lib/feedback.h"

struct bus_seat {
	struct osdp_pdid identity;
	bool has_identity;
	bool is_tampered;
	bool has_power_failure;
	struct osdp_pdcap capabilities;
	struct feedback resting; /* what it shows while nothing happens */
	bool is_sounding;	 /* until it is told to stop */
	bool has_text;		 /* a resting text is on its display */
	bool is_stale;		 /* it had no room for what it is to show */
	/* Its secure channel. */
	bool is_clear;
	bool has_key;
	bool is_installing;
	const char *cause; /* why there is none; NULL while there is or nobody has tried */
	bool has_cuid;
	uint8_t cuid[OSDP_CUID_SIZE];
};

struct bus_module {
	unsigned module; /* 0: nobody is at this seat */
	uint8_t address;
	bool has_identity;
	bool is_tampered;
	bool has_power_failure;
	struct osdp_pdid identity;
	/* Its secure channel. */
	const char *cause;
	bool has_key;
	bool wants_key;
	bool has_device;
	bool is_installing;
	uint8_t key[OSDP_KEY_SIZE];
	uint8_t key_cuid[OSDP_CUID_SIZE]; /* the device that the key belongs to */
	uint8_t cuid[OSDP_CUID_SIZE];	  /* the one that is there */
	uint64_t install_until_us;	  /* a window may be opened until then */
	/* Inputs and outputs. */
	unsigned input_count;
	unsigned output_count;
	enum hw_module_input inputs[HW_MODULE_POINTS];
	uint32_t outputs;
	uint32_t wanted; /* outputs of which it is known what is wanted for good */
	uint32_t wanted_on;
	uint64_t ask_at_us; /* how the outputs are; 0: nobody wants to know */
	uint64_t ask_until_us;
};

struct bus {
	struct event_base *base;
	const struct driver *driver;
	void *board;
	unsigned number;
	const struct profile_bus *profile;
	const struct hw_ops *ops;
	void *context;
	struct osdp_cp *cp;
	int fd;
	struct echo echo; /* of what was sent, on lines that hear themselves */
	struct event *readable;
	struct event *timer;
	struct event *retry;
	struct bus_seat seats[PROFILE_BUS_READERS];
	struct bus_module modules[OSDP_CP_PDS_MAX]; /* those behind the readers' seats */
	uint32_t baud;				    /* what the open line runs at */
	unsigned files;				    /* on their way to readers */
	/* What was said, and what is being heard. */
	struct trace *trace;
	uint8_t heard[OSDP_FRAME_MAX];
	size_t heard_size;
	uint64_t heard_wall_us;
	/* A search; NULL while the line is the panel's. */
	struct osdp_scan *scan;
	unsigned asked;
	unsigned questions;
	uint64_t told_us;
	unsigned find_count;
	struct hw_line_find finds[HW_LINE_FINDS_MAX];
	/* A test of the line; NULL while there is none. The last one's results. */
	struct bus_test *test;
	struct hw_line_test tested;
};

/* bus.c: hands over what the panel has to tell. */
void bus_take_events(struct bus *bus);

/* bus.c */
void bus_set_speed(struct bus *bus, uint32_t baud);
/* A line that takes no bytes loses them, as a cut wire does. */
void bus_send(struct bus *bus, const uint8_t *bytes, size_t size);

/* bus_trace.c */
void bus_trace_heard(struct bus *bus, const uint8_t *bytes, size_t size);
void bus_trace_said(struct bus *bus, const uint8_t *bytes, size_t size);

/* bus_scan.c: one round of a search; when to come back. */
uint64_t bus_scan_serve(struct bus *bus, uint64_t now_us);

/* bus_test.c: one round of a test, and what became of a move that it ordered. */
void bus_test_serve(struct bus *bus, uint64_t now_us);
void bus_test_on_moved(struct bus *bus, bool is_done);
/* Forgets it without a word. */
void bus_test_drop(struct bus *bus);
/* Keys, files, searches and tests: one at a time on a line. */
bool bus_is_busy(const struct bus *bus);

/* bus_events.c */
void bus_take_event(struct bus *bus, const struct osdp_event *event);

/* bus_security.c: what becomes of a secure channel; NULL for an event that is none of that. */
typedef void bus_handler_fn(struct bus *bus, const struct osdp_event *event);
bus_handler_fn *bus_security_handler(enum osdp_event_type type);
/* The reader is on line: tells it when it is so in a secure channel. */
void bus_security_on_online(struct bus *bus, const struct osdp_event *event);
/* One word, as in hw_reader_cause_text(). */
const char *bus_mismatch_word(enum osdp_mismatch cause);
enum hw_security bus_security(const struct bus *bus, unsigned seat);

/* bus_place.c: what became of a move or a file; NULL as above. */
bus_handler_fn *bus_work_handler(enum osdp_event_type type);

/* bus_feedback.c: what a reader shows while nothing happens, as if it showed nothing yet. */
void bus_show_again(struct bus *bus, unsigned seat);
/* Tells those again that had no room for it. */
void bus_show_stale(struct bus *bus);

/* bus_module_events.c */
void bus_module_take_event(struct bus *bus, const struct osdp_event *event);

/* bus_modules.c: whether it has the key of the device that is there. */
bool bus_module_has_key(const struct bus_module *module);
/* Lets it be paired, if the operator has said so and has not waited for too long. */
void bus_module_open_window(struct bus *bus, unsigned seat);
/* Asks modules how their outputs are. */
void bus_modules_tick(struct bus *bus, uint64_t now_us);
uint64_t bus_modules_deadline_us(const struct bus *bus);

#endif
