#include "www/hub.h"

#include <errno.h>
#include <event2/event.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/follow.h"
#include "lib/json.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "www/exchange.h"
#include "www/recent.h"
#include "www/stream.h"

#define HEARTBEAT_S	 10
#define CHECK_TIMEOUT_MS 8000
#define STREAMS_MAX	 64
#define WINDOW		 256

struct subscriber {
	TAILQ_ENTRY(subscriber) link;
	struct hub *hub;
	struct stream *stream;
	char session[SESSION_TOKEN_MAX + 1];
	char address[64];
	bool is_checking;
};

struct hub {
	struct follower *follower;
	struct event *heartbeat;
	json_t *state;
	bool is_ready;
	unsigned count;
	struct recent *recent;
	TAILQ_HEAD(, subscriber) subscribers;
};

static void
free_subscriber(struct subscriber *subscriber)
{
	TAILQ_REMOVE(&subscriber->hub->subscribers, subscriber, link);
	subscriber->hub->count--;
	stream_unref(subscriber->stream);
	explicit_bzero(subscriber->session, sizeof(subscriber->session));
	free(subscriber);
}

/* One that is being checked is freed when the check is answered. */
static void
sweep(struct hub *hub)
{
	for (struct subscriber *next, *each = TAILQ_FIRST(&hub->subscribers); each; each = next) {
		next = TAILQ_NEXT(each, link);
		if (!each->is_checking && stream_is_over(each->stream))
			free_subscriber(each);
	}
}

static void
publish(struct hub *hub, const char *text)
{
	struct subscriber *each;

	TAILQ_FOREACH (each, &hub->subscribers, link)
		stream_append(each->stream, text, strlen(text));
	sweep(hub);
}

static char *
state_text(const char *key, const json_t *value)
{
	_cleanup_(json_decrefp) json_t *object =
		json_pack("{ss,sO?}", "key", key, "value", (json_t *) value);
	_cleanup_(freep) char *data = json_canonical(object);

	return xasprintf("event: state\ndata: %s\n\n", data);
}

static void
on_state(const char *key, const json_t *value, void *context)
{
	struct hub *hub = context;

	if (!key) {
		hub->is_ready = true;
		return;
	}
	/* What is gone is told once, and who comes later never hears of it. */
	if (json_is_object(value))
		(void) json_object_set(hub->state, key, (json_t *) value);
	else
		(void) json_object_del(hub->state, key);
	_cleanup_(freep) char *text = state_text(key, value);
	publish(hub, text);
}

static void
on_event(json_t *event, const char *hash, void *context)
{
	struct hub *hub = context;
	int64_t seq = json_integer_or(event, "seq", 0);
	_cleanup_(freep) char *canonical = json_canonical(event);
	_cleanup_(freep) char *text =
		xasprintf("id: %lld\nevent: log\ndata: {\"event\":%s,\"hash\":\"%s\"}\n\n",
			  (long long) seq, canonical, hash);

	recent_put(hub->recent, (uint64_t) seq, text);
	publish(hub, text);
}

static void
end_all(struct hub *hub)
{
	struct subscriber *each;

	TAILQ_FOREACH (each, &hub->subscribers, link)
		stream_end(each->stream);
	sweep(hub);
}

/* Pages begin anew: what they have is not all there was. */
static void
on_gap(uint64_t from UNUSED, uint64_t to UNUSED, void *context)
{
	struct hub *hub = context;

	end_all(hub);
	recent_clear(hub->recent);
}

static void
on_link(bool is_up UNUSED, void *context)
{
	struct hub *hub = context;

	/* Nothing that was known before may be taken for the present, nor the log for complete. */
	end_all(hub);
	(void) json_object_clear(hub->state);
	hub->is_ready = false;
	recent_clear(hub->recent);
}

static void
on_checked(json_t *result UNUSED, const struct rpc_error *error, void *context)
{
	static const char alive[] = ": alive\nevent: alive\ndata: {}\n\n";
	struct subscriber *subscriber = context;

	subscriber->is_checking = false;
	if (error) {
		_cleanup_(freep) char *over =
			xasprintf("event: end\ndata: {\"code\":\"%s\"}\n\n", error->code);
		stream_append(subscriber->stream, over, strlen(over));
		stream_end(subscriber->stream);
	} else {
		stream_append(subscriber->stream, alive, strlen(alive));
	}
	if (stream_is_over(subscriber->stream))
		free_subscriber(subscriber);
}

