#include "agent/store_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/util.h"

int
db_exec(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return log_err(-EIO, "database: %s", sqlite3_errmsg(db));
}

int
db_begin(sqlite3 *db)
{
	return db_exec(db, "BEGIN IMMEDIATE");
}

int
db_end(sqlite3 *db, int r)
{
	if (r == 0)
		r = db_exec(db, "COMMIT");
	if (r < 0)
		(void) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static int
read_version(sqlite3 *db, int64_t *ret)
{
	_cleanup_(db_finalizep) sqlite3_stmt *statement = db_query(db, "PRAGMA user_version", "");

	if (!db_next(&statement))
		return -EIO;
	*ret = sqlite3_column_int64(statement, 0);
	return 0;
}

static int
migrate(sqlite3 *db, const struct db_schema *schema)
{
	int64_t version;
	int r = read_version(db, &version);

	if (r < 0)
		return r;
	if (version > (int64_t) schema->count)
		return log_err(-EPROTO, "a newer Cardea wrote this database (version %lld)",
			       (long long) version);
	for (; version < (int64_t) schema->count; version++) {
		_cleanup_(freep) char *sql =
			xasprintf("BEGIN IMMEDIATE; %s PRAGMA user_version = %lld; COMMIT;",
				  schema->steps[version], (long long) version + 1);
		r = db_exec(db, sql);
		if (r < 0) {
			(void) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
			return r;
		}
	}
	return 0;
}

void
db_patience(sqlite3 *db, int ms)
{
	(void) sqlite3_busy_timeout(db, ms);
}

int
db_open(const char *path, const struct db_schema *schema, sqlite3 **ret)
{
	/* Made here first, because SQLite would make it readable for the group. */
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return log_err(-errno, "cannot open '%s'", path);
	(void) close(fd);
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK) {
		int r = log_err(-EIO, "cannot open '%s' (%s)", path, sqlite3_errmsg(db));
		(void) sqlite3_close(db);
		return r;
	}
	db_patience(db, DB_PATIENCE_MS);
	int r = db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;");
	if (r == 0)
		r = migrate(db, schema);
	if (r < 0) {
		db_close(db);
		return log_err(r, "cannot use the database '%s'", path);
	}
	*ret = db;
	return 0;
}

int
db_open_reader(const char *path, sqlite3 **ret)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK) {
		(void) log_err(0, "cannot open '%s' (%s)", path, sqlite3_errmsg(db));
		db_close(db);
		return -EIO;
	}
	db_patience(db, DB_PATIENCE_MS);
	*ret = db;
	return 0;
}

void
db_close(sqlite3 *db)
{
	(void) sqlite3_close_v2(db);
}

sqlite3_stmt *
db_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
		(void) log_err(0, "database: %s in '%s'", sqlite3_errmsg(db), sql);
		abort();
	}
	return statement;
}

static void
bind_all(sqlite3_stmt *statement, const char *format, va_list args)
{
	for (int i = 1; *format; i++, format++) {
		if (*format == 'i') {
			(void) sqlite3_bind_int64(statement, i, va_arg(args, int64_t));
		} else if (*format == 't') {
			const char *text = va_arg(args, const char *);
			(void) sqlite3_bind_text(statement, i, text, -1, SQLITE_TRANSIENT);
		} else {
			const void *bytes = va_arg(args, const void *);
			size_t size = va_arg(args, size_t);
			(void) sqlite3_bind_blob64(statement, i, bytes, size, SQLITE_TRANSIENT);
		}
	}
}

/* What a statement that is at its end has come to. */
static int
outcome(sqlite3 *db, int r)
{
	if (r == SQLITE_DONE)
		return 0;
	if (r == SQLITE_CONSTRAINT)
		return -EEXIST;
	return log_err(-EIO, "database: %s", sqlite3_errmsg(db));
}

int
db_again(sqlite3_stmt *statement, const char *format, ...)
{
	va_list args;
	int r;

	va_start(args, format);
	bind_all(statement, format, args);
	va_end(args);
	do
		r = sqlite3_step(statement);
	while (r == SQLITE_ROW);
	r = outcome(sqlite3_db_handle(statement), r);
	(void) sqlite3_reset(statement);
	(void) sqlite3_clear_bindings(statement);
	return r;
}

sqlite3_stmt *
db_query(sqlite3 *db, const char *sql, const char *format, ...)
{
	va_list args;

	sqlite3_stmt *statement = db_prepare(db, sql);
	va_start(args, format);
	bind_all(statement, format, args);
	va_end(args);
	return statement;
}

bool
db_next(sqlite3_stmt **statement)
{
	if (*statement && sqlite3_step(*statement) == SQLITE_ROW)
		return true;
	(void) sqlite3_finalize(steal(statement));
	return false;
}

int
db_run(sqlite3 *db, const char *sql, const char *format, ...)
{
	va_list args;

	sqlite3_stmt *statement = db_prepare(db, sql);
	va_start(args, format);
	bind_all(statement, format, args);
	va_end(args);
	int r;
	do
		r = sqlite3_step(statement);
	while (r == SQLITE_ROW);
	r = outcome(db, r);
	(void) sqlite3_finalize(statement);
	return r;
}

void
db_finalizep(sqlite3_stmt **statement)
{
	(void) sqlite3_finalize(*statement);
}

const char *
db_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);
	return text ? (const char *) text : "";
}

/* More than there are statements of a change of an object. */
#define CACHE_MAX 24

struct db_cache {
	sqlite3 *db;
	struct {
		const char *sql;
		sqlite3_stmt *statement;
	} kept[CACHE_MAX];
	unsigned next;
};

struct db_cache *
db_cache_new(sqlite3 *db)
{
	struct db_cache *cache = xcalloc(1, sizeof(*cache));

	cache->db = db;
	return cache;
}

void
db_cache_free(struct db_cache *cache)
{
	for (unsigned i = 0; cache && i < CACHE_MAX; i++)
		(void) sqlite3_finalize(cache->kept[i].statement);
	free(cache);
}

static sqlite3_stmt *
keep(struct db_cache *cache, const char *sql)
{
	for (unsigned i = 0; i < CACHE_MAX; i++)
		if (cache->kept[i].sql == sql)
			return cache->kept[i].statement;
	unsigned place = cache->next++ % CACHE_MAX;
	(void) sqlite3_finalize(cache->kept[place].statement);
	cache->kept[place].sql = sql;
	cache->kept[place].statement = db_prepare(cache->db, sql);
	return cache->kept[place].statement;
}

static void
put_back(sqlite3_stmt *statement)
{
	(void) sqlite3_reset(statement);
	/* No secret stays bound. */
	(void) sqlite3_clear_bindings(statement);
}

int
db_cache_run(struct db_cache *cache, const char *sql, const char *format, ...)
{
	sqlite3_stmt *statement = keep(cache, sql);
	va_list args;
	int r;

	va_start(args, format);
	bind_all(statement, format, args);
	va_end(args);
	do
		r = sqlite3_step(statement);
	while (r == SQLITE_ROW);
	r = outcome(cache->db, r);
	put_back(statement);
	return r;
}

bool
db_cache_number(struct db_cache *cache, int64_t *ret, const char *sql, const char *format, ...)
{
	sqlite3_stmt *statement = keep(cache, sql);
	va_list args;

	va_start(args, format);
	bind_all(statement, format, args);
	va_end(args);
	bool is_there = sqlite3_step(statement) == SQLITE_ROW;
	if (is_there)
		*ret = sqlite3_column_int64(statement, 0);
	put_back(statement);
	return is_there;
}
