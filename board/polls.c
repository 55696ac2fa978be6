#include "board/polls.h"

#include "hw/osdp/frame.h"
#include "hw/osdp/message.h"
#include "lib/util.h"

static bool
is_poll(uint8_t address, const uint8_t *bytes, size_t size)
{
	struct osdp_frame frame;

	while (size && *bytes == OSDP_MARK) {
		bytes++;
		size--;
	}
	return osdp_frame_decode(bytes, size, &frame) == 0 && !frame.is_reply &&
	       frame.address == address && frame.code == OSDP_CMD_POLL;
}

void
polls_note(struct polls *polls, uint8_t address, const uint8_t *bytes, size_t size, uint64_t now_us)
{
	if (!is_poll(address, bytes, size))
		return;
	if (polls->last_us) {
		uint64_t interval_us = now_us - polls->last_us;
		polls->max_us = MAX_OF(polls->max_us, interval_us);
		polls->count++;
		polls->buckets[MIN_OF(interval_us / POLLS_BUCKET_US, POLLS_BUCKETS - 1)]++;
	}
	polls->last_us = now_us;
}

void
polls_reset(struct polls *polls)
{
	*polls = (struct polls){ 0 };
}

/* The upper limit of the bucket in which so many of a hundred intervals end. */
static uint64_t
percentile_us(const struct polls *polls, unsigned percent)
{
	uint64_t wanted = ((uint64_t) polls->count * percent + 99) / 100;
	uint64_t seen = 0;

	for (size_t i = 0; i + 1 < POLLS_BUCKETS; i++) {
		seen += polls->buckets[i];
		if (wanted && seen >= wanted)
			return MIN_OF((i + 1) * POLLS_BUCKET_US, polls->max_us);
	}
	return polls->max_us;
}

json_t *
polls_show(const struct polls *polls)
{
	return json_pack("{si,sI,sI,sI}", "count", (int) polls->count, "p50_us",
			 (json_int_t) percentile_us(polls, 50), "p99_us",
			 (json_int_t) percentile_us(polls, 99), "max_us",
			 (json_int_t) polls->max_us);
}
