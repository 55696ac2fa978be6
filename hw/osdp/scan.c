#include "hw/osdp/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw/osdp/frame.h"
#include "lib/util.h"

enum {
	TIMEOUT_MS = 200,
	CHAR_TIMEOUT_MS = 20,
	LAST_ADDRESS = 7,
	BITS_PER_CHAR = 10,
	IDLE_CHARS = 2,
	REPLY_CHARS_MAX = 64,
};

/* What readers come with, most frequent first. */
static const uint32_t usual_speeds[OSDP_SCAN_SPEEDS_MAX] = { 9600,  38400, 115200,
							     19200, 57600, 230400 };

struct osdp_scan {
	struct osdp_scan_config config;
	unsigned asked; /* Questions, the one under way included. */
	bool is_waiting;
	bool has_garble;
	uint64_t deadline_us;
	uint64_t free_us;
	struct osdp_rx rx;
	size_t output_size;
	size_t output_taken;
	uint8_t output[16];
	bool has_result;
	struct osdp_scan_result result;
};

static unsigned
per_speed(const struct osdp_scan *scan)
{
	return scan->config.is_single ? 1 : (unsigned) scan->config.last_address + 1;
}

static unsigned
total(const struct osdp_scan *scan)
{
	return per_speed(scan) * scan->config.speed_count;
}

static unsigned
current(const struct osdp_scan *scan)
{
	return MIN_OF(scan->is_waiting ? scan->asked - 1 : scan->asked, total(scan) - 1);
}

static uint8_t
current_address(const struct osdp_scan *scan)
{
	if (scan->config.is_single)
		return OSDP_ADDRESS_CONFIGURATION;
	return (uint8_t) (current(scan) % per_speed(scan));
}

static uint64_t
chars_us(const struct osdp_scan *scan, size_t chars)
{
	return chars * (BITS_PER_CHAR * US_PER_S / osdp_scan_baud(scan) + 1);
}

static void
tell(struct osdp_scan *scan, enum osdp_scan_find find, const struct osdp_frame *reply)
{
	scan->result = (struct osdp_scan_result){
		.find = find,
		.baud = osdp_scan_baud(scan),
		.address = current_address(scan),
	};
	if (reply != NULL && reply->code == OSDP_REPLY_PDID)
		scan->result.has_identity = osdp_unpack_pdid(reply->data, reply->data_size,
							     &scan->result.identity) == 0;
	scan->has_result = true;
}

static void
finish_question(struct osdp_scan *scan, uint64_t now_us)
{
	scan->is_waiting = false;
	scan->has_garble = false;
	scan->free_us = now_us + chars_us(scan, IDLE_CHARS);
	osdp_rx_reset(&scan->rx);
}

static void
ask(struct osdp_scan *scan, uint64_t now_us)
{
	static const uint8_t standard[] = { 0x00 };

	scan->is_waiting = true;
	scan->asked++;
	struct osdp_frame frame = {
		.address = current_address(scan),
		.has_crc = true,
		.code = OSDP_CMD_ID,
		.data = standard,
		.data_size = sizeof(standard),
	};
	int r = osdp_frame_encode(&frame, scan->output + 1, sizeof(scan->output) - 1);
	scan->output[0] = OSDP_MARK;
	scan->output_size = r < 0 ? 0 : (size_t) r + 1;
	scan->output_taken = 0;
	scan->deadline_us =
		now_us + chars_us(scan, scan->output_size) + scan->config.timeout_ms * US_PER_MS;
}

int
osdp_scan_new(const struct osdp_scan_config *config, uint64_t now_us, struct osdp_scan **ret_scan)
{
	if (config->last_address >= OSDP_ADDRESS_CONFIGURATION ||
	    config->speed_count > OSDP_SCAN_SPEEDS_MAX)
		return -EINVAL;
	for (unsigned i = 0; i < config->speed_count; i++)
		if (config->speeds[i] == 0)
			return -EINVAL;

	struct osdp_scan *scan = xcalloc(1, sizeof(*scan));
	scan->config = *config;
	if (config->speed_count == 0) {
		scan->config.speed_count = OSDP_SCAN_SPEEDS_MAX;
		memcpy(scan->config.speeds, usual_speeds, sizeof(usual_speeds));
	}
	if (config->last_address == 0)
		scan->config.last_address = LAST_ADDRESS;
	if (config->timeout_ms == 0)
		scan->config.timeout_ms = TIMEOUT_MS;
	scan->free_us = now_us;
	*ret_scan = scan;
	return 0;
}

void
osdp_scan_free(struct osdp_scan *scan)
{
	free(scan);
}

uint32_t
osdp_scan_baud(const struct osdp_scan *scan)
{
	return scan->config.speeds[current(scan) / per_speed(scan)];
}

void
osdp_scan_receive(struct osdp_scan *scan, const uint8_t *bytes, size_t size, uint64_t now_us)
{
	if (!scan->is_waiting)
		return;
	/* A reply has begun: its end is waited for, but not for ever. */
	scan->deadline_us = MIN_OF(now_us + CHAR_TIMEOUT_MS * US_PER_MS,
				   scan->deadline_us + chars_us(scan, REPLY_CHARS_MAX));
	while (size > 0 && scan->is_waiting) {
		size_t taken = osdp_rx_feed(&scan->rx, bytes, size);
		bytes += taken;
		size -= taken;

		struct osdp_frame frame;
		for (int r; scan->is_waiting && (r = osdp_rx_next(&scan->rx, &frame)) != 0;) {
			if (r < 0) {
				scan->has_garble = true;
			} else if (frame.is_reply && frame.address == current_address(scan)) {
				tell(scan, OSDP_SCAN_PD, &frame);
				finish_question(scan, now_us);
			}
		}
	}
}

void
osdp_scan_tick(struct osdp_scan *scan, uint64_t now_us)
{
	if (scan->is_waiting && now_us >= scan->deadline_us) {
		if (scan->has_garble || osdp_rx_is_partial(&scan->rx) || scan->rx.noise_bytes > 0)
			tell(scan, OSDP_SCAN_CLASH, NULL);
		scan->rx.noise_bytes = 0;
		finish_question(scan, now_us);
	}
	if (!scan->is_waiting && !scan->has_result && now_us >= scan->free_us &&
	    !osdp_scan_is_over(scan))
		ask(scan, now_us);
}

size_t
osdp_scan_take_output(struct osdp_scan *scan, uint8_t *buf, size_t size)
{
	size_t taken = MIN_OF(size, scan->output_size - scan->output_taken);

	memcpy(buf, scan->output + scan->output_taken, taken);
	scan->output_taken += taken;
	return taken;
}

uint64_t
osdp_scan_deadline_us(const struct osdp_scan *scan)
{
	if (scan->is_waiting)
		return scan->deadline_us;
	return osdp_scan_is_over(scan) ? UINT64_MAX : scan->free_us;
}

bool
osdp_scan_is_over(const struct osdp_scan *scan)
{
	return !scan->is_waiting && scan->asked == total(scan);
}

void
osdp_scan_progress(const struct osdp_scan *scan, unsigned *ret_done, unsigned *ret_total)
{
	*ret_done = scan->is_waiting ? scan->asked - 1 : scan->asked;
	*ret_total = total(scan);
}

bool
osdp_scan_take_result(struct osdp_scan *scan, struct osdp_scan_result *ret_result)
{
	if (!scan->has_result)
		return false;
	*ret_result = scan->result;
	scan->has_result = false;
	return true;
}
