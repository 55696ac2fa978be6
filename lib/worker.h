/*
 * One thread for what may block or burn the CPU, such as verifying a password. Jobs run one after
 * another; done runs in the loop.
 */
#ifndef LIB_WORKER_H
#define LIB_WORKER_H

struct event_base;
struct worker;

/* limit bounds the jobs that wait. */
struct worker *worker_new(struct event_base *base, unsigned limit);
/* Waits for the job under way; jobs that wait are dropped without done being called. */
void worker_free(struct worker *worker);

/* run(job) in the thread, then done(job) in the loop. -EAGAIN when too many jobs wait. */
int worker_submit(struct worker *worker, void (*run)(void *job), void (*done)(void *job),
		  void *job);

#endif
