/*
 * One reader bus: an OSDP control panel on a byte stream. Connects, paces, reconnects.
 */
#ifndef HW_BUS_H
#define HW_BUS_H

#include "hw/driver.h"
#include "hw/profile.h"

struct bus;

/* profile must outlive the bus. bus counts from 1. */
struct bus *bus_new(struct event_base *base, const struct driver *driver, void *board,
		    unsigned number, const struct profile_bus *profile, const struct hw_ops *ops,
		    void *context);
void bus_free(struct bus *bus);

/* -ENOENT when the reader is not on this bus. */
int bus_reader(const struct bus *bus, unsigned reader, struct hw_reader *ret);
void bus_give_feedback(struct bus *bus, unsigned reader, enum hw_feedback feedback);
/* All readers of this door. */
void bus_show_lock(struct bus *bus, unsigned door, bool is_released);

#endif
