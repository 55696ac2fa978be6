#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "hw/osdp/secure.h"
#include "lib/util.h"

enum { DIALOGUE_MAX = 12 };

/* Two whole sessions of section 2.8 of the protocol notes; the first is the standard's annex. */
static const struct session {
	const char *key;
	const char *rnd_a;
	const char *rnd_b;
	const char *client;
	const char *server;
	const char *rmac;
	const char *frames[DIALOGUE_MAX]; /* Command, reply, command ... */
} sessions[] = {
	{
		.key = "303132333435363738393a3b3c3d3e3f",
		.rnd_a = "b0b1b2b3b4b5b6b7",
		.rnd_b = "a0a1a2a3a4a5a6a7",
		.client = "fde5d2f428ec16312471ea3c02bd7796",
		.server = "26d3356e07762d262801fc8e6665a891",
		.rmac = "b2a30057eb98ba2229ec1f875662b524",
		.frames = { "53000e000f02156069bdc654e136", "53800e000f021640f9baff9d78cd",
			    "53001e000d0217694d488c3a584ecd8653cd68a0f0647864e0c412112d4e",
			    "53800e000d021640793f7ecc312d", "53000e000e021560250eeeab8c66",
			    "53801e000e02185039b9426230b6726b52ddd739e77d05d7e39b54a77558",
			    "53002e000f02177536f9b7a528f4c78cdeb54655b446e910c580d7fbf0c2f5ee78298"
			    "a3af3eecbb7270544c256ea",
			    "53800e000f021640e97a63637fa3" },
	},
	{
		.key = "00112233445566778899aabbccddeeff",
		.rnd_a = "0123456789abcdef",
		.rnd_b = "fedcba9876543210",
		.client = "f9bf5da337cf6e717b5f0c646abdda7c",
		.server = "274b61f39e876d475baa405463d460a3",
		.rmac = "602fe4728111537d2115aa655788964c",
		.frames = { "53010e000f0215601e5e9fc52e23", "53810e000f0216409ba8bdae16e1",
			    "53011e000d021768c5cdf593e40364d316c08b25eb4d7dd418083654b21f",
			    "53810e000d021640bf81c149a54b", "53010e000e021560218761b12269",
			    "53811e000e021853429e19de527fc6d92c8c876ab4c16575c3c0ec28129a",
			    "53010e000f0215644b817d884ac5",
			    "53811e000f021848c8f8e364a9f94a099a86513b1d118cd8367e3a018dc1",
			    "53010e000d021560007db5f911d4",
			    "53811e000d02184965ca5cb21aa90248ec853a1ac3009e7a2d7f1d72e47f",
			    "53011e000e02176bd2fdd5df88ff34f2998709a05c8370715d1ab7b1823e",
			    "53811e000e021841a1f733e64fd9af210ed002109442a39a1c44864a490c" },
	},
};

static size_t
from_hex(const char *hex, uint8_t *bytes, size_t size)
{
	int r = hex_decode(hex, bytes, size);

	CU_ASSERT_FATAL(r > 0);
	return (size_t) r;
}

static bool
is_hex(const uint8_t *bytes, size_t size, const char *hex)
{
	uint8_t expected[OSDP_FRAME_MAX];

	return from_hex(hex, expected, sizeof(expected)) == size &&
	       memcmp(bytes, expected, size) == 0;
}

static struct osdp_secure *
make_secure(void)
{
	struct osdp_secure *secure = NULL;

	CU_ASSERT_EQUAL_FATAL(osdp_secure_new(&secure), 0);
	return secure;
}

static struct osdp_secure *
make_session(const struct session *session)
{
	uint8_t key[OSDP_KEY_SIZE];
	uint8_t rnd_a[OSDP_RND_SIZE];
	uint8_t server[OSDP_BLOCK_SIZE];
	uint8_t rmac[OSDP_BLOCK_SIZE];
	struct osdp_secure *secure = make_secure();

	(void) from_hex(session->key, key, sizeof(key));
	(void) from_hex(session->rnd_a, rnd_a, sizeof(rnd_a));
	(void) from_hex(session->server, server, sizeof(server));
	osdp_secure_derive(secure, key, rnd_a);
	osdp_secure_start(secure, server, rmac);
	return secure;
}

static struct osdp_frame
decode(const uint8_t *bytes, size_t size)
{
	struct osdp_frame frame = { 0 };

	CU_ASSERT_EQUAL_FATAL(osdp_frame_decode(bytes, size, &frame), 0);
	return frame;
}

