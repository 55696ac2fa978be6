#include "lib/daemon.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/rpc.h"
#include "lib/wire.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HELLO	 "{\"id\":1,\"method\":\"hello\",\"params\":{\"client\":\"tester\",\"protocol\":1}}"
#define KEPT_MAX 4

/* A server that keeps requests, and peers that speak raw lines to it. */
struct rig {
	struct event_base *base;
	char *dir;
	char *path;
	struct rpc_server *server;
	struct rpc_request *kept[KEPT_MAX];
	unsigned requests;
	unsigned closed;
};

static void
on_request(struct rpc_request *request, void *context)
{
	struct rig *rig = context;

	CU_ASSERT_FATAL(rig->requests < KEPT_MAX);
	rig->kept[rig->requests++] = request;
}

static void
on_closed(struct rpc_connection *connection UNUSED, void *context)
{
	((struct rig *) context)->closed++;
}

static const struct rpc_server_ops ops = { .on_request = on_request, .on_closed = on_closed };

static void
start(struct rig *rig)
{
	*rig = (struct rig){ .base = loop_new(), .dir = unit_dir_new() };
	rig->path = unit_path(rig->dir, "socket");
	int r = rpc_server_new(rig->base, rig->path, 0600, "tested", &ops, rig, &rig->server);
	CU_ASSERT_EQUAL_FATAL(r, 0);
}

static void
stop(struct rig *rig)
{
	rpc_server_free(rig->server);
	event_base_free(rig->base);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static struct unit_peer *
dial(struct rig *rig)
{
	return unit_peer_new(rig->base, wire_connect(rig->path));
}

/* A peer that has said hello. */
static struct unit_peer *
greet(struct rig *rig)
{
	struct unit_peer *peer = dial(rig);

	(void) unit_peer_say(peer, HELLO);
	json_decref(unit_peer_hear(peer));
	return peer;
}

static bool
has_requests(void *context)
{
	struct rig *rig = context;
	unsigned kept = 0;

	for (unsigned i = 0; i < rig->requests; i++)
		kept += rig->kept[i] != NULL;
	return kept;
}

static bool
has_closed(void *context)
{
	return ((struct rig *) context)->closed;
}

/* Whether the next line is an error with this code; field may be NULL. */
static bool
hears_error(struct unit_peer *peer, const char *code, const char *field)
{
	_cleanup_(json_decrefp) json_t *message = unit_peer_hear(peer);
	const json_t *error = json_object_get(message, "error");
	const char *named = json_string_or(error, "field", NULL);

	return !strcmp(json_string_or(error, "code", ""), code) &&
	       *json_string_or(error, "message", "") && !json_object_get(message, "result") &&
	       (field ? named && !strcmp(named, field) : !named);
}

static void
test_hello_is_answered_with_protocol_server_and_version(void)
{
	struct rig rig;

	start(&rig);
	struct unit_peer *peer = dial(&rig);
	CU_ASSERT_TRUE(unit_peer_say(peer, HELLO));
	CU_ASSERT_TRUE(unit_peer_hears(peer, "{\"id\":1,\"result\":{\"protocol\":1,\"server\":"
					     "\"tested\",\"version\":\"" PACKAGE_VERSION "\"}}"));
	CU_ASSERT_EQUAL(rig.requests, 0);
	unit_peer_free(peer);
	stop(&rig);
}

static void
test_the_first_call_must_be_hello(void)
{
	struct rig rig;

	start(&rig);
	struct unit_peer *peer = dial(&rig);
	CU_ASSERT_TRUE(unit_peer_say(peer, "{\"id\":9,\"method\":\"status\"}"));
	CU_ASSERT_TRUE(unit_peer_hears(peer, "{\"error\":{\"code\":\"bad_request\",\"message\":"
					     "\"the first call is hello\"},\"id\":9}"));
	CU_ASSERT_EQUAL(rig.requests, 0);
	CU_ASSERT_TRUE(unit_peer_say(peer, HELLO));
	json_decref(unit_peer_hear(peer));
	CU_ASSERT_TRUE(unit_peer_say(peer, "{\"id\":10,\"method\":\"status\"}"));
	CU_ASSERT_TRUE(unit_wait(rig.base, has_requests, &rig));
	CU_ASSERT_STRING_EQUAL(rpc_peer_name(rig.kept[0]->connection), "tester");
	rpc_reply(rig.kept[0], NULL);
	CU_ASSERT_TRUE(unit_peer_hears(peer, "{\"id\":10,\"result\":{}}"));
	unit_peer_free(peer);
	stop(&rig);
}

static void
test_another_protocol_or_a_bad_name_is_no_hello(void)
{
	static const struct {
		const char *params;
		const char *code;
		const char *field;
	} cases[] = {
		{ "{\"client\":\"t\",\"protocol\":2}", "version", "protocol" },
		{ "{\"client\":\"t\",\"protocol\":\"1\"}", "version", "protocol" },
		{ "{\"client\":\"t\"}", "version", "protocol" },
		{ "{\"protocol\":1}", "bad_params", "client" },
		{ "{\"client\":\"\",\"protocol\":1}", "bad_params", "client" },
		{ "{\"client\":\"12345678901234567890123456789012\",\"protocol\":1}", "bad_params",
		  "client" },
	};
	struct rig rig;

	start(&rig);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct unit_peer *peer = dial(&rig);
		_cleanup_(freep) char *line =
			xasprintf("{\"id\":1,\"method\":\"hello\",\"params\":%s}", cases[i].params);
		CU_ASSERT_TRUE(unit_peer_say(peer, line));
		CU_ASSERT_TRUE(hears_error(peer, cases[i].code, cases[i].field));
		CU_ASSERT_TRUE(unit_peer_say(peer, "{\"id\":2,\"method\":\"status\"}"));
		CU_ASSERT_TRUE(hears_error(peer, "bad_request", NULL));
		unit_peer_free(peer);
	}
	CU_ASSERT_EQUAL(rig.requests, 0);
	stop(&rig);
}

