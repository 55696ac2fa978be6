#include "agent/store_keys.h"

#include <errno.h>
#include <string.h>

#include "agent/store.h"
#include "agent/store_module.h"
#include "agent/store_outbox.h"
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
open_key(struct store *store, int64_t reader, const void *sealed, size_t size,
	 struct reader_key *ret)
{
	uint8_t packed[READER_KEY_PACKED];
	char label[32];

	label_of(reader, label);
	int r = store_seal_break(store->seal, label, sealed, size, packed, sizeof(packed));
	if (r >= 0)
		r = reader_key_unpack(packed, (size_t) r, ret);
	explicit_bzero(packed, sizeof(packed));
	return r;
}

static int
open_one(struct store *store, int64_t reader, const void *sealed, size_t size, char *hex)
{
	struct reader_key key = { 0 };
	int r = open_key(store, reader, sealed, size, &key);

	if (r == 0)
		reader_key_to_hex(&key, hex);
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

int
store_keys_export(struct store *store, struct store_keys_export *ret)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT reader, sealed FROM reader_keys", "");
	int r = store->seal ? 0 : -ENOKEY;

	while (r >= 0 && db_next(&rows)) {
		int64_t reader = sqlite3_column_int64(rows, 0);
		if (reader >= 1 && reader <= READERS)
			r = open_key(store, reader, sqlite3_column_blob(rows, 1),
				     (size_t) sqlite3_column_bytes(rows, 1),
				     &ret->readers[reader - 1]);
	}
	if (r < 0)
		return r;
	r = store_module_key_load(store, ret->host_key);
	ret->has_host_key = r == 0;
	return r == -ENOKEY ? 0 : r;
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

/* The record that is here, all zero when there is none, or none that opens: it is lost anyhow. */
static void
read_one(struct store *store, int64_t reader, struct reader_key *ret)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config, "SELECT sealed FROM reader_keys WHERE reader = ?", "i", reader);

	if (!db_next(&row) || open_key(store, reader, sqlite3_column_blob(row, 0),
				       (size_t) sqlite3_column_bytes(row, 0), ret) < 0)
		*ret = (struct reader_key){ 0 };
}

/* 1 when the key was taken, 0 when the reader is left alone. */
static int
import_one(struct store *store, int64_t reader, const struct reader_key *from, bool is_replacing)
{
	struct reader_key here;
	struct reader_key key = *from;
	int r = 0;

	if (!from->has_key && !from->has_pending)
		return 0;
	read_one(store, reader, &here);
	if (is_replacing || (!here.has_key && !here.has_pending)) {
		/* The larger generation counts, and this is the newest decision. */
		key.generation = MAX_OF(here.generation, from->generation) + 1;
		r = seal_one(store, reader, &key);
		if (r == 0)
			r = 1;
	}
	reader_key_wipe(&here);
	reader_key_wipe(&key);
	return r;
}

static int
import_all(struct store *store, const struct store_keys_export *keys, bool is_replacing,
	   struct store_keys_imported *ret)
{
	uint8_t host_key[OSDP_KEY_SIZE];
	int r;

	for (unsigned i = 0; i < READERS; i++) {
		r = import_one(store, i + 1, &keys->readers[i], is_replacing);
		if (r < 0)
			return r;
		ret->readers[i] = r > 0;
	}
	r = store_module_key_load(store, host_key);
	explicit_bzero(host_key, sizeof(host_key));
	ret->has_host_key = keys->has_host_key && (is_replacing || r == -ENOKEY);
	return ret->has_host_key ? store_module_key_save(store, keys->host_key) : 0;
}

int
store_keys_import(struct store *store, const struct store_keys_export *keys, bool is_replacing,
		  struct store_keys_imported *ret)
{
	int r = store->seal ? db_exec(store->config, "BEGIN IMMEDIATE") : -ENOKEY;

	*ret = (struct store_keys_imported){ 0 };
	if (r < 0)
		return r;
	r = import_all(store, keys, is_replacing, ret);
	if (r == 0)
		r = db_exec(store->config, "COMMIT");
	if (r < 0)
		(void) sqlite3_exec(store->config, "ROLLBACK", NULL, NULL, NULL);
	return r;
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

int
store_keys_on_change(struct store *store, const struct object_change *change)
{
	const char *before = json_string_or(change->old, "protection", "secure");
	const char *after = json_string_or(change->doc, "protection", "secure");
	char source[24];

	if (strcmp(change->kind->name, "reader") || !strcmp(before, after))
		return 0;
	(void) snprintf(source, sizeof(source), "reader.%lld", (long long) change->id);
	return store_outbox_add_of(store,
				   strcmp(after, "clear") ? EV_READER_CLEAR_ENDED : EV_READER_CLEAR,
				   source, change->caller->actor,
				   json_pack("{sI,ss}", "reader", (json_int_t) change->id,
					     "address", change->caller->address));
}
