#include "lib/osdp_key.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "lib/util.h"

/* Sixteen random bytes have fewer different ones less than once in two thousand million times. */
enum { DISTINCT_MIN = 9 };

/* Keys of documents and public captures which are not regular enough for the other checks. */
static const uint8_t published[][OSDP_KEY_SIZE] = {
	{ 0xD4, 0x59, 0xF0, 0x2F, 0x66, 0x02, 0xE5, 0x65, 0x1F, 0x3B, 0x55, 0x3B, 0xC2, 0x83, 0xD4,
	  0x3E },
	/* FIPS 197, appendix A. */
	{ 0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F,
	  0x3C },
};

/* Steps of 0 and +-1 are what attack tools try first; SCBK-D and its reverse are such, too. */
static bool
is_arithmetic(const uint8_t *key)
{
	for (size_t i = 2; i < OSDP_KEY_SIZE; i++)
		if ((uint8_t) (key[i] - key[i - 1]) != (uint8_t) (key[1] - key[0]))
			return false;
	return true;
}

static unsigned
count_distinct(const uint8_t *key)
{
	unsigned count = 0;

	for (size_t i = 0; i < OSDP_KEY_SIZE; i++)
		count += memchr(key, key[i], i) == NULL;
	return count;
}

bool
osdp_key_is_weak(const uint8_t key[OSDP_KEY_SIZE])
{
	if (is_arithmetic(key) || count_distinct(key) < DISTINCT_MIN)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(published); i++)
		if (memcmp(key, published[i], OSDP_KEY_SIZE) == 0)
			return true;
	return false;
}

int
osdp_key_diversify(const uint8_t master[OSDP_KEY_SIZE], const uint8_t cuid[OSDP_CUID_SIZE],
		   uint8_t ret_key[OSDP_KEY_SIZE])
{
	uint8_t block[2 * OSDP_CUID_SIZE];
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int written = 0;

	for (size_t i = 0; i < OSDP_CUID_SIZE; i++) {
		block[i] = cuid[i];
		block[OSDP_CUID_SIZE + i] = (uint8_t) ~cuid[i];
	}
	bool is_done = context != NULL &&
		       EVP_EncryptInit_ex2(context, EVP_aes_128_ecb(), master, NULL, NULL) == 1 &&
		       EVP_EncryptUpdate(context, ret_key, &written, block, sizeof(block)) == 1 &&
		       written == OSDP_KEY_SIZE;
	EVP_CIPHER_CTX_free(context);
	return is_done ? 0 : -EIO;
}
