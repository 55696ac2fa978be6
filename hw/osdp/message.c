#include "hw/osdp/message.h"

#include <errno.h>
#include <string.h>

enum {
	PDCAP_RECORD_SIZE = 3,
	LED_STATE_SIZE = 5,
};

static uint16_t
read_u16(const uint8_t *at)
{
	return (uint16_t) (at[0] | at[1] << 8);
}

static void
write_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t) (value & 0xFF);
	at[1] = (uint8_t) (value >> 8);
}

static void
clear_behind(uint8_t *data, size_t size, unsigned bit_count)
{
	size_t whole = bit_count / 8;
	unsigned rest = bit_count % 8;

	if (rest > 0) {
		data[whole] &= (uint8_t) (0xFF << (8 - rest));
		whole++;
	}
	memset(data + whole, 0, size - whole);
}

static void
write_led_state(uint8_t *at, const struct osdp_led_state *state)
{
	at[0] = state->control;
	at[1] = state->on_100ms;
	at[2] = state->off_100ms;
	at[3] = state->on_colour;
	at[4] = state->off_colour;
}

static struct osdp_led_state
read_led_state(const uint8_t *at)
{
	return (struct osdp_led_state){
		.control = at[0],
		.on_100ms = at[1],
		.off_100ms = at[2],
		.on_colour = at[3],
		.off_colour = at[4],
	};
}

static bool
is_lit_or_dark(const struct osdp_led_state *state, uint8_t set)
{
	return state->control != set || state->on_100ms > 0 || state->off_100ms > 0;
}

size_t
osdp_bytes_of_bits(unsigned bit_count)
{
	return ((size_t) bit_count + 7) / 8;
}

int
osdp_pack_pdid(const struct osdp_pdid *pdid, uint8_t *buf, size_t size)
{
	if (size < OSDP_PDID_SIZE)
		return -ENOBUFS;

	memcpy(buf, pdid->vendor, 3);
	buf[3] = pdid->model;
	buf[4] = pdid->version;
	write_u16(buf + 5, (uint16_t) (pdid->serial & 0xFFFF));
	write_u16(buf + 7, (uint16_t) (pdid->serial >> 16));
	memcpy(buf + 9, pdid->firmware, 3);
	return OSDP_PDID_SIZE;
}

int
osdp_unpack_pdid(const uint8_t *data, size_t size, struct osdp_pdid *ret_pdid)
{
	if (size < OSDP_PDID_SIZE)
		return -EBADMSG;

	*ret_pdid = (struct osdp_pdid){
		.vendor = { data[0], data[1], data[2] },
		.model = data[3],
		.version = data[4],
		.serial = read_u16(data + 5) | (uint32_t) read_u16(data + 7) << 16,
		.firmware = { data[9], data[10], data[11] },
	};
	return 0;
}

int
osdp_pack_pdcap(const struct osdp_pdcap *pdcap, uint8_t *buf, size_t size)
{
	size_t used = 0;

	for (uint8_t function = 1; function < OSDP_CAP_COUNT; function++) {
		if (pdcap->compliance[function] == 0 && pdcap->items[function] == 0)
			continue;
		if (size - used < PDCAP_RECORD_SIZE)
			return -ENOBUFS;
		buf[used++] = function;
		buf[used++] = pdcap->compliance[function];
		buf[used++] = pdcap->items[function];
	}
	return (int) used;
}

void
osdp_unpack_pdcap(const uint8_t *data, size_t size, struct osdp_pdcap *ret_pdcap)
{
	*ret_pdcap = (struct osdp_pdcap){ 0 };

	for (; size >= PDCAP_RECORD_SIZE; size -= PDCAP_RECORD_SIZE, data += PDCAP_RECORD_SIZE) {
		if (data[0] == 0 || data[0] >= OSDP_CAP_COUNT) {
			ret_pdcap->unknown_count++;
			continue;
		}
		ret_pdcap->compliance[data[0]] = data[1];
		ret_pdcap->items[data[0]] = data[2];
	}
}

int
osdp_pack_raw(const struct osdp_raw *raw, uint8_t *buf, size_t size)
{
	if (raw->bit_count == 0 || raw->bit_count > OSDP_CARD_BITS_MAX)
		return -EINVAL;

	size_t data_size = osdp_bytes_of_bits(raw->bit_count);
	if (size < OSDP_RAW_HEADER_SIZE + data_size)
		return -ENOBUFS;

	buf[0] = raw->reader;
	buf[1] = raw->format;
	write_u16(buf + 2, raw->bit_count);
	memcpy(buf + OSDP_RAW_HEADER_SIZE, raw->data, data_size);
	clear_behind(buf + OSDP_RAW_HEADER_SIZE, data_size, raw->bit_count);
	return (int) (OSDP_RAW_HEADER_SIZE + data_size);
}

