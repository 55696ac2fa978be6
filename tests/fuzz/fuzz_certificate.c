/* sources: lib/certificate.c lib/clock.c lib/json.c lib/util.c lib/wipe.c */
/* libs: libcrypto jansson libevent */
/* seeds: tests/fuzz/certificate.pem */
/*
 * PEM that somebody has pasted: certificates, or a key. What is taken of it must come out the same
 * when it is written and read again.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/certificate.h"
#include "lib/util.h"
#include "lib/wipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_certificates(const char *text)
{
	_cleanup_(certificates_done) struct certificates first = { 0 };
	_cleanup_(certificates_done) struct certificates second = { 0 };
	char error[CERTIFICATE_ERROR_SIZE] = "";

	if (certificates_read(text, &first, error) < 0) {
		if (!*error || first.count)
			abort();
		return;
	}
	_cleanup_(freep) char *written = certificates_write(&first);
	if (!first.count || certificates_read(written, &second, error) < 0)
		abort();
	json_t *before = certificates_describe(&first);
	json_t *after = certificates_describe(&second);
	if (!json_equal(before, after) || json_array_size(before) != first.count)
		abort();
	json_decref(before);
	json_decref(after);
	(void) certificates_check_end(&first, UINT64_C(1800000000) * US_PER_S, error);
}

static void
read_key(const char *text)
{
	char error[CERTIFICATE_ERROR_SIZE] = "";
	EVP_PKEY *first = NULL;
	EVP_PKEY *second = NULL;

	if (certificate_key_read(text, &first, error) < 0) {
		if (!*error || first)
			abort();
		return;
	}
	char *written = certificate_key_write(first);
	/* libcrypto cannot write every key that it reads. */
	if (*written && certificate_key_read(written, &second, error) < 0)
		abort();
	wipe_free(written);
	EVP_PKEY_free(first);
	EVP_PKEY_free(second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(freep) char *text = xcalloc(1, size + 1);

	memcpy(text, data, size);
	read_certificates(text);
	read_key(text);
	return 0;
}
