#include "lib/daemon.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/rpc.h"
#include "lib/wire.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WELCOME "{\"id\":1,\"result\":{\"protocol\":1,\"server\":\"s\",\"version\":\"0\"}}"

/* A client, and the raw socket of a server that says what the test says. */
struct rig {
	struct event_base *base;
	char *dir;
	char *path;
	int listener;
	struct unit_peer *server;
	struct rpc_client *client;
	unsigned ups;
	unsigned downs;
	unsigned pushes;
	int64_t pushed[16];
	/* How the last call ended. */
	unsigned results;
	unsigned failures;
	int64_t number;
	char code[32];
	char message[64];
	char field[32];
	unsigned failures_at_down;
	bool calls_again;
	bool reconnects;
};

static void
on_up(struct rpc_client *client, void *context)
{
	struct rig *rig = context;

	CU_ASSERT_TRUE(rpc_is_up(client));
	rig->ups++;
}

static void
on_down(struct rpc_client *client, void *context)
{
	struct rig *rig = context;

	CU_ASSERT_FALSE(rpc_is_up(client));
	rig->downs++;
	rig->failures_at_down = rig->failures;
}

static void
on_push(struct rpc_client *client UNUSED, json_t *message, void *context)
{
	struct rig *rig = context;

	rig->pushed[rig->pushes++ % 16] = json_integer_or(message, "n", -1);
}

static const struct rpc_client_ops ops = { on_up, on_down, on_push, NULL };

static void
on_done(json_t *result, const struct rpc_error *error, void *context)
{
	struct rig *rig = context;

	CU_ASSERT_NOT_EQUAL(!result, !error);
	if (result) {
		rig->results++;
		rig->number = json_integer_or(result, "n", -1);
		return;
	}
	rig->failures++;
	(void) copy_string(rig->code, sizeof(rig->code), error->code);
	(void) copy_string(rig->message, sizeof(rig->message), error->message);
	(void) copy_string(rig->field, sizeof(rig->field), error->field ? error->field : "");
	if (rig->calls_again) {
		rig->calls_again = false;
		rpc_call(rig->client, NULL, "again", NULL, 1000, on_done, rig);
	}
	if (rig->reconnects)
		rpc_reconnect(rig->client);
}

static void
call(struct rig *rig, const char *method, unsigned timeout_ms)
{
	rpc_call(rig->client, NULL, method, json_pack("{si}", "a", 1), timeout_ms, on_done, rig);
}

static bool
accepted(void *context)
{
	struct rig *rig = context;
	int fd = accept4(rig->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return false;
	rig->server = unit_peer_new(rig->base, fd);
	return true;
}

static bool
is_up(void *context)
{
	return rpc_is_up(((struct rig *) context)->client);
}

static bool
is_down(void *context)
{
	return !is_up(context);
}

static bool
has_failed(void *context)
{
	return ((struct rig *) context)->failures;
}

static void
hang_up(struct rig *rig)
{
	unit_peer_free(steal(&rig->server));
}

/* Takes the next connection and answers its hello. */
static void
welcome(struct rig *rig)
{
	CU_ASSERT_TRUE_FATAL(unit_wait(rig->base, accepted, rig));
	CU_ASSERT_TRUE(unit_peer_hears(rig->server, "{\"id\":1,\"method\":\"hello\",\"params\":"
						    "{\"client\":\"tester\",\"protocol\":1}}"));
	CU_ASSERT_TRUE(unit_peer_say(rig->server, WELCOME));
	CU_ASSERT_TRUE_FATAL(unit_wait(rig->base, is_up, rig));
}

static void
start(struct rig *rig)
{
	*rig = (struct rig){ .base = loop_new(), .dir = unit_dir_new() };
	rig->path = unit_path(rig->dir, "socket");
	rig->listener = wire_listen(rig->path, 0600);
	CU_ASSERT_FATAL(rig->listener >= 0);
	rig->client = rpc_client_new(rig->base, rig->path, "tester", &ops, rig);
}

static void
stop(struct rig *rig)
{
	rpc_client_free(rig->client);
	if (rig->server)
		hang_up(rig);
	closep(&rig->listener);
	event_base_free(rig->base);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static void
test_a_result_and_an_error_reach_their_calls(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	call(&rig, "x", 1000);
	CU_ASSERT_TRUE(
		unit_peer_hears(rig.server, "{\"id\":2,\"method\":\"x\",\"params\":{\"a\":1}}"));
	call(&rig, "y", 1000);
	json_decref(unit_peer_hear(rig.server));
	/* The second is answered first. */
	CU_ASSERT_TRUE(unit_peer_say(rig.server,
				     "{\"id\":3,\"error\":{\"code\":\"bad_params\",\"message\":"
				     "\"odd\",\"field\":\"a\"}}"));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.failures, 1);
	CU_ASSERT_STRING_EQUAL(rig.code, "bad_params");
	CU_ASSERT_STRING_EQUAL(rig.message, "odd");
	CU_ASSERT_STRING_EQUAL(rig.field, "a");
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "{\"id\":2,\"result\":{\"n\":7}}"));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.results, 1);
	CU_ASSERT_EQUAL(rig.number, 7);
	stop(&rig);
}

