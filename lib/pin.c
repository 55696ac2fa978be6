#include "lib/pin.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t
pin_hash(const uint8_t key[PIN_KEY_SIZE], uint32_t person, const char *digits)
{
	uint8_t mac[32];
	unsigned size = sizeof(mac);
	char text[64];
	uint64_t hash = 0;

	int length = snprintf(text, sizeof(text), "%u:%.32s", person, digits);
	if (!HMAC(EVP_sha256(), key, PIN_KEY_SIZE, (const uint8_t *) text, (size_t) length, mac,
		  &size))
		abort();
	explicit_bzero(text, sizeof(text));
	for (unsigned i = 0; i < 8; i++)
		hash = hash << 8 | mac[i];
	return hash;
}
