#include "www/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util.h"

#define CERTIFICATE_FILE "certificate.pem"
#define KEY_FILE	 "key.pem"
#define PEM_MAX		 65536
#define ORGANIZATION	 "Cardea"
#define DAY_S		 86400

static void
free_privkey(gnutls_x509_privkey_t *key)
{
	if (*key)
		gnutls_x509_privkey_deinit(*key);
}

static void
free_crt(gnutls_x509_crt_t *crt)
{
	if (*crt)
		gnutls_x509_crt_deinit(*crt);
}

static void
free_datum(gnutls_datum_t *datum)
{
	if (datum->data)
		explicit_bzero(datum->data, datum->size);
	gnutls_free(datum->data);
}

static int
set_names(gnutls_x509_crt_t crt)
{
	static const struct in_addr ipv4 = { .s_addr = 0x0100007f };
	char host[HOST_NAME_MAX + 1] = "localhost";
	int r = 0;

	(void) gethostname(host, sizeof(host) - 1);
	const struct {
		gnutls_x509_subject_alt_name_t type;
		const void *data;
		unsigned size;
	} names[] = {
		{ GNUTLS_SAN_DNSNAME, host, (unsigned) strlen(host) },
		{ GNUTLS_SAN_DNSNAME, "localhost", 9 },
		{ GNUTLS_SAN_IPADDRESS, &ipv4, sizeof(ipv4) },
		{ GNUTLS_SAN_IPADDRESS, &in6addr_loopback, sizeof(in6addr_loopback) },
	};
	for (size_t i = 0; i < ARRAY_LEN(names) && r >= 0; i++)
		r = gnutls_x509_crt_set_subject_alt_name(crt, names[i].type, names[i].data,
							 names[i].size, GNUTLS_FSAN_APPEND);
	if (r >= 0)
		r = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_ORGANIZATION_NAME, 0,
						  ORGANIZATION, strlen(ORGANIZATION));
	/* X.520 bounds a common name to 64 characters. */
	if (r >= 0)
		r = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, host,
						  (unsigned) MIN_OF(strlen(host), (size_t) 64));
	return r;
}

/* Returns a GnuTLS error. The clock may be wrong at a first start: hence the day of grace. */
static int
fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, time_t now)
{
	unsigned char serial[16];
	int r = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));

	serial[0] = (unsigned char) ((serial[0] & 0x7f) | 0x40);
	const int steps[] = {
		r,
		gnutls_x509_crt_set_version(crt, 3),
		gnutls_x509_crt_set_serial(crt, serial, sizeof(serial)),
		gnutls_x509_crt_set_activation_time(crt, now - DAY_S),
		gnutls_x509_crt_set_expiration_time(crt, now + CERTIFICATE_DAYS * DAY_S),
		gnutls_x509_crt_set_key(crt, key),
		set_names(crt),
		gnutls_x509_crt_set_basic_constraints(crt, 0, -1),
		gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE),
		gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0),
		gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0),
	};
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (steps[i] < 0)
			return steps[i];
	return 0;
}

static int
write_datum(const char *dir, const char *name, const gnutls_datum_t *datum, unsigned mode)
{
	char path[PATH_MAX];
	int r = path_join(path, sizeof(path), dir, name);

	return r < 0 ? r : write_file_atomic(path, datum->data, datum->size, mode);
}

int
certificate_make(const char *dir, time_t now)
{
	_cleanup_(free_privkey) gnutls_x509_privkey_t key = NULL;
	_cleanup_(free_crt) gnutls_x509_crt_t crt = NULL;
	_cleanup_(free_datum) gnutls_datum_t key_pem = { NULL, 0 };
	_cleanup_(free_datum) gnutls_datum_t crt_pem = { NULL, 0 };

	if (gnutls_x509_privkey_init(&key) < 0 || gnutls_x509_crt_init(&crt) < 0 ||
	    gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
					 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) < 0 ||
	    fill(crt, key, now) < 0 ||
	    gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
					      &key_pem) < 0 ||
	    gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &crt_pem) < 0)
		return -EIO;
	int r = write_datum(dir, KEY_FILE, &key_pem, 0600);
	return r < 0 ? r : write_datum(dir, CERTIFICATE_FILE, &crt_pem, 0644);
}

