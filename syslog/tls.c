#include "syslog/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "lib/certificate.h"
#include "lib/clock.h"
#include "lib/util.h"
#include "syslog/tls_context.h"

struct tls {
	struct tls_peer peer;
	SSL *ssl;
	bool wants_write;
	bool was_asked; /* for a certificate of ours */
	char error[TLS_ERROR_MAX];
};

/* The server asks for a certificate; what there is was set already. */
static int
on_certificate_wanted(SSL *ssl UNUSED, void *context)
{
	struct tls *tls = context;

	tls->was_asked = true;
	return 1;
}

/* The name or address that the certificate must carry. */
static int
expect_host(struct tls *tls)
{
	X509_VERIFY_PARAM *parameters = SSL_get0_param(tls->ssl);
	const char *name = *tls->peer.target.certificate_name ? tls->peer.target.certificate_name
							      : tls->peer.target.host;

	X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name))
		return 0;
	ERR_clear_error();
	bool is_set = X509_VERIFY_PARAM_set1_host(parameters, name, 0) &&
		      SSL_set_tlsext_host_name(tls->ssl, name);
	return is_set ? 0 : -EINVAL;
}

static int
begin(struct tls *tls, SSL_CTX *context, int fd)
{
	tls->ssl = SSL_new(context);
	if (!tls->ssl || !SSL_set_fd(tls->ssl, fd))
		return -ENOMEM;
	(void) SSL_set_app_data(tls->ssl, &tls->peer);
	SSL_set_cert_cb(tls->ssl, on_certificate_wanted, tls);
	SSL_set_connect_state(tls->ssl);
	return expect_host(tls);
}

int
tls_new(struct tls_cache *cache, int fd, const struct target *target, char error[TLS_ERROR_MAX],
	struct tls **ret)
{
	struct tls *tls = xcalloc(1, sizeof(*tls));
	SSL_CTX *context = NULL;

	tls->peer.target = *target;
	int r = tls_context_get(cache, target, error, &context);
	if (r == 0) {
		(void) copy_string(error, TLS_ERROR_MAX, "cannot set up TLS");
		r = begin(tls, context, fd);
		SSL_CTX_free(context);
	}
	if (r < 0)
		tls_free(tls);
	else
		*ret = tls;
	return r;
}

void
tls_free(struct tls *tls)
{
	if (!tls)
		return;
	SSL_free(tls->ssl);
	ERR_clear_error();
	free(tls);
}

static void
explain_refusal(struct tls *tls, long verified)
{
	const char *words = X509_verify_cert_error_string(verified);
	const char *shown = tls->peer.subject;
	char name[CERTIFICATE_NAME_SIZE];

	(void) copy_string(name, sizeof(name),
			   *tls->peer.target.certificate_name ? tls->peer.target.certificate_name
							      : tls->peer.target.host);
	if (verified == X509_V_ERR_APPLICATION_VERIFICATION)
		words = "its fingerprint is not among those that are set";
	if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH)
		(void) snprintf(tls->error, sizeof(tls->error),
				"the log server's certificate is refused: %s, it is not for '%s'",
				words, name);
	else
		(void) snprintf(tls->error, sizeof(tls->error),
				"the log server's certificate is refused: %s%s%s%s", words,
				*shown ? " (" : "", shown, *shown ? ")" : "");
}

/* What the log server thinks of us, or of what it can, by its alert. */
static const char *
words_of(const struct tls *tls, int reason)
{
	bool has_shown = tls->was_asked && target_has_certificate(&tls->peer.target);

	switch (reason) {
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return "the log server has no TLS 1.2 or newer";
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		return "the log server demands a client certificate";
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
		return tls->was_asked && !has_shown ? "the log server demands a client certificate"
						    : NULL;
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
		return has_shown ? "the log server refuses the client certificate" : NULL;
	default:
		return NULL;
	}
}

/* In words of our own where there are any, behind them those of OpenSSL; its queue is empty then.
 */
static void
explain_failure(struct tls *tls)
{
	unsigned long code = ERR_peek_last_error();
	const char *text = code ? ERR_reason_error_string(code) : NULL;
	const char *words = words_of(tls, ERR_GET_REASON(code));

	if (words)
		(void) snprintf(tls->error, sizeof(tls->error), "%s%s%s%s", words, text ? " (" : "",
				text ? text : "", text ? ")" : "");
	else
		(void) snprintf(tls->error, sizeof(tls->error), "TLS failed: %s",
				text ? text : "no reason given");
}

