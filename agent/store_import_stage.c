#include "agent/store_import_stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_import_private.h"
#include "agent/store_objects_write.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

static const char *const steps[] = {
	"CREATE TABLE rows (line INTEGER PRIMARY KEY, id INTEGER UNIQUE, unique_key TEXT UNIQUE,"
	" mark INTEGER NOT NULL, doc TEXT NOT NULL);",
};
static const struct db_schema schema = { steps, ARRAY_LEN(steps) };

/* A row that is being proven. */
struct row {
	struct import_stage *stage;
	int64_t line;
	json_t *object; /* what the file says */
	int64_t id;	/* 0: not yet known */
	json_t *old;	/* NULL for a new object */
	json_t *doc;
};

static void
note(struct import_stage *stage, const struct import_error *error)
{
	stage->error_count++;
	if (json_array_size(stage->errors) >= IMPORT_ERRORS_MAX)
		return;
	json_t *entry =
		json_pack("{sI,ss}", "line", (json_int_t) error->line, "message", error->message);
	if (entry && error->column)
		(void) json_object_set_new(entry, "column", json_integer(error->column));
	if (entry && *error->field)
		(void) json_object_set_new(entry, "field", json_string(error->field));
	(void) json_array_append_new(stage->errors, entry);
}

void
import_stage_refuse(struct import_stage *stage, int64_t line, const char *field,
		    const char *message)
{
	struct import_error error = { line, import_reader_column(stage->reader, field), field,
				      message };

	note(stage, &error);
}

static void
on_error(const struct import_error *error, void *context)
{
	note(context, error);
}

uint32_t
import_stage_mark(const json_t *old)
{
	_cleanup_(freep) char *text = old ? json_canonical(old) : NULL;

	/* 0 is for what is new. */
	return text ? MAX_OF(fnv1a(text, strlen(text)), 1) : 0;
}

static bool PRINTF(3, 4) refuse(const struct row *row, const char *field, const char *format, ...)
{
	char message[200];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	import_stage_refuse(row->stage, row->line, field, message);
	return false;
}

/* The number of the object with this key, 0 without one. */
static int64_t
find(struct import_stage *stage, const char *kind, const char *key)
{
	int64_t id = 0;

	if (key)
		(void) db_cache_number(stage->store.statements, &id,
				       "SELECT id FROM objects WHERE kind = ? AND unique_key = ?",
				       "tt", kind, key);
	return id;
}

/* The reference of a person in place of the person's number. */
static bool
resolve_person(struct row *row)
{
	static const char name[] = "person_reference";
	const char *reference = json_string_or(row->object, name, "");
	_cleanup_(json_decrefp) json_t *wanted = json_pack("{ss}", "reference", reference);
	_cleanup_(freep) char *key = model_unique_key(model_find("person"), wanted);
	int64_t given = json_integer_or(row->object, "person", 0);

	if (!*reference) {
		(void) json_object_del(row->object, name);
		return true;
	}
	int64_t id = find(row->stage, "person", key);
	if (!id)
		return refuse(row, name, "there is no person with this reference");
	if (given && given != id)
		return refuse(row, name, "that is person %lld, and another one is named",
			      (long long) id);
	(void) json_object_del(row->object, name);
	(void) json_object_set_new(row->object, "person", json_integer(id));
	return true;
}

/* Which object is meant, by its number or by what is unique. */
static bool
resolve_object(struct row *row)
{
	struct import_stage *stage = row->stage;
	const struct model_kind *kind = stage->options.kind;

	row->id = json_integer_or(row->object, "id", 0);
	(void) json_object_del(row->object, "id");
	if (kind->max && row->id > kind->max)
		return refuse(row, "id", "a number from 1 to %u", kind->max);
	if (!row->id && stage->options.is_upsert) {
		_cleanup_(json_decrefp) json_t *filled = json_deep_copy(row->object);
		field_fill(&kind->fields, filled);
		_cleanup_(freep) char *key = model_unique_key(kind, filled);
		row->id = find(stage, kind->name, key);
	}
	row->old = row->id ? store_object_load(&stage->store, kind, row->id) : NULL;
	if (row->old && !stage->options.is_upsert)
		return refuse(row, "id", "there is a %s %lld already", kind->name,
			      (long long) row->id);
	row->doc = row->old ? json_deep_copy(row->old) : json_object();
	(void) json_object_update(row->doc, row->object);
	return true;
}

static bool
prove(struct row *row)
{
	struct object_change change = { .kind = row->stage->options.kind,
					.id = row->id,
					.old = row->old,
					.doc = row->doc,
					.caller = &row->stage->options.caller };
	struct store_refusal refusal;

	return store_object_prove(&row->stage->store, &change, &refusal) == 0 ||
	       refuse(row, refusal.field, "%s", refusal.message);
}