static void
on_heartbeat(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct hub *hub = context;

	sweep(hub);
	for (struct subscriber *next, *each = TAILQ_FIRST(&hub->subscribers); each; each = next) {
		next = TAILQ_NEXT(each, link);
		struct rpc_identity identity = { .session = each->session,
						 .address = each->address };
		if (each->is_checking)
			continue;
		each->is_checking = true;
		rpc_call(hub_client(hub), &identity, "session.check", NULL, CHECK_TIMEOUT_MS,
			 on_checked, each);
	}
}

static const struct follower_ops ops = {
	.on_event = on_event,
	.on_state = on_state,
	.on_gap = on_gap,
	.on_link = on_link,
};

struct hub *
hub_new(struct event_base *base, const char *run_dir)
{
	struct timeval period = { .tv_sec = HEARTBEAT_S };
	struct hub *hub = xcalloc(1, sizeof(*hub));
	char path[PATH_MAX];

	TAILQ_INIT(&hub->subscribers);
	hub->state = json_object();
	hub->recent = recent_new();
	hub->heartbeat = event_new(base, -1, EV_PERSIST, on_heartbeat, hub);
	(void) event_add(hub->heartbeat, &period);
	/* A path that is too long for a buffer is too long for a socket; connecting says so. */
	(void) path_join(path, sizeof(path), run_dir, "agent.sock");
	hub->follower = follower_new(base, path, "www", NULL, WINDOW, &ops, hub);
	return hub;
}

void
hub_stop(struct hub *hub)
{
	/* Calls under way fail from inside, so every suspended request gets its answer. */
	rpc_reconnect(hub_client(hub));
	end_all(hub);
}

void
hub_free(struct hub *hub)
{
	if (!hub)
		return;
	follower_free(hub->follower);
	while (!TAILQ_EMPTY(&hub->subscribers))
		free_subscriber(TAILQ_FIRST(&hub->subscribers));
	recent_free(hub->recent);
	event_free(hub->heartbeat);
	json_decref(hub->state);
	free(hub);
}

struct event_base *
hub_base(struct hub *hub)
{
	return event_get_base(hub->heartbeat);
}

struct rpc_client *
hub_client(struct hub *hub)
{
	return follower_client(hub->follower);
}

json_t *
hub_state(struct hub *hub)
{
	return hub->state;
}

static void
append(struct stream *stream, const char *text)
{
	stream_append(stream, text, strlen(text));
}

static void
send_snapshot(struct hub *hub, struct stream *stream)
{
	const char *key;
	json_t *value;

	json_object_foreach (hub->state, key, value) {
		_cleanup_(freep) char *text = state_text(key, value);
		append(stream, text);
	}
	append(stream, "event: ready\ndata: {}\n\n");
}

static void
send_recent(const char *text, void *context)
{
	append(context, text);
}

/* What a client missed that was away for a moment; a gap event when that is not all. */
static void
send_missed(struct hub *hub, struct stream *stream, uint64_t after)
{
	if (recent_has_gap(hub->recent, after)) {
		_cleanup_(freep) char *gap = xasprintf("event: gap\ndata: {\"after\":%llu}\n\n",
						       (unsigned long long) after);
		append(stream, gap);
	}
	recent_walk(hub->recent, after, send_recent, stream);
}

int
hub_subscribe(struct hub *hub, struct exchange *exchange)
{
	const char *last = exchange->request.last_event_id;

	sweep(hub);
	if (!hub->is_ready)
		return -EAGAIN;
	if (hub->count >= STREAMS_MAX)
		return -EMFILE;
	struct subscriber *subscriber = xcalloc(1, sizeof(*subscriber));
	subscriber->hub = hub;
	subscriber->stream = stream_new(exchange->connection);
	(void) copy_string(subscriber->session, sizeof(subscriber->session),
			   exchange->request.session);
	(void) copy_string(subscriber->address, sizeof(subscriber->address),
			   exchange->request.address);
	TAILQ_INSERT_TAIL(&hub->subscribers, subscriber, link);
	hub->count++;
	send_snapshot(hub, subscriber->stream);
	if (*last && !last[strspn(last, "0123456789")])
		send_missed(hub, subscriber->stream, strtoull(last, NULL, 10));
	exchange->stream = stream_ref(subscriber->stream);
	return 0;
}

void
hub_end_session(struct hub *hub, const char *session)
{
	struct subscriber *each;

	TAILQ_FOREACH (each, &hub->subscribers, link)
		if (!strcmp(each->session, session))
			stream_end(each->stream);
	sweep(hub);
}
