#include "syslog/forwarder.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/follow.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/model.h"
#include "lib/util.h"
#include "syslog/identity.h"
#include "syslog/journal_outlet.h"
#include "syslog/outlet.h"
#include "syslog/resolver.h"
#include "syslog/tls.h"
#include "syslog/trial.h"

#define PREFIX "log_server."
/* At the same time. */
#define TESTS_MAX 4

struct place {
	struct outlet *outlet; /* NULL when there is no such log server */
	struct journal_outlet *journal;
	bool is_seen; /* in the snapshot that is just coming */
};

/* A test that the store has asked for. */
struct test {
	struct forwarder *forwarder;
	int64_t id;	     /* of the call */
	struct trial *trial; /* NULL: free */
};

struct forwarder {
	char *path;
	struct identity identity;
	struct outlet_world world;
	struct follower *watch; /* the log servers, and the connection that reports */
	struct place places[LOG_SERVERS];
	struct test tests[TESTS_MAX];
};

/* The place of "log_server.N"; NULL for another key. */
static struct place *
place_of(struct forwarder *forwarder, const char *key)
{
	if (strncmp(key, PREFIX, strlen(PREFIX)) != 0)
		return NULL;
	const char *digit = key + strlen(PREFIX);
	bool is_one = *digit >= '1' && *digit < '1' + LOG_SERVERS && !digit[1];
	return is_one ? &forwarder->places[*digit - '1'] : NULL;
}

static void
remove_place(struct place *place)
{
	outlet_free(steal(&place->outlet));
	journal_outlet_free(steal(&place->journal));
}

static void
apply(struct forwarder *forwarder, struct place *place, const json_t *object)
{
	unsigned index = (unsigned) (place - forwarder->places) + 1;

	if (!json_is_object(object)) {
		remove_place(place);
		return;
	}
	if (!place->outlet) {
		place->outlet = outlet_new(&forwarder->world, index);
		place->journal = journal_outlet_new(&forwarder->world, index);
	}
	outlet_apply(place->outlet, object);
	journal_outlet_apply(place->journal, object);
	place->is_seen = true;
}

/* What the snapshot does not have was removed while the store was away. */
static void
finish_snapshot(struct forwarder *forwarder)
{
	for (size_t i = 0; i < LOG_SERVERS; i++)
		if (!forwarder->places[i].is_seen)
			remove_place(&forwarder->places[i]);
}

static void
on_state(const char *key, const json_t *value, void *context)
{
	struct forwarder *forwarder = context;

	if (!key) {
		finish_snapshot(forwarder);
		return;
	}
	if (!strcmp(key, "settings"))
		identity_set_zone(&forwarder->identity, json_string_or(value, "time.zone", ""));
	struct place *place = place_of(forwarder, key);
	if (place)
		apply(forwarder, place, value);
}

static void
on_link(bool is_up, void *context)
{
	struct forwarder *forwarder = context;

	log_debug("the store is %s", is_up ? "there" : "away");
	for (size_t i = 0; is_up && i < LOG_SERVERS; i++) {
		forwarder->places[i].is_seen = false;
		if (!forwarder->places[i].outlet)
			continue;
		outlet_renew(forwarder->places[i].outlet);
		journal_outlet_renew(forwarder->places[i].journal);
	}
}

static void
on_tested(json_t *result, void *context)
{
	struct test *test = context;

	test->trial = NULL;
	follower_answer(test->forwarder->watch, test->id, result, NULL);
}

static void
on_call(int64_t id, const char *method, const json_t *params, void *context)
{
	struct forwarder *forwarder = context;

	if (strcmp(method, "syslog.test") != 0) {
		follower_answer(forwarder->watch, id, NULL, "there is no such call");
		return;
	}
	for (size_t i = 0; i < TESTS_MAX; i++) {
		struct test *test = &forwarder->tests[i];
		if (test->trial)
			continue;
		*test = (struct test){ .forwarder = forwarder, .id = id };
		test->trial = trial_new(&forwarder->world.loop, &forwarder->identity.sender, params,
					on_tested, test);
		return;
	}
	follower_answer(forwarder->watch, id, NULL, "other tests are under way");
}

static const struct follower_ops watch_ops = {
	.on_state = on_state,
	.on_link = on_link,
	.on_call = on_call,
};

/* Records carry the controller's name, so nothing is followed before it is known. */
static void
on_identity(void *context)
{
	struct forwarder *forwarder = context;

	forwarder->watch = follower_new(forwarder->world.loop.base, forwarder->path, "syslog", NULL,
					0, &watch_ops, forwarder);
	forwarder->world.client = follower_client(forwarder->watch);
}

struct forwarder *
forwarder_new(struct event_base *base, const struct forwarder_options *options)
{
	struct forwarder *forwarder = xcalloc(1, sizeof(*forwarder));

	forwarder->path = xstrdup(options->path);
	forwarder->world = (struct outlet_world){
		.loop = { base, resolver_new(base), tls_cache_new() },
		.path = forwarder->path,
		.state_dir = options->state_dir,
		.journal_dir = options->journal_dir,
		.identity = &forwarder->identity,
	};
	identity_find(&forwarder->identity, forwarder->world.loop.resolver, on_identity, forwarder);
	return forwarder;
}

void
forwarder_free(struct forwarder *forwarder)
{
	if (!forwarder)
		return;
	for (size_t i = 0; i < LOG_SERVERS; i++)
		remove_place(&forwarder->places[i]);
	for (size_t i = 0; i < TESTS_MAX; i++)
		trial_free(forwarder->tests[i].trial);
	follower_free(forwarder->watch);
	resolver_free(forwarder->world.loop.resolver);
	identity_done(&forwarder->identity);
	tls_cache_free(forwarder->world.loop.tls);
	free(forwarder->path);
	free(forwarder);
}
