#include "agent/store_events.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/store_log_search.h"
#include "lib/util.h"

#define SEARCHES_MAX 16
#define SEARCH_MS    1000

struct store_events {
	struct store_log_searcher *searcher;
	struct worker *worker;
};

struct search_job {
	struct store_events *events;
	struct rpc_request *request;
	struct store_log_filter filter;
	json_t *result;
	int r;
};

int
store_events_open(struct store *store, const char *path, struct store_events **ret)
{
	struct store_log_searcher *searcher;
	int r = store_log_searcher_open(path, SEARCH_MS, &searcher);

	if (r < 0)
		return r;
	struct store_events *events = xcalloc(1, sizeof(*events));
	*events = (struct store_events){
		.searcher = searcher,
		.worker = worker_new(store->base, SEARCHES_MAX),
	};
	*ret = events;
	return 0;
}

void
store_events_close(struct store_events *events)
{
	if (!events)
		return;
	worker_free(events->worker);
	store_log_searcher_close(events->searcher);
	free(events);
}

static void
free_job(struct search_job *job)
{
	store_log_filter_done(&job->filter);
	json_decref(job->result);
	free(job);
}

static void
run(void *context)
{
	struct search_job *job = context;

	job->r = store_log_search(job->events->searcher, &job->filter, &job->result);
}

static void
done(void *context)
{
	struct search_job *job = context;

	if (job->r == 0)
		rpc_reply(job->request, steal(&job->result));
	else if (job->r == -ETIME)
		rpc_fail(
			job->request, RPC_TIMEOUT,
			"too broad: nothing was found within %d ms, narrow it, by time for example",
			SEARCH_MS);
	else if (job->r == -EINVAL)
		rpc_fail_field(job->request, RPC_BAD_PARAMS, "text",
			       "words of letters and digits with spaces between");
	else
		rpc_fail(job->request, RPC_INTERNAL, "the log cannot be read");
	free_job(job);
}

void
store_events_list(struct store *store, struct rpc_request *request,
		  const struct caller *caller UNUSED)
{
	struct search_job *job = xcalloc(1, sizeof(*job));
	struct field_error error;

	job->events = store->events;
	job->request = request;
	if (store_log_filter_read(request->params, &job->filter, &error) < 0) {
		rpc_fail_field(request, RPC_BAD_PARAMS, error.field, "%s", error.message);
		free_job(job);
		return;
	}
	if (worker_submit(store->events->worker, run, done, job) < 0) {
		rpc_fail(request, RPC_TOO_MANY, "too many searches at once, try again");
		free_job(job);
	}
}

void
store_log_key_method(struct store *store, struct rpc_request *request,
		     const struct caller *caller UNUSED)
{
	const char *key = store_log_key(store->log);

	if (key)
		rpc_reply(request, json_pack("{ss}", "key", key));
	else
		rpc_fail(request, RPC_UNAVAILABLE, "the log is not signed: its key cannot be used");
}
