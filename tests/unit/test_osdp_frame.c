#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "hw/osdp/frame.h"
#include "lib/util.h"

/* Frames of section 2.8 of the protocol notes: clear and secured, checked on the wire. */
static const struct {
	const char *hex;
	uint8_t address;
	bool is_reply;
	uint8_t sequence;
	uint8_t security;
	uint8_t code;
	size_t data_size;
} golden[] = {
	{ "5301080005608b33", 1, false, 1, 0, OSDP_CMD_POLL, 0 },
	{ "5381080005403935", 1, true, 1, 0, OSDP_REPLY_ACK, 0 },
	{ "530109000461006023", 1, false, 0, 0, OSDP_CMD_ID, 1 },
	{ "530109000562000341", 1, false, 1, 0, OSDP_CMD_CAP, 1 },
	{ "53810800047972a1", 1, true, 0, 0, OSDP_REPLY_BUSY, 0 },
	{ "538109000541041286", 1, true, 1, 0, OSDP_REPLY_NAK, 1 },
	{ "537f0d00046e0500c2010091d0", 0x7F, false, 0, 0, OSDP_CMD_COMSET, 5 },
	{ "53ff0d0004540500c201002b9d", 0x7F, true, 0, 0, OSDP_REPLY_COM, 5 },
	{ "53010700016044", 1, false, 1, 0, OSDP_CMD_POLL, 0 },
	{ "53811000065000011a00bb032180cc84", 1, true, 2, 0, OSDP_REPLY_RAW, 8 },
	{ "53810f0007530005313233340d69fd", 1, true, 3, 0, OSDP_REPLY_KEYPAD, 7 },
	{ "53810a0005480100ca4c", 1, true, 1, 0, OSDP_REPLY_LSTATR, 2 },
	{ "53010c00056800053200d9f9", 1, false, 1, 0, OSDP_CMD_OUT, 4 },
	{ "53010d00066a00020101027cc1", 1, false, 2, 0, OSDP_CMD_BUZ, 5 },
	{ "53010a00077ba00544e8", 1, false, 3, 0, OSDP_CMD_ACURXSIZE, 2 },
	{ "53010a0005a7881361e8", 1, false, 1, 0, OSDP_CMD_KEEPACTIVE, 2 },
	{ "5301080006a2d69f", 1, false, 2, 0, OSDP_CMD_ABORT, 0 },
	{ "530013000d03110076b0b1b2b3b4b5b6b73177", 0, false, 1, OSDP_SCS_11, OSDP_CMD_CHLNG, 8 },
	{ "53801b000e03140178b2a30057eb98ba2229ec1f875662b5246eeb", 0, true, 2, OSDP_SCS_14,
	  OSDP_REPLY_RMAC_I, 16 },
	{ "53000e000f02156069bdc654e136", 0, false, 3, OSDP_SCS_15, OSDP_CMD_POLL, 0 },
	{ "53801e000e02185039b9426230b6726b52ddd739e77d05d7e39b54a77558", 0, true, 2, OSDP_SCS_18,
	  OSDP_REPLY_RAW, 16 },
};

static size_t
from_hex(const char *hex, uint8_t *bytes, size_t size)
{
	int r = hex_decode(hex, bytes, size);

	CU_ASSERT(r > 0);
	return r > 0 ? (size_t) r : 0;
}

/* Feeds everything, returns the number of frames, the last of them and the last error. */
static unsigned
feed_all(struct osdp_rx *rx, const uint8_t *bytes, size_t size, uint8_t *ret_code, int *ret_error)
{
	unsigned frames = 0;

	while (size > 0) {
		struct osdp_frame frame;
		size_t taken = osdp_rx_feed(rx, bytes, size);
		CU_ASSERT(taken > 0);
		bytes += taken;
		size -= taken;
		for (int r; (r = osdp_rx_next(rx, &frame)) != 0;) {
			if (r > 0) {
				*ret_code = frame.code;
				frames++;
			} else {
				*ret_error = r;
			}
		}
	}
	return frames;
}

