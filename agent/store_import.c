#include "agent/store_import.h"

#include <errno.h>
#include <openssl/evp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "agent/store_gate.h"
#include "agent/store_import_stage.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define IDLE_US	 (600 * US_PER_S)
#define NICENESS 10

enum state { NONE, RECEIVING, STORING, DONE, FAILED, CANCELLED };

static const char *const states[] = {
	[NONE] = "none", [RECEIVING] = "receiving", [STORING] = "storing",
	[DONE] = "done", [FAILED] = "failed",	    [CANCELLED] = "cancelled",
};

struct store_import {
	struct store *store;
	struct worker *worker;
	struct event *idle;
	struct import_options options;
	bool is_dry;
	int64_t job;
	enum state state;
	const struct rpc_connection *connection;
	struct import_stage *stage; /* NULL when there is nothing more to be done */
	json_t *report;		    /* as of the last slice */
	int64_t bytes;
	/* The slice under way. */
	bool is_busy;
	bool is_end;
	bool is_cancel_due;
	unsigned char *piece;
	size_t piece_size;
	struct rpc_request *request; /* that waits for it; NULL */
	int r;
};

/* Whoever else needs the processor goes first. */
static void
stand_back(void)
{
	static const struct sched_param none = { 0 };

	(void) sched_setscheduler(0, SCHED_BATCH, &none);
	(void) setpriority(PRIO_PROCESS, (id_t) gettid(), NICENESS);
}

static void
drop_stage(struct store_import *import)
{
	import_stage_free(steal(&import->stage));
	(void) evtimer_del(import->idle);
}

static json_t *
status_of(struct store_import *import)
{
	json_t *status =
		json_pack("{sI,ss,ss,sb,sI,sI,sI}", "job", (json_int_t) import->job, "state",
			  states[import->state], "kind", import->options.kind->name, "dry_run",
			  import->is_dry, "bytes", (json_int_t) import->bytes, "done",
			  (json_int_t) 0, "total", json_integer_or(import->report, "rows", 0));

	(void) json_object_update(status, import->report);
	if (import->stage && import->state == STORING)
		(void) json_object_set_new(
			status, "done",
			json_integer(atomic_load(&import_stage_progress(import->stage)->done)));
	else if (import->state == DONE && !import->is_dry)
		(void) json_object_set(status, "done", json_object_get(status, "total"));
	return status;
}

static void
finish(struct store_import *import, enum state state)
{
	import->state = state;
	if (state != DONE || import->is_dry)
		store_log_add(import->store->log, EV_COMMAND, "system",
			      import->options.caller.actor,
			      state == DONE ? "dry_run" : states[state],
			      json_pack("{ss,ss,sI,ss}", "command", "import", "object",
					import->options.kind->name, "errors",
					json_integer_or(import->report, "error_count", 0),
					"address", import->options.caller.address));
	drop_stage(import);
}

static void
take_report(struct store_import *import)
{
	json_decref(import->report);
	import->report = import_stage_report(import->stage);
}

static void
run_store(void *context)
{
	struct store_import *import = context;

	stand_back();
	import->r = import_stage_commit(import->stage);
}

static void
stored(void *context)
{
	struct store_import *import = context;

	import->is_busy = false;
	take_report(import);
	finish(import, import->r == 0 ? DONE : import->r == -ECANCELED ? CANCELLED : FAILED);
	store_gate_open(import->store);
}

/* All of it has come. */
static void
conclude(struct store_import *import)
{
	bool is_right = import->r == 0 && !import_stage_errors(import->stage);

	if (!is_right || import->is_dry) {
		finish(import, is_right ? DONE : FAILED);
		return;
	}
	import->state = STORING;
	(void) evtimer_del(import->idle);
	store_gate_close(import->store);
	import->is_busy = worker_submit(import->worker, run_store, stored, import) == 0;
}

static void
run_slice(void *context)
{
	struct store_import *import = context;

	stand_back();
	import->r = import_stage_feed(import->stage, import->piece, import->piece_size);
	if (import->r == 0 && import->is_end)
		import->r = import_stage_end(import->stage);
}

static void
sliced(void *context)
{
	struct store_import *import = context;
	struct rpc_request *request = steal(&import->request);

	import->is_busy = false;
	import->bytes += (int64_t) import->piece_size;
	if (import->piece)
		explicit_bzero(import->piece, import->piece_size);
	free(steal(&import->piece));
	import->piece_size = 0;
	take_report(import);
	if (import->r < 0 && import->r != -EBADMSG)
		(void) log_err(import->r, "an import cannot be kept");
	if (import->is_cancel_due)
		finish(import, CANCELLED);
	else if (import->is_end || import->r < 0)
		conclude(import);
	rpc_reply(request, status_of(import));
}

/* Steals piece. */
static void
begin_slice(struct store_import *import, struct rpc_request *request, unsigned char *piece,
	    size_t size)
{
	import->piece = piece;
	import->piece_size = size;
	import->request = request;
	import->is_busy = worker_submit(import->worker, run_slice, sliced, import) == 0;
	loop_arm_in(import->idle, IDLE_US);
}

