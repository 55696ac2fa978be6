#include "syslog/trial.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"

#define OUTCOME_MAX 512

enum step { RESOLVE, CONNECT, TLS, SEND, ACKNOWLEDGE, STEPS };

static const char *const step_names[STEPS] = {
	[RESOLVE] = "resolve", [CONNECT] = "connect",	      [TLS] = "tls",
	[SEND] = "send",       [ACKNOWLEDGE] = "acknowledge",
};

struct attempt {
	struct trial *trial;
	struct target target;
	struct transport *transport;
	enum step next; /* the step that is under way */
	uint64_t since_us;
	json_t *steps;
	bool is_over;
	bool is_good;
	char outcome[OUTCOME_MAX];
};

struct trial {
	const struct record_sender *sender;
	trial_fn *done;
	void *context;
	struct event *timer; /* the limit, and the end from the loop */
	uint64_t limit_us;
	char actor[96];
	size_t count;
	struct attempt attempts[TRIAL_TARGETS];
};

static void
put_step(struct attempt *attempt, const char *result, const char *detail)
{
	uint64_t now_us = clock_mono_us();

	(void) json_array_append_new(
		attempt->steps, json_pack("{ss,ss,ss,sI}", "step", step_names[attempt->next],
					  "result", result, "detail", detail, "ms",
					  (json_int_t) ((now_us - attempt->since_us) / US_PER_MS)));
	attempt->since_us = now_us;
}

static void
pass(struct attempt *attempt, enum step step, const char *detail)
{
	attempt->next = step;
	put_step(attempt, "ok", detail);
	attempt->next = step + 1;
	if (attempt->next == TLS && attempt->target.transport != TARGET_TLS)
		attempt->next = SEND;
}

static bool
are_all_over(const struct trial *trial)
{
	for (size_t i = 0; i < trial->count; i++)
		if (!trial->attempts[i].is_over)
			return false;
	return true;
}

/* The transport is freed here, as whoever ends an attempt may be called by it. */
static void
end(struct attempt *attempt, bool is_good)
{
	attempt->is_over = true;
	attempt->is_good = is_good;
	transport_free(steal(&attempt->transport));
	if (are_all_over(attempt->trial))
		event_active(attempt->trial->timer, EV_TIMEOUT, 0);
}

static void
fail(struct attempt *attempt, const char *error)
{
	put_step(attempt, "failed", error);
	(void) snprintf(attempt->outcome, sizeof(attempt->outcome), "%s failed: %s",
			step_names[attempt->next], error);
	end(attempt, false);
}

static void
succeed(struct attempt *attempt, const char *result, const char *detail)
{
	put_step(attempt, result, detail);
	(void) copy_string(attempt->outcome, sizeof(attempt->outcome), detail);
	end(attempt, true);
}

/* The marked message, as an event that is in no log. */
static size_t
write_message(const struct attempt *attempt, char record[RECORD_DATAGRAM])
{
	const struct event_row *row = events_find(EV_SYSLOG_TESTED);
	struct record_sender sender = *attempt->trial->sender;
	struct message message;
	_cleanup_(freep) char *text = xasprintf("Test message to log server %s, asked for by %s",
						attempt->target.name, attempt->trial->actor);
	_cleanup_(json_decrefp) json_t *event = json_pack(
		"{s{ss,ss,ss,s{ss},sI,ss,sI,sI,ss}}", "event", "actor", attempt->trial->actor,
		"boot", clock_boot_id(), "category", "audit", "data", "test", "true", "mono_us",
		(json_int_t) clock_mono_us(), "kind", row->name, "severity",
		(json_int_t) row->severity, "time_us", (json_int_t) clock_wall_us(), "text", text);
	_cleanup_(freep) char *line = event ? json_canonical(event) : xstrdup("{}");

	if (message_read_event(line, strlen(line), &message) < 0)
		return 0;
	message.msgid = slice_of(row->msgid);
	memcpy(sender.facility, attempt->target.facility, sizeof(sender.facility));
	return record_write(attempt->target.format, &sender, &message, RECORD_DATAGRAM, record);
}

static void
on_open(void *context)
{
	struct attempt *attempt = context;
	char record[RECORD_DATAGRAM];
	size_t size = write_message(attempt, record);

	transport_send(attempt->transport, record, size);
	_cleanup_(freep) char *detail = xasprintf("%zu bytes", size);
	pass(attempt, SEND, detail);
	if (!attempt->transport->driver->confirms)
		transport_finish(attempt->transport);
}

