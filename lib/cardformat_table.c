#include "lib/cardformat_private.h"

#include "lib/util.h"

#define BITS(first, last)  ((UINT64_MAX >> (63 - ((last) - (first)))) << (first))
#define EVERY_THIRD(first) (UINT64_C(0x9249249249249249) << (first))

const struct cardformat cardformats[] = {
	{
		.name = "h10301",
		.shape = {
			.bit_count = 26,
			.facility = { .first = 1, .count = 8 },
			.number = { .first = 9, .count = 16 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 12) },
				{ .bit = 25, .is_odd = true, .mask = BITS(13, 24) },
			},
		},
	},
	{
		.name = "h10306",
		.shape = {
			.bit_count = 34,
			.facility = { .first = 1, .count = 16 },
			.number = { .first = 17, .count = 16 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 16) },
				{ .bit = 33, .is_odd = true, .mask = BITS(17, 32) },
			},
		},
	},
	{
		.name = "c1000-35",
		.shape = {
			.bit_count = 35,
			.facility = { .first = 2, .count = 12 },
			.number = { .first = 14, .count = 20 },
			.parity = {
				{ .bit = 1, .is_odd = false, .mask = BITS(2, 33) & ~EVERY_THIRD(1) },
				{ .bit = 34, .is_odd = true, .mask = BITS(1, 33) & ~EVERY_THIRD(0) },
				{ .bit = 0, .is_odd = true, .mask = BITS(1, 34) },
			},
		},
	},
	{
		.name = "h10302",
		.shape = {
			.bit_count = 37,
			.number = { .first = 1, .count = 35 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 18) },
				{ .bit = 36, .is_odd = true, .mask = BITS(18, 35) },
			},
		},
	},
	{
		.name = "h10304",
		.shape = {
			.bit_count = 37,
			.facility = { .first = 1, .count = 16 },
			.number = { .first = 17, .count = 19 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 18) },
				{ .bit = 36, .is_odd = true, .mask = BITS(18, 35) },
			},
		},
	},
	{
		.name = "c1000-48",
		.shape = {
			.bit_count = 48,
			.facility = { .first = 2, .count = 22 },
			.number = { .first = 24, .count = 23 },
			.parity = {
				{ .bit = 1, .is_odd = false, .mask = BITS(3, 46) & ~EVERY_THIRD(2) },
				{ .bit = 47, .is_odd = true, .mask = BITS(2, 45) & ~EVERY_THIRD(1) },
				{ .bit = 0, .is_odd = true, .mask = BITS(1, 47) },
			},
		},
	},
	{
		.name = "d10202",
		.shape = {
			.bit_count = 33,
			.facility = { .first = 1, .count = 7 },
			.number = { .first = 8, .count = 24 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 16) },
				{ .bit = 32, .is_odd = true, .mask = BITS(16, 31) },
			},
		},
	},
	/* The facility code is behind ten bits of the maker: maker x 256 + facility code. */
	{
		.name = "c15001",
		.shape = {
			.bit_count = 36,
			.facility = { .first = 1, .count = 18 },
			.number = { .first = 19, .count = 16 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 17) },
				{ .bit = 35, .is_odd = true, .mask = BITS(18, 34) },
			},
		},
	},
	/* Two bits of issue level are behind the facility code: facility code x 4 + issue level. */
	{
		.name = "s12906",
		.shape = {
			.bit_count = 36,
			.facility = { .first = 1, .count = 10 },
			.number = { .first = 11, .count = 24 },
			.parity = {
				{ .bit = 0, .is_odd = true, .mask = BITS(1, 17) },
				{ .bit = 35, .is_odd = true, .mask = BITS(17, 34) },
			},
		},
	},
	{
		.name = "pw39",
		.shape = {
			.bit_count = 39,
			.facility = { .first = 1, .count = 17 },
			.number = { .first = 18, .count = 20 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 18) },
				{ .bit = 38, .is_odd = true, .mask = BITS(19, 37) },
			},
		},
	},
	{
		.name = "p10001",
		.shape = {
			.bit_count = 40,
			.has_xor = true,
			.facility = { .first = 4, .count = 12 },
			.number = { .first = 16, .count = 16 },
			.ones = BITS(0, 3),
		},
	},
	{
		.name = "indala26",
		.shape = {
			.bit_count = 26,
			.facility = { .first = 1, .count = 12 },
			.number = { .first = 13, .count = 12 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 12) },
				{ .bit = 25, .is_odd = true, .mask = BITS(13, 24) },
			},
		},
	},
	{
		.name = "bqt34",
		.shape = {
			.bit_count = 34,
			.facility = { .first = 1, .count = 8 },
			.number = { .first = 9, .count = 24 },
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 16) },
				{ .bit = 33, .is_odd = true, .mask = BITS(17, 32) },
			},
		},
	},
	/* Five bits of issue level are before the facility code: issue level x 256 + facility code. */
	{
		.name = "kastle32",
		.shape = {
			.bit_count = 32,
			.facility = { .first = 2, .count = 13 },
			.number = { .first = 15, .count = 16 },
			.ones = BITS(1, 1),
			.parity = {
				{ .bit = 0, .is_odd = false, .mask = BITS(1, 16) },
				{ .bit = 31, .is_odd = true, .mask = BITS(14, 30) },
			},
		},
	},
	{
		.name = "wiegand32",
		.shape = {
			.bit_count = 32,
			.facility = { .first = 4, .count = 12 },
			.number = { .first = 16, .count = 16 },
		},
	},
	{
		.name = "uid32",
		.shape = {
			.bit_count = 32,
			.number = { .first = 0, .count = 32 },
		},
	},
	{
		.name = "casi40",
		.shape = {
			.bit_count = 40,
			.number = { .first = 1, .count = 38 },
		},
	},
	{
		.name = "raw",
	},
};

const size_t cardformat_count = ARRAY_LEN(cardformats);
