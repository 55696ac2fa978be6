/*
 * The rows of an import on their way: proven one by one as they come and kept in a database of
 * their own, then stored all at once. Everything here runs in the import's thread, by connections
 * of its own, but for the members of struct import_progress, which any thread may read.
 *
 * The file of the rows is unlinked as soon as it is open: nothing is left of it whatever happens.
 */
#ifndef AGENT_STORE_IMPORT_STAGE_H
#define AGENT_STORE_IMPORT_STAGE_H

#include <stdatomic.h>

#include "agent/store_auth.h"
#include "agent/store_import_read.h"

#define IMPORT_ERRORS_MAX 100

struct import_options {
	const struct model_kind *kind;
	enum import_format format;
	bool is_upsert;
	struct caller caller;
};

struct import_progress {
	_Atomic int64_t done; /* rows stored */
	atomic_bool is_cancelled;
};

struct import_stage;

/* In the loop: takes from store what the thread needs. */
struct import_stage *import_stage_new(struct store *store, const struct import_options *options);
void import_stage_free(struct import_stage *stage);

/* Negative when the rest cannot be read, or not be kept. */
int import_stage_feed(struct import_stage *stage, const void *bytes, size_t size);
int import_stage_end(struct import_stage *stage);
/* All rows in one transaction, or none; an error that comes only now is one of the others. */
int import_stage_commit(struct import_stage *stage);

/* {lines, rows, created, changed, error_count, errors}, a new reference. Not while the thread works
 * on it. */
json_t *import_stage_report(const struct import_stage *stage);
int64_t import_stage_rows(const struct import_stage *stage);
int64_t import_stage_errors(const struct import_stage *stage);
struct import_progress *import_stage_progress(struct import_stage *stage);

#endif
