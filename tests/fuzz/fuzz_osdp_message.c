/* sources: hw/osdp/frame.c lib/osdp_key.c hw/osdp/message.c hw/osdp/message_io.c */
/* sources: hw/osdp/secure.c lib/cardformat.c lib/cardformat_shape.c lib/cardformat_table.c */
/* sources: lib/util.c */
/* libs: libcrypto */
/* vectors: tests/unit/test_osdp_frame.c */
/*
 * Feeds foreign bytes to what reads the data of commands and replies: the first byte of an input is
 * the code, the rest its data. What is read and can be written again reads back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "hw/osdp/message.h"
#include "hw/osdp/secure.h"
#include "lib/cardformat.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

/* A kind of data with a writer: reads, writes, reads what was written and writes the same. */
#define ROUND_TRIP(kind, type)                                                \
	static void round_trip_##kind(const uint8_t *data, size_t size)       \
	{                                                                     \
		struct type read = { 0 };                                     \
		uint8_t once[512];                                            \
		uint8_t twice[512];                                           \
		if (osdp_unpack_##kind(data, size, &read) < 0)                \
			return;                                               \
		int r = osdp_pack_##kind(&read, once, sizeof(once));          \
		if (r < 0)                                                    \
			return;                                               \
		require(osdp_unpack_##kind(once, (size_t) r, &read) >= 0);    \
		require(osdp_pack_##kind(&read, twice, sizeof(twice)) == r && \
			!memcmp(once, twice, (size_t) r));                    \
	}

ROUND_TRIP(buzzer, osdp_buzzer)
ROUND_TRIP(comset, osdp_comset)
ROUND_TRIP(fragment, osdp_fragment)
ROUND_TRIP(ftstat, osdp_ftstat)
ROUND_TRIP(keys, osdp_keys)
ROUND_TRIP(led, osdp_led)
ROUND_TRIP(lstatr, osdp_lstatr)
ROUND_TRIP(nak, osdp_nak)
ROUND_TRIP(output, osdp_output)
ROUND_TRIP(pdid, osdp_pdid)
ROUND_TRIP(text, osdp_text)

static void
read_raw(const uint8_t *data, size_t size)
{
	struct osdp_raw raw;
	struct cardformat_card card;
	uint8_t again[512];

	if (osdp_unpack_raw(data, size, &raw) < 0)
		return;
	require(raw.bit_count > 0 && raw.bit_count <= OSDP_CARD_BITS_MAX);
	(void) cardformat_decode(raw.bit_count, raw.data, &card);
	require(osdp_pack_raw(&raw, again, sizeof(again)) > 0);
}

static void
read_pdcap(const uint8_t *data, size_t size)
{
	struct osdp_pdcap capabilities;
	uint8_t again[512];

	osdp_unpack_pdcap(data, size, &capabilities);
	(void) osdp_pack_pdcap(&capabilities, again, sizeof(again));
}

static void
read_points(const uint8_t *data, size_t size)
{
	struct osdp_points points;

	if (osdp_unpack_points(data, size, &points) >= 0)
		require(points.count <= OSDP_POINTS_MAX);
}

static void
read_key(const uint8_t *data, size_t size)
{
	uint8_t key[OSDP_KEY_SIZE];

	if (size < OSDP_KEY_SIZE + OSDP_CUID_SIZE)
		return;
	(void) osdp_key_is_weak(data);
	require(osdp_key_diversify(data, data + OSDP_KEY_SIZE, key) == 0);
}

static const struct {
	uint8_t code;
	void (*read)(const uint8_t *data, size_t size);
} kinds[] = {
	{ OSDP_CMD_OUT, round_trip_output },
	{ OSDP_CMD_LED, round_trip_led },
	{ OSDP_CMD_BUZ, round_trip_buzzer },
	{ OSDP_CMD_TEXT, round_trip_text },
	{ OSDP_CMD_COMSET, round_trip_comset },
	{ OSDP_CMD_FILETRANSFER, round_trip_fragment },
	{ OSDP_CMD_KEYSET, read_key },
	{ OSDP_REPLY_NAK, round_trip_nak },
	{ OSDP_REPLY_PDID, round_trip_pdid },
	{ OSDP_REPLY_PDCAP, read_pdcap },
	{ OSDP_REPLY_LSTATR, round_trip_lstatr },
	{ OSDP_REPLY_ISTATR, read_points },
	{ OSDP_REPLY_RAW, read_raw },
	{ OSDP_REPLY_KEYPAD, round_trip_keys },
	{ OSDP_REPLY_COM, round_trip_comset },
	{ OSDP_REPLY_FTSTAT, round_trip_ftstat },
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; size > 0 && i < ARRAY_LEN(kinds); i++)
		if (kinds[i].code == data[0])
			kinds[i].read(data + 1, size - 1);
	return 0;
}
