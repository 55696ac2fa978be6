#include "agent/store_seal.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/log.h"
#include "lib/util.h"

#define KEY_SIZE     32
#define NONCE_SIZE   12
#define TAG_SIZE     16
#define SEAL_VERSION 1

_Static_assert(STORE_SEAL_OVERHEAD == 1 + NONCE_SIZE + TAG_SIZE, "what sealing adds");

struct store_seal {
	uint8_t key[KEY_SIZE];
};

static int
read_key(const char *path, uint8_t key[KEY_SIZE])
{
	uint8_t bytes[KEY_SIZE + 1];
	int n = read_private_file(path, bytes, sizeof(bytes));
	int r = n < 0 ? n : n == KEY_SIZE ? 0 : -EBADMSG;

	if (r == 0)
		memcpy(key, bytes, KEY_SIZE);
	explicit_bzero(bytes, sizeof(bytes));
	return r;
}

static int
make_key(const char *path, uint8_t key[KEY_SIZE])
{
	if (getrandom(key, KEY_SIZE, 0) != KEY_SIZE)
		return -errno;
	return write_file_atomic(path, key, KEY_SIZE, 0600);
}

int
store_seal_open(const char *path, struct store_seal **ret)
{
	struct store_seal *seal = xcalloc(1, sizeof(*seal));
	int r = read_key(path, seal->key);

	if (r == -ENOENT)
		r = make_key(path, seal->key);
	if (r < 0) {
		store_seal_free(seal);
		if (r == -EACCES)
			return log_err(0, "'%s' can be read by others: chmod 600", path), r;
		if (r == -EBADMSG)
			return log_err(0, "'%s' holds no key of %d bytes", path, KEY_SIZE), r;
		return log_err(r, "cannot use the device's key '%s'", path);
	}
	*ret = seal;
	return 0;
}

void
store_seal_free(struct store_seal *seal)
{
	if (!seal)
		return;
	explicit_bzero(seal, sizeof(*seal));
	free(seal);
}

static void
cipher_freep(EVP_CIPHER_CTX **cipher)
{
	EVP_CIPHER_CTX_free(*cipher);
}

/* Everything but the text itself: key, nonce, and what is only authenticated. */
static EVP_CIPHER_CTX *
begin(const struct store_seal *seal, const char *label, const uint8_t *nonce, int is_sealing)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	static const uint8_t version = SEAL_VERSION;
	int n;

	if (cipher &&
	    EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, seal->key, nonce, is_sealing) == 1 &&
	    EVP_CipherUpdate(cipher, NULL, &n, &version, 1) == 1 &&
	    EVP_CipherUpdate(cipher, NULL, &n, (const uint8_t *) label, (int) strlen(label)) == 1)
		return cipher;
	EVP_CIPHER_CTX_free(cipher);
	return NULL;
}

int
store_seal_close(const struct store_seal *seal, const char *label, const uint8_t *plain,
		 size_t size, uint8_t *sealed, size_t room)
{
	uint8_t *nonce = sealed + 1;
	uint8_t *text = nonce + NONCE_SIZE;
	int n;

	if (size > STORE_SEAL_PLAIN_MAX)
		return -EMSGSIZE;
	if (room < size + STORE_SEAL_OVERHEAD)
		return -ENOBUFS;
	sealed[0] = SEAL_VERSION;
	/* 96 random bits: at a few thousand records in a device's life none comes twice. */
	if (getrandom(nonce, NONCE_SIZE, 0) != NONCE_SIZE)
		return -EIO;
	_cleanup_(cipher_freep) EVP_CIPHER_CTX *cipher = begin(seal, label, nonce, 1);
	if (!cipher || EVP_CipherUpdate(cipher, text, &n, plain, (int) size) != 1 ||
	    EVP_CipherFinal_ex(cipher, text + size, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, text + size) != 1)
		return -EIO;
	return (int) (size + STORE_SEAL_OVERHEAD);
}

int
store_seal_break(const struct store_seal *seal, const char *label, const uint8_t *sealed,
		 size_t size, uint8_t *plain, size_t room)
{
	uint8_t tag[TAG_SIZE];
	int n;

	if (size < STORE_SEAL_OVERHEAD || size > STORE_SEAL_PLAIN_MAX + STORE_SEAL_OVERHEAD ||
	    sealed[0] != SEAL_VERSION)
		return -EBADMSG;
	size -= STORE_SEAL_OVERHEAD;
	if (room < size)
		return -ENOBUFS;
	const uint8_t *text = sealed + 1 + NONCE_SIZE;
	memcpy(tag, text + size, TAG_SIZE);
	_cleanup_(cipher_freep) EVP_CIPHER_CTX *cipher = begin(seal, label, sealed + 1, 0);
	if (!cipher)
		return -EIO;
	if (EVP_CipherUpdate(cipher, plain, &n, text, (int) size) == 1 &&
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
	    EVP_CipherFinal_ex(cipher, plain + size, &n) == 1)
		return (int) size;
	explicit_bzero(plain, size);
	return -EBADMSG;
}

static void
kdf_freep(EVP_KDF_CTX **context)
{
	EVP_KDF_CTX_free(*context);
}

int
store_seal_derive(const struct store_seal *seal, const char *label,
		  uint8_t ret_key[STORE_SEAL_DERIVED])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	_cleanup_(kdf_freep) EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *) "SHA256", 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *) seal->key, KEY_SIZE),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *) label,
						  strlen(label)),
		OSSL_PARAM_construct_end(),
	};

	EVP_KDF_free(kdf);
	if (!context || EVP_KDF_derive(context, ret_key, STORE_SEAL_DERIVED, params) != 1)
		return -EIO;
	return 0;
}
