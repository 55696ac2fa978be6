#include "lib/checkpoint.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "lib/util.h"

static void
pkey_freep(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

static void
digest_freep(EVP_MD_CTX **context)
{
	EVP_MD_CTX_free(*context);
}

size_t
checkpoint_message(uint64_t upto, const char *hash, char message[CHECKPOINT_MESSAGE])
{
	return (size_t) snprintf(message, CHECKPOINT_MESSAGE, "Cardea log checkpoint\n%llu\n%.*s\n",
				 (unsigned long long) upto, CHECKPOINT_HASH, hash);
}

int
checkpoint_public_key(const uint8_t secret[CHECKPOINT_KEY], uint8_t key[CHECKPOINT_KEY])
{
	_cleanup_(pkey_freep) EVP_PKEY *pkey =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, CHECKPOINT_KEY);
	size_t size = CHECKPOINT_KEY;

	return pkey && EVP_PKEY_get_raw_public_key(pkey, key, &size) == 1 ? 0 : -EIO;
}

int
checkpoint_sign(const uint8_t secret[CHECKPOINT_KEY], uint64_t upto, const char *hash,
		uint8_t signature[CHECKPOINT_SIGNED])
{
	_cleanup_(pkey_freep) EVP_PKEY *pkey =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, CHECKPOINT_KEY);
	_cleanup_(digest_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	char message[CHECKPOINT_MESSAGE];
	size_t message_size = checkpoint_message(upto, hash, message);
	size_t size = CHECKPOINT_SIGNED;

	if (!pkey || !context || EVP_DigestSignInit(context, NULL, NULL, NULL, pkey) != 1 ||
	    EVP_DigestSign(context, signature, &size, (const uint8_t *) message, message_size) != 1)
		return -EIO;
	return 0;
}

bool
checkpoint_holds(const uint8_t key[CHECKPOINT_KEY], uint64_t upto, const char *hash,
		 const uint8_t signature[CHECKPOINT_SIGNED])
{
	_cleanup_(pkey_freep) EVP_PKEY *pkey =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, CHECKPOINT_KEY);
	_cleanup_(digest_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	char message[CHECKPOINT_MESSAGE];
	size_t size = checkpoint_message(upto, hash, message);

	return pkey && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
	       EVP_DigestVerify(context, signature, CHECKPOINT_SIGNED, (const uint8_t *) message,
				size) == 1;
}