static void
test_what_is_no_call_ends_that_connection_only(void)
{
	static const char *const lines[] = {
		"{}",
		"{\"method\":\"status\"}",
		"{\"id\":\"2\",\"method\":\"status\"}",
		"{\"id\":2}",
		"{\"id\":2,\"method\":7}",
		"{\"id\":2,\"method\":\"status\",\"params\":[]}",
		"{\"id\":2,\"method\":\"status\",\"params\":null}",
		"{\"error\":{\"code\":\"bad_json\"}}",
	};
	struct rig rig;

	start(&rig);
	struct unit_peer *bystander = greet(&rig);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct unit_peer *peer = greet(&rig);
		CU_ASSERT_TRUE(unit_peer_say(peer, lines[i]));
		CU_ASSERT_TRUE(hears_error(peer, "bad_request", NULL));
		CU_ASSERT_TRUE(unit_peer_is_closed(peer));
		unit_peer_free(peer);
	}
	CU_ASSERT_EQUAL(rig.closed, ARRAY_LEN(lines));
	CU_ASSERT_TRUE(unit_peer_say(bystander, "{\"id\":3,\"method\":\"status\"}"));
	CU_ASSERT_TRUE(unit_wait(rig.base, has_requests, &rig));
	rpc_reply(rig.kept[0], NULL);
	CU_ASSERT_TRUE(unit_peer_hears(bystander, "{\"id\":3,\"result\":{}}"));
	unit_peer_free(bystander);
	stop(&rig);
}

static void
test_calls_overlap_and_answers_carry_their_ids(void)
{
	struct rig rig;

	start(&rig);
	struct unit_peer *peer = greet(&rig);
	CU_ASSERT_TRUE(unit_peer_say(peer, "{\"id\":-5,\"method\":\"a\",\"params\":{\"n\":1}}\n"
					   "{\"id\":9007199254740991,\"method\":\"b\"}"));
	CU_ASSERT_EQUAL_FATAL(rig.requests, 2);
	CU_ASSERT_STRING_EQUAL(rig.kept[0]->method, "a");
	CU_ASSERT_EQUAL(json_integer_or(rig.kept[0]->params, "n", 0), 1);
	CU_ASSERT_PTR_NOT_NULL(rig.kept[1]->params);
	rpc_reply(rig.kept[1], json_pack("{si}", "n", 2));
	rpc_fail_field(rig.kept[0], RPC_BAD_PARAMS, "n", "from %d to %d", 2, 3);
	CU_ASSERT_TRUE(unit_peer_hears(peer, "{\"id\":9007199254740991,\"result\":{\"n\":2}}"));
	CU_ASSERT_TRUE(unit_peer_hears(peer, "{\"error\":{\"code\":\"bad_params\",\"field\":\"n\","
					     "\"message\":\"from 2 to 3\"},\"id\":-5}"));
	unit_peer_free(peer);
	stop(&rig);
}

