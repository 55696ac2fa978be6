/*
 * Lines of an .osdpcap file: one JSON object per frame, as the usual OSDP trace viewers read them.
 *
 * Pure: bytes and a wall clock in, text out. While an install window is open nothing is recorded:
 * a session under SCBK-D carries the new key to anybody who reads the trace.
 */
#ifndef HW_OSDP_CAPTURE_H
#define HW_OSDP_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/cp.h"
#include "hw/osdp/frame.h"

/* What a line needs at most, with its newline and NUL. */
enum { OSDP_CAPTURE_LINE_MAX = 3 * OSDP_FRAME_MAX + 160 };

struct osdp_capture_record {
	uint64_t at_wall_us; /* Since 1970. */
	bool is_output;	     /* From the panel. */
	const uint8_t *bytes;
	size_t size;
};

/*
 * Writes the line and returns its length. -EACCES: the panel of this line is installing.
 * -EINVAL: no bytes. -EMSGSIZE: more than a frame. -ENOBUFS.
 */
int osdp_capture_line(const struct osdp_cp *cp, const struct osdp_capture_record *record, char *buf,
		      size_t size);

#endif
