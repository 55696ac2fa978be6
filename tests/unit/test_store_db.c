#include "agent/store_db.h"
#include "lib/log.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct rig {
	char *dir;
	char *path;
	sqlite3 *db;
};

static void
start(struct rig *rig, const struct db_schema *schema)
{
	rig->dir = unit_dir_new();
	rig->path = unit_path(rig->dir, "file.db");
	CU_ASSERT_EQUAL_FATAL(db_open(rig->path, schema, &rig->db), 0);
}

static void
stop(struct rig *rig)
{
	db_close(rig->db);
	free(rig->path);
	unit_dir_free(rig->dir);
}

/* The first column of the first row as text. */
static char *
select_text(sqlite3 *db, const char *sql)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(db, sql, "");
	return db_next(&row) ? xstrdup(db_text(row, 0)) : xstrdup("");
}

static void
dump(FILE *out, const char *name, const struct db_schema *schema)
{
	struct rig rig;

	start(&rig, schema);
	_cleanup_(freep) char *version = select_text(rig.db, "PRAGMA user_version");
	fprintf(out, "-- %s, version %s\n", name, version);
	sqlite3_stmt *row = db_query(rig.db,
				     "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
				     " ORDER BY type, name",
				     "");
	while (db_next(&row))
		fprintf(out, "%s;\n", db_text(row, 0));
	stop(&rig);
}

static void
test_the_schema_is_what_a_database_of_this_version_has(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	dump(out, "config.db", &db_config_schema);
	dump(out, "events.db", &db_events_schema);
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("schema.sql", text));
	free(text);
}

