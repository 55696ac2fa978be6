#include "lib/follow.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

#define CALL_TIMEOUT_MS 10000

struct follower {
	struct rpc_client *client;
	char *name;
	unsigned window;
	unsigned last;
	const struct follower_ops *ops;
	void *context;
	unsigned asked; /* how many answers are awaited that say where it begins */
	bool is_paused;
};

/* The answer that says where it begins must get through. */
static void
apply_pause(struct follower *follower)
{
	rpc_pause(follower->client, follower->is_paused && !follower->asked);
}

static void
on_followed(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct follower *follower = context;

	follower->asked--;
	/* A store that refuses now may be one that starts: begin again from hello. */
	if (!result) {
		rpc_reconnect(follower->client);
		return;
	}
	if (follower->ops->on_start && !follower->asked)
		follower->ops->on_start((uint64_t) json_integer_or(result, "after", 0),
					(uint64_t) json_integer_or(result, "head", 0),
					follower->context);
	apply_pause(follower);
}

static void
follow_events(struct follower *follower)
{
	follower->asked++;
	apply_pause(follower);
	rpc_call(follower->client, NULL, "follow",
		 json_pack("{ss,ss*,si,so*}", "stream", "events", "name", follower->name, "window",
			   (int) follower->window, "last",
			   follower->last ? json_integer(follower->last) : NULL),
		 CALL_TIMEOUT_MS, on_followed, follower);
}

static void
on_watched(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct follower *follower = context;
	const char *key;
	json_t *value;

	if (!result) {
		rpc_reconnect(follower->client);
		return;
	}
	json_object_foreach (json_object_get(result, "objects"), key, value)
		follower->ops->on_state(key, value, follower->context);
	follower->ops->on_state(NULL, NULL, follower->context);
}

static void
on_up(struct rpc_client *client, void *context)
{
	struct follower *follower = context;

	if (follower->ops->on_link)
		follower->ops->on_link(true, follower->context);
	if (follower->ops->on_event || follower->ops->on_record)
		follow_events(follower);
	if (follower->ops->on_state)
		rpc_call(client, NULL, "follow", json_pack("{ss}", "stream", "state"),
			 CALL_TIMEOUT_MS, on_watched, follower);
}

static void
on_down(struct rpc_client *client UNUSED, void *context)
{
	struct follower *follower = context;

	if (follower->ops->on_link)
		follower->ops->on_link(false, follower->context);
}

static void
on_push(struct rpc_client *client UNUSED, json_t *message, void *context)
{
	struct follower *follower = context;
	json_t *event = json_object_get(message, "event");
	const json_t *gap = json_object_get(message, "gap");
	const char *key = json_string_or(message, "key", NULL);
	const json_t *call = json_object_get(message, "call");

	if (json_is_object(call)) {
		if (follower->ops->on_call)
			follower->ops->on_call(json_integer_or(call, "id", 0),
					       json_string_or(call, "method", ""),
					       json_object_get(call, "params"), follower->context);
		return;
	}
	/* What the store pushed before it was asked to begin again comes once more. */
	if (follower->asked && !key)
		return;
	if (json_is_object(gap) && follower->ops->on_gap)
		follower->ops->on_gap((uint64_t) json_integer_or(gap, "from", 0),
				      (uint64_t) json_integer_or(gap, "to", 0), follower->context);
	else if (json_is_object(event) && follower->ops->on_event)
		follower->ops->on_event(event, json_string_or(message, "hash", ""),
					follower->context);
	else if (key && follower->ops->on_state)
		follower->ops->on_state(key, json_object_get(message, "value"), follower->context);
}

/* Events are canonical text, so that they begin with the first of their members. */
static bool
on_line(struct rpc_client *client UNUSED, const char *line, size_t size, void *context)
{
	static const char start[] = "{\"event\":";
	struct follower *follower = context;
	bool is_event = size >= strlen(start) && !memcmp(line, start, strlen(start));

	if (!is_event || !follower->ops->on_record)
		return false;
	if (!follower->asked)
		follower->ops->on_record(line, size, follower->context);
	return true;
}

static const struct rpc_client_ops client_ops = {
	.on_up = on_up,
	.on_down = on_down,
	.on_push = on_push,
	.on_line = on_line,
};

struct follower *
follower_new(struct event_base *base, const char *path, const char *client, const char *name,
	     unsigned window, const struct follower_ops *ops, void *context)
{
	struct follower *follower = xcalloc(1, sizeof(*follower));

	*follower = (struct follower){
		.name = name ? xstrdup(name) : NULL,
		.window = window,
		.ops = ops,
		.context = context,
	};
	follower->client = rpc_client_new(base, path, client, &client_ops, follower);
	return follower;
}

void
follower_free(struct follower *follower)
{
	if (!follower)
		return;
	rpc_client_free(follower->client);
	free(follower->name);
	free(follower);
}

void
follower_begin_with_last(struct follower *follower, unsigned count)
{
	follower->last = count;
}

void
follower_ack(struct follower *follower, uint64_t seq)
{
	if (!follower->name)
		return;
	rpc_call(follower->client, NULL, "ack",
		 json_pack("{ss,sI}", "name", follower->name, "seq", (json_int_t) seq),
		 CALL_TIMEOUT_MS, NULL, NULL);
}

void
follower_answer(struct follower *follower, int64_t id, json_t *result, const char *error)
{
	rpc_call(follower->client, NULL, "answer",
		 json_pack("{sI,so*,ss*}", "id", (json_int_t) id, "result", result, "error",
			   result ? NULL : error),
		 CALL_TIMEOUT_MS, NULL, NULL);
}

void
follower_pause(struct follower *follower, bool is_paused)
{
	if (follower->is_paused == is_paused)
		return;
	follower->is_paused = is_paused;
	apply_pause(follower);
}

void
follower_rewind(struct follower *follower)
{
	if (rpc_is_up(follower->client))
		follow_events(follower);
}

struct rpc_client *
follower_client(struct follower *follower)
{
	return follower->client;
}
