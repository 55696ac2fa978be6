#include "agent/store_module.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#include "agent/store_door.h"
#include "agent/store_seal.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/osdp_key.h"
#include "lib/util.h"

#define LABEL		  "module-host-key"
#define FINGERPRINT_BYTES 8
#define FINGERPRINT_HEX	  (2 * FINGERPRINT_BYTES + 1)
#define KEY_HEX		  (2 * OSDP_KEY_SIZE + 1)

#define WARNING                                                                                   \
	"Keep the key: it is not given out again, and without it modules that hold it cannot be " \
	"reached any more."

struct host_key {
	uint8_t bytes[OSDP_KEY_SIZE];
	bool is_exported;
};

/* -ENOKEY: there is none; -EBADMSG: it was sealed with a device's key that is not here. */
static int
load(struct store *store, struct host_key *ret)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT sealed, exported FROM module_key", "");

	if (!db_next(&row))
		return -ENOKEY;
	if (!store->seal)
		return -EBADMSG;
	int r = store_seal_break(store->seal, LABEL, sqlite3_column_blob(row, 0),
				 (size_t) sqlite3_column_bytes(row, 0), ret->bytes,
				 sizeof(ret->bytes));
	ret->is_exported = sqlite3_column_int64(row, 1);
	return r < 0 ? r : r == sizeof(ret->bytes) ? 0 : -EBADMSG;
}

static int
save(struct store *store, const struct host_key *key)
{
	uint8_t sealed[OSDP_KEY_SIZE + STORE_SEAL_OVERHEAD];

	if (!store->seal)
		return -ENOKEY;
	int r = store_seal_close(store->seal, LABEL, key->bytes, sizeof(key->bytes), sealed,
				 sizeof(sealed));
	if (r < 0)
		return r;
	return db_run(store->config,
		      "INSERT OR REPLACE INTO module_key (id, sealed, exported) VALUES (1, ?, ?)",
		      "bi", sealed, (size_t) r, (int64_t) key->is_exported);
}

/* Names a key and tells nothing of it. */
static void
fingerprint_of(const struct host_key *key, char hex[FINGERPRINT_HEX])
{
	static const char salt[] = "cardea module host key";
	uint8_t input[sizeof(salt) + OSDP_KEY_SIZE];
	uint8_t digest[EVP_MAX_MD_SIZE] = { 0 };

	memcpy(input, salt, sizeof(salt));
	memcpy(input + sizeof(salt), key->bytes, sizeof(key->bytes));
	(void) EVP_Digest(input, sizeof(input), digest, NULL, EVP_sha256(), NULL);
	explicit_bzero(input, sizeof(input));
	hex_encode(digest, FINGERPRINT_BYTES, hex);
}

bool
store_module_has_key(struct store *store)
{
	struct host_key key;
	int r = load(store, &key);

	explicit_bzero(&key, sizeof(key));
	return r == 0;
}

void
store_module_key_show(struct store *store)
{
	struct host_key key = { 0 };
	char fingerprint[FINGERPRINT_HEX] = "";
	int r = load(store, &key);

	if (r == 0)
		fingerprint_of(&key, fingerprint);
	else if (r != -ENOKEY)
		(void) log_err(0, "the modules' key does not open with this device's key: put the "
				  "right device.key back, or enter the modules' key again");
	store_state_set(store->state, "module_key",
			json_pack("{sb,sb,ss}", "present", r == 0, "exported", key.is_exported,
				  "fingerprint", fingerprint));
	explicit_bzero(&key, sizeof(key));
}

void
store_module_key_tell(struct store *store)
{
	struct host_key key = { 0 };
	char fingerprint[FINGERPRINT_HEX] = "";
	int r = load(store, &key);

	if (r == 0)
		fingerprint_of(&key, fingerprint);
	if (r == 0 || r == -ENOKEY)
		store_door_tell(store, "module.host_key",
				json_pack("{ss}", "fingerprint", fingerprint));
	explicit_bzero(&key, sizeof(key));
}

void
store_module_key_changed(struct store *store)
{
	store_module_key_show(store);
	store_module_key_tell(store);
}

json_t *
store_module_key_of(struct store *store, const json_t *device)
{
	const char *cuid_hex = json_string_or(device, "cuid", "");
	uint8_t cuid[OSDP_CUID_SIZE];
	uint8_t key[OSDP_KEY_SIZE];
	char hex[KEY_HEX];
	char fingerprint[FINGERPRINT_HEX];
	struct host_key host;
	json_t *params = NULL;
	bool is_device = hex_decode(cuid_hex, cuid, sizeof(cuid)) == sizeof(cuid);

	if (is_device && load(store, &host) == 0 &&
	    osdp_key_diversify(host.bytes, cuid, key) == 0) {
		fingerprint_of(&host, fingerprint);
		hex_encode(key, sizeof(key), hex);
		params = json_pack("{sI,ss,ss,ss}", "module", json_integer_or(device, "module", 0),
				   "cuid", cuid_hex, "key", hex, "fingerprint", fingerprint);
	}
	explicit_bzero(&host, sizeof(host));
	explicit_bzero(key, sizeof(key));
	explicit_bzero(hex, sizeof(hex));
	return params;
}

