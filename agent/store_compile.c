#include "agent/store_compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/store_door.h"
#include "agent/store_outbox.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define COALESCE_US (5 * US_PER_MS)
#define RETRY_US    US_PER_S
#define PATIENCE_US (2 * US_PER_S)
/* Schedules are compiled for some days ahead. */
#define DAY_S 86400

/* What is done when a change that is committed is in effect. */
struct waiter {
	STAILQ_ENTRY(waiter) link;
	void (*then)(void *context);
	void *context;
	uint64_t generation;
	uint64_t until_us;
};

struct store_compile {
	struct store *store;
	struct worker *worker;
	struct event *start;
	struct event *patience;
	struct event *daily;
	STAILQ_HEAD(, waiter) waiters; /* generations and times only grow */
	uint64_t wanted;
	uint64_t in_effect;
	bool is_running;
	struct compile_job job;
};

/* A reload on its way to the door role. */
struct reload {
	struct store *store;
	uint64_t generation;
};

static uint64_t
read_generation(struct store *store)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT value FROM meta WHERE name = 'generation'", "");

	return db_next(&row) ? (uint64_t) sqlite3_column_int64(row, 0) : 0;
}

int
store_compile_note(struct store *store)
{
	/* A database that begins anew is ahead of every table that an older one has left. */
	return db_cache_run(store->statements,
			    "INSERT INTO meta VALUES ('generation', ?)"
			    " ON CONFLICT (name) DO UPDATE SET value = value + 1",
			    "i", (int64_t) clock_wall_us());
}

static void
release_first(struct store_compile *compile)
{
	struct waiter *waiter = STAILQ_FIRST(&compile->waiters);

	STAILQ_REMOVE_HEAD(&compile->waiters, link);
	waiter->then(waiter->context);
	free(waiter);
}

static void
release_up_to(struct store_compile *compile, uint64_t generation, uint64_t now_us)
{
	const struct waiter *first;

	while ((first = STAILQ_FIRST(&compile->waiters)) &&
	       (first->generation <= generation || first->until_us <= now_us))
		release_first(compile);
	loop_arm_at(compile->patience, first ? first->until_us : UINT64_MAX);
}

static void
on_patience_over(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	release_up_to(context, 0, clock_mono_us());
}

static void
take_effect(struct store_compile *compile, uint64_t generation)
{
	compile->in_effect = MAX_OF(compile->in_effect, generation);
	release_up_to(compile, compile->in_effect, 0);
}

static void
on_reloaded(json_t *result UNUSED, const struct rpc_error *error UNUSED, void *context)
{
	struct reload *reload = context;

	/* Whoever is not there now reads the table when it comes. */
	if (reload->store->compile)
		take_effect(reload->store->compile, reload->generation);
	free(reload);
}

static void
tell_door(struct store_compile *compile, uint64_t generation)
{
	if (!compile->store->door) {
		take_effect(compile, generation);
		return;
	}
	struct reload *reload = xcalloc(1, sizeof(*reload));
	*reload = (struct reload){ compile->store, generation };
	store_door_call(compile->store, "access.reload", NULL, on_reloaded, reload);
}

static void
done(void *context)
{
	struct compile_job *job = context;
	struct store_compile *compile = job->store->compile;

	compile->is_running = false;
	if (job->r < 0) {
		(void) log_err(job->r, "cannot write the access table '%s', trying again",
			       job->table);
		loop_arm_in(compile->start, RETRY_US);
	} else {
		if (job->generation < compile->wanted)
			loop_arm_in(compile->start, COALESCE_US);
		tell_door(compile, job->generation);
	}
}

static void
on_start(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store_compile *compile = context;
	const struct store *store = compile->store;
	struct timeval day = { .tv_sec = DAY_S };

	if (compile->is_running)
		return;
	struct compile_job *job = &compile->job;
	job->store = compile->store;
	memcpy(job->pin_key, store->pin_key, sizeof(job->pin_key));
	if (path_join(job->config, sizeof(job->config), store->options->state_dir, "config.db") <
		    0 ||
	    path_join(job->table, sizeof(job->table), store->options->door_dir, "access.bin") < 0 ||
	    worker_submit(compile->worker, store_compile_run, done, job) < 0)
		return;
	compile->is_running = true;
	(void) evtimer_add(compile->daily, &day);
}