static void
crc_and_checksum_give_the_published_values(void)
{
	uint8_t bytes[16];
	size_t size = from_hex("537F0D00046E0080250000", bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(osdp_crc16(bytes, size), 0x386E);
	size = from_hex("53000900046100", bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(osdp_crc16(bytes, size), 0x66C0);
	size = from_hex("537F0C00006E0080250000", bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(osdp_checksum(bytes, size), 0x0F);
	size = from_hex("53000800006100", bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(osdp_checksum(bytes, size), 0x44);
}

static void
golden_frames_are_decoded(void)
{
	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		uint8_t bytes[64];
		size_t size = from_hex(golden[i].hex, bytes, sizeof(bytes));
		struct osdp_frame frame = { 0 };
		CU_ASSERT_EQUAL_FATAL(osdp_frame_decode(bytes, size, &frame), 0);
		CU_ASSERT_EQUAL(frame.address, golden[i].address);
		CU_ASSERT_EQUAL(frame.is_reply, golden[i].is_reply);
		CU_ASSERT_EQUAL(frame.sequence, golden[i].sequence);
		CU_ASSERT_EQUAL(frame.security.type, golden[i].security);
		CU_ASSERT_EQUAL(frame.code, golden[i].code);
		CU_ASSERT_EQUAL(frame.data_size, golden[i].data_size);
	}
}

static void
decoded_frames_encode_to_the_same_bytes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		uint8_t bytes[64];
		uint8_t again[64];
		size_t size = from_hex(golden[i].hex, bytes, sizeof(bytes));
		struct osdp_frame frame = { 0 };
		CU_ASSERT_EQUAL_FATAL(osdp_frame_decode(bytes, size, &frame), 0);
		CU_ASSERT_EQUAL(osdp_frame_encode(&frame, again, sizeof(again)), (int) size);
		CU_ASSERT_EQUAL(memcmp(bytes, again, size), 0);
		CU_ASSERT_EQUAL(osdp_frame_encode(&frame, again, size - 1), -EMSGSIZE);
	}
}

static void
a_mac_is_located_behind_the_data(void)
{
	uint8_t bytes[64];
	size_t size = from_hex("53000e000f02156069bdc654e136", bytes, sizeof(bytes));
	struct osdp_frame frame = { 0 };
	CU_ASSERT_EQUAL(osdp_frame_decode(bytes, size, &frame), 0);
	CU_ASSERT_PTR_EQUAL(frame.security.mac, bytes + 8);
}

/*
 * This frame is the one in 256 whose bytes happen to add up to zero once the CRC flag is cleared.
 * So who asks with CRC must insist on it, as the control panel does.
 */
static void
every_flipped_bit_is_noticed_by_who_insists_on_the_crc(void)
{
	uint8_t bytes[16];
	size_t size = from_hex("53811000065000011a00bb032180cc84", bytes, sizeof(bytes));

	for (size_t bit = 0; bit < size * 8; bit++) {
		struct osdp_frame frame = { .has_crc = true };
		bytes[bit / 8] ^= (uint8_t) (1u << bit % 8);
		CU_ASSERT(osdp_frame_decode(bytes, size, &frame) < 0 || !frame.has_crc);
		bytes[bit / 8] ^= (uint8_t) (1u << bit % 8);
	}
}

static void
impossible_fields_are_not_encoded(void)
{
	static const uint8_t big[OSDP_FRAME_MAX];
	uint8_t buf[OSDP_FRAME_MAX + 16];
	struct osdp_frame frame = { .address = 0x80, .has_crc = true, .code = OSDP_CMD_POLL };
	CU_ASSERT_EQUAL(osdp_frame_encode(&frame, buf, sizeof(buf)), -EINVAL);
	frame.address = 1;
	frame.sequence = 4;
	CU_ASSERT_EQUAL(osdp_frame_encode(&frame, buf, sizeof(buf)), -EINVAL);
	frame.sequence = 1;
	frame.security.type = OSDP_SCS_15;
	CU_ASSERT_EQUAL(osdp_frame_encode(&frame, buf, sizeof(buf)), -EINVAL);
	frame.security.type = OSDP_SCS_NONE;
	frame.data = big;
	frame.data_size = OSDP_FRAME_MAX - 8;
	CU_ASSERT_EQUAL(osdp_frame_encode(&frame, buf, sizeof(buf)), OSDP_FRAME_MAX);
	frame.data_size++;
	CU_ASSERT_EQUAL(osdp_frame_encode(&frame, buf, sizeof(buf)), -EMSGSIZE);
}

static void
security_blocks_that_do_not_fit_are_refused(void)
{
	/* Block sizes 0, 1, past the end, exactly to the end, and a MAC without room. */
	static const uint8_t scb[][3] = { { 0, 0x11, 0x60 }, { 1, 0x11, 0x60 }, { 9, 0x11, 0x60 },
					  { 3, 0x11, 0x60 }, { 2, 0x15, 0x60 }, { 2, 0x00, 0x60 } };

	for (size_t i = 0; i < ARRAY_LEN(scb); i++) {
		uint8_t bytes[10] = { OSDP_SOM, 1, 10, 0, 0x0D, scb[i][0], scb[i][1], scb[i][2] };
		struct osdp_frame frame;
		uint16_t crc = osdp_crc16(bytes, 8);
		bytes[8] = (uint8_t) (crc & 0xFF);
		bytes[9] = (uint8_t) (crc >> 8);
		CU_ASSERT_EQUAL(osdp_frame_decode(bytes, sizeof(bytes), &frame), -EPROTO);
	}
}

static void
the_stream_decoder_takes_any_portions(void)
{
	for (size_t portion = 1; portion < 12; portion++) {
		struct osdp_rx rx = { 0 };
		uint8_t code = 0;
		int error = 0;
		unsigned frames = 0;
		for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
			uint8_t bytes[64] = { OSDP_MARK, OSDP_MARK };
			size_t size = 2 + from_hex(golden[i].hex, bytes + 2, sizeof(bytes) - 2);
			for (size_t at = 0; at < size; at += portion)
				frames += feed_all(&rx, bytes + at, MIN_OF(portion, size - at),
						   &code, &error);
			CU_ASSERT_EQUAL(code, golden[i].code);
		}
		CU_ASSERT_EQUAL(frames, ARRAY_LEN(golden));
		CU_ASSERT_EQUAL(error, 0);
		CU_ASSERT_EQUAL(rx.noise_bytes, 0);
		CU_ASSERT_FALSE(osdp_rx_is_partial(&rx));
	}
}

