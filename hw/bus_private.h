/*
 * What the files of a reader bus share; nobody else includes this.
 *
 * bus.c runs the line: bytes, timers, connecting anew. bus_events.c says what the panel's events
 * mean, bus_commands.c what the readers are to do and what is known of them.
 */
#ifndef HW_BUS_PRIVATE_H
#define HW_BUS_PRIVATE_H

#include "hw/bus.h"
#include "hw/osdp/cp.h"

struct bus_seat {
	struct osdp_pdid identity;
	bool has_identity;
	bool is_tampered;
	bool is_green; /* what it shows while nothing happens */
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

/* bus_commands.c: seat is the reader's place on this bus, from 0. */
void bus_fill_reader(const struct bus *bus, unsigned seat, struct hw_reader *ret);
/* What a reader shows while nothing happens. */
void bus_show_idle(struct bus *bus, unsigned seat);

#endif
