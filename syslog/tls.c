#include "syslog/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/util.h"

#define CA_FILE_MAX (1024 * 1024)
/* TLS 1.2 only as RFC 9662 has it: ephemeral keys and AEAD. TLS 1.3 has nothing else. */
#define CIPHERS_TLS12 "ECDHE+AESGCM:ECDHE+CHACHA20"

struct tls {
	SSL_CTX *context;
	SSL *ssl;
	bool wants_write;
	char error[TLS_ERROR_MAX];
};

static void
free_bio(BIO **bio)
{
	(void) BIO_free(*bio);
}

/* Why the last call failed, in words of OpenSSL; the queue is empty afterwards. */
static const char *
reason(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *text = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return text ? text : "no reason given";
}

/* Not blocked by what is no file: a path of the settings may lead to a pipe or a device. */
static int
read_regular_file(const char *path, char **ret_text)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) < 0)
		return -errno;
	if (!S_ISREG(info.st_mode))
		return -EINVAL;
	if (info.st_size > CA_FILE_MAX)
		return -EFBIG;
	_cleanup_(freep) char *text = xcalloc(1, (size_t) info.st_size + 1);
	ssize_t size = read(fd, text, (size_t) info.st_size);
	if (size < 0)
		return -errno;
	*ret_text = steal(&text);
	return (int) size;
}

static int
load_ca(struct tls *tls, const char *path)
{
	_cleanup_(freep) char *text = NULL;
	int size = read_regular_file(path, &text);

	if (size < 0) {
		(void) snprintf(tls->error, sizeof(tls->error), "cannot read the CA file '%s': %s",
				path, size == -EINVAL ? "it is no regular file" : strerror(-size));
		return size;
	}
	_cleanup_(free_bio) BIO *bio = BIO_new_mem_buf(text, size);
	X509_STORE *store = SSL_CTX_get_cert_store(tls->context);
	int count = 0;
	X509 *certificate;
	while (bio && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		count += X509_STORE_add_cert(store, certificate);
		X509_free(certificate);
	}
	/* The end of the file is an error to OpenSSL's reader. */
	ERR_clear_error();
	if (count)
		return 0;
	(void) snprintf(tls->error, sizeof(tls->error), "no certificate in the CA file '%s'", path);
	return -EINVAL;
}

static int
make_context(struct tls *tls)
{
	tls->context = SSL_CTX_new(TLS_client_method());
	if (!tls->context || !SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) ||
	    !SSL_CTX_set_cipher_list(tls->context, CIPHERS_TLS12))
		return -ENOMEM;
	SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, NULL);
	(void) SSL_CTX_set_options(tls->context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	(void) SSL_CTX_set_mode(tls->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
						      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return 0;
}

/* The name or address that the certificate must carry. */
static int
expect_host(struct tls *tls, const char *host)
{
	X509_VERIFY_PARAM *parameters = SSL_get0_param(tls->ssl);

	X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host))
		return 0;
	ERR_clear_error();
	bool is_set = X509_VERIFY_PARAM_set1_host(parameters, host, 0) &&
		      SSL_set_tlsext_host_name(tls->ssl, host);
	return is_set ? 0 : -EINVAL;
}

int
tls_new(int fd, const char *host, const char *ca_file, char error[TLS_ERROR_MAX], struct tls **ret)
{
	struct tls *tls = xcalloc(1, sizeof(*tls));
	int r = make_context(tls);

	if (r >= 0)
		r = load_ca(tls, ca_file);
	if (r >= 0) {
		tls->ssl = SSL_new(tls->context);
		r = tls->ssl && SSL_set_fd(tls->ssl, fd) ? expect_host(tls, host) : -ENOMEM;
	}
	if (r < 0) {
		(void) copy_string(error, TLS_ERROR_MAX,
				   tls->error[0] ? tls->error : "cannot set up TLS");
		tls_free(tls);
		return r;
	}
	SSL_set_connect_state(tls->ssl);
	*ret = tls;
	return 0;
}

void
tls_free(struct tls *tls)
{
	if (!tls)
		return;
	SSL_free(tls->ssl);
	SSL_CTX_free(tls->context);
	ERR_clear_error();
	free(tls);
}

/* Errors of one call as a negative errno; what is final leaves its sentence. */
static int
explain(struct tls *tls, int result)
{
	int saved = errno;
	int error = SSL_get_error(tls->ssl, result);
	long verified = SSL_get_verify_result(tls->ssl);

	tls->wants_write = error == SSL_ERROR_WANT_WRITE;
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return -EAGAIN;
	if (error == SSL_ERROR_ZERO_RETURN)
		return 0;
	if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
		(void) copy_string(tls->error, sizeof(tls->error),
				   "the log server closed the connection");
		ERR_clear_error();
		return -ENODATA;
	}
	if (error == SSL_ERROR_SYSCALL && saved)
		(void) copy_string(tls->error, sizeof(tls->error), strerror(saved));
	else if (verified != X509_V_OK)
		(void) snprintf(tls->error, sizeof(tls->error),
				"the log server's certificate is refused: %s",
				X509_verify_cert_error_string(verified));
	else
		(void) snprintf(tls->error, sizeof(tls->error), "TLS failed: %s", reason());
	ERR_clear_error();
	return -EPROTO;
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
