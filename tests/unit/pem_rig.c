#include "tests/unit/pem_rig.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

#define DAY_S (24 * 60 * 60)

static char *
take(BIO *bio)
{
	char *bytes;
	long size = BIO_get_mem_data(bio, &bytes);
	char *text = xasprintf("%.*s", (int) size, bytes);

	(void) BIO_free(bio);
	return text;
}

EVP_PKEY *
pem_rig_key(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	if (!key)
		abort();
	return key;
}

EVP_PKEY *
pem_rig_rsa_key(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);

	if (!key)
		abort();
	return key;
}

char *
pem_rig_certificate(const char *name, EVP_PKEY *key, const EVP_MD *digest, int days)
{
	static long serial;
	X509 *certificate = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	X509_NAME *subject = X509_get_subject_name(certificate);

	(void) ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
	(void) X509_gmtime_adj(X509_getm_notBefore(certificate), -400L * DAY_S);
	(void) X509_gmtime_adj(X509_getm_notAfter(certificate), (long) days * DAY_S);
	(void) X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
					  (const unsigned char *) name, -1, -1, 0);
	(void) X509_set_issuer_name(certificate, subject);
	(void) X509_set_pubkey(certificate, key);
	if (!X509_sign(certificate, key, digest) || !PEM_write_bio_X509(bio, certificate))
		abort();
	X509_free(certificate);
	return take(bio);
}

char *
pem_rig_private(EVP_PKEY *key, const char *password)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int size = password ? (int) strlen(password) : 0;

	if (!PEM_write_bio_PKCS8PrivateKey(bio, key, password ? EVP_aes_256_cbc() : NULL, password,
					   size, NULL, NULL))
		abort();
	return take(bio);
}

char *
pem_rig_join(const char *first, ...)
{
	char *all = xstrdup(first);
	const char *next;
	va_list args;

	va_start(args, first);
	while ((next = va_arg(args, const char *))) {
		_cleanup_(freep) char *before = all;
		all = xasprintf("%s%s", before, next);
	}
	va_end(args);
	return all;
}
