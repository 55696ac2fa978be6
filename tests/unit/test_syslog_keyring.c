#include "syslog/keyring.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/loop.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

/* A store that answers as it is told to. */
static struct {
	struct event_base *base;
	char *dir;
	char *path;
	struct rpc_server *server;
	struct rpc_client *client;
	struct keyring *keyring;
	struct rpc_request *request; /* that has not been answered */
	int64_t asked_id;
	unsigned asked;
	unsigned changes;
} rig;

static void
on_request(struct rpc_request *request, void *context UNUSED)
{
	if (strcmp(request->method, "certificate.material") != 0)
		abort();
	rig.asked++;
	rig.asked_id = json_integer_or(request->params, "id", 0);
	rig.request = request;
}

static void
on_closed(struct rpc_connection *connection UNUSED, void *context UNUSED)
{
}

static const struct rpc_server_ops server_ops = { .on_request = on_request,
						  .on_closed = on_closed };

static void
on_link(struct rpc_client *client UNUSED, void *context UNUSED)
{
}

static const struct rpc_client_ops client_ops = { .on_up = on_link, .on_down = on_link };

static void
on_change(void *context UNUSED)
{
	rig.changes++;
}

static bool
is_up(void *context UNUSED)
{
	return rpc_is_up(rig.client);
}

static void
serve(void)
{
	CU_ASSERT_EQUAL_FATAL(
		rpc_server_new(rig.base, rig.path, 0600, "store", &server_ops, NULL, &rig.server),
		0);
}

static void
start(void)
{
	memset(&rig, 0, sizeof(rig));
	rig.base = loop_new();
	rig.dir = unit_dir_new();
	rig.path = unit_path(rig.dir, "agent.sock");
	rig.client = rpc_client_new(rig.base, rig.path, "syslog", &client_ops, NULL);
	rig.keyring = keyring_new(rig.base, on_change, NULL);
	keyring_use(rig.keyring, rig.client);
}

static void
start_up(void)
{
	start();
	serve();
	CU_ASSERT_TRUE(unit_wait(rig.base, is_up, NULL));
}

static void
stop(void)
{
	rpc_client_free(rig.client);
	keyring_free(rig.keyring);
	rpc_server_free(rig.server);
	event_base_free(rig.base);
	free(rig.path);
	unit_dir_free(rig.dir);
}

static bool
was_asked(void *context UNUSED)
{
	return rig.request;
}

static bool
has_changed(void *context)
{
	return rig.changes > *(const unsigned *) context;
}

/* Answers the call that comes: a version, or NULL to refuse. */
static void
answer(const char *version, const char *text)
{
	unsigned before = rig.changes;

	CU_ASSERT_TRUE_FATAL(unit_wait(rig.base, was_asked, NULL));
	struct rpc_request *request = steal(&rig.request);
	if (version)
		rpc_reply(request, json_pack("{ss,ss,ss}", "version", version, "certificates", text,
					     "key", "the key"));
	else
		rpc_fail(request, RPC_NOT_FOUND, "%s", text);
	CU_ASSERT_TRUE(unit_wait(rig.base, has_changed, &before));
}

static bool
has(int ca, const char *version)
{
	_cleanup_(json_decrefp) json_t *server =
		json_pack("{si,ss}", "ca", ca, "ca_version", version);

	return keyring_has(rig.keyring, server);
}

/* What is kept under a number, or why nothing is. */
static const char *
found(unsigned id)
{
	const char *error = "";
	const struct keyring_entry *entry = keyring_find(rig.keyring, id, &error);

	return entry ? entry->certificates : error;
}

static void
test_what_is_referred_to_is_asked_for_once(void)
{
	start_up();
	CU_ASSERT_TRUE(has(0, ""));
	CU_ASSERT_FALSE(has(3, "one"));
	CU_ASSERT_FALSE(has(3, "one"));
	CU_ASSERT_STRING_EQUAL(found(3), "the store has not given it yet");
	answer("one", "the CA");
	CU_ASSERT_EQUAL(rig.asked_id, 3);
	CU_ASSERT_TRUE(has(3, "one"));
	CU_ASSERT_STRING_EQUAL(found(3), "the CA");
	CU_ASSERT_EQUAL(rig.asked, 1);
	stop();
}

static void
test_another_version_is_asked_for_and_the_former_serves_meanwhile(void)
{
	start_up();
	CU_ASSERT_FALSE(has(3, "one"));
	answer("one", "the CA");
	CU_ASSERT_FALSE(has(3, "two"));
	CU_ASSERT_STRING_EQUAL(found(3), "the CA");
	answer("two", "another CA");
	CU_ASSERT_TRUE(has(3, "two"));
	CU_ASSERT_STRING_EQUAL(found(3), "another CA");
	stop();
}

/* The live state tells of the third next. */
static void
test_a_version_that_was_overtaken_is_not_waited_for(void)
{
	start_up();
	CU_ASSERT_FALSE(has(3, "two"));
	answer("three", "the newest");
	CU_ASSERT_TRUE(has(3, "two"));
	CU_ASSERT_TRUE(has(3, "three"));
	CU_ASSERT_EQUAL(rig.asked, 1);
	stop();
}

static void
test_a_refusal_is_said_and_asked_for_again_when_the_store_is_back(void)
{
	start_up();
	CU_ASSERT_FALSE(has(9, ""));
	answer(NULL, "there is no such certificate");
	CU_ASSERT_TRUE(has(9, ""));
	CU_ASSERT_STRING_EQUAL(found(9), "there is no such certificate");
	keyring_renew(rig.keyring);
	CU_ASSERT_FALSE(has(9, ""));
	answer("one", "the CA");
	CU_ASSERT_STRING_EQUAL(found(9), "the CA");
	stop();
}

static void
test_while_the_store_is_away_it_is_asked_again_and_again(void)
{
	unsigned before = 0;

	start();
	CU_ASSERT_FALSE(has(3, "one"));
	CU_ASSERT_TRUE(unit_wait(rig.base, has_changed, &before));
	CU_ASSERT_FALSE(has(3, "one"));
	serve();
	CU_ASSERT_TRUE(unit_wait(rig.base, is_up, NULL));
	before = rig.changes;
	CU_ASSERT_TRUE(unit_wait(rig.base, has_changed, &before));
	CU_ASSERT_FALSE(has(3, "one"));
	answer("one", "the CA");
	CU_ASSERT_TRUE(has(3, "one"));
	stop();
}

static void
test_what_nobody_refers_to_is_forgotten(void)
{
	start_up();
	CU_ASSERT_FALSE(has(3, "one"));
	answer("one", "the CA");
	CU_ASSERT_FALSE(has(32, "one"));
	answer("one", "the last");
	keyring_keep(rig.keyring, UINT64_C(1) << 32);
	CU_ASSERT_STRING_EQUAL(found(3), "the store has not given it yet");
	CU_ASSERT_STRING_EQUAL(found(32), "the last");
	CU_ASSERT_FALSE(has(3, "one"));
	answer("one", "the CA");
	CU_ASSERT_EQUAL(rig.asked, 3);
	stop();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_referred_to_is_asked_for_once),
		TAP(test_another_version_is_asked_for_and_the_former_serves_meanwhile),
		TAP(test_a_version_that_was_overtaken_is_not_waited_for),
		TAP(test_a_refusal_is_said_and_asked_for_again_when_the_store_is_back),
		TAP(test_while_the_store_is_away_it_is_asked_again_and_again),
		TAP(test_what_nobody_refers_to_is_forgotten),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
