/*
 * What the files of a reader bus share; nobody else includes this.
 *
 * bus.c runs the line: bytes, timers, connecting anew. bus_events.c says what the panel's events
 * mean, those of secure channels in bus_security.c; bus_commands.c what is known of the readers,
 * bus_feedback.c what they show, bus_keys.c who may speak how.
 */
#ifndef HW_BUS_PRIVATE_H
#define HW_BUS_PRIVATE_H

#include "hw/bus.h"
#include "hw/osdp/cp.h"
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
	/* Its secure channel. */
	bool is_clear;
	bool has_key;
	bool is_installing;
	const char *cause; /* why there is none; NULL while there is or nobody has tried */
	bool has_cuid;
	uint8_t cuid[OSDP_CUID_SIZE];
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
	struct event *readable;
	struct event *timer;
	struct event *retry;
	struct bus_seat seats[PROFILE_BUS_READERS];
};

/* bus_events.c */
void bus_take_event(struct bus *bus, const struct osdp_event *event);

/* bus_security.c: what becomes of a secure channel; NULL for an event that is none of that. */
typedef void bus_handler_fn(struct bus *bus, const struct osdp_event *event);
bus_handler_fn *bus_security_handler(enum osdp_event_type type);
/* The reader is on line: tells it when it is so in a secure channel. */
void bus_security_on_online(struct bus *bus, const struct osdp_event *event);
enum hw_security bus_security(const struct bus *bus, unsigned seat);

/* bus_feedback.c: what a reader shows while nothing happens, as if it showed nothing yet. */
void bus_show_again(struct bus *bus, unsigned seat);

#endif