static void
cancel(struct store_import *import)
{
	if (import->state == STORING)
		atomic_store(&import_stage_progress(import->stage)->is_cancelled, true);
	else if (import->state == RECEIVING && import->is_busy)
		import->is_cancel_due = true;
	else if (import->state == RECEIVING)
		finish(import, CANCELLED);
}

static void
on_idle(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	cancel(context);
}

static struct store_import *
import_of(struct store *store)
{
	struct store_import *import = store->import;

	if (import)
		return import;
	import = xcalloc(1, sizeof(*import));
	import->store = store;
	import->worker = worker_new(store->base, 1);
	import->idle = evtimer_new(store->base, on_idle, import);
	import->job = (int64_t) (store->started_us / US_PER_S);
	store->import = import;
	return import;
}

/* The caller's own import that is in this state; NULL after having answered. */
static struct store_import *
own(struct store *store, struct rpc_request *request, const struct caller *caller, bool is_open)
{
	struct store_import *import = store->import;
	int64_t job = json_integer_or(request->params, "job", 0);

	if (!import || import->job != job || import->state == NONE) {
		rpc_fail_field(request, RPC_NOT_FOUND, "job", "there is no such import");
		return NULL;
	}
	if (strcmp(import->options.caller.actor, caller->actor) != 0) {
		rpc_fail_field(request, RPC_FORBIDDEN, "job", "this import is not yours");
		return NULL;
	}
	if (is_open && (import->state != RECEIVING || import->is_busy)) {
		rpc_fail_field(request, RPC_CONFLICT, "job", "this import is %s",
			       import->state == RECEIVING ? "busy with what came before"
							  : states[import->state]);
		return NULL;
	}
	return import;
}

/* What the board has, and what needs the board's consent, is set one by one. */
static const struct model_kind *
kind_of(struct rpc_request *request)
{
	const struct model_kind *kind = model_find(json_string_or(request->params, "kind", ""));

	if (kind && !kind->is_fixed && strcmp(kind->name, "module") && strcmp(kind->name, "floor"))
		return kind;
	rpc_fail_field(request, RPC_BAD_PARAMS, "kind",
		       "there is no such kind, or it is set one by one");
	return NULL;
}

void
store_import_begin(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct store_import *import = import_of(store);
	const struct model_kind *kind = kind_of(request);

	if (!kind)
		return;
	if (import->is_busy || import->state == RECEIVING || import->state == STORING) {
		rpc_fail(request, RPC_CONFLICT, "%s is importing already",
			 import->options.caller.actor);
		return;
	}
	import->options = (struct import_options){
		.kind = kind,
		.format = !strcmp(json_string_or(request->params, "format", "csv"), "jsonl")
				  ? IMPORT_JSONL
				  : IMPORT_CSV,
		.is_upsert = !strcmp(json_string_or(request->params, "mode", "create"), "upsert"),
		.caller = *caller,
	};
	import->options.caller.csrf = NULL;
	import->is_dry = json_bool_or(request->params, "dry_run", false);
	import->job++;
	import->state = RECEIVING;
	import->connection = request->connection;
	import->bytes = 0;
	import->is_end = false;
	import->is_cancel_due = false;
	import->stage = import_stage_new(store, &import->options);
	take_report(import);
	loop_arm_in(import->idle, IDLE_US);
	rpc_reply(request, status_of(import));
}

void
store_import_chunk(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct store_import *import = own(store, request, caller, true);
	const char *data = json_string_or(request->params, "data", "");
	size_t size = strlen(data);

	if (!import)
		return;
	unsigned char *piece = xcalloc(1, size + 1);
	int count = EVP_DecodeBlock(piece, (const unsigned char *) data, (int) size);
	if (count < 0 || size % 4) {
		free(piece);
		rpc_fail_field(request, RPC_BAD_PARAMS, "data", "base64");
		return;
	}
	/* It counts what fills up the last group. */
	for (size_t i = size; i > 0 && data[i - 1] == '=' && count > 0; i--)
		count--;
	begin_slice(import, request, piece, (size_t) count);
}

void
store_import_end(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct store_import *import = own(store, request, caller, true);

	if (!import)
		return;
	import->is_end = true;
	begin_slice(import, request, NULL, 0);
}

void
store_import_status(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct store_import *import = own(store, request, caller, false);

	if (import)
		rpc_reply(request, status_of(import));
}

void
store_import_cancel(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct store_import *import = own(store, request, caller, false);

	if (!import)
		return;
	cancel(import);
	rpc_reply(request, status_of(import));
}

void
store_import_closed(struct store *store, const struct rpc_connection *connection)
{
	if (store->import && store->import->state == RECEIVING &&
	    store->import->connection == connection)
		cancel(store->import);
}

void
store_import_free(struct store_import *import)
{
	if (!import)
		return;
	if (import->stage)
		atomic_store(&import_stage_progress(import->stage)->is_cancelled, true);
	worker_free(import->worker);
	import_stage_free(import->stage);
	event_free(import->idle);
	json_decref(import->report);
	free(import->piece);
	free(import);
}
