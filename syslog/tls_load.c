#include "syslog/tls_load.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/util.h"
#include "lib/wipe.h"

#define FILE_MAX  (2 * 1024 * 1024)
#define FROM_SIZE 260

/* PEM, and where it is from, for people: "'/etc/ca.pem'" or "certificate 3". */
struct source {
	char from[FROM_SIZE];
	char *text;
	BIO *bio;
};

static void
source_done(struct source *source)
{
	(void) BIO_free(source->bio);
	wipe_free(source->text);
}

/* Not blocked by what is no file: a path may lead to a pipe or a device. */
static int
read_regular_file(const char *path, char **ret_text)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) < 0)
		return -errno;
	if (!S_ISREG(info.st_mode))
		return -EINVAL;
	if (info.st_size > FILE_MAX)
		return -EFBIG;
	char *text = xcalloc(1, (size_t) info.st_size + 1);
	ssize_t size = read(fd, text, (size_t) info.st_size);
	if (size < 0) {
		int r = -errno;
		free(text);
		return r;
	}
	*ret_text = text;
	return (int) size;
}

/* what is "CA file" and the like. */
static int
open_file(struct source *source, const char *what, const char *path, char error[TLS_ERROR_MAX])
{
	int size = read_regular_file(path, &source->text);

	(void) snprintf(source->from, sizeof(source->from), "'%s'", path);
	if (size < 0) {
		(void) snprintf(error, TLS_ERROR_MAX, "cannot read the %s %s: %s", what,
				source->from,
				size == -EINVAL ? "it is no regular file" : strerror(-size));
		return size;
	}
	source->bio = BIO_new_mem_buf(source->text, size);
	return source->bio ? 0 : -ENOMEM;
}

static int
open_kept(struct source *source, const struct keyring *keyring, unsigned id, bool is_key,
	  char error[TLS_ERROR_MAX])
{
	const char *why = "";
	const struct keyring_entry *entry = keyring_find(keyring, id, &why);

	(void) snprintf(source->from, sizeof(source->from), "certificate %u", id);
	if (!entry) {
		(void) snprintf(error, TLS_ERROR_MAX, "%s cannot be used: %s", source->from, why);
		return -ENOENT;
	}
	source->text = xstrdup(is_key ? entry->key : entry->certificates);
	source->bio = BIO_new_mem_buf(source->text, -1);
	return source->bio ? 0 : -ENOMEM;
}

static int
refuse(char error[TLS_ERROR_MAX], const char *what, const struct source *source)
{
	ERR_clear_error();
	(void) snprintf(error, TLS_ERROR_MAX, "%s %s", what, source->from);
	return -EINVAL;
}

static int
load_cas(SSL_CTX *context, const struct source *source, char error[TLS_ERROR_MAX])
{
	X509 *certificate;
	int count = 0;

	while ((certificate = PEM_read_bio_X509(source->bio, NULL, NULL, NULL))) {
		count += X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
		X509_free(certificate);
	}
	/* The end of the file is an error to OpenSSL's reader. */
	ERR_clear_error();
	return count ? 0 : refuse(error, "no certificate in the CA file", source);
}

static int
load_lists(SSL_CTX *context, const struct source *source, char error[TLS_ERROR_MAX])
{
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	X509_CRL *list;
	int count = 0;

	while ((list = PEM_read_bio_X509_CRL(source->bio, NULL, NULL, NULL))) {
		count += X509_STORE_add_crl(store, list);
		X509_CRL_free(list);
	}
	ERR_clear_error();
	(void) X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	return count ? 0 : refuse(error, "no revocation list in the file", source);
}

static int
load_certificate(SSL_CTX *context, const struct source *source, char error[TLS_ERROR_MAX])
{
	X509 *certificate;
	bool is_good = true;
	int count = 0;

	/* The first one is shown, the others are those that signed it. */
	while (is_good && (certificate = PEM_read_bio_X509(source->bio, NULL, NULL, NULL))) {
		is_good = count++ ? SSL_CTX_add1_chain_cert(context, certificate)
				  : SSL_CTX_use_certificate(context, certificate);
		X509_free(certificate);
	}
	ERR_clear_error();
	if (count && is_good)
		return 0;
	return refuse(error,
		      count ? "the client certificate is too weak or of no use:"
			    : "no certificate in the file of the client certificate",
		      source);
}

/* Nobody is there to be asked. */
static int
no_password(char *to UNUSED, int size UNUSED, int is_writing UNUSED, void *context UNUSED)
{
	return -1;
}

static int
load_key(SSL_CTX *context, const struct source *source, char error[TLS_ERROR_MAX])
{
	EVP_PKEY *key = PEM_read_bio_PrivateKey(source->bio, NULL, no_password, NULL);

	if (!key)
		return refuse(error, "no private key without a password in", source);
	bool is_good = SSL_CTX_use_PrivateKey(context, key);
	EVP_PKEY_free(key);
	if (is_good)
		return 0;
	return refuse(error, "this is not the key of the client certificate:", source);
}

/* One of the four things that a context is made of. */
struct part {
	int (*load)(SSL_CTX *context, const struct source *source, char error[TLS_ERROR_MAX]);
	const char *what;
	const char *path;
	unsigned id; /* of what the store keeps, in place of path */
	bool is_key;
};

static int
load_part(SSL_CTX *context, const struct part *part, const struct keyring *keyring,
	  char error[TLS_ERROR_MAX])
{
	_cleanup_(source_done) struct source source = { 0 };
	int r;

	if (!part->id && !*part->path)
		return 0;
	if (part->id)
		r = open_kept(&source, keyring, part->id, part->is_key, error);
	else
		r = open_file(&source, part->what, part->path, error);
	return r < 0 ? r : part->load(context, &source, error);
}

int
tls_load(SSL_CTX *context, const struct target *target, const struct keyring *keyring,
	 char error[TLS_ERROR_MAX])
{
	const char *certificate = target->certificate_file;
	unsigned id = target->certificate.id;
	const struct part parts[] = {
		{ load_lists, "file of revocation lists", target->crl_file },
		{ load_certificate, "client certificate", certificate, id },
		{ load_key, "key of the client certificate",
		  *target->key_file ? target->key_file : certificate, id, .is_key = true },
	};
	const struct part cas = { load_cas, "CA file", target->ca_file, target->ca.id };
	int r = 0;

	if (target->check == TARGET_BY_NAME && !target_has_cas(target)) {
		(void) copy_string(error, TLS_ERROR_MAX, "there are no trusted CAs");
		return -EINVAL;
	}
	if (target->check == TARGET_BY_NAME)
		r = load_part(context, &cas, keyring, error);
	for (size_t i = 0; i < ARRAY_LEN(parts) && r == 0; i++)
		r = load_part(context, &parts[i], keyring, error);
	return r;
}
