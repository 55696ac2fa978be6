#include "agent/store_snmp.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#include "lib/enterprise.h"
#include "lib/json.h"
#include "lib/settings_snmp.h"
#include "lib/util.h"

#define STRETCHED   1048576 /* RFC 3414, appendix A.2: so much of the password, repeated */
#define BLOCK	    64
#define ENGINE_SIZE 17 /* of our own */

static int
digest(const EVP_MD *kind, const void *key, size_t size, const struct snmp_engine *engine,
       uint8_t ret[EVP_MAX_MD_SIZE])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_made = context && EVP_DigestInit_ex(context, kind, NULL) == 1 &&
		       EVP_DigestUpdate(context, key, size) == 1 &&
		       EVP_DigestUpdate(context, engine->octets, engine->size) == 1 &&
		       EVP_DigestUpdate(context, key, size) == 1 &&
		       EVP_DigestFinal_ex(context, ret, NULL) == 1;

	EVP_MD_CTX_free(context);
	return is_made ? 0 : -EIO;
}

static int
stretch(const EVP_MD *kind, const char *password, uint8_t ret[EVP_MAX_MD_SIZE])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_good = context && EVP_DigestInit_ex(context, kind, NULL) == 1;
	size_t length = strlen(password);
	uint8_t block[BLOCK];
	size_t at = 0;

	for (size_t done = 0; is_good && done < STRETCHED; done += BLOCK) {
		for (size_t i = 0; i < BLOCK; i++)
			block[i] = (uint8_t) password[at++ % length];
		is_good = EVP_DigestUpdate(context, block, BLOCK) == 1;
	}
	is_good = is_good && EVP_DigestFinal_ex(context, ret, NULL) == 1;
	explicit_bzero(block, sizeof(block));
	EVP_MD_CTX_free(context);
	return is_good ? 0 : -EIO;
}

static int
add_key(json_t *keys, const char *name, const char *password, const struct snmp_engine *engine)
{
	const EVP_MD *kind = !strcmp(name, "sha-512") ? EVP_sha512() : EVP_sha256();
	uint8_t key[EVP_MAX_MD_SIZE];
	uint8_t localized[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1];
	size_t size = (size_t) EVP_MD_get_size(kind);
	int r = stretch(kind, password, key);

	if (r == 0)
		r = digest(kind, key, size, engine, localized);
	if (r == 0) {
		hex_encode(localized, size, hex);
		r = json_object_set_new(keys, name, json_string(hex)) < 0 ? -EIO : 0;
	}
	explicit_bzero(key, sizeof(key));
	explicit_bzero(localized, sizeof(localized));
	explicit_bzero(hex, sizeof(hex));
	return r;
}

/*
 * RFC 3411, snmpEngineID: an enterprise, 5 for octets, and those. Another one with each password.
 */
static int
make_engine(struct snmp_engine *ret)
{
	*ret = (struct snmp_engine){
		.octets = { 0x80 | (CARDEA_ENTERPRISE >> 24 & 0x7f), CARDEA_ENTERPRISE >> 16 & 0xff,
			    CARDEA_ENTERPRISE >> 8 & 0xff, CARDEA_ENTERPRISE & 0xff, 5 },
		.size = ENGINE_SIZE,
	};
	return getrandom(ret->octets + 5, ENGINE_SIZE - 5, 0) == ENGINE_SIZE - 5 ? 0 : -EIO;
}

int
store_snmp_keys(const char *password, const char *engine_id, json_t **ret)
{
	struct snmp_engine engine;
	char hex[2 * SNMP_ENGINE_MAX + 1];
	int r = engine_id ? settings_snmp_engine(engine_id, &engine) : make_engine(&engine);

	if (r < 0)
		return r;
	if (!*password)
		return -EIO;
	hex_encode(engine.octets, engine.size, hex);
	_cleanup_(json_decrefp) json_t *keys = json_pack("{ss}", "engine", hex);
	for (const char *const *name = snmp_authentications; r == 0 && *name; name++)
		r = add_key(keys, *name, password, &engine);
	if (r == 0)
		*ret = steal(&keys);
	return r;
}

void
store_snmp_changed(struct store *store)
{
	store_state_set(store->state, "snmp_config",
			json_pack("{sI}", "change", (json_int_t) ++store->snmp_changes));
}

void
store_snmp_config(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	json_t *values = json_object();
	const char *name;
	json_t *value;

	/* Not for an administrator: nobody reads secrets back. */
	if (caller->edge != EDGE_SNMP || *request->session) {
		json_decref(values);
		rpc_fail(request, RPC_FORBIDDEN, "only the snmp role is told communities and keys");
		return;
	}
	json_object_foreach (store->settings, name, value)
		if (!strncmp(name, "snmp.", 5))
			(void) json_object_set(values, name, value);
	rpc_reply(request, json_pack("{so}", "values", values));
}
