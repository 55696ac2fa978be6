#include "agent/snmp_flap.h"

#include "lib/bucket.h"

uint64_t
flap_key(const char *alarm, const char *source)
{
	/* FNV-1a: two alarms of one key would share a bucket, no more. */
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *part = alarm; part; part = part == alarm ? source : NULL) {
		for (const char *c = part; *c; c++)
			hash = (hash ^ (unsigned char) *c) * UINT64_C(0x100000001b3);
		hash = (hash ^ 0xff) * UINT64_C(0x100000001b3);
	}
	return hash ? hash : 1;
}

static uint64_t *
bucket_of(struct flaps *flaps, uint64_t key)
{
	size_t oldest = 0;

	for (size_t i = 0; i < FLAP_ALARMS; i++) {
		if (flaps->rows[i].key == key)
			return &flaps->rows[i].full_us;
		if (flaps->rows[i].full_us < flaps->rows[oldest].full_us)
			oldest = i;
	}
	flaps->rows[oldest].key = key;
	flaps->rows[oldest].full_us = 0;
	return &flaps->rows[oldest].full_us;
}

uint64_t
flap_wait_us(struct flaps *flaps, uint64_t key, uint64_t event_us)
{
	uint64_t *full_us = bucket_of(flaps, key);

	/* Full for longer than it can be: the clock is that of another boot. */
	if (*full_us > event_us + 2 * (FLAP_BURST - 1) * FLAP_INTERVAL_US)
		*full_us = 0;
	return bucket_take(full_us, FLAP_BURST, FLAP_INTERVAL_US, event_us);
}

void
flap_take(struct flaps *flaps, uint64_t key)
{
	*bucket_of(flaps, key) += FLAP_INTERVAL_US;
}
