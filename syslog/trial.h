/*
 * A test of log servers as they are given, saved or not: a marked message to each, all at the same
 * time, and what happened at each step. Nothing of what is forwarded is touched.
 */
#ifndef SYSLOG_TRIAL_H
#define SYSLOG_TRIAL_H

#include <jansson.h>

#include "syslog/record.h"
#include "syslog/transport.h"

#define TRIAL_TARGETS 8
/* Whoever asked waits no longer than ten seconds for all of it. */
#define TRIAL_MS 8000

struct trial;

/*
 * result is {servers: [{name, host, transport, good, outcome, steps: [{step, result, detail,
 * ms}]}]} and the callee's; step is resolve, connect, tls, send or acknowledge, result is ok,
 * failed or none. Called once, from the loop; the trial is freed behind it.
 */
typedef void trial_fn(json_t *result, void *context);

/* servers is an array of objects of the kind log_server, of which the first eight count. */
struct trial *trial_new(const struct transport_loop *loop, const struct record_sender *sender,
			const json_t *params, trial_fn *done, void *context);
/* Not called any more. */
void trial_free(struct trial *trial);

#endif
