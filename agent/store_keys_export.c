#include "agent/store_keys_export.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#include "lib/util.h"

#define EXPORT_VERSION 1

#define SCRYPT_N (UINT64_C(1) << 15)
#define SCRYPT_R 8
#define SCRYPT_P 1
/* It takes 128 * N * r and a little more, which is just above what libcrypto allows unasked. */
#define SCRYPT_MEMORY (UINT64_C(40) << 20)

static const uint8_t magic[8] = "CRDKEYS";

/* Where the parts of the header begin. */
enum {
	AT_VERSION = sizeof(magic),
	AT_SALT = AT_VERSION + 1,
	AT_NONCE = AT_SALT + STORE_KEYS_SALT,
};
_Static_assert(AT_NONCE + STORE_KEYS_NONCE == STORE_KEYS_HEADER, "the header's layout");

static void
cipher_freep(EVP_CIPHER_CTX **cipher)
{
	EVP_CIPHER_CTX_free(*cipher);
}

static int
derive(const char *password, const uint8_t *salt, uint8_t wrapping[STORE_KEYS_WRAPPING])
{
	return EVP_PBE_scrypt(password, strlen(password), salt, STORE_KEYS_SALT, SCRYPT_N, SCRYPT_R,
			      SCRYPT_P, SCRYPT_MEMORY, wrapping, STORE_KEYS_WRAPPING) == 1
		       ? 0
		       : -EIO;
}

static EVP_CIPHER_CTX *
begin(const uint8_t *blob, const uint8_t wrapping[STORE_KEYS_WRAPPING], int is_sealing)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int n;

	if (cipher &&
	    EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, wrapping, blob + AT_NONCE,
			      is_sealing) == 1 &&
	    EVP_CipherUpdate(cipher, NULL, &n, blob, STORE_KEYS_HEADER) == 1)
		return cipher;
	EVP_CIPHER_CTX_free(cipher);
	return NULL;
}

static void
pack(const struct store_keys_export *keys, uint8_t plain[STORE_KEYS_PLAIN])
{
	uint8_t *at = plain;

	for (unsigned i = 0; i < READERS; i++, at += READER_KEY_PACKED)
		reader_key_pack(&keys->readers[i], at);
	*at++ = keys->has_host_key;
	memcpy(at, keys->host_key, sizeof(keys->host_key));
}

int
store_keys_export_unpack(const uint8_t plain[STORE_KEYS_PLAIN], struct store_keys_export *ret)
{
	struct store_keys_export keys = { 0 };
	const uint8_t *at = plain;
	int r = 0;

	for (unsigned i = 0; i < READERS && r == 0; i++, at += READER_KEY_PACKED)
		r = reader_key_unpack(at, READER_KEY_PACKED, &keys.readers[i]);
	if (r == 0 && *at > 1)
		r = -EBADMSG;
	if (r == 0) {
		keys.has_host_key = *at++;
		memcpy(keys.host_key, at, sizeof(keys.host_key));
		*ret = keys;
	}
	explicit_bzero(&keys, sizeof(keys));
	return r;
}

static int
seal(const uint8_t *plain, const uint8_t wrapping[STORE_KEYS_WRAPPING],
     uint8_t blob[STORE_KEYS_BLOB])
{
	_cleanup_(cipher_freep) EVP_CIPHER_CTX *cipher = begin(blob, wrapping, 1);
	uint8_t *text = blob + STORE_KEYS_HEADER;
	uint8_t *tag = text + STORE_KEYS_PLAIN;
	int n;

	if (cipher && EVP_CipherUpdate(cipher, text, &n, plain, STORE_KEYS_PLAIN) == 1 &&
	    EVP_CipherFinal_ex(cipher, tag, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, STORE_KEYS_TAG, tag) == 1)
		return 0;
	return -EIO;
}

int
store_keys_export_wrap(const struct store_keys_export *keys, const char *password,
		       uint8_t blob[STORE_KEYS_BLOB])
{
	uint8_t wrapping[STORE_KEYS_WRAPPING];
	uint8_t plain[STORE_KEYS_PLAIN];
	const size_t chosen = STORE_KEYS_SALT + STORE_KEYS_NONCE;

	memcpy(blob, magic, sizeof(magic));
	blob[AT_VERSION] = EXPORT_VERSION;
	if (getrandom(blob + AT_SALT, chosen, 0) != (ssize_t) chosen)
		return -EIO;
	int r = derive(password, blob + AT_SALT, wrapping);
	if (r < 0)
		return r;
	pack(keys, plain);
	r = seal(plain, wrapping, blob);
	explicit_bzero(plain, sizeof(plain));
	explicit_bzero(wrapping, sizeof(wrapping));
	return r;
}

static int
check_header(const uint8_t *blob, size_t size)
{
	if (size <= AT_VERSION || memcmp(blob, magic, sizeof(magic)))
		return -EBADMSG;
	if (blob[AT_VERSION] != EXPORT_VERSION)
		return -EPROTONOSUPPORT;
	return size == STORE_KEYS_BLOB ? 0 : -EBADMSG;
}

int
store_keys_export_open(const uint8_t *blob, size_t size,
		       const uint8_t wrapping[STORE_KEYS_WRAPPING], struct store_keys_export *ret)
{
	uint8_t plain[STORE_KEYS_PLAIN];
	uint8_t tag[STORE_KEYS_TAG];
	int n;
	int r = check_header(blob, size);

	if (r < 0)
		return r;
	const uint8_t *text = blob + STORE_KEYS_HEADER;
	memcpy(tag, text + STORE_KEYS_PLAIN, sizeof(tag));
	_cleanup_(cipher_freep) EVP_CIPHER_CTX *cipher = begin(blob, wrapping, 0);
	if (!cipher)
		return -EIO;
	if (EVP_CipherUpdate(cipher, plain, &n, text, STORE_KEYS_PLAIN) == 1 &&
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) == 1 &&
	    EVP_CipherFinal_ex(cipher, tag, &n) == 1)
		r = store_keys_export_unpack(plain, ret);
	else
		r = -EKEYREJECTED;
	explicit_bzero(plain, sizeof(plain));
	return r;
}

int
store_keys_export_unwrap(const uint8_t *blob, size_t size, const char *password,
			 struct store_keys_export *ret)
{
	uint8_t wrapping[STORE_KEYS_WRAPPING];
	int r = check_header(blob, size);

	/* What is no export is refused before it costs anything. */
	if (r == 0)
		r = derive(password, blob + AT_SALT, wrapping);
	if (r == 0)
		r = store_keys_export_open(blob, size, wrapping, ret);
	explicit_bzero(wrapping, sizeof(wrapping));
	return r;
}
