#include "hw/osdp/frame.h"

#include <errno.h>
#include <string.h>

enum {
	HEADER_SIZE = 5,
	OFFSET_ADDRESS = 1,
	OFFSET_LENGTH = 2,
	OFFSET_CONTROL = 4,
	REPLY_BIT = 0x80,
	ADDRESS_MASK = 0x7F,
	CONTROL_SEQUENCE = 0x03,
	CONTROL_CRC = 0x04,
	CONTROL_SECURITY = 0x08,
	SECURITY_HEADER_SIZE = 2,
};

static size_t
read_length(const uint8_t *bytes)
{
	return (size_t) bytes[OFFSET_LENGTH] | (size_t) bytes[OFFSET_LENGTH + 1] << 8;
}

static bool
has_mac(uint8_t security_type)
{
	return security_type >= OSDP_SCS_15 && security_type <= OSDP_SCS_18;
}

static size_t
check_size(bool has_crc)
{
	return has_crc ? 2 : 1;
}

static bool
check_holds(const uint8_t *bytes, size_t size, bool has_crc)
{
	if (!has_crc)
		return osdp_checksum(bytes, size) == 0;

	uint16_t crc = osdp_crc16(bytes, size - 2);
	return bytes[size - 2] == (crc & 0xFF) && bytes[size - 1] == crc >> 8;
}

static uint8_t *
append(uint8_t *at, const void *bytes, size_t size)
{
	if (size > 0)
		memcpy(at, bytes, size);
	return at + size;
}

static size_t
security_size(const struct osdp_security *security)
{
	return security->type == OSDP_SCS_NONE ? 0 : SECURITY_HEADER_SIZE + security->data_size;
}

static bool
is_encodable(const struct osdp_frame *frame)
{
	const struct osdp_security *security = &frame->security;

	return frame->address <= ADDRESS_MASK && frame->sequence <= CONTROL_SEQUENCE &&
	       security_size(security) <= UINT8_MAX && frame->data_size <= OSDP_FRAME_MAX &&
	       has_mac(security->type) == (security->mac != NULL);
}

/* Reads the block at the start of bytes; its size byte counts itself and the type. */
static int
parse_security(const uint8_t *bytes, size_t size, struct osdp_security *ret_security)
{
	if (size < SECURITY_HEADER_SIZE || bytes[0] < SECURITY_HEADER_SIZE || bytes[0] > size)
		return -EPROTO;
	if (bytes[1] == OSDP_SCS_NONE)
		return -EPROTO;

	*ret_security = (struct osdp_security){
		.type = bytes[1],
		.data_size = (size_t) bytes[0] - SECURITY_HEADER_SIZE,
		.data = bytes + SECURITY_HEADER_SIZE,
	};
	return 0;
}

uint16_t
osdp_crc16(const uint8_t *bytes, size_t size)
{
	uint16_t crc = 0x1D0F;

	/* One byte a step: the polynomial has few terms, so shifts replace the table. */
	for (size_t i = 0; i < size; i++) {
		crc = (uint16_t) (crc >> 8 | crc << 8);
		crc ^= bytes[i];
		crc ^= (uint16_t) ((crc & 0xFF) >> 4);
		crc ^= (uint16_t) (crc << 12);
		crc ^= (uint16_t) ((crc & 0xFF) << 5);
	}
	return crc;
}

uint8_t
osdp_checksum(const uint8_t *bytes, size_t size)
{
	unsigned sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += bytes[i];
	return (uint8_t) (0u - sum);
}

uint8_t
osdp_sequence_next(uint8_t sequence)
{
	return (uint8_t) (sequence >= 3 ? 1 : sequence + 1);
}

void
osdp_frame_rewrite_check(uint8_t *bytes, size_t size)
{
	if ((bytes[OFFSET_CONTROL] & CONTROL_CRC) != 0) {
		uint16_t crc = osdp_crc16(bytes, size - 2);
		bytes[size - 2] = (uint8_t) (crc & 0xFF);
		bytes[size - 1] = (uint8_t) (crc >> 8);
	} else {
		bytes[size - 1] = osdp_checksum(bytes, size - 1);
	}
}

