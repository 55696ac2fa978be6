/*
 * What TLS connections to one log server have in common: trusted CAs, revocation lists, the client
 * certificate, fingerprints. Files are read when they have changed, what the store keeps when it
 * has.
 */
#ifndef SYSLOG_TLS_CONTEXT_H
#define SYSLOG_TLS_CONTEXT_H

#include <openssl/ssl.h>

#include "lib/certificate.h"
#include "syslog/tls.h"

/* What the application data of each SSL must point to. */
struct tls_peer {
	struct target target;		     /* what the server is verified by */
	char subject[CERTIFICATE_NAME_SIZE]; /* of the certificate that it has shown */
};

/* A reference that the caller frees; a negative errno leaves a sentence in error. */
int tls_context_get(struct tls_cache *cache, const struct target *target, char error[TLS_ERROR_MAX],
		    SSL_CTX **ret);
#endif
