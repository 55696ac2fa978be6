/*
 * Keeps access.bin up with the configuration. A thread of its own compiles one snapshot of
 * config.db after another; changes that come meanwhile share the next one. The generation, a row of
 * meta, moves with every change in its transaction and is the table's own: a table whose generation
 * is the database's is not compiled again.
 */
#ifndef AGENT_STORE_COMPILE_H
#define AGENT_STORE_COMPILE_H

#include "agent/store.h"
#include "lib/access_build.h"

struct store_compile;

/* Compiles unless the table that is there is right. */
int store_compile_open(struct store *store);
/* Waits for the job under way and answers who still waits. */
void store_compile_free(struct store_compile *compile);

/* Within a transaction: it changes what the table is made of. */
int store_compile_note(struct store *store);
/* After that transaction's commit. */
void store_compile_begin(struct store *store);
/* Compiles though nothing has changed but time. */
void store_compile_touch(struct store *store);

/*
 * Calls then() as soon as the door role decides by everything that is committed now, which may be
 * at once; two seconds later, and at the end of the process, it is called in any case.
 */
void store_compile_await(struct store *store, void (*then)(void *context), void *context);
/* Answers the request then. Steals result. */
void store_compile_reply(struct store *store, struct rpc_request *request, json_t *result);

/* What the thread does (store_compile_job.c). */
struct compile_job {
	struct store *store;
	char config[256]; /* paths */
	char table[256];
	uint8_t pin_key[PIN_KEY_SIZE];
	uint64_t generation; /* of the snapshot */
	int r;
};
void store_compile_run(void *job);

/*
 * The parts that the table is compiled of: pure functions of objects and settings
 * (store_compile_board.c). What is of another kind or has a number of no place is passed over.
 */
void store_compile_board(const char *kind, int64_t id, const json_t *doc,
			 struct access_board *board);
/* The same of points, areas, profiles, groups and authentications. */
void store_compile_access(const char *kind, int64_t id, const json_t *doc,
			  struct access_build *build);
void store_compile_settings(const json_t *settings, struct access_board *board);

#endif
