#include "www/tls.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

struct tls {
	pthread_mutex_t mutex;
	char *dir;
	struct certificate *current;
	gnutls_datum_t ticket_key;
};

int
tls_new(const char *dir, struct tls **ret)
{
	struct certificate *certificate = NULL;
	int r = certificate_open(dir, time(NULL), &certificate);
	if (r < 0)
		return r;
	struct tls *tls = xcalloc(1, sizeof(*tls));
	(void) pthread_mutex_init(&tls->mutex, NULL);
	tls->dir = xstrdup(dir);
	tls->current = certificate;
	if (gnutls_session_ticket_key_generate(&tls->ticket_key) < 0) {
		tls_free(tls);
		return -EIO;
	}
	*ret = tls;
	return 0;
}

void
tls_free(struct tls *tls)
{
	if (!tls)
		return;
	certificate_unref(tls->current);
	if (tls->ticket_key.data)
		explicit_bzero(tls->ticket_key.data, tls->ticket_key.size);
	gnutls_free(tls->ticket_key.data);
	(void) pthread_mutex_destroy(&tls->mutex);
	free(tls->dir);
	free(tls);
}

int
tls_reload(struct tls *tls)
{
	struct certificate *certificate = NULL;
	int r = certificate_open(tls->dir, time(NULL), &certificate);
	if (r < 0)
		return r;
	(void) pthread_mutex_lock(&tls->mutex);
	struct certificate *old = tls->current;
	tls->current = certificate;
	certificate_unref(old);
	(void) pthread_mutex_unlock(&tls->mutex);
	return 0;
}

const struct certificate *
tls_certificate(const struct tls *tls)
{
	return tls->current;
}

struct certificate *
tls_session_start(struct tls *tls, gnutls_session_t session)
{
	(void) pthread_mutex_lock(&tls->mutex);
	struct certificate *certificate = certificate_ref(tls->current);
	(void) pthread_mutex_unlock(&tls->mutex);
	/* Without these a session falls back to the start's certificate and to full handshakes. */
	(void) gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, certificate->credentials);
	(void) gnutls_session_ticket_enable_server(session, &tls->ticket_key);
	return certificate;
}

void
tls_session_done(struct tls *tls, struct certificate *certificate)
{
	(void) pthread_mutex_lock(&tls->mutex);
	certificate_unref(certificate);
	(void) pthread_mutex_unlock(&tls->mutex);
}