void
store_compile_begin(struct store *store)
{
	struct store_compile *compile = store->compile;

	if (!compile)
		return;
	compile->wanted = read_generation(store);
	if (!compile->is_running && !evtimer_pending(compile->start, NULL))
		loop_arm_in(compile->start, COALESCE_US);
}

void
store_compile_touch(struct store *store)
{
	int r = db_begin(store->config);

	if (r == 0)
		r = db_end(store->config, store_compile_note(store));
	if (r == 0)
		store_compile_begin(store);
}

static void
on_daily(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store_compile *compile = context;
	struct timeval day = { .tv_sec = DAY_S };

	(void) evtimer_add(compile->daily, &day);
	store_compile_touch(compile->store);
}

void
store_compile_await(struct store *store, void (*then)(void *context), void *context)
{
	struct store_compile *compile = store->compile;

	if (!compile || compile->wanted <= compile->in_effect) {
		then(context);
		return;
	}
	struct waiter *waiter = xcalloc(1, sizeof(*waiter));
	*waiter = (struct waiter){ .then = then,
				   .context = context,
				   .generation = compile->wanted,
				   .until_us = clock_mono_us() + PATIENCE_US };
	STAILQ_INSERT_TAIL(&compile->waiters, waiter, link);
	if (STAILQ_FIRST(&compile->waiters) == waiter)
		loop_arm_at(compile->patience, waiter->until_us);
}

struct answer {
	struct rpc_request *request;
	json_t *result;
};

static void
give_answer(void *context)
{
	struct answer *answer = context;

	rpc_reply(answer->request, answer->result);
	free(answer);
}

void
store_compile_reply(struct store *store, struct rpc_request *request, json_t *result)
{
	struct answer *answer = xcalloc(1, sizeof(*answer));

	*answer = (struct answer){ request, result };
	store_compile_await(store, give_answer, answer);
}

/* Whether the table that is there is of this generation and of today. */
static bool
is_there(struct store *store, uint64_t generation)
{
	char path[256];
	struct stat info;
	struct access_table *table;

	if (path_join(path, sizeof(path), store->options->door_dir, "access.bin") < 0 ||
	    stat(path, &info) < 0 || access_map(path, &table) < 0)
		return false;
	int64_t age_s = (int64_t) (clock_wall_us() / US_PER_S) - info.st_mtime;
	bool is_right = access_generation(table) == generation && age_s >= 0 && age_s < DAY_S &&
			!access_is_degraded(table);
	access_unmap(table);
	return is_right;
}

int
store_compile_open(struct store *store)
{
	struct store_compile *compile = xcalloc(1, sizeof(*compile));
	struct timeval day = { .tv_sec = DAY_S };

	*compile = (struct store_compile){
		.store = store,
		.worker = worker_new(store->base, 1),
		.start = evtimer_new(store->base, on_start, compile),
		.patience = evtimer_new(store->base, on_patience_over, compile),
		.daily = evtimer_new(store->base, on_daily, compile),
	};
	STAILQ_INIT(&compile->waiters);
	store->compile = compile;
	compile->wanted = read_generation(store);
	if (compile->wanted && is_there(store, compile->wanted)) {
		compile->in_effect = compile->wanted;
		(void) evtimer_add(compile->daily, &day);
	} else {
		store_compile_touch(store);
	}
	return 0;
}

void
store_compile_free(struct store_compile *compile)
{
	if (!compile)
		return;
	worker_free(compile->worker);
	while (!STAILQ_EMPTY(&compile->waiters))
		release_first(compile);
	event_free(compile->start);
	event_free(compile->patience);
	event_free(compile->daily);
	explicit_bzero(compile, sizeof(*compile));
	free(compile);
}
