/*
 * The Wiegand card formats that are built in. Pure; no allocation; tables are constant.
 *
 * Bits are left-justified, the first transmitted one is the most significant bit of data[0], as
 * OSDP RAW carries them. Several formats share a length, so which of them are in use, and in
 * which order, is the caller's configuration: cardformat_decode_as() tries one of them.
 */
#ifndef LIB_CARDFORMAT_H
#define LIB_CARDFORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/cardformat_shape.h"

enum {
	CARDFORMAT_ORDER_MAX = 20, /* Formats in use at once. */
	CARDFORMATS_OWN = 16,	   /* Formats that an administrator can make. */
	/* Positions: of the built-in formats those in the table, of own ones from here on. */
	CARDFORMAT_OWN_FIRST = 128,
};

/* Own formats are named by this and their number, from 1. */
#define CARDFORMAT_OWN_PREFIX "custom-"

/* The formats in use unless somebody says otherwise: all whose parity tells them apart. */
#define CARDFORMAT_DEFAULT_LIST \
	"h10301,h10306,c1000-35,c1000-48,h10302,h10304,d10202,c15001,pw39,p10001"

/* How a reader hands over what it reads. */
enum cardformat_turn { CARDFORMAT_AS_SENT, CARDFORMAT_BITS_REVERSED, CARDFORMAT_BYTES_REVERSED };

struct cardformat;

struct cardformat_card {
	const struct cardformat *format; /* Points into the constant table. */
	uint32_t facility;		 /* 0 if the format has none. */
	uint64_t number;
};

/* "h10301", "c1000-35", "raw" ...; NULL if there is no such format. */
const struct cardformat *cardformat_by_name(const char *name);
/* Walks the table; NULL behind its end. */
const struct cardformat *cardformat_by_index(size_t index);
const char *cardformat_name(const struct cardformat *format);
/* Its place in the table: what the access table keeps instead of the name. */
uint32_t cardformat_index(const struct cardformat *format);
const struct cardformat_shape *cardformat_shape(const struct cardformat *format);
/* The position of a built-in format, or of an own one as "custom-3"; -ENOENT for another name. */
int cardformat_position(const char *name);
/* 0 for "raw", which takes any length. */
unsigned cardformat_bit_count(const struct cardformat *format);

/*
 * Writes the card, zero padded, and returns its number of bits. -ERANGE: facility or number does
 * not fit the field. -ENOBUFS: size is too small. -ENOTSUP: "raw" has no layout to encode.
 */
int cardformat_encode(const struct cardformat *format, uint32_t facility, uint64_t number,
		      uint8_t *buf, size_t size);

/*
 * -ENOENT: the format has another length ("raw": 0 or above CARDFORMAT_BITS_MAX).
 * -EBADMSG: parity is wrong. data holds at least bit_count bits. "raw" yields the bits as number.
 */
int cardformat_decode_as(const struct cardformat *format, unsigned bit_count, const uint8_t *data,
			 struct cardformat_card *ret_card);

/*
 * The first format of the table that fits; never "raw". -ENOENT: no format has this length.
 * -EBADMSG: some have, but parity holds in none.
 */
int cardformat_decode(unsigned bit_count, const uint8_t *data, struct cardformat_card *ret_card);

/*
 * Reads names with commas between them, as CARDFORMAT_DEFAULT_LIST is, into their positions and
 * returns how many. Whether there is an own format of such a number is not known here.
 * -EINVAL: an unknown name, one that is there twice, none, or "raw".
 */
int cardformat_parse_list(const char *text, uint8_t order[CARDFORMAT_ORDER_MAX]);

/* Brings the bits into the order that the card has; size: of data, at most 64. */
void cardformat_turn(enum cardformat_turn turn, unsigned bit_count, uint8_t *data, size_t size);

#endif