static int
read_pem(const char *dir, const char *name, char **ret)
{
	char path[PATH_MAX];
	int r = path_join(path, sizeof(path), dir, name);
	if (r < 0)
		return r;
	char *text = xcalloc(1, PEM_MAX);
	r = read_file(path, text, PEM_MAX);
	if (r < 0) {
		free(text);
		return r;
	}
	*ret = text;
	return 0;
}

/* Expiry, fingerprint, and whether it is one of ours. */
static int
inspect(struct certificate *certificate)
{
	_cleanup_(free_crt) gnutls_x509_crt_t crt = NULL;
	gnutls_datum_t pem = { (unsigned char *) certificate->certificate_pem,
			       (unsigned) strlen(certificate->certificate_pem) };
	unsigned char digest[32];
	size_t digest_size = sizeof(digest);
	char organization[64] = "";
	size_t size = sizeof(organization) - 1;

	if (gnutls_x509_crt_init(&crt) < 0 ||
	    gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM) < 0 ||
	    gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, digest, &digest_size) < 0)
		return -EBADMSG;
	for (size_t i = 0; i < sizeof(digest); i++)
		(void) snprintf(certificate->fingerprint + 3 * i, 4, "%02X%s", digest[i],
				i + 1 < sizeof(digest) ? ":" : "");
	certificate->expires = gnutls_x509_crt_get_expiration_time(crt);
	(void) gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, 0,
					     organization, &size);
	certificate->is_ours =
		gnutls_x509_crt_check_issuer(crt, crt) && !strcmp(organization, ORGANIZATION);
	return 0;
}

static int
make_credentials(struct certificate *certificate)
{
	gnutls_datum_t crt = { (unsigned char *) certificate->certificate_pem,
			       (unsigned) strlen(certificate->certificate_pem) };
	gnutls_datum_t key = { (unsigned char *) certificate->key_pem,
			       (unsigned) strlen(certificate->key_pem) };

	if (gnutls_certificate_allocate_credentials(&certificate->credentials) < 0)
		return -ENOMEM;
	/* GnuTLS checks here that the key belongs to the certificate. */
	return gnutls_certificate_set_x509_key_mem(certificate->credentials, &crt, &key,
						   GNUTLS_X509_FMT_PEM) < 0
		       ? -EBADMSG
		       : 0;
}

static void
unrefp(struct certificate **certificate)
{
	certificate_unref(*certificate);
}

int
certificate_load(const char *dir, struct certificate **ret)
{
	_cleanup_(unrefp) struct certificate *certificate = xcalloc(1, sizeof(*certificate));
	int r;

	certificate->references = 1;
	r = read_pem(dir, CERTIFICATE_FILE, &certificate->certificate_pem);
	if (r < 0)
		return r;
	r = read_pem(dir, KEY_FILE, &certificate->key_pem);
	if (r < 0)
		return r;
	r = inspect(certificate);
	if (r < 0)
		return r;
	r = make_credentials(certificate);
	if (r < 0)
		return r;
	*ret = steal(&certificate);
	return 0;
}

bool
certificate_is_due(const struct certificate *certificate, time_t now)
{
	return certificate->is_ours &&
	       now > certificate->expires - (time_t) CERTIFICATE_RENEW_DAYS * DAY_S;
}

/* Half a pair is somebody's work under way: it is not ours to overwrite. */
static bool
has_any_file(const char *dir)
{
	static const char *const names[] = { CERTIFICATE_FILE, KEY_FILE };
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (path_join(path, sizeof(path), dir, names[i]) < 0 || access(path, F_OK) == 0)
			return true;
	return false;
}

int
certificate_open(const char *dir, time_t now, struct certificate **ret)
{
	_cleanup_(unrefp) struct certificate *certificate = NULL;
	int r = certificate_load(dir, &certificate);

	if (r < 0 && (r != -ENOENT || has_any_file(dir)))
		return r;
	if (r == 0 && !certificate_is_due(certificate, now)) {
		*ret = steal(&certificate);
		return 0;
	}
	r = certificate_make(dir, now);
	return r < 0 ? r : certificate_load(dir, ret);
}

struct certificate *
certificate_ref(struct certificate *certificate)
{
	certificate->references++;
	return certificate;
}

void
certificate_unref(struct certificate *certificate)
{
	if (!certificate || --certificate->references > 0)
		return;
	if (certificate->credentials)
		gnutls_certificate_free_credentials(certificate->credentials);
	if (certificate->key_pem)
		explicit_bzero(certificate->key_pem, strlen(certificate->key_pem));
	free(certificate->key_pem);
	free(certificate->certificate_pem);
	free(certificate);
}