static void
test_identity_is_sent_as_far_as_there_is_any(void)
{
	struct rig rig;
	const struct rpc_identity someone = { "s", NULL, "192.0.2.1" };

	start(&rig);
	welcome(&rig);
	rpc_call(rig.client, &someone, "x", NULL, 1000, NULL, NULL);
	CU_ASSERT_TRUE(unit_peer_hears(rig.server,
				       "{\"address\":\"192.0.2.1\",\"id\":2,\"method\":\"x\","
				       "\"params\":{},\"session\":\"s\"}"));
	/* Nobody waits for the answer. */
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "{\"id\":2,\"result\":{}}"));
	unit_turn(rig.base);
	stop(&rig);
}

static void
test_answers_that_nobody_waits_for_are_ignored(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	call(&rig, "x", 1000);
	CU_ASSERT_TRUE(unit_peer_say(rig.server,
				     "{\"id\":1,\"result\":{\"n\":1}}\n{\"id\":3,\"result\":{}}\n"
				     "{\"id\":0,\"result\":{}}\n{\"id\":null,\"result\":{}}\n"
				     "{\"id\":\"2\",\"result\":{}}\n{\"id\":-2,\"result\":{}}"));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.results + rig.failures, 0);
	CU_ASSERT_EQUAL(rig.ups, 1);
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "{\"id\":2,\"result\":{\"n\":5}}\n"
						 "{\"id\":2,\"result\":{\"n\":6}}"));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.results, 1);
	CU_ASSERT_EQUAL(rig.number, 5);
	stop(&rig);
}

static void
test_an_answer_that_says_nothing_is_a_failure(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	call(&rig, "x", 1000);
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "{\"id\":2}"));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.failures, 1);
	CU_ASSERT_STRING_EQUAL(rig.code, "internal");
	call(&rig, "x", 1000);
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "{\"id\":3,\"error\":\"broken\"}"));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.failures, 2);
	stop(&rig);
}

static void
test_a_call_without_answer_times_out_and_a_late_one_is_dropped(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	call(&rig, "x", 20);
	CU_ASSERT_TRUE(unit_wait(rig.base, has_failed, &rig));
	CU_ASSERT_STRING_EQUAL(rig.code, "timeout");
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "{\"id\":2,\"result\":{}}"));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.results, 0);
	CU_ASSERT_EQUAL(rig.failures, 1);
	CU_ASSERT_TRUE(rpc_is_up(rig.client));
	stop(&rig);
}

static void
test_a_call_while_the_server_is_away_fails_at_once(void)
{
	struct rig rig;

	start(&rig);
	call(&rig, "x", 1000);
	CU_ASSERT_EQUAL(rig.failures, 1);
	CU_ASSERT_STRING_EQUAL(rig.code, "unavailable");
	/* Connected is not up: hello has not been answered. */
	CU_ASSERT_TRUE_FATAL(unit_wait(rig.base, accepted, &rig));
	json_decref(unit_peer_hear(rig.server));
	call(&rig, "x", 1000);
	CU_ASSERT_EQUAL(rig.failures, 2);
	CU_ASSERT_TRUE(unit_peer_say(rig.server, WELCOME));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_up, &rig));
	/* Neither was kept for later. */
	call(&rig, "later", 1000);
	CU_ASSERT_TRUE(unit_peer_hears(rig.server,
				       "{\"id\":2,\"method\":\"later\",\"params\":{\"a\":1}}"));
	stop(&rig);
}

static void
test_calls_under_way_fail_before_the_loss_is_told(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	call(&rig, "x", 1000);
	call(&rig, "y", 1000);
	rig.calls_again = true;
	hang_up(&rig);
	CU_ASSERT_TRUE(unit_wait(rig.base, is_down, &rig));
	CU_ASSERT_EQUAL(rig.downs, 1);
	/* The third is the one that the first failure made. */
	CU_ASSERT_EQUAL(rig.failures_at_down, 3);
	CU_ASSERT_STRING_EQUAL(rig.code, "unavailable");
	stop(&rig);
}

static void
test_the_client_comes_back_by_itself_and_starts_anew(void)
{
	struct rig rig;

	start(&rig);
	for (unsigned i = 1; i <= 3; i++) {
		welcome(&rig);
		CU_ASSERT_EQUAL(rig.ups, i);
		CU_ASSERT_EQUAL(rig.downs, i - 1);
		hang_up(&rig);
		CU_ASSERT_TRUE(unit_wait(rig.base, is_down, &rig));
	}
	/* Also when nobody listens for a while. */
	closep(&rig.listener);
	for (unsigned i = 0; i < 20; i++)
		(void) event_base_loop(rig.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	rig.listener = wire_listen(rig.path, 0600);
	welcome(&rig);
	call(&rig, "x", 1000);
	CU_ASSERT_TRUE(
		unit_peer_hears(rig.server, "{\"id\":2,\"method\":\"x\",\"params\":{\"a\":1}}"));
	stop(&rig);
}

static void
test_a_refused_hello_is_never_up_and_is_tried_again(void)
{
	struct rig rig;

	start(&rig);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE_FATAL(unit_wait(rig.base, accepted, &rig));
		json_decref(unit_peer_hear(rig.server));
		CU_ASSERT_TRUE(
			unit_peer_say(rig.server, "{\"id\":1,\"error\":{\"code\":\"version\"}}"));
		CU_ASSERT_TRUE(unit_peer_is_closed(rig.server));
		hang_up(&rig);
	}
	CU_ASSERT_EQUAL(rig.ups, 0);
	CU_ASSERT_EQUAL(rig.downs, 0);
	welcome(&rig);
	stop(&rig);
}

