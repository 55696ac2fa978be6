/*
 * TLS of the HTTPS server: which versions and ciphers, the current certificate, session tickets.
 * Sessions start in the HTTP thread while the loop replaces the certificate; a mutex guards it.
 */
#ifndef WWW_TLS_H
#define WWW_TLS_H

#include <gnutls/gnutls.h>

#include "www/certificate.h"

#define TLS_PRIORITIES                                                                         \
	"SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:" \
	"+CHACHA20-POLY1305:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-MAC-ALL:+AEAD:-GROUP-ALL:"        \
	"+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%SERVER_PRECEDENCE"

struct tls;

/* dir holds certificate and key. */
int tls_new(const char *dir, struct tls **ret);
void tls_free(struct tls *tls);

/* Reads the files again, renews what is due; the old one stays in use when that fails. */
int tls_reload(struct tls *tls);
/* Borrowed until tls_reload(). */
const struct certificate *tls_certificate(const struct tls *tls);

/* A new session in the HTTP thread; tls_session_done() gives the result back. */
struct certificate *tls_session_start(struct tls *tls, gnutls_session_t session);
void tls_session_done(struct tls *tls, struct certificate *certificate);

#endif
