/*
 * What TLS connections to one log server have in common: trusted CAs, revocation lists, the client
 * certificate, fingerprints. Files are read when they have changed.
 */
#ifndef SYSLOG_TLS_CONTEXT_H
#define SYSLOG_TLS_CONTEXT_H

#include <openssl/ssl.h>

#include "syslog/tls.h"

#define TLS_NAME_SIZE 100

/* What the application data of each SSL must point to. */
struct tls_peer {
	struct target target;	     /* what the server is verified by */
	char subject[TLS_NAME_SIZE]; /* of the certificate that it has shown */
};

/* "CN=logs" in one line. */
void tls_put_name(const X509_NAME *name, char text[TLS_NAME_SIZE]);
/* A reference that the caller frees; a negative errno leaves a sentence in error. */
int tls_context_get(struct tls_cache *cache, const struct target *target, char error[TLS_ERROR_MAX],
		    SSL_CTX **ret);
/* SHA-256 in hexadecimal with colons. */
#define TLS_FINGERPRINT_SIZE 96
void tls_fingerprint(const X509 *certificate, char text[TLS_FINGERPRINT_SIZE]);
/* When it ends, wall time. */
uint64_t tls_certificate_end_us(const X509 *certificate);

#endif
