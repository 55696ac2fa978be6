/*
 * SQLite the way the store uses it: WAL, synchronous=FULL, schema steps, prepared statements.
 * Only agent/store_*.c knows SQLite.
 */
#ifndef AGENT_STORE_DB_H
#define AGENT_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Append-only: step n takes a database from version n to n + 1 (PRAGMA user_version). */
struct db_schema {
	const char *const *steps;
	size_t count;
};

extern const struct db_schema db_config_schema;
extern const struct db_schema db_events_schema;

/* Opens or makes the file with mode 0600 and brings it to the newest version. */
int db_open(const char *path, const struct db_schema *schema, sqlite3 **ret);
/* A connection that only reads, for another thread; the file must have been opened before. */
int db_open_reader(const char *path, sqlite3 **ret);
void db_close(sqlite3 *db);
/* How long a lock that another connection holds is waited for; DB_PATIENCE_MS to begin with. */
#define DB_PATIENCE_MS 2000
void db_patience(sqlite3 *db, int ms);

/* Runs SQL without results; a negative errno, -EIO for what SQLite says. */
int db_exec(sqlite3 *db, const char *sql);

/* A transaction that writes. Its end commits when r is 0, else takes all back; returns r, or why it
 * could not be committed. */
int db_begin(sqlite3 *db);
int db_end(sqlite3 *db, int r);

/*
 * A statement with parameters by a format of one letter each: i int64_t, t const char * (NULL is
 * SQL NULL), b const void * and size_t. Ends the process for SQL that does not compile: that is
 * our own bug.
 */
sqlite3_stmt *db_query(sqlite3 *db, const char *sql, const char *format, ...);
/* True while there is a row; frees the statement and sets it NULL at the end. */
bool db_next(sqlite3_stmt **statement);
/* Runs a statement to its end. 0, -EEXIST for a broken uniqueness, else -EIO. */
int db_run(sqlite3 *db, const char *sql, const char *format, ...);
/* A statement that is run again and again with other parameters; the caller finalizes it. */
sqlite3_stmt *db_prepare(sqlite3 *db, const char *sql);
int db_again(sqlite3_stmt *statement, const char *format, ...);
void db_finalizep(sqlite3_stmt **statement);

/*
 * Statements of one connection that are kept from call to call: SQL must be a literal, and the same
 * statement is not used while it runs. What it gives is freed before the connection is closed.
 */
struct db_cache;
struct db_cache *db_cache_new(sqlite3 *db);
void db_cache_free(struct db_cache *cache);
/* As db_run(). */
int db_cache_run(struct db_cache *cache, const char *sql, const char *format, ...);
/* The first column of the first row; false when there is no row. */
bool db_cache_number(struct db_cache *cache, int64_t *ret, const char *sql, const char *format,
		     ...);

/* Text of a column, "" for NULL. */
const char *db_text(sqlite3_stmt *statement, int column);

#endif