/* The row in the file that has the same number or key. */
static bool
refuse_double(const struct row *row, const char *key)
{
	struct import_stage *stage = row->stage;
	_cleanup_(db_finalizep) sqlite3_stmt *other =
		db_query(stage->rows, "SELECT line, id FROM rows WHERE id = ? OR unique_key = ?",
			 "it", row->id, key);

	if (!db_next(&other))
		return refuse(row, "", "the row could not be kept");
	bool is_id = row->id && sqlite3_column_int64(other, 1) == row->id;
	if (!is_id && json_object_get(row->doc, "pin"))
		return refuse(row, "pin", "choose another PIN");
	const char *field = is_id ? "id" : stage->options.kind->duplicate.field;
	return refuse(row, field ? field : "", "the same as in line %lld",
		      (long long) sqlite3_column_int64(other, 0));
}

static int
insert(const struct row *row, const char *key, const char *text)
{
	int64_t mark = import_stage_mark(row->old);

	if (row->id)
		return db_cache_run(row->stage->statements,
				    "INSERT INTO rows VALUES (?, ?, ?, ?, ?)", "iitit", row->line,
				    row->id, key, mark, text);
	return db_cache_run(row->stage->statements, "INSERT INTO rows VALUES (?, NULL, ?, ?, ?)",
			    "itit", row->line, key, mark, text);
}

static void
keep(const struct row *row)
{
	struct import_stage *stage = row->stage;
	_cleanup_(freep) char *key = model_unique_key(stage->options.kind, row->doc);
	_cleanup_(freep) char *text = json_dumps(row->doc, JSON_COMPACT);
	int r = insert(row, key, text);

	if (r == -EEXIST)
		(void) refuse_double(row, key);
	else if (r < 0)
		stage->r = r;
	else if (row->old)
		stage->changed += !json_equal(row->old, row->doc);
	else
		stage->created++;
}

static void
on_row(int64_t line, json_t *object, void *context)
{
	struct import_stage *stage = context;
	struct row row = { .stage = stage, .line = line, .object = object };

	if (stage->r == 0 && resolve_person(&row) && resolve_object(&row) && prove(&row))
		keep(&row);
	json_decref(row.old);
	json_decref(row.doc);
}

static const struct import_reader_ops ops = { .on_row = on_row, .on_error = on_error };

static int
open_rows(struct import_stage *stage)
{
	(void) unlink(stage->path);
	int r = db_open(stage->path, &schema, &stage->rows);
	/* What is lost with the process is not needed any more. */
	if (r == 0)
		r = db_exec(stage->rows, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
					 "PRAGMA locking_mode = EXCLUSIVE;"
					 "PRAGMA cache_size = -16000; BEGIN");
	(void) unlink(stage->path);
	if (r == 0)
		r = db_open_reader(stage->config, &stage->store.config);
	if (r < 0)
		return r;
	stage->statements = db_cache_new(stage->rows);
	stage->store.statements = db_cache_new(stage->store.config);
	return 0;
}

struct import_stage *
import_stage_new(struct store *store, const struct import_options *options)
{
	struct import_stage *stage = xcalloc(1, sizeof(*stage));

	stage->options = *options;
	stage->options.caller.csrf = NULL;
	stage->store = (struct store){ .options = store->options,
				       .seal = store->seal,
				       .has_pin_key = store->has_pin_key };
	memcpy(stage->store.pin_key, store->pin_key, sizeof(store->pin_key));
	stage->reader = import_reader_new(options->format, options->kind, &ops, stage);
	stage->errors = json_array();
	const char *dir = store->options->state_dir;
	if (path_join(stage->config, sizeof(stage->config), dir, "config.db") < 0 ||
	    path_join(stage->path, sizeof(stage->path), dir, "import.tmp") < 0)
		stage->r = -ENAMETOOLONG;
	return stage;
}

void
import_stage_free(struct import_stage *stage)
{
	if (!stage)
		return;
	import_reader_free(stage->reader);
	db_cache_free(stage->statements);
	db_close(stage->rows);
	db_cache_free(stage->store.statements);
	db_close(stage->store.config);
	json_decref(stage->errors);
	explicit_bzero(stage, sizeof(*stage));
	free(stage);
}

int
import_stage_feed(struct import_stage *stage, const void *bytes, size_t size)
{
	if (stage->r == 0 && !stage->rows)
		stage->r = open_rows(stage);
	if (stage->r == 0 && import_reader_feed(stage->reader, bytes, size) < 0)
		return -EBADMSG;
	return stage->r;
}

int
import_stage_end(struct import_stage *stage)
{
	int r = import_stage_feed(stage, "", 0);

	return r < 0 ? r : import_reader_end(stage->reader);
}

json_t *
import_stage_report(const struct import_stage *stage)
{
	return json_pack("{sI,sI,sI,sI,sI,sO}", "lines",
			 (json_int_t) import_reader_lines(stage->reader), "rows",
			 (json_int_t) import_stage_rows(stage), "created",
			 (json_int_t) stage->created, "changed", (json_int_t) stage->changed,
			 "error_count", (json_int_t) stage->error_count, "errors", stage->errors);
}

int64_t
import_stage_rows(const struct import_stage *stage)
{
	return stage->created + stage->changed;
}

int64_t
import_stage_errors(const struct import_stage *stage)
{
	return stage->error_count;
}

struct import_progress *
import_stage_progress(struct import_stage *stage)
{
	return &stage->progress;
}
