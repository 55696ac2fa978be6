#include "agent/store_certificates.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "agent/store_seal.h"
#include "lib/certificate.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"
#include "lib/wipe.h"

#define SEALED_MAX   (STORE_SEAL_PLAIN_MAX + STORE_SEAL_OVERHEAD)
#define HEX_SIZE     (2 * SEALED_MAX + 1)
#define LABEL_SIZE   (2 * EVP_MAX_MD_SIZE + 16)
#define VERSION_SIZE 33

_Static_assert(HEX_SIZE <= CERTIFICATE_KEY_MAX, "a sealed key is a value of its field");

static void
wipe_freep(char **text)
{
	wipe_free(*text);
}

static void
key_freep(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

/* What a key is bound to: it serves every certificate that has its public key, and no other. */
static int
label_of(const X509 *certificate, char label[LABEL_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1];
	unsigned size = 0;

	if (!X509_pubkey_digest(certificate, EVP_sha256(), digest, &size))
		return -EIO;
	hex_encode(digest, size, hex);
	(void) snprintf(label, LABEL_SIZE, "certificate %s", hex);
	return 0;
}

/* As the key is kept; free with free(). */
static int
seal_key(const struct store_seal *seal, const X509 *certificate, const char *pem, char **ret)
{
	uint8_t sealed[SEALED_MAX];
	char hex[HEX_SIZE];
	char label[LABEL_SIZE];
	int r = label_of(certificate, label);

	if (r == 0)
		r = store_seal_close(seal, label, (const uint8_t *) pem, strlen(pem), sealed,
				     sizeof(sealed));
	if (r < 0)
		return r;
	hex_encode(sealed, (size_t) r, hex);
	*ret = xstrdup(hex);
	return 0;
}

/* The other way round; free with wipe_free(). -EBADMSG: this is the key of another certificate. */
static int
break_key(const struct store_seal *seal, const X509 *certificate, const char *kept, char **ret)
{
	uint8_t sealed[SEALED_MAX];
	char label[LABEL_SIZE];
	int size = hex_decode(kept, sealed, sizeof(sealed));
	int r = label_of(certificate, label);

	if (size < 0 || r < 0)
		return -EBADMSG;
	char *pem = xcalloc(1, STORE_SEAL_PLAIN_MAX + 1);
	r = store_seal_break(seal, label, sealed, (size_t) size, (uint8_t *) pem,
			     STORE_SEAL_PLAIN_MAX);
	if (r < 0) {
		wipe_free(pem);
		return -EBADMSG;
	}
	*ret = pem;
	return 0;
}

/* A key that was given with the object. */
static int
take_key(const struct store_seal *seal, const X509 *certificate, json_t *doc,
	 struct store_refusal *refusal)
{
	_cleanup_(key_freep) EVP_PKEY *key = NULL;
	_cleanup_(wipe_freep) char *pem = NULL;
	_cleanup_(freep) char *kept = NULL;
	char error[CERTIFICATE_ERROR_SIZE];

	if (certificate_key_read(json_string_or(doc, "key", ""), &key, error) < 0 ||
	    certificate_check_key(certificate, key, error) < 0)
		return store_refuse(refusal, RPC_BAD_PARAMS, "key", "%s", error);
	pem = certificate_key_write(key);
	int r = seal_key(seal, certificate, pem, &kept);
	if (r == -EMSGSIZE)
		return store_refuse(refusal, RPC_BAD_PARAMS, "key",
				    "the key is too large: RSA of 4096 bits at most");
	if (r < 0)
		return store_refuse(refusal, RPC_INTERNAL, "key", "the key could not be sealed");
	(void) json_object_set_new(doc, "key", json_string(kept));
	return 0;
}

/* The key that is there already: the certificate may have been renewed. */
static int
check_kept_key(const struct store_seal *seal, const X509 *certificate, const char *kept,
	       struct store_refusal *refusal)
{
	_cleanup_(wipe_freep) char *pem = NULL;

	if (break_key(seal, certificate, kept, &pem) == 0)
		return 0;
	return store_refuse(refusal, RPC_BAD_PARAMS, "key",
			    "the key that is kept is not that of the new certificate: give its "
			    "own");
}

static int
keep_key(struct store *store, const struct object_change *change, const X509 *certificate,
	 struct store_refusal *refusal)
{
	const char *key = json_string_or(change->doc, "key", "");
	const char *before = json_string_or(change->old, "key", "");

	(void) json_object_set_new(change->doc, "has_key", json_boolean(*key));
	if (!*key)
		return 0;
	if (!store->seal)
		return store_refuse(refusal, RPC_CONFLICT, "key",
				    "the device's key cannot be used: put device.key back first");
	if (!strcmp(key, before))
		return check_kept_key(store->seal, certificate, key, refusal);
	return take_key(store->seal, certificate, change->doc, refusal);
}

/* A log server that shows it must not find it without a key. */
static int
check_loss_of_key(struct store *store, const struct object_change *change,
		  struct store_refusal *refusal)
{
	if (!change->old || *json_string_or(change->doc, "key", ""))
		return 0;
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config,
			 "SELECT json_extract(doc, '$.name') FROM objects WHERE kind = 'log_server'"
			 " AND json_extract(doc, '$.certificate') = ?",
			 "i", change->id);
	if (!db_next(&row))
		return 0;
	return store_refuse(refusal, RPC_CONFLICT, "key", "needed: log server '%s' shows it",
			    db_text(row, 0));
}

