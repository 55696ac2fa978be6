/*
 * The console's certificate and key: a self-signed one is made at the first start and again when
 * it is about to expire; one that an administrator put in its place is left alone. And the TLS
 * credentials made from them, which sessions share by reference, so that a new certificate does
 * not disturb those under way.
 */
#ifndef WWW_CERTIFICATE_H
#define WWW_CERTIFICATE_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define CERTIFICATE_DAYS       825
#define CERTIFICATE_RENEW_DAYS 30

struct certificate {
	gnutls_certificate_credentials_t credentials;
	char *certificate_pem;
	char *key_pem;
	char fingerprint[96]; /* SHA-256, AA:BB:... */
	time_t expires;
	bool is_ours; /* self-signed by us: may be renewed */
	unsigned references;
};

/* Makes both files in dir; the key is readable by its owner only. */
int certificate_make(const char *dir, time_t now);
/* -EBADMSG when the files are no pair that TLS can use. One reference. */
int certificate_load(const char *dir, struct certificate **ret);
/* Whether it is ours and expires soon. */
bool certificate_is_due(const struct certificate *certificate, time_t now);
/* Loads, makes what is missing or due. */
int certificate_open(const char *dir, time_t now, struct certificate **ret);

/* References are counted under the caller's lock. */
struct certificate *certificate_ref(struct certificate *certificate);
void certificate_unref(struct certificate *certificate);

#endif
