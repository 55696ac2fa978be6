#include "syslog/tls_context.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/model.h"
#include "lib/util.h"
#include "lib/wipe.h"

#define FILE_MAX (2 * 1024 * 1024)
#define FILES	 4
/* TLS 1.2 only as RFC 9662 has it: ephemeral keys and AEAD. TLS 1.3 has nothing else. */
#define CIPHERS_TLS12 "ECDHE+AESGCM:ECDHE+CHACHA20"
/* 112 bits: RSA of 2048 and more, nothing signed by SHA-1. */
#define SECURITY_LEVEL 2

struct entry {
	struct target target;
	struct stat files[FILES];
	SSL_CTX *context; /* NULL: free */
};

struct tls_cache {
	struct entry entries[LOG_SERVERS];
	unsigned next;
};

static void
free_bio(BIO **bio)
{
	(void) BIO_free(*bio);
}

static void
wipep(char **text)
{
	wipe_free(*text);
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
open_file(const char *what, const char *path, char error[TLS_ERROR_MAX], char **ret_text,
	  BIO **ret_bio)
{
	int size = read_regular_file(path, ret_text);

	if (size < 0) {
		(void) snprintf(error, TLS_ERROR_MAX, "cannot read the %s '%s': %s", what, path,
				size == -EINVAL ? "it is no regular file" : strerror(-size));
		return size;
	}
	*ret_bio = BIO_new_mem_buf(*ret_text, size);
	return *ret_bio ? 0 : -ENOMEM;
}

static int
refuse(char error[TLS_ERROR_MAX], const char *what, const char *path)
{
	ERR_clear_error();
	(void) snprintf(error, TLS_ERROR_MAX, "%s '%s'", what, path);
	return -EINVAL;
}

static int
load_cas(SSL_CTX *context, const char *path, char error[TLS_ERROR_MAX])
{
	_cleanup_(wipep) char *text = NULL;
	_cleanup_(free_bio) BIO *bio = NULL;
	int r = open_file("CA file", path, error, &text, &bio);
	X509 *certificate;
	int count = 0;

	while (r == 0 && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		count += X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
		X509_free(certificate);
	}
	/* The end of the file is an error to OpenSSL's reader. */
	ERR_clear_error();
	return r < 0 || count ? r : refuse(error, "no certificate in the CA file", path);
}

static int
load_lists(SSL_CTX *context, const char *path, char error[TLS_ERROR_MAX])
{
	_cleanup_(wipep) char *text = NULL;
	_cleanup_(free_bio) BIO *bio = NULL;
	int r = open_file("file of revocation lists", path, error, &text, &bio);
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	X509_CRL *list;
	int count = 0;

	while (r == 0 && (list = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL))) {
		count += X509_STORE_add_crl(store, list);
		X509_CRL_free(list);
	}
	ERR_clear_error();
	(void) X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	return r < 0 || count ? r : refuse(error, "no revocation list in the file", path);
}

static int
load_certificate(SSL_CTX *context, const char *path, char error[TLS_ERROR_MAX])
{
	_cleanup_(wipep) char *text = NULL;
	_cleanup_(free_bio) BIO *bio = NULL;
	int r = open_file("client certificate", path, error, &text, &bio);
	X509 *certificate;
	bool is_good = true;
	int count = 0;

	/* The first one is shown, the others are those that signed it. */
	while (r == 0 && is_good && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		is_good = count++ ? SSL_CTX_add1_chain_cert(context, certificate)
				  : SSL_CTX_use_certificate(context, certificate);
		X509_free(certificate);
	}
	ERR_clear_error();
	if (r < 0 || (count && is_good))
		return r;
	return refuse(error,
		      count ? "the client certificate is too weak or of no use:"
			    : "no certificate in the file of the client certificate",
		      path);
}

/* Nobody is there to be asked. */
static int
no_password(char *to UNUSED, int size UNUSED, int is_writing UNUSED, void *context UNUSED)
{
	return -1;
}

static int
load_key(SSL_CTX *context, const char *path, char error[TLS_ERROR_MAX])
{
	_cleanup_(wipep) char *text = NULL;
	_cleanup_(free_bio) BIO *bio = NULL;
	int r = open_file("key of the client certificate", path, error, &text, &bio);

	if (r < 0)
		return r;
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	if (!key)
		return refuse(error, "no private key without a password in", path);
	bool is_good = SSL_CTX_use_PrivateKey(context, key);
	EVP_PKEY_free(key);
	if (is_good)
		return 0;
	return refuse(error, "this is not the key of the client certificate:", path);
}

void
tls_put_name(const X509_NAME *name, char text[TLS_NAME_SIZE])
{
	BIO *bio = BIO_new(BIO_s_mem());
	int size = 0;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		size = BIO_read(bio, text, TLS_NAME_SIZE - 1);
	text[MAX_OF(size, 0)] = 0;
	(void) BIO_free(bio);
}

