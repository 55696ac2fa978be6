#include <errno.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/util.h"
#include "tests/unit/tap.h"
#include "www/certificate.h"

#define DAY_S 86400

struct fixture {
	char dir[64];
	char key[96];
	char certificate[96];
};

static struct fixture
begin(void)
{
	struct fixture fixture = { .dir = "/tmp/cardea-certificate-XXXXXX" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture.dir));
	(void) path_join(fixture.key, sizeof(fixture.key), fixture.dir, "key.pem");
	(void) path_join(fixture.certificate, sizeof(fixture.certificate), fixture.dir,
			 "certificate.pem");
	return fixture;
}

static void
end(const struct fixture *fixture)
{
	(void) unlink(fixture->key);
	(void) unlink(fixture->certificate);
	CU_ASSERT_EQUAL(rmdir(fixture->dir), 0);
}

static void
test_first_start_makes_a_pair_that_only_we_can_read(void)
{
	struct fixture fixture = begin();
	struct certificate *certificate = NULL;
	struct stat key;
	time_t now = time(NULL);

	CU_ASSERT_EQUAL_FATAL(certificate_open(fixture.dir, now, &certificate), 0);
	CU_ASSERT_EQUAL(stat(fixture.key, &key), 0);
	CU_ASSERT_EQUAL(key.st_mode & 0777, 0600);
	CU_ASSERT_TRUE(certificate->is_ours);
	CU_ASSERT_EQUAL(certificate->expires / DAY_S, (now + CERTIFICATE_DAYS * DAY_S) / DAY_S);
	CU_ASSERT_EQUAL(strlen(certificate->fingerprint), 32 * 3 - 1);
	certificate_unref(certificate);
	end(&fixture);
}

static void
test_it_names_the_loopback_addresses_and_is_p256(void)
{
	struct fixture fixture = begin();
	struct certificate *certificate = NULL;
	gnutls_x509_crt_t crt;
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;

	CU_ASSERT_EQUAL_FATAL(certificate_open(fixture.dir, time(NULL), &certificate), 0);
	gnutls_datum_t pem = { (unsigned char *) certificate->certificate_pem,
			       (unsigned) strlen(certificate->certificate_pem) };
	CU_ASSERT_EQUAL_FATAL(gnutls_x509_crt_init(&crt), 0);
	CU_ASSERT_EQUAL_FATAL(gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM), 0);
	CU_ASSERT_TRUE(gnutls_x509_crt_check_hostname(crt, "localhost"));
	CU_ASSERT_TRUE(gnutls_x509_crt_check_hostname(crt, "127.0.0.1"));
	CU_ASSERT_TRUE(gnutls_x509_crt_check_hostname(crt, "::1"));
	CU_ASSERT_FALSE(gnutls_x509_crt_check_hostname(crt, "192.0.2.1"));
	CU_ASSERT_EQUAL(gnutls_x509_crt_get_pk_ecc_raw(crt, &curve, NULL, NULL), 0);
	CU_ASSERT_EQUAL(curve, GNUTLS_ECC_CURVE_SECP256R1);
	gnutls_x509_crt_deinit(crt);
	certificate_unref(certificate);
	end(&fixture);
}

static void
test_it_is_kept_until_it_is_due_and_then_renewed(void)
{
	struct fixture fixture = begin();
	struct certificate *first = NULL;
	struct certificate *same = NULL;
	struct certificate *renewed = NULL;
	time_t now = time(NULL);
	time_t due = now + (CERTIFICATE_DAYS - CERTIFICATE_RENEW_DAYS) * DAY_S;

	CU_ASSERT_EQUAL_FATAL(certificate_open(fixture.dir, now, &first), 0);
	CU_ASSERT_EQUAL_FATAL(certificate_open(fixture.dir, due - DAY_S, &same), 0);
	CU_ASSERT_STRING_EQUAL(first->fingerprint, same->fingerprint);
	CU_ASSERT_EQUAL_FATAL(certificate_open(fixture.dir, due + DAY_S, &renewed), 0);
	CU_ASSERT_STRING_NOT_EQUAL(first->fingerprint, renewed->fingerprint);
	certificate_unref(first);
	certificate_unref(same);
	certificate_unref(renewed);
	end(&fixture);
}

static void
test_a_broken_pair_is_refused_and_not_overwritten(void)
{
	struct fixture fixture = begin();
	struct certificate *certificate = NULL;
	char text[16];

	CU_ASSERT_EQUAL(write_file_atomic(fixture.key, "x", 1, 0600), 0);
	CU_ASSERT_EQUAL(write_file_atomic(fixture.certificate, "y", 1, 0644), 0);
	CU_ASSERT_EQUAL(certificate_open(fixture.dir, time(NULL), &certificate), -EBADMSG);
	CU_ASSERT_EQUAL(read_file(fixture.key, text, sizeof(text)), 1);
	end(&fixture);
}

static void
test_half_a_pair_is_refused_and_not_overwritten(void)
{
	struct fixture fixture = begin();
	struct certificate *certificate = NULL;
	char text[16];

	CU_ASSERT_EQUAL(write_file_atomic(fixture.key, "x", 1, 0600), 0);
	CU_ASSERT_EQUAL(certificate_open(fixture.dir, time(NULL), &certificate), -ENOENT);
	CU_ASSERT_EQUAL(read_file(fixture.key, text, sizeof(text)), 1);
	end(&fixture);
}

static void
test_a_key_of_another_certificate_is_refused(void)
{
	struct fixture fixture = begin();
	struct fixture other = begin();
	struct certificate *certificate = NULL;
	char text[4096];

	CU_ASSERT_EQUAL(certificate_make(fixture.dir, time(NULL)), 0);
	CU_ASSERT_EQUAL(certificate_make(other.dir, time(NULL)), 0);
	int size = read_file(other.key, text, sizeof(text));
	CU_ASSERT_TRUE_FATAL(size > 0);
	CU_ASSERT_EQUAL(write_file_atomic(fixture.key, text, (size_t) size, 0600), 0);
	CU_ASSERT_EQUAL(certificate_load(fixture.dir, &certificate), -EBADMSG);
	end(&fixture);
	end(&other);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_first_start_makes_a_pair_that_only_we_can_read),
		TAP(test_it_names_the_loopback_addresses_and_is_p256),
		TAP(test_it_is_kept_until_it_is_due_and_then_renewed),
		TAP(test_a_broken_pair_is_refused_and_not_overwritten),
		TAP(test_half_a_pair_is_refused_and_not_overwritten),
		TAP(test_a_key_of_another_certificate_is_refused),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
