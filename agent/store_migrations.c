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
	/* A door says when it relocks in one word. */
	("UPDATE objects SET doc = json_set(json_remove(doc, '$.relock_on_open'), '$.relock',"
	 " CASE json_extract(doc, '$.relock_on_open') WHEN 1 THEN 'on_open' ELSE 'on_close' END)"
	 " WHERE kind = 'door' AND json_type(doc, '$.relock_on_open') IS NOT NULL;"),
	/* uuid names this database for ever; model and others: what was derived, and by what. */
	("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	 "INSERT INTO meta VALUES ('uuid', lower(hex(randomblob(16))));"
	 "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, draft TEXT NOT NULL);"
	 /* Which objects an object refers to. */
	 "CREATE TABLE refs (kind TEXT NOT NULL, id INTEGER NOT NULL, ref_kind TEXT NOT NULL,"
	 " ref_id INTEGER NOT NULL, PRIMARY KEY (kind, id, ref_kind, ref_id)) WITHOUT ROWID;"
	 "CREATE INDEX refs_back ON refs (ref_kind, ref_id, kind, id);"
	 /* Persons and credentials as lib/access_record.h has them, apart from their texts, so that
	  * all of them are read without a million texts. */
	 "CREATE TABLE records (kind TEXT NOT NULL, id INTEGER NOT NULL, record BLOB NOT NULL,"
	 " PRIMARY KEY (kind, id)) WITHOUT ROWID;"
	 /* Credentials with which something is done when they expire. */
	 "CREATE TABLE expiries (id INTEGER PRIMARY KEY, at_s INTEGER NOT NULL);"
	 "CREATE INDEX expiries_at ON expiries (at_s);"
	 /* rowid: a number of the kind by 2^40, and the object's. */
	 "CREATE VIRTUAL TABLE search USING fts5 (words, prefix = '1 2 3',"
	 " tokenize = 'unicode61 remove_diacritics 2');"
	 "CREATE TABLE counts (kind TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;"
	 "INSERT INTO counts SELECT kind, count(*) FROM objects GROUP BY kind;"
	 "CREATE TRIGGER count_created AFTER INSERT ON objects BEGIN"
	 " INSERT INTO counts VALUES (new.kind, 1)"
	 " ON CONFLICT (kind) DO UPDATE SET count = count + 1; END;"
	 "CREATE TRIGGER count_removed AFTER DELETE ON objects BEGIN"
	 " UPDATE counts SET count = count - 1 WHERE kind = old.kind; END;"),
	/* Where people are; of meta "presence" is the last event that is in it. */
	"CREATE TABLE presence (person INTEGER PRIMARY KEY, area INTEGER NOT NULL,"
	" since_s INTEGER NOT NULL);",
	/* Counted where objects are written: with triggers each row's statement had the search
	 * index written out. */
	"DROP TRIGGER count_created; DROP TRIGGER count_removed;",
	/* The one log server of the settings becomes an object, and keeps its cursor "syslog.1". */
	("CREATE TEMP TABLE old AS SELECT substr(name, 10) AS name, value FROM settings"
	 " WHERE name LIKE 'syslog.1.%';"
	 "CREATE TEMP VIEW new AS SELECT"
	 " coalesce((SELECT value FROM old WHERE name = 'transport'), '\"off\"') AS transport,"
	 " coalesce((SELECT value FROM old WHERE name = 'host'), '\"\"') AS host,"
	 " coalesce((SELECT value FROM old WHERE name = 'ca_file'), '\"\"') AS ca_file,"
	 " coalesce((SELECT value FROM old WHERE name = 'facility'), '10') AS facility,"
	 " coalesce((SELECT value FROM old WHERE name = 'port'), '6514') AS port,"
	 " coalesce((SELECT value FROM old WHERE name = 'severity'), '7') AS severity;"
	 "INSERT INTO objects SELECT 'log_server', 1, NULL, json_object('name', 'Log server',"
	 " 'host', json(host), 'port', json(port), 'ca_file', json(ca_file),"
	 " 'facility_access', json(facility), 'facility_audit', json(facility),"
	 " 'severity', json_extract('[\"emergency\",\"alert\",\"critical\",\"error\",\"warning\","
	 "\"notice\",\"info\",\"debug\"]', '$[' || severity || ']'),"
	 " 'enabled', json(CASE transport WHEN '\"off\"' THEN 'false' ELSE 'true' END),"
	 " 'transport', CASE WHEN transport <> '\"off\"' THEN json_extract(transport, '$')"
	 " WHEN ca_file <> '\"\"' THEN 'tls' ELSE 'tcp' END)"
	 " FROM new WHERE host <> '\"\"';"
	 "INSERT INTO counts SELECT 'log_server', count(*) FROM objects WHERE kind = 'log_server'"
	 " HAVING count(*) > 0;"
	 "DROP VIEW new; DROP TABLE old; DELETE FROM settings WHERE name LIKE 'syslog.1.%';"),
};

static const char *const events_steps[] = {
	"CREATE TABLE events (seq INTEGER PRIMARY KEY, time_us INTEGER NOT NULL,"
	" number INTEGER NOT NULL, severity INTEGER NOT NULL, hash BLOB NOT NULL,"
	" text TEXT NOT NULL);"
	"CREATE TABLE followers (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;"
	/* How far each epoch of the door role's ring has been committed. */
	"CREATE TABLE rings (epoch TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;",
	/* What events are found by (store_log_index.c), and what was before the first one kept. */
	("CREATE VIRTUAL TABLE terms USING fts5 (term, content = '', detail = none,"
	 " columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');"
	 "CREATE TABLE spans (block INTEGER PRIMARY KEY, least_us INTEGER NOT NULL,"
	 " most_us INTEGER NOT NULL);"
	 "CREATE TABLE anchor (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL,"
	 " hash BLOB NOT NULL);"
	 /* Events of before this step are indexed when the log is opened; so far, up to seq. */
	 "CREATE TABLE unindexed (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL);"
	 "INSERT INTO unindexed SELECT 1, seq - 1 FROM events ORDER BY seq LIMIT 1;"),
	/* What stands (store_alarms.c); known once the log of before this step was read for it. */
	("CREATE TABLE alarms (id INTEGER PRIMARY KEY, doc TEXT NOT NULL);"
	 "CREATE TABLE alarms_known (id INTEGER PRIMARY KEY CHECK (id = 1));"),
};

const struct db_schema db_config_schema = { config_steps, ARRAY_LEN(config_steps) };
const struct db_schema db_events_schema = { events_steps, ARRAY_LEN(events_steps) };
