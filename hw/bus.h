/*
 * One reader bus: an OSDP control panel on a byte stream. Connects, paces, reconnects.
 *
 * A seat is the place of a reader on its bus, from 0. What hw/reader.h says of a reader's
 * functions holds for those of its seat.
 */
#ifndef HW_BUS_H
#define HW_BUS_H

#include "hw/driver.h"
#include "hw/profile.h"

struct bus;
struct hw_line_test;

/* profile must outlive the bus. bus counts from 1. */
struct bus *bus_new(struct event_base *base, const struct driver *driver, void *board,
		    unsigned number, const struct profile_bus *profile, const struct hw_ops *ops,
		    void *context);
void bus_free(struct bus *bus);

/* hw.c: where a reader is, its seat; -ENOENT when there is none of this number. */
int hw_find_seat(const struct hw *hw, unsigned reader, struct bus **ret);
/* The seat of a reader on this bus, or -ENOENT. */
int bus_seat_of(const struct bus *bus, unsigned reader);

void bus_reader(const struct bus *bus, unsigned seat, struct hw_reader *ret);

/* bus_feedback.c */
void bus_show(struct bus *bus, unsigned seat, const struct feedback *resting);
void bus_signal(struct bus *bus, unsigned seat, const struct feedback *feedback);

/* hw.c: bus counts from 1; NULL when there is none. */
struct bus *hw_bus(const struct hw *hw, unsigned bus);
/* As hw_reader_text(). */
int bus_text(struct bus *bus, unsigned seat, const char *text, unsigned seconds);

/* bus_place.c, bus_scan.c, bus_trace.c: as the functions of hw/line.h. */
int bus_move(struct bus *bus, unsigned seat, unsigned address, uint32_t baud);
int bus_place(struct bus *bus, unsigned seat, unsigned address, uint32_t baud);
void bus_standard_place(const struct bus *bus, unsigned seat, unsigned *ret_address,
			uint32_t *ret_baud);
int bus_output(struct bus *bus, unsigned seat, unsigned output, bool is_on, unsigned ms);
int bus_file_send(struct bus *bus, unsigned seat, const uint8_t *data, uint32_t size);
int bus_file_cancel(struct bus *bus, unsigned seat);
void bus_line(const struct bus *bus, struct hw_line *ret);
int bus_scan(struct bus *bus, const struct hw_line_scan *scan);
int bus_scan_stop(struct bus *bus);
int bus_trace(const struct bus *bus, uint64_t after, char line[], uint64_t *ret_number);
uint64_t bus_trace_last(const struct bus *bus);
json_t *bus_diagnostics(const struct bus *bus, unsigned seat);

/* bus_test.c: as the functions of hw/line_test.h. */
int bus_test(struct bus *bus, unsigned seat, unsigned exchanges);
int bus_test_stop(struct bus *bus, unsigned seat);
int bus_tested(const struct bus *bus, struct hw_line_test *ret);

/* bus_keys.c */
int bus_set_policy(struct bus *bus, unsigned seat, const struct hw_policy *policy);
int bus_install(struct bus *bus, unsigned seat, const struct hw_install *install);
int bus_install_cancel(struct bus *bus, unsigned seat);
int bus_rotate(struct bus *bus, unsigned seat, const uint8_t *key);
int bus_key_stored(struct bus *bus, unsigned seat);
int bus_accept(struct bus *bus, unsigned seat);

/* bus_modules.c: modules have seats behind those of the readers; see hw/module.h. */
int bus_module_seat(const struct bus *bus, unsigned module);
int bus_module_add(struct bus *bus, unsigned module, uint8_t address);
void bus_module_remove(struct bus *bus, unsigned seat);
void bus_module(const struct bus *bus, unsigned seat, struct hw_module *ret);
int bus_module_set_key(struct bus *bus, unsigned seat, const uint8_t *cuid, const uint8_t *key);
int bus_module_install(struct bus *bus, unsigned seat, uint32_t window_ms);
int bus_module_set_outputs(struct bus *bus, unsigned seat, uint32_t mask, bool is_on, uint32_t ms);

#endif
