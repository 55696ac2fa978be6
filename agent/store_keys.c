#include "agent/store_keys.h"

#include <errno.h>
#include <string.h>

#include "agent/store.h"
#include "agent/store_seal.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/reader_key.h"
#include "lib/util.h"

#define SEALED_SIZE (READER_KEY_PACKED + STORE_SEAL_OVERHEAD)

void
store_keys_open(struct store *store)
{
	char path[256];
	int r = path_join(path, sizeof(path), store->options->state_dir, "device.key");

	if (r == 0)
		r = store_seal_open(path, &store->seal);
	if (r < 0)
		(void) log_err(0,
			       "the readers' keys cannot be used without '%s': put it back, or "
			       "move it away and install every reader again",
			       path);
}

/* A record in the place of another reader's does not open. */
static void
label_of(int64_t reader, char label[32])
{
	(void) snprintf(label, 32, "reader-key %lld", (long long) reader);
}

static int
open_one(struct store *store, int64_t reader, const void *sealed, size_t size, char *hex)
{
	uint8_t packed[READER_KEY_PACKED];
	struct reader_key key;
	char label[32];

	label_of(reader, label);
	int r = store_seal_break(store->seal, label, sealed, size, packed, sizeof(packed));
	if (r >= 0)
		r = reader_key_unpack(packed, (size_t) r, &key);
	if (r == 0)
		reader_key_to_hex(&key, hex);
	explicit_bzero(packed, sizeof(packed));
	reader_key_wipe(&key);
	return r;
}

json_t *
store_keys_read(struct store *store)
{
	json_t *keys = json_object();
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT reader, sealed FROM reader_keys", "");

	while (store->seal && db_next(&rows)) {
		char hex[READER_KEY_HEX];
		char name[24];
		int64_t reader = sqlite3_column_int64(rows, 0);
		int r = open_one(store, reader, sqlite3_column_blob(rows, 1),
				 (size_t) sqlite3_column_bytes(rows, 1), hex);
		if (r < 0) {
			(void) log_err(0,
				       "the key of reader %lld does not open with this device's "
				       "key: put the right device.key back, or install the "
				       "reader again",
				       (long long) reader);
			continue;
		}
		(void) snprintf(name, sizeof(name), "%lld", (long long) reader);
		(void) json_object_set_new(keys, name, json_string(hex));
		explicit_bzero(hex, sizeof(hex));
	}
	return json_pack("{so}", "keys", keys);
}

static int
seal_one(struct store *store, int64_t reader, const struct reader_key *key)
{
	uint8_t packed[READER_KEY_PACKED];
	uint8_t sealed[SEALED_SIZE];
	char label[32];

	if (!store->seal)
		return -ENOKEY;
	label_of(reader, label);
	reader_key_pack(key, packed);
	int r = store_seal_close(store->seal, label, packed, sizeof(packed), sealed,
				 sizeof(sealed));
	explicit_bzero(packed, sizeof(packed));
	if (r < 0)
		return r;
	return db_run(store->config,
		      "INSERT OR REPLACE INTO reader_keys (reader, sealed) VALUES (?, ?)", "ib",
		      reader, sealed, (size_t) r);
}

json_t *
store_keys_write(struct store *store, const json_t *reader_key)
{
	struct reader_key key = { 0 };
	int64_t reader = json_integer_or(reader_key, "reader", 0);
	int r = reader < 1 || reader > READERS
			? -EBADMSG
			: reader_key_from_hex(json_string_or(reader_key, "key", ""), &key);

	if (r == 0)
		r = seal_one(store, reader, &key);
	if (r < 0)
		(void) log_err(r, "the key of reader %lld cannot be stored and is not used",
			       (long long) reader);
	json_t *params = json_pack("{sI,sI,sb}", "reader", (json_int_t) reader, "generation",
				   (json_int_t) key.generation, "ok", r == 0);
	reader_key_wipe(&key);
	return params;
}

void
store_keys_on_change(struct store *store, const struct model_kind *kind, int64_t id,
		     const json_t *old, const json_t *new, const struct caller *caller)
{
	const char *before = json_string_or(old, "protection", "secure");
	const char *after = json_string_or(new, "protection", "secure");
	char source[24];

	if (strcmp(kind->name, "reader") || !strcmp(before, after))
		return;
	(void) snprintf(source, sizeof(source), "reader.%lld", (long long) id);
	store_log_add(store->log, strcmp(after, "clear") ? EV_READER_CLEAR_ENDED : EV_READER_CLEAR,
		      source, caller->actor, NULL,
		      json_pack("{sI,ss}", "reader", (json_int_t) id, "address", caller->address));
}
