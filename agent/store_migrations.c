/* Schema steps: append-only, one string a version. */
#include "agent/store_db.h"
#include "lib/util.h"

static const char *const config_steps[] = {
	"CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE objects (kind TEXT NOT NULL, id INTEGER NOT NULL, unique_key TEXT,"
	" doc TEXT NOT NULL, PRIMARY KEY (kind, id), UNIQUE (kind, unique_key)) WITHOUT ROWID;"
	"CREATE TABLE accounts (name TEXT PRIMARY KEY COLLATE NOCASE, role TEXT NOT NULL,"
	" password TEXT NOT NULL, created_us INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, account TEXT NOT NULL"
	" REFERENCES accounts (name) ON DELETE CASCADE, csrf TEXT NOT NULL,"
	" created_us INTEGER NOT NULL) WITHOUT ROWID;",
	/* Sealed by store_seal.c. */
	"CREATE TABLE reader_keys (reader INTEGER PRIMARY KEY, sealed BLOB NOT NULL);",
	("CREATE TABLE module_key (id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL,"
	 " exported INTEGER NOT NULL);"),
};

static const char *const events_steps[] = {
	"CREATE TABLE events (seq INTEGER PRIMARY KEY, time_us INTEGER NOT NULL,"
	" number INTEGER NOT NULL, severity INTEGER NOT NULL, hash BLOB NOT NULL,"
	" text TEXT NOT NULL);"
	"CREATE TABLE followers (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;"
	/* How far each epoch of the door role's ring has been committed. */
	"CREATE TABLE rings (epoch TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;",
};

const struct db_schema db_config_schema = { config_steps, ARRAY_LEN(config_steps) };
const struct db_schema db_events_schema = { events_steps, ARRAY_LEN(events_steps) };
