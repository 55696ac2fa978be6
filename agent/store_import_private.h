/* What the files of an import share: store_import_stage.c proves rows, store_import_commit.c stores
 * them. */
#ifndef AGENT_STORE_IMPORT_PRIVATE_H
#define AGENT_STORE_IMPORT_PRIVATE_H

#include "agent/store_import_stage.h"
#include "agent/store_refusal.h"

struct import_stage {
	struct import_options options;
	struct import_progress progress;
	/* As the store, with the thread's own connection to config.db, which reads until the end.
	 */
	struct store store;
	char config[256]; /* paths */
	char path[256];
	sqlite3 *rows;
	struct db_cache *statements; /* of rows */
	struct import_reader *reader;
	json_t *errors;
	int64_t error_count;
	int64_t created;
	int64_t changed;
	int r; /* what the databases say */
};

/* Notes what is wrong with a row. */
void import_stage_refuse(struct import_stage *stage, int64_t line, const char *field,
			 const char *message);
/* Of an object that is to be changed: whether it is still as it was when the change was proven. */
uint32_t import_stage_mark(const json_t *old);

#endif
