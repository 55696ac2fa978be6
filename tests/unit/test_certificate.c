#include "lib/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"
#include "lib/wipe.h"
#include "tests/unit/pem_rig.h"
#include "tests/unit/tap.h"

/* A key with its certificate, and another one's. */
static struct {
	EVP_PKEY *key;
	char *pem;
	char *private;
	EVP_PKEY *other_key;
	char *other;
	char *other_private;
} rig;

static void
start(void)
{
	rig.key = pem_rig_key();
	rig.pem = pem_rig_certificate("Site CA", rig.key, EVP_sha256(), 30);
	rig.private = pem_rig_private(rig.key, NULL);
	rig.other_key = pem_rig_key();
	rig.other = pem_rig_certificate("Other", rig.other_key, EVP_sha256(), 30);
	rig.other_private = pem_rig_private(rig.other_key, NULL);
}

static void
stop(void)
{
	EVP_PKEY_free(rig.key);
	EVP_PKEY_free(rig.other_key);
	free(rig.pem);
	free(rig.private);
	free(rig.other);
	free(rig.other_private);
}

/* How many there are; -1 when the text is refused with these words. */
static int
count(const char *text, const char *words)
{
	_cleanup_(certificates_done) struct certificates read = { 0 };
	char error[CERTIFICATE_ERROR_SIZE] = "";
	int r = certificates_read(text, &read, error);

	if (r < 0 && !strstr(error, words))
		printf("# %s\n", error);
	if (r < 0)
		return strstr(error, words) && read.count == 0 ? -1 : -2;
	return (int) read.count;
}

/* Whether a key is refused with these words. */
static bool
is_no_key(const char *text, const char *words)
{
	char error[CERTIFICATE_ERROR_SIZE] = "";
	EVP_PKEY *key = NULL;
	int r = certificate_key_read(text, &key, error);

	EVP_PKEY_free(key);
	printf("# %s\n", error);
	return r < 0 && strstr(error, words);
}

static void
test_certificates_are_read_and_written_without_what_is_between(void)
{
	_cleanup_(freep) char *both =
		pem_rig_join("Site CA\n", rig.pem, "# and\n", rig.other, NULL);
	_cleanup_(freep) char *plain = pem_rig_join(rig.pem, rig.other, NULL);
	_cleanup_(certificates_done) struct certificates read = { 0 };
	char error[CERTIFICATE_ERROR_SIZE];

	CU_ASSERT_EQUAL_FATAL(certificates_read(both, &read, error), 0);
	CU_ASSERT_EQUAL(read.count, 2);
	_cleanup_(freep) char *written = certificates_write(&read);
	CU_ASSERT_STRING_EQUAL(written, plain);
	_cleanup_(json_decrefp) json_t *shown = certificates_describe(&read);
	const json_t *first = json_array_get(shown, 0);
	CU_ASSERT_STRING_EQUAL(json_string_or(first, "subject", ""), "CN=Site CA");
	CU_ASSERT_STRING_EQUAL(json_string_or(first, "issuer", ""), "CN=Site CA");
	CU_ASSERT_EQUAL(strlen(json_string_or(first, "fingerprint", "")), 64 + 31);
	CU_ASSERT_EQUAL(strlen(json_string_or(first, "expires", "")), 20);
}

static void
test_what_is_no_certificate_is_refused_in_words(void)
{
	_cleanup_(freep) char *cut = xasprintf("%.*s", (int) strlen(rig.pem) / 2, rig.pem);
	_cleanup_(freep) char *with_key = pem_rig_join(rig.pem, rig.private, NULL);
	_cleanup_(freep) char *damaged = pem_rig_join(
		"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n", NULL);
	_cleanup_(freep) char *many = xstrdup("");

	CU_ASSERT_EQUAL(count("", "no certificate"), -1);
	CU_ASSERT_EQUAL(count("hello", "no certificate"), -1);
	CU_ASSERT_EQUAL(count(cut, "broken"), -1);
	CU_ASSERT_EQUAL(count(damaged, "certificate 1 is damaged"), -1);
	CU_ASSERT_EQUAL(count(with_key, "'PRIVATE KEY' among them"), -1);
	for (int i = 0; i < CERTIFICATES_EACH; i++) {
		_cleanup_(freep) char *before = many;
		many = pem_rig_join(before, rig.pem, NULL);
	}
	CU_ASSERT_EQUAL(count(many, ""), CERTIFICATES_EACH);
	_cleanup_(freep) char *too_many = pem_rig_join(many, rig.other, NULL);
	CU_ASSERT_EQUAL(count(too_many, "more than 16"), -1);
}