static void
a_frame_behind_garbage_is_found(void)
{
	/* Noise, a start with an impossible length, a start that swallows the real frame. */
	uint8_t bytes[] = { 0x00, 0x12, 0x53, 0x81, 0xFF, 0xFF, 0x05, 0x53, 0x81, 0x0C,
			    0x00, 0x05, 0x53, 0x81, 0x08, 0x00, 0x05, 0x40, 0x39, 0x35 };
	struct osdp_rx rx = { 0 };
	uint8_t code = 0;
	int error = 0;
	CU_ASSERT_EQUAL(feed_all(&rx, bytes, sizeof(bytes), &code, &error), 1);
	CU_ASSERT_EQUAL(code, OSDP_REPLY_ACK);
	CU_ASSERT_EQUAL(error, -EBADMSG);
	CU_ASSERT(rx.noise_bytes > 0);
}

static void
a_frame_inside_a_damaged_longer_one_is_found(void)
{
	uint8_t bytes[] = { 0x53, 0x81, 0x0C, 0x00, 0x05, 0x53, 0x81,
			    0x08, 0x00, 0x05, 0x40, 0x39, 0x35 };
	struct osdp_rx rx = { 0 };
	uint8_t code = 0;
	int error = 0;
	CU_ASSERT_EQUAL(feed_all(&rx, bytes, sizeof(bytes), &code, &error), 1);
	CU_ASSERT_EQUAL(error, -EBADMSG);
}

static void
a_reset_forgets_a_partial_frame(void)
{
	struct osdp_rx rx = { 0 };
	uint8_t bytes[16];
	size_t size = from_hex("5301080005608b33", bytes, sizeof(bytes));
	uint8_t code = 0;
	int error = 0;
	CU_ASSERT_EQUAL(feed_all(&rx, bytes, size - 1, &code, &error), 0);
	CU_ASSERT_TRUE(osdp_rx_is_partial(&rx));
	osdp_rx_reset(&rx);
	CU_ASSERT_FALSE(osdp_rx_is_partial(&rx));
	CU_ASSERT_EQUAL(feed_all(&rx, bytes, size, &code, &error), 1);
}

static void
the_largest_frame_passes_the_stream_decoder(void)
{
	static const uint8_t data[OSDP_FRAME_MAX - 8] = { 0x53, 0x53, 0x53 };
	uint8_t bytes[OSDP_FRAME_MAX];
	struct osdp_frame frame = { .address = 1,
				    .is_reply = true,
				    .has_crc = true,
				    .code = OSDP_REPLY_MFGREP,
				    .data = data,
				    .data_size = sizeof(data) };
	struct osdp_rx rx = { 0 };
	uint8_t code = 0;
	int error = 0;
	CU_ASSERT_EQUAL(osdp_frame_encode(&frame, bytes, sizeof(bytes)), OSDP_FRAME_MAX);
	CU_ASSERT_EQUAL(feed_all(&rx, bytes, 3, &code, &error), 0);
	CU_ASSERT_EQUAL(feed_all(&rx, bytes + 3, sizeof(bytes) - 3, &code, &error), 1);
	CU_ASSERT_EQUAL(feed_all(&rx, bytes, sizeof(bytes), &code, &error), 1);
	CU_ASSERT_EQUAL(error, 0);
}

static void
sequence_numbers_leave_zero_out_after_the_start(void)
{
	CU_ASSERT_EQUAL(osdp_sequence_next(0), 1);
	CU_ASSERT_EQUAL(osdp_sequence_next(1), 2);
	CU_ASSERT_EQUAL(osdp_sequence_next(2), 3);
	CU_ASSERT_EQUAL(osdp_sequence_next(3), 1);
}

static const struct tap_test tests[] = {
	TAP(crc_and_checksum_give_the_published_values),
	TAP(golden_frames_are_decoded),
	TAP(decoded_frames_encode_to_the_same_bytes),
	TAP(a_mac_is_located_behind_the_data),
	TAP(every_flipped_bit_is_noticed_by_who_insists_on_the_crc),
	TAP(impossible_fields_are_not_encoded),
	TAP(security_blocks_that_do_not_fit_are_refused),
	TAP(the_stream_decoder_takes_any_portions),
	TAP(a_frame_behind_garbage_is_found),
	TAP(a_frame_inside_a_damaged_longer_one_is_found),
	TAP(a_reset_forgets_a_partial_frame),
	TAP(the_largest_frame_passes_the_stream_decoder),
	TAP(sequence_numbers_leave_zero_out_after_the_start),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
