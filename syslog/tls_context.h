/*
 * What TLS connections to one log server have in common: trusted CAs, revocation lists, the client
 * certificate, fingerprints. Files are read when they have changed.
 */
#ifndef SYSLOG_TLS_CONTEXT_H
#define SYSLOG_TLS_CONTEXT_H

#include <openssl/ssl.h>

#include "syslog/tls.h"

/*
 * A reference that the caller frees; a negative errno leaves a sentence in error. Each SSL that is
 * made with it must have its struct target as application data.
 */
int tls_context_get(struct tls_cache *cache, const struct target *target, char error[TLS_ERROR_MAX],
		    SSL_CTX **ret);
/* SHA-256 in hexadecimal with colons. */
#define TLS_FINGERPRINT_SIZE 96
void tls_fingerprint(const X509 *certificate, char text[TLS_FINGERPRINT_SIZE]);
/* When it ends, wall time. */
uint64_t tls_certificate_end_us(const X509 *certificate);

#endif
