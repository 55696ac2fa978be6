#include "lib/certificate.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

/* As OpenSSL's security level 2: RSA of 2048 bits and more, nothing signed by SHA-1. */
#define SECURITY_BITS 112

struct block {
	char *name;
	char *header;
	unsigned char *bytes;
	long size;
};

static void
block_done(struct block *block)
{
	OPENSSL_free(block->name);
	OPENSSL_free(block->header);
	OPENSSL_clear_free(block->bytes, (size_t) block->size);
	*block = (struct block){ 0 };
}

static void
bio_freep(BIO **bio)
{
	(void) BIO_free(*bio);
}

static int PRINTF(2, 3) refuse(char error[CERTIFICATE_ERROR_SIZE], const char *format, ...)
{
	va_list args;

	ERR_clear_error();
	va_start(args, format);
	(void) vsnprintf(error, CERTIFICATE_ERROR_SIZE, format, args);
	va_end(args);
	return -EINVAL;
}

/* 1, 0 at the end, or -EINVAL for a block that is broken. */
static int
next_block(BIO *bio, struct block *block, char error[CERTIFICATE_ERROR_SIZE])
{
	ERR_clear_error();
	if (PEM_read_bio(bio, &block->name, &block->header, &block->bytes, &block->size) == 1)
		return 1;
	bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	ERR_clear_error();
	return is_end ? 0 : refuse(error, "this PEM is broken: it is cut, or its base64 is wrong");
}

static int
add_certificate(struct certificates *to, const struct block *block,
		char error[CERTIFICATE_ERROR_SIZE])
{
	const unsigned char *at = block->bytes;

	if (strcmp(block->name, PEM_STRING_X509) != 0 &&
	    strcmp(block->name, PEM_STRING_X509_OLD) != 0)
		return refuse(error, "certificates only, and there is a '%.40s' among them",
			      block->name);
	if (to->count == CERTIFICATES_EACH)
		return refuse(error, "there are more than %d certificates", CERTIFICATES_EACH);
	X509 *certificate = d2i_X509(NULL, &at, block->size);
	if (!certificate || at != block->bytes + block->size) {
		X509_free(certificate);
		return refuse(error, "certificate %u is damaged", to->count + 1);
	}
	to->each[to->count++] = certificate;
	return 0;
}

int
certificates_read(const char *text, struct certificates *ret, char error[CERTIFICATE_ERROR_SIZE])
{
	_cleanup_(bio_freep) BIO *bio = BIO_new_mem_buf(text, -1);
	_cleanup_(certificates_done) struct certificates read = { 0 };
	_cleanup_(block_done) struct block block = { 0 };
	int r = bio ? 1 : -ENOMEM;

	while (r > 0) {
		block_done(&block);
		r = next_block(bio, &block, error);
		if (r > 0 && add_certificate(&read, &block, error) < 0)
			return -EINVAL;
	}
	if (r < 0)
		return r;
	if (!read.count)
		return refuse(error, "there is no certificate in it: PEM begins with "
				     "'-----BEGIN CERTIFICATE-----'");
	*ret = read;
	read.count = 0;
	return 0;
}

void
certificates_done(struct certificates *certificates)
{
	for (unsigned i = 0; i < certificates->count; i++)
		X509_free(certificates->each[i]);
	certificates->count = 0;
}

int
certificates_check_end(const struct certificates *certificates, uint64_t now_us,
		       char error[CERTIFICATE_ERROR_SIZE])
{
	char name[CERTIFICATE_NAME_SIZE];
	char end[28];

	for (unsigned i = 0; i < certificates->count; i++) {
		uint64_t end_us = certificate_end_us(certificates->each[i]);
		if (end_us > now_us)
			continue;
		certificate_put_name(X509_get_subject_name(certificates->each[i]), name);
		clock_format_utc(end_us, end);
		return refuse(error, "certificate %u has expired at %.19sZ (%.80s)", i + 1, end,
			      name);
	}
	return 0;
}

/* What was written, with a NUL behind it. */
static char *
take_text(BIO *bio)
{
	char *bytes = NULL;
	long size = BIO_get_mem_data(bio, &bytes);
	char *text = xcalloc(1, (size_t) size + 1);

	if (size > 0)
		memcpy(text, bytes, (size_t) size);
	return text;
}

char *
certificates_write(const struct certificates *certificates)
{
	_cleanup_(bio_freep) BIO *bio = BIO_new(BIO_s_mem());

	for (unsigned i = 0; bio && i < certificates->count; i++)
		(void) PEM_write_bio_X509(bio, certificates->each[i]);
	return bio ? take_text(bio) : xstrdup("");
}