/* Errors of one call as a negative errno; what is final leaves its sentence. */
static int
explain(struct tls *tls, int result)
{
	int saved = errno;
	int error = SSL_get_error(tls->ssl, result);
	long verified = SSL_get_verify_result(tls->ssl);
	bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;

	tls->wants_write = error == SSL_ERROR_WANT_WRITE;
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return -EAGAIN;
	if (error == SSL_ERROR_ZERO_RETURN)
		return 0;
	if (is_end)
		(void) copy_string(tls->error, sizeof(tls->error),
				   "the log server closed the connection");
	else if (error == SSL_ERROR_SYSCALL && saved)
		(void) copy_string(tls->error, sizeof(tls->error), strerror(saved));
	else if (verified != X509_V_OK)
		explain_refusal(tls, verified);
	else
		explain_failure(tls);
	ERR_clear_error();
	return is_end ? -ENODATA : -EPROTO;
}

int
tls_handshake(struct tls *tls)
{
	ERR_clear_error();
	errno = 0;
	int r = SSL_do_handshake(tls->ssl);
	if (r == 1)
		return 0;
	r = explain(tls, r);
	return r ? r : -ENODATA;
}

ssize_t
tls_write(struct tls *tls, const void *bytes, size_t size)
{
	size_t count = 0;

	ERR_clear_error();
	errno = 0;
	int r = SSL_write_ex(tls->ssl, bytes, size, &count);
	if (r == 1)
		return (ssize_t) count;
	r = explain(tls, r);
	return r ? r : -ENODATA;
}

ssize_t
tls_read(struct tls *tls, void *bytes, size_t size)
{
	size_t count = 0;

	ERR_clear_error();
	errno = 0;
	int r = SSL_read_ex(tls->ssl, bytes, size, &count);
	return r == 1 ? (ssize_t) count : explain(tls, r);
}

int
tls_close_write(struct tls *tls)
{
	ERR_clear_error();
	errno = 0;
	int r = SSL_shutdown(tls->ssl);
	if (r >= 0)
		return 0;
	r = explain(tls, r);
	return r ? r : -ENODATA;
}

bool
tls_wants_write(const struct tls *tls)
{
	return tls->wants_write;
}

const char *
tls_error(const struct tls *tls)
{
	return tls->error;
}

void
tls_describe(const struct tls *tls, char detail[TLS_DETAIL_MAX])
{
	const X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
	char fingerprint[CERTIFICATE_FINGERPRINT_SIZE] = "";
	char subject[CERTIFICATE_NAME_SIZE] = "";
	char issuer[CERTIFICATE_NAME_SIZE] = "";
	char until[28] = "";

	if (certificate) {
		certificate_put_name(X509_get_subject_name(certificate), subject);
		certificate_put_name(X509_get_issuer_name(certificate), issuer);
		clock_format_utc(certificate_end_us(certificate), until);
		certificate_fingerprint(certificate, fingerprint);
	}
	(void) snprintf(detail, TLS_DETAIL_MAX,
			"%s %s, certificate of %s, signed by %s, verified by its %s, valid until "
			"%.19sZ, SHA-256 %s%s",
			SSL_get_version(tls->ssl), SSL_get_cipher_name(tls->ssl), subject, issuer,
			tls->peer.target.check == TARGET_BY_NAME ? "chain and name" : "fingerprint",
			until, fingerprint,
			tls->was_asked ? target_has_certificate(&tls->peer.target)
						 ? ", client certificate shown"
						 : ", a client certificate was asked for"
				       : "");
}

uint64_t
tls_expires_us(const struct tls *tls)
{
	const X509 *theirs = SSL_get0_peer_certificate(tls->ssl);
	const X509 *ours = SSL_get_certificate(tls->ssl);
	uint64_t end_us = theirs ? certificate_end_us(theirs) : 0;

	if (!ours)
		return end_us;
	return MIN_OF(end_us ? end_us : UINT64_MAX, certificate_end_us(ours));
}
