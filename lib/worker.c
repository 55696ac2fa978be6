#include "lib/worker.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "lib/util.h"

struct task {
	STAILQ_ENTRY(task) link;
	void (*run)(void *job);
	void (*done)(void *job);
	void *job;
};

STAILQ_HEAD(task_list, task);

struct worker {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	struct event *finished;
	struct task_list waiting;
	struct task_list done;
	unsigned count;
	unsigned limit;
	bool is_stopping;
};

static void *
work(void *context)
{
	struct worker *worker = context;

	(void) pthread_mutex_lock(&worker->mutex);
	while (!worker->is_stopping) {
		struct task *task = STAILQ_FIRST(&worker->waiting);
		if (!task) {
			(void) pthread_cond_wait(&worker->wake, &worker->mutex);
			continue;
		}
		STAILQ_REMOVE_HEAD(&worker->waiting, link);
		(void) pthread_mutex_unlock(&worker->mutex);
		task->run(task->job);
		(void) pthread_mutex_lock(&worker->mutex);
		STAILQ_INSERT_TAIL(&worker->done, task, link);
		event_active(worker->finished, 0, 0);
	}
	(void) pthread_mutex_unlock(&worker->mutex);
	return NULL;
}

static void
on_finished(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct worker *worker = context;

	for (;;) {
		(void) pthread_mutex_lock(&worker->mutex);
		struct task *task = STAILQ_FIRST(&worker->done);
		if (task) {
			STAILQ_REMOVE_HEAD(&worker->done, link);
			worker->count--;
		}
		(void) pthread_mutex_unlock(&worker->mutex);
		if (!task)
			return;
		task->done(task->job);
		free(task);
	}
}

struct worker *
worker_new(struct event_base *base, unsigned limit)
{
	struct worker *worker = xcalloc(1, sizeof(*worker));

	worker->limit = limit;
	STAILQ_INIT(&worker->waiting);
	STAILQ_INIT(&worker->done);
	worker->finished = event_new(base, -1, EV_PERSIST, on_finished, worker);
	(void) event_add(worker->finished, NULL);
	(void) pthread_mutex_init(&worker->mutex, NULL);
	(void) pthread_cond_init(&worker->wake, NULL);
	if (pthread_create(&worker->thread, NULL, work, worker))
		abort();
	return worker;
}

static void
drop_all(struct task_list *list)
{
	while (!STAILQ_EMPTY(list)) {
		struct task *task = STAILQ_FIRST(list);
		STAILQ_REMOVE_HEAD(list, link);
		free(task);
	}
}

void
worker_free(struct worker *worker)
{
	if (!worker)
		return;
	(void) pthread_mutex_lock(&worker->mutex);
	worker->is_stopping = true;
	(void) pthread_cond_signal(&worker->wake);
	(void) pthread_mutex_unlock(&worker->mutex);
	(void) pthread_join(worker->thread, NULL);
	event_free(worker->finished);
	drop_all(&worker->waiting);
	drop_all(&worker->done);
	(void) pthread_mutex_destroy(&worker->mutex);
	(void) pthread_cond_destroy(&worker->wake);
	free(worker);
}

int
worker_submit(struct worker *worker, void (*run)(void *job), void (*done)(void *job), void *job)
{
	(void) pthread_mutex_lock(&worker->mutex);
	bool is_full = worker->count >= worker->limit;
	if (!is_full) {
		struct task *task = xcalloc(1, sizeof(*task));
		*task = (struct task){ .run = run, .done = done, .job = job };
		STAILQ_INSERT_TAIL(&worker->waiting, task, link);
		worker->count++;
		(void) pthread_cond_signal(&worker->wake);
	}
	(void) pthread_mutex_unlock(&worker->mutex);
	return is_full ? -EAGAIN : 0;
}
