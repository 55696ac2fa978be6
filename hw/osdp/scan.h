/*
 * Looks for PDs on an RS-485 line: each speed, each address, with ID in clear.
 *
 * Pure, as the control panel, and used instead of it: the line is the scan's while it runs. The
 * caller sets the speed of osdp_scan_baud() on the line before it writes output. Asking address
 * 0x7F makes all PDs answer at once, so that is done only on request, with one PD connected.
 */
#ifndef HW_OSDP_SCAN_H
#define HW_OSDP_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/message.h"

enum { OSDP_SCAN_SPEEDS_MAX = 6 };

struct osdp_scan;

struct osdp_scan_config {
	unsigned speed_count; /* 0: all, the usual ones first. */
	uint32_t speeds[OSDP_SCAN_SPEEDS_MAX];
	uint8_t last_address; /* From 0. 0: 7. */
	bool is_single;	      /* One PD is connected: ask 0x7F only. */
	uint32_t timeout_ms;  /* 0: 200. */
};

enum osdp_scan_find {
	OSDP_SCAN_NOTHING, /* The scan goes on or is over. */
	OSDP_SCAN_PD,
	OSDP_SCAN_CLASH, /* Garbled replies: two PDs at this address, or the wrong speed. */
};

struct osdp_scan_result {
	enum osdp_scan_find find;
	uint32_t baud;
	uint8_t address; /* 0x7F: asked there; the PD's own address is unknown. */
	bool has_identity;
	struct osdp_pdid identity;
};

/* -EINVAL: an address above 0x7E, too many speeds. */
int osdp_scan_new(const struct osdp_scan_config *config, uint64_t now_us,
		  struct osdp_scan **ret_scan);
void osdp_scan_free(struct osdp_scan *scan);

uint32_t osdp_scan_baud(const struct osdp_scan *scan);
void osdp_scan_receive(struct osdp_scan *scan, const uint8_t *bytes, size_t size, uint64_t now_us);
/* Next question when it is time for it. */
void osdp_scan_tick(struct osdp_scan *scan, uint64_t now_us);
size_t osdp_scan_take_output(struct osdp_scan *scan, uint8_t *buf, size_t size);
/* UINT64_MAX: the scan is over. */
uint64_t osdp_scan_deadline_us(const struct osdp_scan *scan);
bool osdp_scan_is_over(const struct osdp_scan *scan);
/* Questions asked and to be asked. */
void osdp_scan_progress(const struct osdp_scan *scan, unsigned *ret_done, unsigned *ret_total);

/* The newest find, once. */
bool osdp_scan_take_result(struct osdp_scan *scan, struct osdp_scan_result *ret_result);

#endif
