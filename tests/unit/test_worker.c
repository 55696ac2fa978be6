#include "lib/daemon.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "lib/worker.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define JOBS 8

struct job {
	unsigned number;
	pthread_t ran_in;
	atomic_bool has_run;
	bool is_done;
};

static struct job jobs[JOBS];
static unsigned order[JOBS];
static unsigned done_count;
/* Held by the test to keep a job under way. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool has_started;

static void
run(void *context)
{
	struct job *job = context;

	atomic_store(&has_started, true);
	(void) pthread_mutex_lock(&gate);
	(void) pthread_mutex_unlock(&gate);
	job->ran_in = pthread_self();
	atomic_store(&job->has_run, true);
}

static void
done(void *context)
{
	struct job *job = context;

	CU_ASSERT_TRUE(atomic_load(&job->has_run));
	job->is_done = true;
	order[done_count++] = job->number;
}

static void
reset(void)
{
	for (unsigned i = 0; i < JOBS; i++)
		jobs[i] = (struct job){ .number = i };
	done_count = 0;
	atomic_store(&has_started, false);
}

static bool
are_all_done(void *context)
{
	return done_count == *(unsigned *) context;
}

static bool
is_under_way(void *context UNUSED)
{
	return atomic_load(&has_started);
}

static void
test_jobs_run_in_the_thread_one_after_another_and_end_in_the_loop(void)
{
	struct event_base *base = loop_new();
	struct worker *worker = worker_new(base, JOBS);
	unsigned count = JOBS;

	reset();
	for (unsigned i = 0; i < JOBS; i++)
		CU_ASSERT_EQUAL(worker_submit(worker, run, done, &jobs[i]), 0);
	CU_ASSERT_TRUE(unit_wait(base, are_all_done, &count));
	for (unsigned i = 0; i < JOBS; i++) {
		CU_ASSERT_EQUAL(order[i], i);
		CU_ASSERT_FALSE(pthread_equal(jobs[i].ran_in, pthread_self()));
		CU_ASSERT_TRUE(pthread_equal(jobs[i].ran_in, jobs[0].ran_in));
	}
	worker_free(worker);
	event_base_free(base);
}

static void
test_a_long_job_does_not_hold_the_loop_and_too_many_are_refused(void)
{
	struct event_base *base = loop_new();
	struct worker *worker = worker_new(base, 3);
	unsigned count = 3;

	reset();
	(void) pthread_mutex_lock(&gate);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(worker_submit(worker, run, done, &jobs[i]), 0);
	CU_ASSERT_TRUE(unit_wait(base, is_under_way, NULL));
	CU_ASSERT_EQUAL(worker_submit(worker, run, done, &jobs[3]), -EAGAIN);
	unit_turn(base);
	CU_ASSERT_EQUAL(done_count, 0);
	(void) pthread_mutex_unlock(&gate);
	CU_ASSERT_TRUE(unit_wait(base, are_all_done, &count));
	/* Room again. */
	CU_ASSERT_EQUAL(worker_submit(worker, run, done, &jobs[3]), 0);
	count = 4;
	CU_ASSERT_TRUE(unit_wait(base, are_all_done, &count));
	worker_free(worker);
	event_base_free(base);
}

static void
test_freeing_waits_for_the_job_under_way_and_tells_nobody(void)
{
	struct event_base *base = loop_new();
	struct worker *worker = worker_new(base, JOBS);

	reset();
	(void) pthread_mutex_lock(&gate);
	CU_ASSERT_EQUAL(worker_submit(worker, run, done, &jobs[0]), 0);
	CU_ASSERT_TRUE(unit_wait(base, is_under_way, NULL));
	CU_ASSERT_EQUAL(worker_submit(worker, run, done, &jobs[1]), 0);
	(void) pthread_mutex_unlock(&gate);
	worker_free(worker);
	unit_turn(base);
	CU_ASSERT_TRUE(atomic_load(&jobs[0].has_run));
	CU_ASSERT_EQUAL(done_count, 0);
	worker_free(NULL);
	event_base_free(base);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_jobs_run_in_the_thread_one_after_another_and_end_in_the_loop),
		TAP(test_a_long_job_does_not_hold_the_loop_and_too_many_are_refused),
		TAP(test_freeing_waits_for_the_job_under_way_and_tells_nobody),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