static void
cryptograms_are_those_of_the_vectors(void)
{
	for (size_t i = 0; i < ARRAY_LEN(sessions); i++) {
		const struct session *session = &sessions[i];
		uint8_t key[OSDP_KEY_SIZE];
		uint8_t rnd_a[OSDP_RND_SIZE];
		uint8_t rnd_b[OSDP_RND_SIZE];
		uint8_t block[OSDP_BLOCK_SIZE];
		uint8_t rmac[OSDP_BLOCK_SIZE];
		struct osdp_secure *secure = make_secure();
		(void) from_hex(session->key, key, sizeof(key));
		(void) from_hex(session->rnd_a, rnd_a, sizeof(rnd_a));
		(void) from_hex(session->rnd_b, rnd_b, sizeof(rnd_b));
		osdp_secure_derive(secure, key, rnd_a);
		osdp_secure_client_cryptogram(secure, rnd_a, rnd_b, block);
		CU_ASSERT_TRUE(is_hex(block, sizeof(block), session->client));
		osdp_secure_server_cryptogram(secure, rnd_a, rnd_b, block);
		CU_ASSERT_TRUE(is_hex(block, sizeof(block), session->server));
		osdp_secure_start(secure, block, rmac);
		CU_ASSERT_TRUE(is_hex(rmac, sizeof(rmac), session->rmac));
		osdp_secure_free(secure);
	}
}

/* Opens each frame at one end and seals what it said at the other: the bytes are the same. */
static void
whole_sessions_are_opened_and_sealed_byte_for_byte(void)
{
	for (size_t i = 0; i < ARRAY_LEN(sessions); i++) {
		struct osdp_secure *opener = make_session(&sessions[i]);
		struct osdp_secure *sealer = make_session(&sessions[i]);
		for (size_t n = 0; n < DIALOGUE_MAX && sessions[i].frames[n] != NULL; n++) {
			uint8_t bytes[64];
			uint8_t plain[64];
			uint8_t again[64];
			size_t size = from_hex(sessions[i].frames[n], bytes, sizeof(bytes));
			struct osdp_frame frame = decode(bytes, size);
			int r = osdp_secure_open(opener, &frame, plain, sizeof(plain));
			CU_ASSERT_FATAL(r >= 0);
			frame.data = plain;
			frame.data_size = (size_t) r;
			r = osdp_secure_seal(sealer, &frame, again, sizeof(again));
			CU_ASSERT_EQUAL(r, (int) size);
			CU_ASSERT_EQUAL(memcmp(bytes, again, size), 0);
		}
		osdp_secure_free(opener);
		osdp_secure_free(sealer);
	}
}

static void
the_annex_session_carries_the_published_key(void)
{
	struct osdp_secure *secure = make_session(&sessions[0]);
	uint8_t bytes[64];
	uint8_t plain[64];
	int r = 0;
	for (size_t n = 0; n < 7; n++) {
		size_t size = from_hex(sessions[0].frames[n], bytes, sizeof(bytes));
		struct osdp_frame frame = decode(bytes, size);
		r = osdp_secure_open(secure, &frame, plain, sizeof(plain));
		CU_ASSERT(r >= 0);
	}
	CU_ASSERT_EQUAL(r, 18);
	CU_ASSERT_EQUAL(plain[0], 1);
	CU_ASSERT_EQUAL(plain[1], OSDP_KEY_SIZE);
	osdp_secure_free(secure);
}

static void
data_of_every_length_around_a_block_comes_out_as_it_went_in(void)
{
	static const size_t sizes[] = { 0, 1, 14, 15, 16, 17, 31, 32, 33, 1400 };
	struct osdp_secure *near = make_session(&sessions[1]);
	struct osdp_secure *far = make_session(&sessions[1]);
	uint8_t data[1400];
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t) (i % 251 + (i % 3 == 0 ? 0x80 : 0));
	for (size_t i = 0; i < ARRAY_LEN(sizes) * 2; i++) {
		uint8_t bytes[OSDP_FRAME_MAX];
		uint8_t plain[OSDP_FRAME_MAX];
		struct osdp_frame frame = { .address = 3,
					    .is_reply = i % 2 != 0,
					    .sequence = 1,
					    .has_crc = true,
					    .code = 0x60,
					    .data = data,
					    .data_size = sizes[i / 2] };
		int r = osdp_secure_seal(i % 2 != 0 ? far : near, &frame, bytes, sizeof(bytes));
		CU_ASSERT_FATAL(r > 0);
		frame = decode(bytes, (size_t) r);
		CU_ASSERT(frame.data_size == 0 || frame.data_size > sizes[i / 2]);
		r = osdp_secure_open(i % 2 != 0 ? near : far, &frame, plain, sizeof(plain));
		CU_ASSERT_EQUAL(r, (int) sizes[i / 2]);
		CU_ASSERT_EQUAL(memcmp(plain, data, sizes[i / 2]), 0);
	}
	osdp_secure_free(near);
	osdp_secure_free(far);
}

