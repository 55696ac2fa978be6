#include "lib/client.h"
#include "lib/daemon.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/rpc.h"
#include "lib/wire.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* A server in a process of its own, because the client under test blocks. */
struct rig {
	char *dir;
	char *path;
	pid_t pid;
	struct client *client;
};

static void
push(struct rpc_connection *connection, int number)
{
	_cleanup_(json_decrefp) json_t *message = json_pack("{si}", "n", number);

	(void) rpc_push(connection, message);
}

static void
on_request(struct rpc_request *request, void *context UNUSED)
{
	if (!strcmp(request->method, "echo")) {
		rpc_reply(request, json_incref(request->params));
	} else if (!strcmp(request->method, "follow")) {
		push(request->connection, 1);
		push(request->connection, 2);
		struct rpc_connection *connection = request->connection;
		rpc_reply(request, NULL);
		push(connection, 3);
	} else if (!strcmp(request->method, "refuse")) {
		rpc_fail_field(request, RPC_CONFLICT, "card", "it is there");
	} else if (!strcmp(request->method, "die")) {
		_exit(0);
	}
	/* Others are never answered. */
}

static const struct rpc_server_ops ops = { .on_request = on_request };

static void __attribute__((noreturn)) serve(const char *path, int ready)
{
	struct event_base *base = loop_new();
	struct rpc_server *server;

	if (rpc_server_new(base, path, 0600, "tested", &ops, NULL, &server) == 0)
		(void) !write(ready, "x", 1);
	(void) event_base_dispatch(base);
	_exit(1);
}

static void
start(struct rig *rig)
{
	int ready[2];
	char byte;

	*rig = (struct rig){ .dir = unit_dir_new() };
	rig->path = unit_path(rig->dir, "socket");
	CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
	rig->pid = fork();
	CU_ASSERT_FATAL(rig->pid >= 0);
	if (!rig->pid)
		serve(rig->path, ready[1]);
	(void) close(ready[1]);
	CU_ASSERT_EQUAL_FATAL(read(ready[0], &byte, 1), 1);
	(void) close(ready[0]);
	CU_ASSERT_EQUAL_FATAL(client_open(rig->path, "tester", &rig->client), 0);
}

