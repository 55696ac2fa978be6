/*
 * Certificates and a key as people hand them over, in PEM: read, looked at, and written anew. What
 * is read is foreign; it is bounded, and libcrypto alone takes it apart. Nothing here knows files.
 */
#ifndef LIB_CERTIFICATE_H
#define LIB_CERTIFICATE_H

#include <jansson.h>
#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

/* Of one text. */
#define CERTIFICATES_EACH	     16
#define CERTIFICATE_NAME_SIZE	     100
#define CERTIFICATE_FINGERPRINT_SIZE 96
#define CERTIFICATE_ERROR_SIZE	     160

struct certificates {
	unsigned count;
	X509 *each[CERTIFICATES_EACH];
};

/*
 * Takes text that is PEM with certificates and nothing else; what is between them is left out.
 * -EINVAL leaves a sentence in error. certificates_done() frees what it was read into.
 */
int certificates_read(const char *text, struct certificates *ret,
		      char error[CERTIFICATE_ERROR_SIZE]);
void certificates_done(struct certificates *certificates);
/* -EINVAL names the first one whose end was before now. */
int certificates_check_end(const struct certificates *certificates, uint64_t now_us,
			   char error[CERTIFICATE_ERROR_SIZE]);
/* As PEM, without anything between; free with free(). */
char *certificates_write(const struct certificates *certificates);
/* [{subject, issuer, expires, fingerprint}], a new reference. */
json_t *certificates_describe(const struct certificates *certificates);

/*
 * A private key in PEM that needs no password, the only one in text; to be freed by
 * EVP_PKEY_free(). -EINVAL leaves a sentence in error.
 */
int certificate_key_read(const char *text, EVP_PKEY **ret, char error[CERTIFICATE_ERROR_SIZE]);
/* As PEM; free with wipe_free(). */
char *certificate_key_write(const EVP_PKEY *key);
/* Whether key is the certificate's, and both are strong enough for TLS (112 bits). -EINVAL. */
int certificate_check_key(const X509 *certificate, const EVP_PKEY *key,
			  char error[CERTIFICATE_ERROR_SIZE]);

/* "CN=logs" in one line. */
void certificate_put_name(const X509_NAME *name, char text[CERTIFICATE_NAME_SIZE]);
/* SHA-256 in hexadecimal with colons. */
void certificate_fingerprint(const X509 *certificate, char text[CERTIFICATE_FINGERPRINT_SIZE]);
/* When it ends, wall time; 0 when that cannot be told. */
uint64_t certificate_end_us(const X509 *certificate);

#endif
