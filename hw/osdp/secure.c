#include "hw/osdp/secure.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

enum {
	DERIVE_ENC = 0x82,
	DERIVE_MAC1 = 0x01,
	DERIVE_MAC2 = 0x02,
	RND_BYTES_IN_KEYS = 6,
	PADDING_MARK = 0x80,
};

/* Electronic code book contexts: chaining is done here, so one block is one call. */
struct osdp_secure {
	EVP_CIPHER_CTX *enc;
	EVP_CIPHER_CTX *dec;
	EVP_CIPHER_CTX *mac1;
	EVP_CIPHER_CTX *mac2;
	/* The last MACs; each is the other direction's initial vector. */
	uint8_t command_mac[OSDP_BLOCK_SIZE];
	uint8_t reply_mac[OSDP_BLOCK_SIZE];
};

const uint8_t osdp_default_key[OSDP_KEY_SIZE] = "0123456789:;<=>?";

static EVP_CIPHER_CTX *
make_context(bool is_encrypting)
{
	static const uint8_t zero[OSDP_KEY_SIZE];
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

	if (context != NULL &&
	    EVP_CipherInit_ex2(context, EVP_aes_128_ecb(), zero, NULL, is_encrypting, NULL) == 1) {
		(void) EVP_CIPHER_CTX_set_padding(context, 0);
		return context;
	}
	EVP_CIPHER_CTX_free(context);
	return NULL;
}

/* With a made context and sixteen bytes these cannot fail; going on with a wrong key may not. */
static void
set_key(EVP_CIPHER_CTX *context, const uint8_t key[OSDP_KEY_SIZE])
{
	if (EVP_CipherInit_ex2(context, NULL, key, NULL, -1, NULL) != 1)
		abort();
}

static void
cipher_block(EVP_CIPHER_CTX *context, const uint8_t *from, uint8_t *to)
{
	int written = 0;

	if (EVP_CipherUpdate(context, to, &written, from, OSDP_BLOCK_SIZE) != 1 ||
	    written != OSDP_BLOCK_SIZE)
		abort();
}

static void
xor_block(uint8_t *to, const uint8_t *with, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] ^= with[i];
}

/* The context holds the base key. */
static void
derive(EVP_CIPHER_CTX *context, uint8_t purpose, const uint8_t *rnd_a, uint8_t *ret_key)
{
	uint8_t block[OSDP_BLOCK_SIZE] = { 0x01, purpose };

	memcpy(block + 2, rnd_a, RND_BYTES_IN_KEYS);
	cipher_block(context, block, ret_key);
}

static void
cryptogram(struct osdp_secure *secure, const uint8_t *first, const uint8_t *second,
	   uint8_t *ret_cryptogram)
{
	uint8_t block[OSDP_BLOCK_SIZE];

	memcpy(block, first, OSDP_RND_SIZE);
	memcpy(block + OSDP_RND_SIZE, second, OSDP_RND_SIZE);
	cipher_block(secure->enc, block, ret_cryptogram);
}

/* The last block, full or padded, goes through the second key. */
static void
compute_mac(struct osdp_secure *secure, const uint8_t *iv, const uint8_t *bytes, size_t size,
	    uint8_t *ret_mac)
{
	uint8_t block[OSDP_BLOCK_SIZE];

	memcpy(block, iv, sizeof(block));
	for (; size > OSDP_BLOCK_SIZE; size -= OSDP_BLOCK_SIZE, bytes += OSDP_BLOCK_SIZE) {
		xor_block(block, bytes, OSDP_BLOCK_SIZE);
		cipher_block(secure->mac1, block, block);
	}
	xor_block(block, bytes, size);
	if (size < OSDP_BLOCK_SIZE)
		block[size] ^= PADDING_MARK;
	cipher_block(secure->mac2, block, ret_mac);
}

static void
data_iv(const uint8_t *chained, uint8_t *ret_iv)
{
	for (size_t i = 0; i < OSDP_BLOCK_SIZE; i++)
		ret_iv[i] = (uint8_t) ~chained[i];
}

