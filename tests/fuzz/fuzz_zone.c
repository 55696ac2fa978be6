/* sources: lib/zone.c lib/zone_rule.c lib/calendar.c lib/util.c */
/* seeds: /usr/share/zoneinfo/Europe/Berlin /usr/share/zoneinfo/Asia/Kolkata */
/* A file of a zone: whatever it says, time goes on and offsets are those of a planet. */
#include <stdlib.h>

#include "lib/util.h"
#include "lib/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(zone_freep) struct zone *zone = NULL;
	int64_t until_s;
	int steps = 0;

	if (zone_parse(data, size, &zone) < 0)
		return 0;
	for (int64_t at_s = 0; at_s < INT64_C(4294967296) && steps < 4000; at_s = until_s) {
		int32_t offset_s = zone_offset(zone, at_s, &until_s);
		if (until_s <= at_s || abs(offset_s) > 26 * 3600)
			abort();
		steps++;
	}
	return 0;
}
