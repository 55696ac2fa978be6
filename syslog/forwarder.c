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
#include "syslog/keyring.h"
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
	json_t *object;	 /* the log server as it is */
	json_t *waiting; /* as it is to be, once its certificates are there */
	bool is_seen;	 /* in the snapshot that is just coming */
};

/* A test that the store has asked for. */
struct test {
	struct forwarder *forwarder;
	int64_t id;	     /* of the call */
	json_t *params;	     /* NULL: free */
	struct trial *trial; /* NULL as long as certificates are waited for */
};

struct forwarder {
	char *path;
	struct identity identity;
	struct outlet_world world;
	struct keyring *keyring;
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
drop_place(struct place *place)
{
	outlet_free(steal(&place->outlet));
	journal_outlet_free(steal(&place->journal));
	json_decref(steal(&place->object));
	json_decref(steal(&place->waiting));
}

/* The certificate that a member refers to, as a bit. */
static uint64_t
bit_of(const json_t *server, const char *name)
{
	int64_t id = json_integer_or(server, name, 0);

	return id >= 1 && id <= CERTIFICATES ? UINT64_C(1) << id : 0;
}

static uint64_t
used_by(const json_t *server)
{
	return bit_of(server, "ca") | bit_of(server, "certificate");
}

/* A key that nobody needs any more is not kept in memory. */
static void
forget_unused(struct forwarder *forwarder)
{
	uint64_t used = 0;
	json_t *server;
	size_t k;

	for (size_t i = 0; i < LOG_SERVERS; i++)
		used |= used_by(forwarder->places[i].object) |
			used_by(forwarder->places[i].waiting);
	for (size_t i = 0; i < TESTS_MAX; i++)
		json_array_foreach (json_object_get(forwarder->tests[i].params, "servers"), k,
				    server)
			used |= used_by(server);
	keyring_keep(forwarder->keyring, used);
	tls_cache_forget(forwarder->world.loop.tls);
}

static void
remove_place(struct forwarder *forwarder, struct place *place)
{
	drop_place(place);
	forget_unused(forwarder);
}

/* Until the certificates are there everything stays as it was. */
static void
settle(struct forwarder *forwarder, struct place *place)
{
	unsigned index = (unsigned) (place - forwarder->places) + 1;

	if (!place->waiting || !keyring_has(forwarder->keyring, place->waiting))
		return;
	json_decref(place->object);
	place->object = steal(&place->waiting);
	if (!place->outlet) {
		place->outlet = outlet_new(&forwarder->world, index);
		place->journal = journal_outlet_new(&forwarder->world, index);
	}
	outlet_apply(place->outlet, place->object);
	journal_outlet_apply(place->journal, place->object);
	forget_unused(forwarder);
}

static void
apply(struct forwarder *forwarder, struct place *place, json_t *object)
{
	if (!json_is_object(object)) {
		remove_place(forwarder, place);
		return;
	}
	json_decref(place->waiting);
	place->waiting = json_incref(object);
	place->is_seen = true;
	settle(forwarder, place);
}

/* What the snapshot does not have was removed while the store was away. */
static void
finish_snapshot(struct forwarder *forwarder)
{
	for (size_t i = 0; i < LOG_SERVERS; i++)
		if (!forwarder->places[i].is_seen)
			remove_place(forwarder, &forwarder->places[i]);
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
		apply(forwarder, place, (json_t *) value);
}

static void
on_link(bool is_up, void *context)
{
	struct forwarder *forwarder = context;

	log_debug("the store is %s", is_up ? "there" : "away");
	if (is_up)
		keyring_renew(forwarder->keyring);
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
	json_decref(steal(&test->params));
	forget_unused(test->forwarder);
	follower_answer(test->forwarder->watch, test->id, result, NULL);
}

static void
begin_test(struct test *test)
{
	struct forwarder *forwarder = test->forwarder;
	json_t *server;
	size_t i;
	bool has_all = test->params && !test->trial;

	/* All of them are asked for at once. */
	json_array_foreach (json_object_get(test->params, "servers"), i, server)
		has_all = keyring_has(forwarder->keyring, server) && has_all;
	if (has_all)
		test->trial = trial_new(&forwarder->world.loop, &forwarder->identity.sender,
					test->params, on_tested, test);
}

static void
on_keyring(void *context)
{
	struct forwarder *forwarder = context;

	for (size_t i = 0; i < LOG_SERVERS; i++)
		settle(forwarder, &forwarder->places[i]);
	for (size_t i = 0; i < TESTS_MAX; i++)
		begin_test(&forwarder->tests[i]);
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
		if (test->params)
			continue;
		*test = (struct test){ .forwarder = forwarder,
				       .id = id,
				       .params = json_incref((json_t *) params) };
		begin_test(test);
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
	keyring_use(forwarder->keyring, forwarder->world.client);
}

struct forwarder *
forwarder_new(struct event_base *base, const struct forwarder_options *options)
{
	struct forwarder *forwarder = xcalloc(1, sizeof(*forwarder));

	forwarder->path = xstrdup(options->path);
	forwarder->keyring = keyring_new(base, on_keyring, forwarder);
	forwarder->world = (struct outlet_world){
		.loop = { base, resolver_new(base), tls_cache_new(forwarder->keyring) },
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
		drop_place(&forwarder->places[i]);
	for (size_t i = 0; i < TESTS_MAX; i++) {
		trial_free(forwarder->tests[i].trial);
		json_decref(forwarder->tests[i].params);
	}
	follower_free(forwarder->watch);
	resolver_free(forwarder->world.loop.resolver);
	identity_done(&forwarder->identity);
	tls_cache_free(forwarder->world.loop.tls);
	keyring_free(forwarder->keyring);
	free(forwarder->path);
	free(forwarder);
}