/* Returns the padded size: one byte of padding at least. */
static size_t
encrypt(struct osdp_secure *secure, const uint8_t *chained, const struct osdp_frame *frame,
	uint8_t *to)
{
	uint8_t block[OSDP_BLOCK_SIZE];
	size_t size = frame->data_size / OSDP_BLOCK_SIZE * OSDP_BLOCK_SIZE + OSDP_BLOCK_SIZE;

	memcpy(to, frame->data, frame->data_size);
	to[frame->data_size] = PADDING_MARK;
	memset(to + frame->data_size + 1, 0, size - frame->data_size - 1);
	data_iv(chained, block);
	for (size_t at = 0; at < size; at += OSDP_BLOCK_SIZE) {
		xor_block(block, to + at, OSDP_BLOCK_SIZE);
		cipher_block(secure->enc, block, block);
		memcpy(to + at, block, OSDP_BLOCK_SIZE);
	}
	return size;
}

/* Returns the size without the padding. */
static int
decrypt(struct osdp_secure *secure, const uint8_t *chained, const uint8_t *data, size_t size,
	uint8_t *to)
{
	uint8_t iv[OSDP_BLOCK_SIZE];

	if (size % OSDP_BLOCK_SIZE != 0)
		return -EPROTO;
	data_iv(chained, iv);
	for (size_t at = 0; at < size; at += OSDP_BLOCK_SIZE) {
		cipher_block(secure->dec, data + at, to + at);
		xor_block(to + at, at == 0 ? iv : data + at - OSDP_BLOCK_SIZE, OSDP_BLOCK_SIZE);
	}
	size_t end = size;
	while (end > 0 && to[end - 1] == 0)
		end--;
	if (size == 0)
		return 0;
	if (end == 0 || to[end - 1] != PADDING_MARK || size - end >= OSDP_BLOCK_SIZE)
		return -EPROTO;
	return (int) (end - 1);
}

int
osdp_secure_new(struct osdp_secure **ret_secure)
{
	struct osdp_secure *secure = xcalloc(1, sizeof(*secure));

	secure->enc = make_context(true);
	secure->dec = make_context(false);
	secure->mac1 = make_context(true);
	secure->mac2 = make_context(true);
	if (secure->enc == NULL || secure->dec == NULL || secure->mac1 == NULL ||
	    secure->mac2 == NULL) {
		osdp_secure_free(secure);
		return -ENOTSUP;
	}
	*ret_secure = secure;
	return 0;
}

void
osdp_secure_free(struct osdp_secure *secure)
{
	if (secure == NULL)
		return;
	EVP_CIPHER_CTX_free(secure->enc);
	EVP_CIPHER_CTX_free(secure->dec);
	EVP_CIPHER_CTX_free(secure->mac1);
	EVP_CIPHER_CTX_free(secure->mac2);
	explicit_bzero(secure, sizeof(*secure));
	free(secure);
}

void
osdp_secure_wipe(struct osdp_secure *secure)
{
	static const uint8_t zero[OSDP_KEY_SIZE];

	set_key(secure->enc, zero);
	set_key(secure->dec, zero);
	set_key(secure->mac1, zero);
	set_key(secure->mac2, zero);
	explicit_bzero(secure->command_mac, sizeof(secure->command_mac));
	explicit_bzero(secure->reply_mac, sizeof(secure->reply_mac));
}

void
osdp_secure_derive(struct osdp_secure *secure, const uint8_t key[OSDP_KEY_SIZE],
		   const uint8_t rnd_a[OSDP_RND_SIZE])
{
	uint8_t enc[OSDP_KEY_SIZE];
	uint8_t mac1[OSDP_KEY_SIZE];
	uint8_t mac2[OSDP_KEY_SIZE];

	set_key(secure->enc, key);
	derive(secure->enc, DERIVE_ENC, rnd_a, enc);
	derive(secure->enc, DERIVE_MAC1, rnd_a, mac1);
	derive(secure->enc, DERIVE_MAC2, rnd_a, mac2);
	set_key(secure->enc, enc);
	set_key(secure->dec, enc);
	set_key(secure->mac1, mac1);
	set_key(secure->mac2, mac2);
	explicit_bzero(enc, sizeof(enc));
	explicit_bzero(mac1, sizeof(mac1));
	explicit_bzero(mac2, sizeof(mac2));
}

