/*
 * Puts what a target names into a TLS context: trusted CAs, revocation lists, the client
 * certificate and its key, from files or from what the store keeps.
 */
#ifndef SYSLOG_TLS_LOAD_H
#define SYSLOG_TLS_LOAD_H

#include <openssl/ssl.h>

#include "syslog/keyring.h"
#include "syslog/tls.h"

/* A negative errno leaves a sentence in error. keyring may be NULL when the target needs none. */
int tls_load(SSL_CTX *context, const struct target *target, const struct keyring *keyring,
	     char error[TLS_ERROR_MAX]);

#endif