static void
tell(struct store *store, const struct caller *caller, const char *what, const struct host_key *key,
     char fingerprint[FINGERPRINT_HEX])
{
	fingerprint_of(key, fingerprint);
	store_log_add(store->log, EV_MODULE_HOST_KEY, "system", caller->actor, NULL,
		      json_pack("{ss,ss,ss}", "what", what, "fingerprint", fingerprint, "address",
				caller->address));
	store_module_key_show(store);
}

int
store_module_key_load(struct store *store, uint8_t ret_key[OSDP_KEY_SIZE])
{
	struct host_key key = { 0 };
	int r = load(store, &key);

	if (r == 0)
		memcpy(ret_key, key.bytes, sizeof(key.bytes));
	explicit_bzero(&key, sizeof(key));
	return r;
}

int
store_module_key_save(struct store *store, const uint8_t bytes[OSDP_KEY_SIZE])
{
	struct host_key key = { .is_exported = true };

	memcpy(key.bytes, bytes, sizeof(key.bytes));
	int r = save(store, &key);
	explicit_bzero(&key, sizeof(key));
	return r;
}

void
store_module_key_imported(struct store *store, const struct caller *caller)
{
	struct host_key key = { 0 };
	char fingerprint[FINGERPRINT_HEX];

	if (load(store, &key) == 0) {
		tell(store, caller, "imported", &key, fingerprint);
		store_module_key_tell(store);
	}
	explicit_bzero(&key, sizeof(key));
}

static unsigned
count_modules(struct store *store)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT count(*) FROM objects WHERE kind = 'module'", "");

	return db_next(&row) ? (unsigned) sqlite3_column_int64(row, 0) : 0;
}

/* A key that modules hold is lost for them when it is replaced. */
static bool
may_replace(struct store *store, struct rpc_request *request)
{
	unsigned modules = count_modules(store);

	if (!store_module_has_key(store) || json_bool_or(request->params, "replace", false))
		return true;
	if (modules)
		rpc_fail_field(request, RPC_CONFLICT, "replace",
			       "%u modules hold the present key and cannot be reached with another "
			       "one: say so if it is to be replaced",
			       modules);
	else
		rpc_fail_field(request, RPC_CONFLICT, "replace",
			       "there is a key: say so if it is to be replaced");
	return false;
}

static void
take(struct store *store, struct rpc_request *request, const struct caller *caller,
     const char *what, const struct host_key *key)
{
	char fingerprint[FINGERPRINT_HEX];
	int r = save(store, key);

	if (r < 0) {
		rpc_fail(request, RPC_INTERNAL, "the key could not be stored: %s", strerror(-r));
		return;
	}
	tell(store, caller, what, key, fingerprint);
	store_module_key_changed(store);
	rpc_reply(request, json_pack("{ss,ss}", "fingerprint", fingerprint, "warning",
				     "Export the key and keep it: without it modules that hold it "
				     "cannot be reached any more."));
}

void
store_module_key_generate(struct store *store, struct rpc_request *request,
			  const struct caller *caller)
{
	struct host_key key = { 0 };

	if (!may_replace(store, request))
		return;
	if (getrandom(key.bytes, sizeof(key.bytes), 0) != sizeof(key.bytes) ||
	    osdp_key_is_weak(key.bytes))
		rpc_fail(request, RPC_INTERNAL, "there are no random numbers");
	else
		take(store, request, caller, "generated", &key);
	explicit_bzero(&key, sizeof(key));
}

void
store_module_key_set(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct host_key key = { 0 };
	const char *hex = json_string_or(request->params, "key", "");

	if (!may_replace(store, request))
		return;
	if (hex_decode(hex, key.bytes, sizeof(key.bytes)) != sizeof(key.bytes))
		rpc_fail_field(request, RPC_BAD_PARAMS, "key", "%d hexadecimal digits",
			       2 * OSDP_KEY_SIZE);
	else if (osdp_key_is_weak(key.bytes))
		rpc_fail_field(request, RPC_BAD_PARAMS, "key",
			       "this key is published or too regular");
	else
		take(store, request, caller, "entered", &key);
	explicit_bzero(&key, sizeof(key));
}

void
store_module_key_export(struct store *store, struct rpc_request *request,
			const struct caller *caller)
{
	struct host_key key;
	char fingerprint[FINGERPRINT_HEX];
	char hex[KEY_HEX];

	if (load(store, &key) < 0) {
		rpc_fail(request, RPC_NOT_FOUND, "there is no key for modules");
		return;
	}
	if (key.is_exported) {
		explicit_bzero(&key, sizeof(key));
		rpc_fail(request, RPC_CONFLICT,
			 "the key was exported before, and is given out only once");
		return;
	}
	key.is_exported = true;
	/* First noted, then given: nobody gets it twice because something failed in between. */
	if (save(store, &key) < 0) {
		rpc_fail(request, RPC_INTERNAL, "the export could not be noted");
	} else {
		tell(store, caller, "exported", &key, fingerprint);
		hex_encode(key.bytes, sizeof(key.bytes), hex);
		rpc_reply(request, json_pack("{ss,ss,ss}", "key", hex, "fingerprint", fingerprint,
					     "warning", WARNING));
	}
	explicit_bzero(&key, sizeof(key));
	explicit_bzero(hex, sizeof(hex));
}
