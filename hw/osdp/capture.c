#include "hw/osdp/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "lib/util.h"

static void
write_bytes(char *to, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t used = 0;

	for (size_t i = 0; i < size; i++) {
		if (i > 0)
			to[used++] = ' ';
		to[used++] = digits[bytes[i] >> 4];
		to[used++] = digits[bytes[i] & 0xF];
	}
	to[used] = '\0';
}

int
osdp_capture_line(const struct osdp_cp *cp, const struct osdp_capture_record *record, char *buf,
		  size_t size)
{
	char hex[3 * (OSDP_FRAME_MAX + 1)];

	if (osdp_cp_is_installing(cp))
		return -EACCES;
	if (record->size == 0)
		return -EINVAL;
	if (record->size > OSDP_FRAME_MAX + 1)
		return -EMSGSIZE;
	write_bytes(hex, record->bytes, record->size);
	int r = snprintf(buf, size,
			 "{\"timeSec\":\"%" PRIu64 "\",\"timeNano\":\"%09" PRIu64
			 "\",\"io\":\"%s\",\"data\":\"%s\",\"osdpTraceVersion\":\"1\","
			 "\"osdpSource\":\"cardea\"}\n",
			 record->at_wall_us / US_PER_S, record->at_wall_us % US_PER_S * 1000,
			 record->is_output ? "output" : "input", hex);
	return r < 0 || (size_t) r >= size ? -ENOBUFS : r;
}