json_t *
certificates_describe(const struct certificates *certificates)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < certificates->count; i++) {
		const X509 *each = certificates->each[i];
		char subject[CERTIFICATE_NAME_SIZE];
		char issuer[CERTIFICATE_NAME_SIZE];
		char fingerprint[CERTIFICATE_FINGERPRINT_SIZE];
		char end[28];
		certificate_put_name(X509_get_subject_name(each), subject);
		certificate_put_name(X509_get_issuer_name(each), issuer);
		certificate_fingerprint(each, fingerprint);
		clock_format_utc(certificate_end_us(each), end);
		(void) snprintf(end + 19, sizeof(end) - 19, "Z");
		(void) json_array_append_new(all, json_pack("{so,so,ss,ss}", "subject",
							    json_string_cut(subject), "issuer",
							    json_string_cut(issuer), "expires", end,
							    "fingerprint", fingerprint));
	}
	return all;
}

/* Nobody is there to be asked. */
static int
no_password(char *to UNUSED, int size UNUSED, int is_writing UNUSED, void *context UNUSED)
{
	return -1;
}

/* Whether there is one key, and it can be read without a password. */
static int
look_for_key(const char *text, char error[CERTIFICATE_ERROR_SIZE])
{
	_cleanup_(bio_freep) BIO *bio = BIO_new_mem_buf(text, -1);
	_cleanup_(block_done) struct block block = { 0 };
	unsigned count = 0;
	int r = bio ? 1 : -ENOMEM;

	while (r > 0) {
		block_done(&block);
		r = next_block(bio, &block, error);
		if (r <= 0 || !strstr(block.name, "PRIVATE KEY"))
			continue;
		count++;
		if (!strcmp(block.name, PEM_STRING_PKCS8) || strstr(block.header, "ENCRYPTED"))
			return refuse(error, "the key needs a password: give it without one");
	}
	if (r < 0)
		return r;
	return count == 1 ? 0
			  : refuse(error, count ? "there is more than one key in it"
						: "there is no private key in it");
}

int
certificate_key_read(const char *text, EVP_PKEY **ret, char error[CERTIFICATE_ERROR_SIZE])
{
	int r = look_for_key(text, error);

	if (r < 0)
		return r;
	_cleanup_(bio_freep) BIO *bio = BIO_new_mem_buf(text, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	if (!key)
		return refuse(error, "the private key is damaged, or of a kind that is not known");
	*ret = key;
	return 0;
}

char *
certificate_key_write(const EVP_PKEY *key)
{
	_cleanup_(bio_freep) BIO *bio = BIO_new(BIO_s_mem());

	if (bio)
		(void) PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	ERR_clear_error();
	return bio ? take_text(bio) : xstrdup("");
}

int
certificate_check_key(const X509 *certificate, const EVP_PKEY *key,
		      char error[CERTIFICATE_ERROR_SIZE])
{
	int bits = 0;

	/* They change nothing, whatever their types say. */
	if (X509_check_private_key((X509 *) certificate, (EVP_PKEY *) key) != 1)
		return refuse(error, "this is not the key of the first certificate");
	if (EVP_PKEY_get_security_bits(key) < SECURITY_BITS)
		return refuse(error, "the key is too weak: RSA needs 2048 bits");
	bool is_known = X509_get_signature_info((X509 *) certificate, NULL, NULL, &bits, NULL);
	if (is_known && bits < SECURITY_BITS)
		return refuse(error, "the certificate's signature is too weak: SHA-256 is needed");
	return 0;
}

void
certificate_put_name(const X509_NAME *name, char text[CERTIFICATE_NAME_SIZE])
{
	_cleanup_(bio_freep) BIO *bio = BIO_new(BIO_s_mem());
	int size = 0;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		size = BIO_read(bio, text, CERTIFICATE_NAME_SIZE - 1);
	text[MAX_OF(size, 0)] = 0;
}

void
certificate_fingerprint(const X509 *certificate, char text[CERTIFICATE_FINGERPRINT_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	size_t used = 0;

	text[0] = 0;
	if (!X509_digest(certificate, EVP_sha256(), digest, &size))
		return;
	for (unsigned i = 0; i < size && used < CERTIFICATE_FINGERPRINT_SIZE; i++)
		used += (size_t) snprintf(text + used, CERTIFICATE_FINGERPRINT_SIZE - used,
					  "%s%02X", i ? ":" : "", digest[i]);
}

uint64_t
certificate_end_us(const X509 *certificate)
{
	struct tm end = { 0 };

	if (!ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end))
		return 0;
	time_t at_s = timegm(&end);
	return at_s > 0 ? (uint64_t) at_s * US_PER_S : 0;
}