static void
test_a_database_is_private_and_survives_a_power_cut(void)
{
	struct rig rig;
	struct stat info;
	mode_t before = umask(0);

	start(&rig, &db_events_schema);
	(void) umask(before);
	CU_ASSERT_EQUAL(stat(rig.path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0600);
	_cleanup_(freep) char *journal = select_text(rig.db, "PRAGMA journal_mode");
	_cleanup_(freep) char *sync = select_text(rig.db, "PRAGMA synchronous");
	_cleanup_(freep) char *keys = select_text(rig.db, "PRAGMA foreign_keys");
	CU_ASSERT_STRING_EQUAL(journal, "wal");
	CU_ASSERT_STRING_EQUAL(sync, "2");
	CU_ASSERT_STRING_EQUAL(keys, "1");
	stop(&rig);
}

static void
test_each_step_is_taken_once_and_an_older_file_is_brought_up(void)
{
	static const char *const steps[] = {
		"CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);",
		"INSERT INTO a VALUES (2);", "INSERT INTO a VALUES (3);"
	};
	const struct db_schema first = { steps, 1 };
	const struct db_schema third = { steps, 3 };
	struct rig rig;

	start(&rig, &first);
	for (unsigned i = 0; i < 3; i++) {
		db_close(rig.db);
		CU_ASSERT_EQUAL_FATAL(db_open(rig.path, &third, &rig.db), 0);
	}
	_cleanup_(freep) char *rows = select_text(rig.db, "SELECT group_concat(x) FROM a");
	_cleanup_(freep) char *version = select_text(rig.db, "PRAGMA user_version");
	CU_ASSERT_STRING_EQUAL(rows, "1,2,3");
	CU_ASSERT_STRING_EQUAL(version, "3");
	stop(&rig);
}

/* Of before the fourth step. */
static void
test_a_door_of_an_older_file_still_relocks_when_it_did(void)
{
	const struct db_schema third = { db_config_schema.steps, 3 };
	struct rig rig;

	start(&rig, &third);
	CU_ASSERT_EQUAL_FATAL(
		sqlite3_exec(rig.db,
			     "INSERT INTO objects (kind, id, doc) VALUES"
			     " ('door', 1, '{\"name\":\"A\",\"relock_on_open\":true}'),"
			     " ('door', 2, '{\"name\":\"B\",\"relock_on_open\":false}'),"
			     " ('door', 3, '{\"name\":\"C\"}')",
			     NULL, NULL, NULL),
		0);
	db_close(rig.db);
	CU_ASSERT_EQUAL_FATAL(db_open(rig.path, &db_config_schema, &rig.db), 0);
	_cleanup_(freep) char *docs =
		select_text(rig.db, "SELECT group_concat(doc, ' ') FROM (SELECT doc FROM objects"
				    " WHERE kind = 'door' ORDER BY id)");
	CU_ASSERT_STRING_EQUAL(docs, "{\"name\":\"A\",\"relock\":\"on_open\"}"
				     " {\"name\":\"B\",\"relock\":\"on_close\"}"
				     " {\"name\":\"C\"}");
	stop(&rig);
}

/* What becomes of such settings of before the eighth step, and of nothing else. */
static char *
log_servers_of(const char *settings)
{
	const struct db_schema seventh = { db_config_schema.steps, 7 };
	_cleanup_(freep) char *sql = xasprintf("INSERT INTO settings VALUES"
					       " ('system.name', '\"Gate\"')%s",
					       settings);
	struct rig rig;

	start(&rig, &seventh);
	CU_ASSERT_EQUAL_FATAL(sqlite3_exec(rig.db, sql, NULL, NULL, NULL), 0);
	db_close(rig.db);
	CU_ASSERT_EQUAL_FATAL(db_open(rig.path, &db_config_schema, &rig.db), 0);
	char *docs = select_text(rig.db, "SELECT coalesce(group_concat(id || doc), '') FROM objects"
					 " WHERE kind = 'log_server'");
	_cleanup_(freep) char *left =
		select_text(rig.db, "SELECT group_concat(name) FROM settings");
	CU_ASSERT_STRING_EQUAL(left, "system.name");
	_cleanup_(freep) char *count = select_text(
		rig.db, "SELECT coalesce(sum(count), 0) FROM counts WHERE kind = 'log_server'");
	CU_ASSERT_STRING_EQUAL(count, *docs ? "1" : "0");
	stop(&rig);
	return docs;
}

static void
test_the_log_server_of_an_older_file_becomes_an_object(void)
{
	_cleanup_(freep) char *none = log_servers_of("");
	_cleanup_(freep) char *tls =
		log_servers_of(", ('syslog.1.host', '\"logs.example.org\"'),"
			       " ('syslog.1.transport', '\"tls\"'),"
			       " ('syslog.1.ca_file', '\"/ca.pem\"'),"
			       " ('syslog.1.facility', '4'), ('syslog.1.severity', '5')");
	_cleanup_(freep) char *off = log_servers_of(", ('syslog.1.host', '\"192.0.2.1\"'),"
						    " ('syslog.1.port', '601')");

	CU_ASSERT_STRING_EQUAL(none, "");
	CU_ASSERT_STRING_EQUAL(
		tls, "1{\"name\":\"Log server\",\"host\":\"logs.example.org\",\"port\":6514,"
		     "\"ca_file\":\"/ca.pem\",\"facility_access\":4,\"facility_audit\":4,"
		     "\"severity\":\"notice\",\"enabled\":true,\"transport\":\"tls\"}");
	CU_ASSERT_STRING_EQUAL(off,
			       "1{\"name\":\"Log server\",\"host\":\"192.0.2.1\",\"port\":601,"
			       "\"ca_file\":\"\",\"facility_access\":10,\"facility_audit\":10,"
			       "\"severity\":\"debug\",\"enabled\":false,\"transport\":\"tcp\"}");
}

static void
test_a_step_that_fails_leaves_the_file_as_it_was(void)
{
	static const char *const steps[] = {
		"CREATE TABLE a (x INTEGER);",
		"INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (1);"
	};
	const struct db_schema first = { steps, 1 };
	const struct db_schema both = { steps, 2 };
	struct rig rig;
	sqlite3 *db = NULL;

	start(&rig, &first);
	CU_ASSERT_EQUAL(db_open(rig.path, &both, &db), -EIO);
	CU_ASSERT_PTR_NULL(db);
	_cleanup_(freep) char *rows = select_text(rig.db, "SELECT count(*) FROM a");
	_cleanup_(freep) char *version = select_text(rig.db, "PRAGMA user_version");
	CU_ASSERT_STRING_EQUAL(rows, "0");
	CU_ASSERT_STRING_EQUAL(version, "1");
	stop(&rig);
}

static void
test_a_newer_foreign_or_linked_file_is_refused_untouched(void)
{
	struct rig rig;
	sqlite3 *db = NULL;
	char text[64];

	start(&rig, &db_config_schema);
	CU_ASSERT_EQUAL(db_exec(rig.db, "PRAGMA user_version = 99"), 0);
	CU_ASSERT_EQUAL(db_open(rig.path, &db_config_schema, &db), -EPROTO);
	_cleanup_(freep) char *foreign = unit_path(rig.dir, "foreign");
	CU_ASSERT_EQUAL(write_file_atomic(foreign, "this is no database at all", 26, 0600), 0);
	CU_ASSERT_EQUAL(db_open(foreign, &db_config_schema, &db), -EIO);
	CU_ASSERT_EQUAL(read_file(foreign, text, sizeof(text)), 26);
	_cleanup_(freep) char *link = unit_path(rig.dir, "link");
	CU_ASSERT_EQUAL(symlink(rig.path, link), 0);
	CU_ASSERT_EQUAL(db_open(link, &db_config_schema, &db), -ELOOP);
	CU_ASSERT_PTR_NULL(db);
	stop(&rig);
}

static void
test_values_are_bound_and_a_broken_uniqueness_is_told_apart(void)
{
	static const char nasty[] = "x'); DROP TABLE settings; --";
	struct rig rig;

	start(&rig, &db_config_schema);
	CU_ASSERT_EQUAL(db_run(rig.db, "INSERT INTO settings VALUES (?, ?)", "tt", nasty, "v"), 0);
	CU_ASSERT_EQUAL(db_run(rig.db, "INSERT INTO settings VALUES (?, ?)", "tt", nasty, "w"),
			-EEXIST);
	sqlite3_stmt *row = db_query(
		rig.db, "SELECT name, value, NULL FROM settings WHERE name = ?", "t", nasty);
	CU_ASSERT_TRUE_FATAL(db_next(&row));
	CU_ASSERT_STRING_EQUAL(db_text(row, 0), nasty);
	CU_ASSERT_STRING_EQUAL(db_text(row, 1), "v");
	CU_ASSERT_STRING_EQUAL(db_text(row, 2), "");
	CU_ASSERT_FALSE(db_next(&row));
	CU_ASSERT_PTR_NULL(row);
	CU_ASSERT_FALSE(db_next(&row));
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_schema_is_what_a_database_of_this_version_has),
		TAP(test_a_database_is_private_and_survives_a_power_cut),
		TAP(test_each_step_is_taken_once_and_an_older_file_is_brought_up),
		TAP(test_a_door_of_an_older_file_still_relocks_when_it_did),
		TAP(test_the_log_server_of_an_older_file_becomes_an_object),
		TAP(test_a_step_that_fails_leaves_the_file_as_it_was),
		TAP(test_a_newer_foreign_or_linked_file_is_refused_untouched),
		TAP(test_values_are_bound_and_a_broken_uniqueness_is_told_apart),
	};

	/* Refusals are what is tested; their error lines would only alarm. */
	log_set_level((enum log_level) 0);
	return tap_main(tests, ARRAY_LEN(tests));
}