static void
every_changed_byte_is_noticed_and_the_chain_waits_for_the_right_one(void)
{
	uint8_t good[64];
	size_t size = from_hex(sessions[1].frames[0], good, sizeof(good));
	struct osdp_secure *secure = make_session(&sessions[1]);
	uint8_t plain[64];
	/* Not the header's sizes and security block: another frame would be decoded. */
	for (size_t at = 7; at < size - 2; at++) {
		uint8_t bytes[64];
		memcpy(bytes, good, size);
		bytes[at] ^= 0x01;
		osdp_frame_rewrite_check(bytes, size);
		struct osdp_frame frame = decode(bytes, size);
		CU_ASSERT_EQUAL(osdp_secure_open(secure, &frame, plain, sizeof(plain)), -EACCES);
	}
	struct osdp_frame frame = decode(good, size);
	CU_ASSERT_EQUAL(osdp_secure_open(secure, &frame, plain, sizeof(plain)), 0);
	/* The same frame again is a replay. */
	CU_ASSERT_EQUAL(osdp_secure_open(secure, &frame, plain, sizeof(plain)), 0);
	size = from_hex(sessions[1].frames[1], good, sizeof(good));
	frame = decode(good, size);
	CU_ASSERT_EQUAL(osdp_secure_open(secure, &frame, plain, sizeof(plain)), 0);
	size = from_hex(sessions[1].frames[0], good, sizeof(good));
	frame = decode(good, size);
	CU_ASSERT_EQUAL(osdp_secure_open(secure, &frame, plain, sizeof(plain)), -EACCES);
	osdp_secure_free(secure);
}

static void
wrong_types_small_buffers_and_bad_padding_are_refused(void)
{
	struct osdp_secure *secure = make_session(&sessions[1]);
	struct osdp_secure *far = make_session(&sessions[1]);
	uint8_t mac[OSDP_MAC_SIZE] = { 0 };
	uint8_t bytes[64];
	uint8_t data[20] = { 0 };
	struct osdp_frame frame = { .has_crc = true,
				    .code = 0x69,
				    .data = data,
				    .data_size = sizeof(data),
				    .security = { .type = OSDP_SCS_16, .mac = mac } };
	int r = osdp_frame_encode(&frame, bytes, sizeof(bytes));
	frame = decode(bytes, (size_t) r);
	CU_ASSERT_EQUAL(osdp_secure_open(far, &frame, data, sizeof(data)), -EPROTO);
	frame = (struct osdp_frame){
		.has_crc = true, .code = 0x69, .data = data, .data_size = sizeof(data)
	};
	CU_ASSERT_EQUAL(osdp_secure_seal(secure, &frame, bytes, 30), -EMSGSIZE);
	r = osdp_secure_seal(secure, &frame, bytes, sizeof(bytes));
	CU_ASSERT_FATAL(r > 0);
	frame = decode(bytes, (size_t) r);
	CU_ASSERT_EQUAL(osdp_secure_open(far, &frame, data, 16), -ENOBUFS);
	osdp_secure_free(secure);
	osdp_secure_free(far);
}

static void
regular_default_and_published_keys_are_weak(void)
{
	static const char *const weak[] = {
		"303132333435363738393a3b3c3d3e3f", "3f3e3d3c3b3a39383736353433323130",
		"00112233445566778899aabbccddeeff", "2b7e151628aed2a6abf7158809cf4f3c",
		"d459f02f6602e5651f3b553bc283d43e", "0102030401020304010203040102030a",
	};
	uint8_t key[OSDP_KEY_SIZE];
	for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
		(void) from_hex(weak[i], key, sizeof(key));
		CU_ASSERT_TRUE(osdp_key_is_weak(key));
	}
	(void) from_hex("9a1f4c77e3b02d5816ca8e6390f7245b", key, sizeof(key));
	CU_ASSERT_FALSE(osdp_key_is_weak(key));
}

static void
a_diversified_key_is_that_of_the_vector(void)
{
	uint8_t master[OSDP_KEY_SIZE];
	uint8_t cuid[OSDP_CUID_SIZE];
	uint8_t key[OSDP_KEY_SIZE];
	(void) from_hex("000102030405060708090a0b0c0d0e0f", master, sizeof(master));
	(void) from_hex("a1b2c30344332211", cuid, sizeof(cuid));
	CU_ASSERT_EQUAL(osdp_key_diversify(master, cuid, key), 0);
	CU_ASSERT_TRUE(is_hex(key, sizeof(key), "19453d4ce9410c2b85fe436c7c813aa9"));
}

static const struct tap_test tests[] = {
	TAP(cryptograms_are_those_of_the_vectors),
	TAP(whole_sessions_are_opened_and_sealed_byte_for_byte),
	TAP(the_annex_session_carries_the_published_key),
	TAP(data_of_every_length_around_a_block_comes_out_as_it_went_in),
	TAP(every_changed_byte_is_noticed_and_the_chain_waits_for_the_right_one),
	TAP(wrong_types_small_buffers_and_bad_padding_are_refused),
	TAP(regular_default_and_published_keys_are_weak),
	TAP(a_diversified_key_is_that_of_the_vector),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