int
osdp_unpack_raw(const uint8_t *data, size_t size, struct osdp_raw *ret_raw)
{
	if (size < OSDP_RAW_HEADER_SIZE)
		return -EBADMSG;

	struct osdp_raw raw = {
		.reader = data[0],
		.format = data[1],
		.bit_count = read_u16(data + 2),
	};
	if (raw.bit_count > OSDP_CARD_BITS_MAX)
		return -EMSGSIZE;

	size_t data_size = osdp_bytes_of_bits(raw.bit_count);
	if (data_size == 0 || size - OSDP_RAW_HEADER_SIZE < data_size)
		return -EBADMSG;

	memcpy(raw.data, data + OSDP_RAW_HEADER_SIZE, data_size);
	clear_behind(raw.data, sizeof(raw.data), raw.bit_count);
	*ret_raw = raw;
	return 0;
}

int
osdp_pack_led(const struct osdp_led *led, uint8_t *buf, size_t size)
{
	if (!is_lit_or_dark(&led->temporary, OSDP_LED_TEMPORARY_SET) ||
	    !is_lit_or_dark(&led->permanent, OSDP_LED_PERMANENT_SET))
		return -EINVAL;
	if (size < OSDP_LED_SIZE)
		return -ENOBUFS;

	buf[0] = led->reader;
	buf[1] = led->led;
	write_led_state(buf + 2, &led->temporary);
	write_u16(buf + 2 + LED_STATE_SIZE, led->timer_100ms);
	write_led_state(buf + 4 + LED_STATE_SIZE, &led->permanent);
	return OSDP_LED_SIZE;
}

int
osdp_unpack_led(const uint8_t *data, size_t size, struct osdp_led *ret_led)
{
	if (size < OSDP_LED_SIZE)
		return -EBADMSG;

	*ret_led = (struct osdp_led){
		.reader = data[0],
		.led = data[1],
		.temporary = read_led_state(data + 2),
		.timer_100ms = read_u16(data + 2 + LED_STATE_SIZE),
		.permanent = read_led_state(data + 4 + LED_STATE_SIZE),
	};
	return 0;
}

int
osdp_pack_buzzer(const struct osdp_buzzer *buzzer, uint8_t *buf, size_t size)
{
	if (buzzer->tone >= OSDP_TONE_DEFAULT && buzzer->on_100ms == 0)
		return -EINVAL;
	if (size < OSDP_BUZZER_SIZE)
		return -ENOBUFS;

	buf[0] = buzzer->reader;
	buf[1] = buzzer->tone;
	buf[2] = buzzer->on_100ms;
	buf[3] = buzzer->off_100ms;
	buf[4] = buzzer->count;
	return OSDP_BUZZER_SIZE;
}

int
osdp_unpack_buzzer(const uint8_t *data, size_t size, struct osdp_buzzer *ret_buzzer)
{
	if (size < OSDP_BUZZER_SIZE)
		return -EBADMSG;

	*ret_buzzer = (struct osdp_buzzer){
		.reader = data[0],
		.tone = data[1],
		.on_100ms = data[2],
		.off_100ms = data[3],
		.count = data[4],
	};
	return 0;
}

int
osdp_pack_lstatr(const struct osdp_lstatr *lstatr, uint8_t *buf, size_t size)
{
	if (size < OSDP_LSTATR_SIZE)
		return -ENOBUFS;

	buf[0] = lstatr->is_tampered;
	buf[1] = lstatr->has_power_failure;
	return OSDP_LSTATR_SIZE;
}

int
osdp_unpack_lstatr(const uint8_t *data, size_t size, struct osdp_lstatr *ret_lstatr)
{
	if (size < OSDP_LSTATR_SIZE)
		return -EBADMSG;

	*ret_lstatr = (struct osdp_lstatr){
		.is_tampered = data[0] != 0,
		.has_power_failure = data[1] != 0,
	};
	return 0;
}

int
osdp_pack_nak(const struct osdp_nak *nak, uint8_t *buf, size_t size)
{
	if (nak->code == 0)
		return -EINVAL;
	if (size < 1)
		return -ENOBUFS;

	buf[0] = nak->code;
	if (nak->detail == 0 || size < 2)
		return 1;
	buf[1] = nak->detail;
	return 2;
}

int
osdp_unpack_nak(const uint8_t *data, size_t size, struct osdp_nak *ret_nak)
{
	if (size < 1)
		return -EBADMSG;

	*ret_nak = (struct osdp_nak){
		.code = data[0],
		.detail = size > 1 ? data[1] : 0,
	};
	return 0;
}