int
osdp_frame_encode(const struct osdp_frame *frame, uint8_t *buf, size_t size)
{
	if (!is_encodable(frame))
		return -EINVAL;

	const struct osdp_security *security = &frame->security;
	size_t mac_size = security->mac != NULL ? OSDP_MAC_SIZE : 0;
	size_t length = HEADER_SIZE + security_size(security) + 1 + frame->data_size + mac_size +
			check_size(frame->has_crc);
	if (length > size || length > OSDP_FRAME_MAX)
		return -EMSGSIZE;

	buf[0] = OSDP_SOM;
	buf[OFFSET_ADDRESS] = (uint8_t) (frame->address | (frame->is_reply ? REPLY_BIT : 0));
	buf[OFFSET_LENGTH] = (uint8_t) (length & 0xFF);
	buf[OFFSET_LENGTH + 1] = (uint8_t) (length >> 8);
	buf[OFFSET_CONTROL] = (uint8_t) (frame->sequence | (frame->has_crc ? CONTROL_CRC : 0) |
					 (security->type != OSDP_SCS_NONE ? CONTROL_SECURITY : 0));

	uint8_t *at = buf + HEADER_SIZE;
	if (security->type != OSDP_SCS_NONE) {
		*at++ = (uint8_t) security_size(security);
		*at++ = security->type;
		at = append(at, security->data, security->data_size);
	}
	*at++ = frame->code;
	at = append(at, frame->data, frame->data_size);
	(void) append(at, security->mac, mac_size);
	osdp_frame_rewrite_check(buf, length);
	return (int) length;
}

int
osdp_frame_decode(const uint8_t *bytes, size_t size, struct osdp_frame *ret_frame)
{
	if (size < OSDP_FRAME_MIN || size > OSDP_FRAME_MAX)
		return -EMSGSIZE;
	if (bytes[0] != OSDP_SOM || read_length(bytes) != size)
		return -EMSGSIZE;

	uint8_t control = bytes[OFFSET_CONTROL];
	struct osdp_frame frame = {
		.address = bytes[OFFSET_ADDRESS] & ADDRESS_MASK,
		.is_reply = (bytes[OFFSET_ADDRESS] & REPLY_BIT) != 0,
		.sequence = control & CONTROL_SEQUENCE,
		.has_crc = (control & CONTROL_CRC) != 0,
		.size = size,
		.bytes = bytes,
	};
	if (!check_holds(bytes, size, frame.has_crc))
		return -EBADMSG;

	size_t at = HEADER_SIZE;
	size_t end = size - check_size(frame.has_crc);
	if ((control & CONTROL_SECURITY) != 0) {
		int r = parse_security(bytes + at, end - at, &frame.security);
		if (r < 0)
			return r;
		at += security_size(&frame.security);
	}
	if (at >= end)
		return -EPROTO;
	frame.code = bytes[at++];

	if (has_mac(frame.security.type)) {
		if (end - at < OSDP_MAC_SIZE)
			return -EPROTO;
		end -= OSDP_MAC_SIZE;
		frame.security.mac = bytes + end;
	}
	frame.data = bytes + at;
	frame.data_size = end - at;
	*ret_frame = frame;
	return 0;
}

void
osdp_rx_reset(struct osdp_rx *rx)
{
	rx->start = 0;
	rx->end = 0;
}

size_t
osdp_rx_feed(struct osdp_rx *rx, const uint8_t *bytes, size_t size)
{
	if (rx->start > 0) {
		memmove(rx->bytes, rx->bytes + rx->start, rx->end - rx->start);
		rx->end -= rx->start;
		rx->start = 0;
	}

	size_t space = sizeof(rx->bytes) - rx->end;
	size_t taken = size < space ? size : space;
	(void) append(rx->bytes + rx->end, bytes, taken);
	rx->end += taken;
	return taken;
}

int
osdp_rx_next(struct osdp_rx *rx, struct osdp_frame *ret_frame)
{
	for (; rx->start < rx->end && rx->bytes[rx->start] != OSDP_SOM; rx->start++)
		if (rx->bytes[rx->start] != OSDP_MARK)
			rx->noise_bytes++;

	size_t available = rx->end - rx->start;
	const uint8_t *bytes = rx->bytes + rx->start;
	if (available < HEADER_SIZE)
		return 0;

	size_t length = read_length(bytes);
	bool is_possible = length >= OSDP_FRAME_MIN && length <= OSDP_FRAME_MAX;
	if (is_possible && available < length)
		return 0;

	int r = is_possible ? osdp_frame_decode(bytes, length, ret_frame) : -EMSGSIZE;
	rx->start += r < 0 ? 1 : length;
	return r < 0 ? r : 1;
}

bool
osdp_rx_is_partial(const struct osdp_rx *rx)
{
	return rx->start < rx->end;
}