static void
test_for_whom_an_edge_asks_is_passed_on(void)
{
	struct rig rig;

	start(&rig);
	struct unit_peer *peer = greet(&rig);
	CU_ASSERT_TRUE(unit_peer_say(peer, "{\"id\":2,\"method\":\"a\",\"session\":\"s\","
					   "\"csrf\":\"c\",\"address\":\"192.0.2.1\"}\n"
					   "{\"id\":3,\"method\":\"a\",\"session\":4}"));
	CU_ASSERT_EQUAL_FATAL(rig.requests, 2);
	CU_ASSERT_STRING_EQUAL(rig.kept[0]->session, "s");
	CU_ASSERT_STRING_EQUAL(rig.kept[0]->csrf, "c");
	CU_ASSERT_STRING_EQUAL(rig.kept[0]->address, "192.0.2.1");
	CU_ASSERT_STRING_EQUAL(rig.kept[1]->session, "");
	CU_ASSERT_STRING_EQUAL(rig.kept[1]->csrf, "");
	CU_ASSERT_STRING_EQUAL(rig.kept[1]->address, "");
	CU_ASSERT_EQUAL(rpc_peer_uid(rig.kept[0]->connection), geteuid());
	CU_ASSERT_EQUAL(rpc_peer_pid(rig.kept[0]->connection), getpid());
	rpc_reply(rig.kept[0], NULL);
	rpc_reply(rig.kept[1], NULL);
	unit_peer_free(peer);
	stop(&rig);
}

static void
test_a_request_may_be_answered_after_its_peer_has_gone(void)
{
	struct rig rig;

	start(&rig);
	struct unit_peer *peer = greet(&rig);
	CU_ASSERT_TRUE(
		unit_peer_say(peer, "{\"id\":2,\"method\":\"a\"}\n{\"id\":3,\"method\":\"b\"}"));
	CU_ASSERT_EQUAL_FATAL(rig.requests, 2);
	struct rpc_connection *connection = rig.kept[0]->connection;
	unit_peer_free(peer);
	CU_ASSERT_TRUE(unit_wait(rig.base, has_closed, &rig));
	CU_ASSERT_EQUAL(rpc_push_text(connection, "{}"), -ENOTCONN);
	CU_ASSERT_EQUAL(rpc_unsent_bytes(connection), 0);
	rpc_reply(rig.kept[0], json_pack("{si}", "n", 1));
	rpc_fail(rig.kept[1], RPC_INTERNAL, "too late");
	CU_ASSERT_EQUAL(rig.closed, 1);
	stop(&rig);
}

static void
test_a_request_outlives_its_server(void)
{
	struct rig rig;

	start(&rig);
	struct unit_peer *peer = greet(&rig);
	CU_ASSERT_TRUE(unit_peer_say(peer, "{\"id\":2,\"method\":\"a\"}"));
	CU_ASSERT_EQUAL_FATAL(rig.requests, 1);
	rpc_server_free(steal(&rig.server));
	CU_ASSERT_EQUAL(rig.closed, 1);
	CU_ASSERT_EQUAL(access(rig.path, F_OK), -1);
	CU_ASSERT_TRUE(unit_peer_is_closed(peer));
	rpc_reply(rig.kept[0], NULL);
	unit_peer_free(peer);
	stop(&rig);
}

static void
test_an_answer_that_does_not_fit_is_an_error_with_the_same_id(void)
{
	_cleanup_(freep) char *text = xcalloc(1, WIRE_LINE_MAX + 1);
	struct rig rig;

	memset(text, 'x', WIRE_LINE_MAX);
	start(&rig);
	struct unit_peer *peer = greet(&rig);
	CU_ASSERT_TRUE(unit_peer_say(peer, "{\"id\":2,\"method\":\"a\"}"));
	CU_ASSERT_EQUAL_FATAL(rig.requests, 1);
	rpc_reply(rig.kept[0], json_pack("{ss}", "text", text));
	_cleanup_(json_decrefp) json_t *answer = unit_peer_hear(peer);
	CU_ASSERT_EQUAL(json_integer_or(answer, "id", 0), 2);
	CU_ASSERT_STRING_EQUAL(json_string_or(json_object_get(answer, "error"), "code", ""),
			       "too_large");
	unit_peer_free(peer);
	stop(&rig);
}

static void
test_a_reason_that_is_cut_within_a_character_is_still_said(void)
{
	struct rig rig;
	char text[301];

	/* Two bytes a character, one byte before them: every even size ends within one. */
	text[0] = 'x';
	for (unsigned i = 1; i < 299; i += 2)
		memcpy(text + i, "\xc3\xb6", 3);
	start(&rig);
	struct unit_peer *peer = greet(&rig);
	CU_ASSERT_TRUE(
		unit_peer_say(peer, "{\"id\":2,\"method\":\"a\"}\n{\"id\":3,\"method\":\"a\"}"));
	CU_ASSERT_EQUAL_FATAL(rig.requests, 2);
	rpc_fail(rig.kept[0], RPC_INTERNAL, "%s", text);
	CU_ASSERT_TRUE(hears_error(peer, "internal", NULL));
	rpc_fail_field(rig.kept[1], RPC_BAD_PARAMS, "n", "%s", text + 1);
	CU_ASSERT_TRUE(hears_error(peer, "bad_params", "n"));
	unit_peer_free(peer);
	stop(&rig);
}