void
tls_fingerprint(const X509 *certificate, char text[TLS_FINGERPRINT_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	size_t used = 0;

	text[0] = 0;
	if (!X509_digest(certificate, EVP_sha256(), digest, &size))
		return;
	for (unsigned i = 0; i < size && used < TLS_FINGERPRINT_SIZE; i++)
		used += (size_t) snprintf(text + used, TLS_FINGERPRINT_SIZE - used, "%s%02X",
					  i ? ":" : "", digest[i]);
}

/* Whether both have the same hexadecimal digits, up to the first one's comma or end. */
static bool
is_same_fingerprint(const char *pin, const char *fingerprint)
{
	for (;; pin++, fingerprint++) {
		pin += strspn(pin, ":");
		fingerprint += strspn(fingerprint, ":");
		bool is_over = !*pin || *pin == ',';
		if (is_over || !*fingerprint)
			return is_over && !*fingerprint;
		if (toupper((unsigned char) *pin) != *fingerprint)
			return false;
	}
}

static bool
is_among(const char *pins, const char *fingerprint)
{
	while (pins) {
		if (*fingerprint && is_same_fingerprint(pins, fingerprint))
			return true;
		pins = strchr(pins, ',');
		pins = pins ? pins + 1 : NULL;
	}
	return false;
}

/* In place of OpenSSL's own verification of the server's certificate. */
static int
verify(X509_STORE_CTX *chain, void *context UNUSED)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_peer *peer = SSL_get_app_data(ssl);
	const struct target *target = &peer->target;
	X509 *shown = X509_STORE_CTX_get0_cert(chain);
	char fingerprint[TLS_FINGERPRINT_SIZE];

	tls_put_name(X509_get_subject_name(shown), peer->subject);
	if (target->check == TARGET_BY_NAME && X509_verify_cert(chain) != 1)
		return 0;
	tls_fingerprint(shown, fingerprint);
	bool is_known = is_among(target->fingerprints, fingerprint) ||
			(target->check == TARGET_BY_NAME && !*target->fingerprints);
	X509_STORE_CTX_set_error(chain, is_known ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
	return is_known;
}

static int
load_files(SSL_CTX *context, const struct target *target, char error[TLS_ERROR_MAX])
{
	const char *key = *target->key_file ? target->key_file : target->certificate_file;
	int r = 0;

	if (target->check == TARGET_BY_NAME)
		r = load_cas(context, target->ca_file, error);
	if (r == 0 && *target->crl_file)
		r = load_lists(context, target->crl_file, error);
	if (r == 0 && *target->certificate_file)
		r = load_certificate(context, target->certificate_file, error);
	if (r == 0 && *target->certificate_file)
		r = load_key(context, key, error);
	return r;
}

static int
make_context(const struct target *target, char error[TLS_ERROR_MAX], SSL_CTX **ret)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	(void) copy_string(error, TLS_ERROR_MAX, "cannot set up TLS");
	if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) ||
	    !SSL_CTX_set_cipher_list(context, CIPHERS_TLS12)) {
		SSL_CTX_free(context);
		return -ENOMEM;
	}
	SSL_CTX_set_security_level(context, SECURITY_LEVEL);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(context, verify, NULL);
	(void) SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	(void) SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
						 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	int r = load_files(context, target, error);
	if (r < 0)
		SSL_CTX_free(context);
	else
		*ret = context;
	return r;
}

/* What tells whether the files are still the same. */
static void
look_at_files(const struct target *target, struct stat files[FILES])
{
	const char *const paths[FILES] = { target->ca_file, target->crl_file,
					   target->certificate_file, target->key_file };

	for (size_t i = 0; i < FILES; i++) {
		struct stat info = { 0 };
		files[i] = (struct stat){ 0 };
		if (!*paths[i] || stat(paths[i], &info) < 0)
			continue;
		files[i].st_ino = info.st_ino;
		files[i].st_size = info.st_size;
		files[i].st_mtim = info.st_mtim;
		files[i].st_ctim = info.st_ctim;
	}
}

static struct entry *
find_entry(struct tls_cache *cache, const struct target *target, const struct stat files[FILES])
{
	for (size_t i = 0; i < ARRAY_LEN(cache->entries); i++) {
		struct entry *entry = &cache->entries[i];
		if (entry->context && target_is_same_peer(&entry->target, target) &&
		    !memcmp(entry->files, files, sizeof(entry->files)))
			return entry;
	}
	return NULL;
}

int
tls_context_get(struct tls_cache *cache, const struct target *target, char error[TLS_ERROR_MAX],
		SSL_CTX **ret)
{
	struct stat files[FILES];

	look_at_files(target, files);
	struct entry *entry = find_entry(cache, target, files);
	if (!entry) {
		entry = &cache->entries[cache->next++ % ARRAY_LEN(cache->entries)];
		SSL_CTX_free(steal(&entry->context));
		entry->target = *target;
		memcpy(entry->files, files, sizeof(files));
		int r = make_context(&entry->target, error, &entry->context);
		if (r < 0)
			return r;
	}
	*ret = entry->context;
	return SSL_CTX_up_ref(entry->context) ? 0 : -ENOMEM;
}

uint64_t
tls_certificate_end_us(const X509 *certificate)
{
	struct tm end = { 0 };

	if (!ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end))
		return 0;
	time_t at_s = timegm(&end);
	return at_s > 0 ? (uint64_t) at_s * US_PER_S : 0;
}

struct tls_cache *
tls_cache_new(void)
{
	return xcalloc(1, sizeof(struct tls_cache));
}

void
tls_cache_free(struct tls_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < ARRAY_LEN(cache->entries); i++)
		SSL_CTX_free(cache->entries[i].context);
	free(cache);
}
