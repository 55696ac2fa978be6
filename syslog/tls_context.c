#include "syslog/tls_context.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/certificate.h"
#include "lib/model.h"
#include "lib/util.h"
#include "syslog/tls_load.h"

#define FILES 4
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
	const struct keyring *keyring;
	struct entry entries[LOG_SERVERS];
	unsigned next;
};

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
	char fingerprint[CERTIFICATE_FINGERPRINT_SIZE];

	certificate_put_name(X509_get_subject_name(shown), peer->subject);
	if (target->check == TARGET_BY_NAME && X509_verify_cert(chain) != 1)
		return 0;
	certificate_fingerprint(shown, fingerprint);
	bool is_known = is_among(target->fingerprints, fingerprint) ||
			(target->check == TARGET_BY_NAME && !*target->fingerprints);
	X509_STORE_CTX_set_error(chain, is_known ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
	return is_known;
}

static int
make_context(const struct tls_cache *cache, const struct target *target, char error[TLS_ERROR_MAX],
	     SSL_CTX **ret)
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
	int r = tls_load(context, target, cache->keyring, error);
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
		int r = make_context(cache, &entry->target, error, &entry->context);
		if (r < 0)
			return r;
	}
	*ret = entry->context;
	return SSL_CTX_up_ref(entry->context) ? 0 : -ENOMEM;
}

struct tls_cache *
tls_cache_new(const struct keyring *keyring)
{
	struct tls_cache *cache = xcalloc(1, sizeof(*cache));

	cache->keyring = keyring;
	return cache;
}

void
tls_cache_forget(struct tls_cache *cache)
{
	for (size_t i = 0; i < ARRAY_LEN(cache->entries); i++)
		SSL_CTX_free(steal(&cache->entries[i].context));
}

void
tls_cache_free(struct tls_cache *cache)
{
	if (!cache)
		return;
	tls_cache_forget(cache);
	free(cache);
}