static void
stop(struct rig *rig)
{
	client_close(rig->client);
	(void) kill(rig->pid, SIGKILL);
	(void) waitpid(rig->pid, NULL, 0);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static void
test_a_call_returns_the_result(void)
{
	struct rig rig;
	_cleanup_(json_decrefp) json_t *result = NULL;
	_cleanup_(json_decrefp) json_t *none = NULL;

	start(&rig);
	CU_ASSERT_EQUAL(client_call(rig.client, "echo", json_pack("{si}", "n", 7), 5000, &result),
			0);
	CU_ASSERT_EQUAL(json_integer_or(result, "n", 0), 7);
	CU_ASSERT_EQUAL(client_call(rig.client, "echo", NULL, 5000, &none), 0);
	CU_ASSERT_EQUAL(json_object_size(none), 0);
	stop(&rig);
}

static void
test_a_refusal_returns_the_error_object(void)
{
	struct rig rig;
	_cleanup_(json_decrefp) json_t *error = NULL;

	start(&rig);
	CU_ASSERT_EQUAL(client_call(rig.client, "refuse", NULL, 5000, &error), -EREMOTE);
	CU_ASSERT_STRING_EQUAL(json_string_or(error, "code", ""), "conflict");
	CU_ASSERT_STRING_EQUAL(json_string_or(error, "field", ""), "card");
	CU_ASSERT_STRING_EQUAL(json_string_or(error, "message", ""), "it is there");
	stop(&rig);
}

static void
test_pushes_before_and_behind_the_answer_are_kept_in_order(void)
{
	struct rig rig;
	_cleanup_(json_decrefp) json_t *result = NULL;

	start(&rig);
	CU_ASSERT_EQUAL(client_call(rig.client, "follow", NULL, 5000, &result), 0);
	for (int i = 1; i <= 3; i++) {
		_cleanup_(json_decrefp) json_t *message = NULL;
		CU_ASSERT_EQUAL(client_next_push(rig.client, 5000, &message), 0);
		CU_ASSERT_EQUAL(json_integer_or(message, "n", 0), i);
	}
	_cleanup_(json_decrefp) json_t *none = NULL;
	CU_ASSERT_EQUAL(client_next_push(rig.client, 0, &none), -ETIMEDOUT);
	CU_ASSERT_PTR_NULL(none);
	stop(&rig);
}

static void
test_a_call_that_nobody_answers_times_out(void)
{
	struct rig rig;
	_cleanup_(json_decrefp) json_t *result = NULL;

	start(&rig);
	CU_ASSERT_EQUAL(client_call(rig.client, "silence", NULL, 20, &result), -ETIMEDOUT);
	CU_ASSERT_PTR_NULL(result);
	CU_ASSERT_EQUAL(client_call(rig.client, "echo", NULL, 5000, &result), 0);
	stop(&rig);
}

static void
test_a_server_that_dies_ends_the_call(void)
{
	struct rig rig;
	json_t *result = NULL;

	start(&rig);
	CU_ASSERT_EQUAL(client_call(rig.client, "die", NULL, 5000, &result), -ECONNRESET);
	int r = client_call(rig.client, "echo", NULL, 5000, &result);
	CU_ASSERT(r == -EPIPE || r == -ECONNRESET);
	CU_ASSERT_PTR_NULL(result);
	stop(&rig);
}

static void
test_a_call_that_cannot_be_a_line_is_refused_here(void)
{
	_cleanup_(freep) char *text = xcalloc(1, WIRE_LINE_MAX + 1);
	struct rig rig;
	json_t *result = NULL;

	memset(text, 'x', WIRE_LINE_MAX);
	start(&rig);
	CU_ASSERT_EQUAL(
		client_call(rig.client, "echo", json_pack("{ss}", "t", text), 5000, &result),
		-EMSGSIZE);
	CU_ASSERT_EQUAL(client_call(rig.client, "\xff", NULL, 5000, &result), -EINVAL);
	/* The largest that comes back whole: {"id":N,"method":"echo","params":{"t":"..."}}. */
	text[WIRE_LINE_MAX - 64] = 0;
	CU_ASSERT_EQUAL(
		client_call(rig.client, "echo", json_pack("{ss}", "t", text), 5000, &result), 0);
	CU_ASSERT_STRING_EQUAL(json_string_or(result, "t", ""), text);
	json_decref(result);
	stop(&rig);
}

static void
test_nobody_to_talk_to_is_an_error(void)
{
	struct client *client = NULL;
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "socket");

	CU_ASSERT_EQUAL(client_open(path, "tester", &client), -ENOENT);
	int listener = wire_listen(path, 0600);
	closep(&listener);
	CU_ASSERT_EQUAL(client_open(path, "tester", &client), -ECONNREFUSED);
	CU_ASSERT_PTR_NULL(client);
	client_close(NULL);
	unit_dir_free(dir);
}

static void
test_a_refused_hello_is_a_protocol_error(void)
{
	struct rig rig;
	struct client *client = NULL;

	start(&rig);
	/* 32 characters are more than a name may have. */
	CU_ASSERT_EQUAL(client_open(rig.path, "12345678901234567890123456789012", &client),
			-EPROTO);
	CU_ASSERT_PTR_NULL(client);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_call_returns_the_result),
		TAP(test_a_refusal_returns_the_error_object),
		TAP(test_pushes_before_and_behind_the_answer_are_kept_in_order),
		TAP(test_a_call_that_nobody_answers_times_out),
		TAP(test_a_server_that_dies_ends_the_call),
		TAP(test_a_call_that_cannot_be_a_line_is_refused_here),
		TAP(test_nobody_to_talk_to_is_an_error),
		TAP(test_a_refused_hello_is_a_protocol_error),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