static void
test_one_that_has_expired_is_named(void)
{
	_cleanup_(freep) char *old = pem_rig_certificate("Old", rig.key, EVP_sha256(), -1);
	_cleanup_(freep) char *both = pem_rig_join(rig.pem, old, NULL);
	_cleanup_(certificates_done) struct certificates read = { 0 };
	char error[CERTIFICATE_ERROR_SIZE] = "";

	CU_ASSERT_EQUAL_FATAL(certificates_read(both, &read, error), 0);
	uint64_t end_us = certificate_end_us(read.each[1]);
	CU_ASSERT_EQUAL(certificates_check_end(&read, end_us - 1, error), 0);
	CU_ASSERT(certificates_check_end(&read, end_us, error) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "certificate 2 has expired"));
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "CN=Old"));
}

static void
test_a_key_is_one_that_needs_no_password(void)
{
	_cleanup_(freep) char *locked = pem_rig_private(rig.key, "secret");
	_cleanup_(freep) char *two = pem_rig_join(rig.private, rig.other_private, NULL);
	_cleanup_(freep) char *behind = pem_rig_join(rig.pem, rig.private, NULL);
	char error[CERTIFICATE_ERROR_SIZE];
	EVP_PKEY *key = NULL;

	CU_ASSERT_TRUE(is_no_key(rig.pem, "no private key"));
	CU_ASSERT_TRUE(is_no_key(locked, "needs a password"));
	CU_ASSERT_TRUE(is_no_key(two, "more than one key"));
	CU_ASSERT_TRUE(is_no_key("-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n"
				 "-----END PRIVATE KEY-----\n",
				 "damaged"));
	CU_ASSERT_EQUAL_FATAL(certificate_key_read(behind, &key, error), 0);
	char *written = certificate_key_write(key);
	CU_ASSERT_STRING_EQUAL(written, rig.private);
	wipe_free(written);
	EVP_PKEY_free(key);
}

/* What is wrong with the pair; "" when nothing is. */
static const char *
objection(const char *pem, const EVP_PKEY *key)
{
	static char error[CERTIFICATE_ERROR_SIZE];
	_cleanup_(certificates_done) struct certificates read = { 0 };

	error[0] = 0;
	CU_ASSERT_EQUAL_FATAL(certificates_read(pem, &read, error), 0);
	(void) certificate_check_key(read.each[0], key, error);
	return error;
}

static void
test_a_key_fits_its_certificate_and_neither_is_weak(void)
{
	EVP_PKEY *weak = pem_rig_rsa_key(1024);
	_cleanup_(freep) char *of_weak = pem_rig_certificate("Weak", weak, EVP_sha256(), 30);
	_cleanup_(freep) char *sha1 = pem_rig_certificate("Old", rig.key, EVP_sha1(), 30);

	CU_ASSERT_STRING_EQUAL(objection(rig.pem, rig.key), "");
	CU_ASSERT_PTR_NOT_NULL(strstr(objection(rig.pem, rig.other_key), "not the key of"));
	CU_ASSERT_PTR_NOT_NULL(strstr(objection(of_weak, weak), "key is too weak"));
	CU_ASSERT_PTR_NOT_NULL(strstr(objection(sha1, rig.key), "signature is too weak"));
	EVP_PKEY_free(weak);
}

static void
test_a_name_that_is_long_or_odd_stays_text(void)
{
	_cleanup_(freep) char *odd = xasprintf("%s\n\x1b[2J", "Zürich");
	_cleanup_(freep) char *pem = pem_rig_certificate(odd, rig.key, EVP_sha256(), 30);
	_cleanup_(certificates_done) struct certificates read = { 0 };
	char error[CERTIFICATE_ERROR_SIZE];

	CU_ASSERT_EQUAL_FATAL(certificates_read(pem, &read, error), 0);
	_cleanup_(json_decrefp) json_t *shown = certificates_describe(&read);
	CU_ASSERT_STRING_EQUAL(json_string_or(json_array_get(shown, 0), "subject", ""),
			       "CN=Zürich\\0A\\1B[2J");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_certificates_are_read_and_written_without_what_is_between),
		TAP(test_what_is_no_certificate_is_refused_in_words),
		TAP(test_one_that_has_expired_is_named),
		TAP(test_a_key_is_one_that_needs_no_password),
		TAP(test_a_key_fits_its_certificate_and_neither_is_weak),
		TAP(test_a_name_that_is_long_or_odd_stays_text),
	};

	start();
	int r = tap_main(tests, ARRAY_LEN(tests));
	stop();
	return r;
}