static void
test_pushes_arrive_in_order_and_only_behind_hello(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_TRUE_FATAL(unit_wait(rig.base, accepted, &rig));
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "{\"n\":1}\n" WELCOME "\n{\"n\":2}\n{\"n\":3}"));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_up, &rig));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.pushes, 2);
	CU_ASSERT_EQUAL(rig.pushed[0], 2);
	CU_ASSERT_EQUAL(rig.pushed[1], 3);
	stop(&rig);
}

static void
test_a_server_that_sends_rubbish_is_left_and_called_again(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "rubbish"));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_down, &rig));
	hang_up(&rig);
	welcome(&rig);
	CU_ASSERT_EQUAL(rig.ups, 2);
	stop(&rig);
}

static void
test_a_call_that_cannot_be_written_fails_and_leaves_the_connection(void)
{
	_cleanup_(freep) char *text = xcalloc(1, WIRE_LINE_MAX + 1);
	const struct rpc_identity foreign = { "\xff", NULL, NULL };
	struct rig rig;

	memset(text, 'x', WIRE_LINE_MAX);
	start(&rig);
	welcome(&rig);
	rpc_call(rig.client, NULL, "x", json_pack("{ss}", "text", text), 1000, on_done, &rig);
	CU_ASSERT_EQUAL(rig.failures, 1);
	CU_ASSERT_STRING_EQUAL(rig.code, "too_large");
	rpc_call(rig.client, &foreign, "x", NULL, 1000, on_done, &rig);
	CU_ASSERT_EQUAL(rig.failures, 2);
	CU_ASSERT_STRING_EQUAL(rig.code, "bad_request");
	call(&rig, "x", 1000);
	CU_ASSERT_TRUE(
		unit_peer_hears(rig.server, "{\"id\":4,\"method\":\"x\",\"params\":{\"a\":1}}"));
	stop(&rig);
}

static void
test_a_callback_may_ask_for_a_new_connection(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	rig.reconnects = true;
	call(&rig, "x", 1000);
	call(&rig, "y", 1000);
	CU_ASSERT_TRUE(
		unit_peer_say(rig.server, "{\"id\":2,\"error\":{}}\n{\"id\":3,\"error\":{}}"));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_down, &rig));
	CU_ASSERT_EQUAL(rig.failures, 2);
	CU_ASSERT_EQUAL(rig.downs, 1);
	hang_up(&rig);
	welcome(&rig);
	stop(&rig);
}

static void
test_a_freed_client_tells_nobody_of_its_calls(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	call(&rig, "x", 1000);
	rpc_client_free(steal(&rig.client));
	CU_ASSERT_EQUAL(rig.results + rig.failures + rig.downs, 0);
	rpc_client_free(NULL);
	stop(&rig);
}

static void
test_whoever_has_gone_is_not_told_of_its_calls(void)
{
	struct rig rig;

	start(&rig);
	welcome(&rig);
	rpc_call(rig.client, NULL, "x", NULL, 1000, on_done, NULL);
	call(&rig, "y", 1000);
	rpc_forget(rig.client, NULL);
	CU_ASSERT_TRUE(unit_peer_say(rig.server, "{\"id\":2,\"result\":{\"n\":1}}\n"
						 "{\"id\":3,\"result\":{\"n\":2}}"));
	while (!rig.results)
		unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.results, 1);
	CU_ASSERT_EQUAL(rig.number, 2);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_result_and_an_error_reach_their_calls),
		TAP(test_identity_is_sent_as_far_as_there_is_any),
		TAP(test_answers_that_nobody_waits_for_are_ignored),
		TAP(test_an_answer_that_says_nothing_is_a_failure),
		TAP(test_a_call_without_answer_times_out_and_a_late_one_is_dropped),
		TAP(test_a_call_while_the_server_is_away_fails_at_once),
		TAP(test_calls_under_way_fail_before_the_loss_is_told),
		TAP(test_the_client_comes_back_by_itself_and_starts_anew),
		TAP(test_a_refused_hello_is_never_up_and_is_tried_again),
		TAP(test_pushes_arrive_in_order_and_only_behind_hello),
		TAP(test_a_server_that_sends_rubbish_is_left_and_called_again),
		TAP(test_a_call_that_cannot_be_written_fails_and_leaves_the_connection),
		TAP(test_a_callback_may_ask_for_a_new_connection),
		TAP(test_a_freed_client_tells_nobody_of_its_calls),
		TAP(test_whoever_has_gone_is_not_told_of_its_calls),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