static bool
is_same(const struct object_change *change, const char *name)
{
	return change->old &&
	       json_equal(json_object_get(change->old, name), json_object_get(change->doc, name));
}

static int
keep(struct store *store, const struct object_change *change, struct store_refusal *refusal)
{
	_cleanup_(certificates_done) struct certificates read = { 0 };
	char error[CERTIFICATE_ERROR_SIZE];

	/* A new name for one that has expired meanwhile is no matter. */
	if (is_same(change, "certificates") && is_same(change, "key"))
		return 0;
	if (certificates_read(json_string_or(change->doc, "certificates", ""), &read, error) < 0 ||
	    certificates_check_end(&read, clock_wall_us(), error) < 0)
		return store_refuse(refusal, RPC_BAD_PARAMS, "certificates", "%s", error);
	_cleanup_(freep) char *text = certificates_write(&read);
	if (strlen(text) > CERTIFICATE_TEXT_MAX)
		return store_refuse(refusal, RPC_BAD_PARAMS, "certificates",
				    "they are more than %d bytes", CERTIFICATE_TEXT_MAX);
	int r = check_loss_of_key(store, change, refusal);
	if (r == 0)
		r = keep_key(store, change, read.each[0], refusal);
	if (r < 0)
		return r;
	(void) json_object_set_new(change->doc, "certificates", json_string(text));
	return json_object_set_new(change->doc, "contents", certificates_describe(&read));
}

static int
check_use(struct store *store, const json_t *server, struct store_refusal *refusal)
{
	int64_t id = json_integer_or(server, "certificate", 0);
	_cleanup_(json_decrefp) json_t *doc =
		id ? store_object_load(store, model_find("certificate"), id) : NULL;

	if (!doc || json_bool_or(doc, "has_key", false))
		return 0;
	return store_refuse(refusal, RPC_BAD_PARAMS, "certificate", "'%s' has no key",
			    json_string_or(doc, "name", ""));
}

int
store_certificates_keep(struct store *store, const struct object_change *change,
			struct store_refusal *refusal)
{
	if (!strcmp(change->kind->name, "certificate"))
		return keep(store, change, refusal);
	if (!strcmp(change->kind->name, "log_server"))
		return check_use(store, change->doc, refusal);
	return 0;
}

/* Another one with other certificates or another key. */
static void
version_of(const json_t *doc, char version[VERSION_SIZE])
{
	_cleanup_(freep) char *text = xasprintf("%s %s", json_string_or(doc, "certificates", ""),
						json_string_or(doc, "key", ""));
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };

	(void) EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL);
	hex_encode(digest, VERSION_SIZE / 2, version);
}

void
store_certificates_mark(struct store *store, json_t *server)
{
	static const char *const names[][2] = { { "ca", "ca_version" },
						{ "certificate", "certificate_version" } };
	char version[VERSION_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int64_t id = json_integer_or(server, names[i][0], 0);
		_cleanup_(json_decrefp) json_t *doc =
			id ? store_object_load(store, model_find("certificate"), id) : NULL;
		if (!doc)
			continue;
		version_of(doc, version);
		(void) json_object_set_new(server, names[i][1], json_string(version));
	}
}

/* The key of a certificate, a new reference; NULL after having answered that it cannot be had. */
static json_t *
open_key(struct store *store, const json_t *doc, struct rpc_request *request)
{
	const char *kept = json_string_or(doc, "key", "");
	_cleanup_(certificates_done) struct certificates read = { 0 };
	_cleanup_(wipe_freep) char *pem = NULL;
	char error[CERTIFICATE_ERROR_SIZE];

	if (!*kept)
		return json_string("");
	if (store->seal &&
	    certificates_read(json_string_or(doc, "certificates", ""), &read, error) == 0 &&
	    break_key(store->seal, read.each[0], kept, &pem) == 0)
		return json_string(pem);
	rpc_fail(request, RPC_CONFLICT,
		 "its key does not open with this device's key: give it again");
	return NULL;
}

void
store_certificate_material(struct store *store, struct rpc_request *request,
			   const struct caller *caller)
{
	int64_t id = json_integer_or(request->params, "id", 0);
	char version[VERSION_SIZE];

	/* Not for an administrator: nobody reads keys back. */
	if (caller->edge != EDGE_SYSLOG || *request->session) {
		rpc_fail(request, RPC_FORBIDDEN, "only the forwarder is told keys");
		return;
	}
	_cleanup_(json_decrefp) json_t *doc =
		store_object_load(store, model_find("certificate"), id);
	if (!doc) {
		rpc_fail_field(request, RPC_NOT_FOUND, "id", "there is no such certificate");
		return;
	}
	json_t *key = open_key(store, doc, request);
	if (!key)
		return;
	version_of(doc, version);
	rpc_reply(request, json_pack("{ss,sO,so}", "version", version, "certificates",
				     json_object_get(doc, "certificates"), "key", key));
}