static void
test_connections_beyond_256_are_closed_and_the_others_live(void)
{
	static struct unit_peer *peers[257];
	struct rig rig;

	start(&rig);
	for (unsigned i = 0; i < ARRAY_LEN(peers); i++) {
		peers[i] = dial(&rig);
		unit_turn(rig.base);
	}
	CU_ASSERT_TRUE(unit_peer_is_closed(peers[256]));
	CU_ASSERT_TRUE(unit_peer_say(peers[255], HELLO));
	json_decref(unit_peer_hear(peers[255]));
	CU_ASSERT_EQUAL(rig.closed, 0);
	/* One that leaves makes room. */
	unit_peer_free(peers[0]);
	CU_ASSERT_TRUE(unit_wait(rig.base, has_closed, &rig));
	peers[0] = greet(&rig);
	CU_ASSERT_TRUE(unit_peer_say(peers[0], "{\"id\":2,\"method\":\"a\"}"));
	CU_ASSERT_EQUAL_FATAL(rig.requests, 1);
	rpc_reply(rig.kept[0], NULL);
	CU_ASSERT_TRUE(unit_peer_hears(peers[0], "{\"id\":2,\"result\":{}}"));
	for (unsigned i = 0; i < ARRAY_LEN(peers); i++)
		unit_peer_free(peers[i]);
	stop(&rig);
}

static void
test_a_push_has_no_id_and_comes_as_it_is(void)
{
	struct rig rig;
	int mark;

	start(&rig);
	struct unit_peer *peer = greet(&rig);
	CU_ASSERT_TRUE(unit_peer_say(peer, "{\"id\":2,\"method\":\"follow\"}"));
	CU_ASSERT_EQUAL_FATAL(rig.requests, 1);
	struct rpc_connection *connection = rig.kept[0]->connection;
	CU_ASSERT_PTR_NULL(rpc_data(connection));
	rpc_set_data(connection, &mark);
	CU_ASSERT_PTR_EQUAL(rpc_data(connection), &mark);
	rpc_reply(rig.kept[0], NULL);
	CU_ASSERT_EQUAL(rpc_push_text(connection, "{ \"b\":1,\"a\":2 }"), 0);
	CU_ASSERT_TRUE(unit_peer_hears(peer, "{\"id\":2,\"result\":{}}"));
	CU_ASSERT_TRUE(unit_peer_hears(peer, "{ \"b\":1,\"a\":2 }"));
	unit_peer_free(peer);
	stop(&rig);
}

static void
test_a_server_can_close_a_connection(void)
{
	struct rig rig;

	start(&rig);
	struct unit_peer *peer = greet(&rig);
	struct unit_peer *other = greet(&rig);
	(void) unit_peer_say(peer, "{\"id\":2,\"method\":\"slow\",\"params\":{}}");
	while (!rig.requests)
		unit_turn(rig.base);
	rpc_close(rig.kept[0]->connection);
	CU_ASSERT_EQUAL(rig.closed, 1);
	/* Its request may still be answered, to nobody. */
	rpc_reply(rig.kept[0], NULL);
	CU_ASSERT_TRUE(unit_peer_is_closed(peer));
	(void) unit_peer_say(other, "{\"id\":2,\"method\":\"slow\",\"params\":{}}");
	while (rig.requests < 2)
		unit_turn(rig.base);
	rpc_reply(rig.kept[1], NULL);
	json_decref(unit_peer_hear(other));
	CU_ASSERT_EQUAL(rig.closed, 1);
	unit_peer_free(peer);
	unit_peer_free(other);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_hello_is_answered_with_protocol_server_and_version),
		TAP(test_the_first_call_must_be_hello),
		TAP(test_another_protocol_or_a_bad_name_is_no_hello),
		TAP(test_what_is_no_call_ends_that_connection_only),
		TAP(test_calls_overlap_and_answers_carry_their_ids),
		TAP(test_for_whom_an_edge_asks_is_passed_on),
		TAP(test_a_request_may_be_answered_after_its_peer_has_gone),
		TAP(test_a_request_outlives_its_server),
		TAP(test_an_answer_that_does_not_fit_is_an_error_with_the_same_id),
		TAP(test_a_reason_that_is_cut_within_a_character_is_still_said),
		TAP(test_connections_beyond_256_are_closed_and_the_others_live),
		TAP(test_a_push_has_no_id_and_comes_as_it_is),
		TAP(test_a_server_can_close_a_connection),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