static void
on_progress(void *context UNUSED)
{
}

static void
on_confirmed(unsigned count UNUSED, void *context)
{
	struct attempt *attempt = context;

	if (attempt->target.transport == TARGET_UDP)
		succeed(attempt, "none", "sent; UDP has no receipts, nobody has objected");
	else
		succeed(attempt, "ok", "the log server has confirmed the message");
}

static void
on_closed(enum transport_end how, const char *error, void *context)
{
	struct attempt *attempt = context;

	if (how == TRANSPORT_FAILED || attempt->next != ACKNOWLEDGE)
		fail(attempt, *error ? error : "the log server closed the connection");
	else if (how == TRANSPORT_CONFIRMED)
		succeed(attempt, "ok", "the log server has confirmed by its close_notify");
	else
		succeed(attempt, "ok", "the log server has taken everything and closed");
}

static void
on_step(enum transport_step step, const char *detail, void *context)
{
	static const enum step steps[] = {
		[STEP_RESOLVED] = RESOLVE,
		[STEP_CONNECTED] = CONNECT,
		[STEP_TLS] = TLS,
	};

	pass(context, steps[step], detail);
}

static const struct transport_events events = {
	.on_open = on_open,
	.on_progress = on_progress,
	.on_confirmed = on_confirmed,
	.on_closed = on_closed,
	.on_step = on_step,
};

static json_t *
result_of(struct attempt *attempt)
{
	return json_pack("{ss,ss,ss,si,sb,ss,sO}", "name", attempt->target.name, "host",
			 attempt->target.host, "transport",
			 target_transport_name(attempt->target.transport), "port",
			 (int) attempt->target.port, "good", attempt->is_good, "outcome",
			 attempt->outcome, "steps", attempt->steps);
}

/* The end, or the limit. */
static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct trial *trial = context;
	json_t *servers;

	if (!are_all_over(trial) && clock_mono_us() < trial->limit_us) {
		loop_arm_at(trial->timer, trial->limit_us);
		return;
	}
	servers = json_array();
	for (size_t i = 0; i < trial->count; i++) {
		if (!trial->attempts[i].is_over)
			fail(&trial->attempts[i], "the log server does not answer");
		(void) json_array_append_new(servers, result_of(&trial->attempts[i]));
	}
	trial_fn *done = trial->done;
	void *done_context = trial->context;
	trial_free(trial);
	done(json_pack("{so}", "servers", servers), done_context);
}

static void
begin(struct trial *trial, const struct transport_loop *loop, const json_t *object)
{
	struct attempt *attempt = &trial->attempts[trial->count++];

	attempt->trial = trial;
	attempt->since_us = clock_mono_us();
	attempt->steps = json_array();
	target_read(object, &attempt->target);
	if (attempt->target.transport == TARGET_OFF)
		fail(attempt, "this is no log server");
	else
		attempt->transport = transport_open(loop, &attempt->target, &events, attempt);
}

struct trial *
trial_new(const struct transport_loop *loop, const struct record_sender *sender,
	  const json_t *params, trial_fn *done, void *context)
{
	struct trial *trial = xcalloc(1, sizeof(*trial));
	const json_t *servers = json_object_get(params, "servers");

	trial->sender = sender;
	trial->done = done;
	trial->context = context;
	trial->timer = evtimer_new(loop->base, on_timer, trial);
	(void) copy_string(trial->actor, sizeof(trial->actor),
			   json_string_or(params, "actor", "somebody"));
	trial->limit_us = clock_mono_us() + TRIAL_MS * US_PER_MS;
	loop_arm_at(trial->timer, trial->limit_us);
	for (size_t i = 0; i < json_array_size(servers) && i < TRIAL_TARGETS; i++)
		begin(trial, loop, json_array_get(servers, i));
	if (!trial->count)
		event_active(trial->timer, EV_TIMEOUT, 0);
	return trial;
}

void
trial_free(struct trial *trial)
{
	if (!trial)
		return;
	for (size_t i = 0; i < trial->count; i++) {
		transport_free(trial->attempts[i].transport);
		json_decref(trial->attempts[i].steps);
	}
	event_free(trial->timer);
	free(trial);
}