void
osdp_secure_client_cryptogram(struct osdp_secure *secure, const uint8_t rnd_a[OSDP_RND_SIZE],
			      const uint8_t rnd_b[OSDP_RND_SIZE],
			      uint8_t ret_cryptogram[OSDP_BLOCK_SIZE])
{
	cryptogram(secure, rnd_a, rnd_b, ret_cryptogram);
}

void
osdp_secure_server_cryptogram(struct osdp_secure *secure, const uint8_t rnd_a[OSDP_RND_SIZE],
			      const uint8_t rnd_b[OSDP_RND_SIZE],
			      uint8_t ret_cryptogram[OSDP_BLOCK_SIZE])
{
	cryptogram(secure, rnd_b, rnd_a, ret_cryptogram);
}

void
osdp_secure_start(struct osdp_secure *secure, const uint8_t server_cryptogram[OSDP_BLOCK_SIZE],
		  uint8_t ret_rmac[OSDP_BLOCK_SIZE])
{
	uint8_t block[OSDP_BLOCK_SIZE];

	cipher_block(secure->mac1, server_cryptogram, block);
	cipher_block(secure->mac2, block, secure->reply_mac);
	memcpy(ret_rmac, secure->reply_mac, OSDP_BLOCK_SIZE);
}

bool
osdp_secure_equals(const uint8_t *a, const uint8_t *b, size_t size)
{
	return CRYPTO_memcmp(a, b, size) == 0;
}

int
osdp_secure_seal(struct osdp_secure *secure, const struct osdp_frame *frame, uint8_t *buf,
		 size_t size)
{
	static const uint8_t no_mac[OSDP_MAC_SIZE];
	const uint8_t *iv = frame->is_reply ? secure->command_mac : secure->reply_mac;
	uint8_t *chain = frame->is_reply ? secure->reply_mac : secure->command_mac;
	uint8_t data[OSDP_FRAME_MAX + OSDP_BLOCK_SIZE];
	struct osdp_frame sealed = *frame;
	uint8_t plain_type = frame->is_reply ? OSDP_SCS_16 : OSDP_SCS_15;
	bool is_encrypted = frame->data_size > 0 && frame->security.type != plain_type;

	if (frame->data_size > OSDP_FRAME_MAX)
		return -EMSGSIZE;
	if (is_encrypted) {
		sealed.data = data;
		sealed.data_size = encrypt(secure, iv, frame, data);
	}
	/* SCS_17 and SCS_18 are two above. */
	sealed.security = (struct osdp_security){
		.type = (uint8_t) (plain_type + (is_encrypted ? 2 : 0)),
		.mac = no_mac,
	};
	int r = osdp_frame_encode(&sealed, buf, size);
	if (r < 0)
		return r;

	size_t mac_at = (size_t) r - OSDP_MAC_SIZE - (frame->has_crc ? 2 : 1);
	compute_mac(secure, iv, buf, mac_at, chain);
	memcpy(buf + mac_at, chain, OSDP_MAC_SIZE);
	osdp_frame_rewrite_check(buf, (size_t) r);
	return r;
}

int
osdp_secure_open(struct osdp_secure *secure, const struct osdp_frame *frame, uint8_t *buf,
		 size_t size)
{
	uint8_t iv[OSDP_BLOCK_SIZE];
	uint8_t mac[OSDP_BLOCK_SIZE];
	bool is_encrypted = frame->security.type == (frame->is_reply ? OSDP_SCS_18 : OSDP_SCS_17);

	if (!is_encrypted && frame->security.type != (frame->is_reply ? OSDP_SCS_16 : OSDP_SCS_15))
		return -EPROTO;
	if (frame->data_size > size)
		return -ENOBUFS;
	memcpy(iv, frame->is_reply ? secure->command_mac : secure->reply_mac, sizeof(iv));
	compute_mac(secure, iv, frame->bytes, (size_t) (frame->security.mac - frame->bytes), mac);
	if (!osdp_secure_equals(mac, frame->security.mac, OSDP_MAC_SIZE))
		return -EACCES;

	memcpy(frame->is_reply ? secure->reply_mac : secure->command_mac, mac, sizeof(mac));
	if (is_encrypted)
		return decrypt(secure, iv, frame->data, frame->data_size, buf);
	if (frame->data_size > 0)
		memcpy(buf, frame->data, frame->data_size);
	return (int) frame->data_size;
}
