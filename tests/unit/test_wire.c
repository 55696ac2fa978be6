#include "lib/daemon.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "lib/wire.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define SEEN_MAX 64

/* A wire under test, the far end of its socket, and what its owner was told. */
struct rig {
	struct event_base *base;
	struct wire *wire;
	struct unit_peer *peer;
	unsigned messages;
	int64_t numbers[SEEN_MAX]; /* the member "n" of each message */
	size_t largest;
	unsigned closed;
	int error;
	unsigned drained;
	bool frees_in_message;
	bool frees_in_closed;
};

static void
on_message(struct wire *wire, json_t *message, void *context)
{
	struct rig *rig = context;

	CU_ASSERT_PTR_EQUAL(wire, rig->wire);
	rig->numbers[rig->messages++ % SEEN_MAX] = json_integer_or(message, "n", -1);
	rig->largest = MAX_OF(rig->largest, strlen(json_string_or(message, "text", "")));
	if (rig->frees_in_message)
		wire_free(steal(&rig->wire));
}

static void
on_closed(struct wire *wire, int error, void *context)
{
	struct rig *rig = context;

	CU_ASSERT_PTR_EQUAL(wire, rig->wire);
	rig->closed++;
	rig->error = error;
	if (rig->frees_in_closed)
		wire_free(steal(&rig->wire));
}

static void
on_drained(struct wire *wire UNUSED, void *context)
{
	((struct rig *) context)->drained++;
}

static const struct wire_ops ops = { on_message, on_closed, on_drained, NULL };

static void
join(struct rig *rig, struct event_base *base)
{
	int ends[2];

	*rig = (struct rig){ .base = base };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0)
		abort();
	rig->wire = wire_new(base, ends[0], &ops, rig);
	rig->peer = unit_peer_new(base, ends[1]);
}

static void
start(struct rig *rig)
{
	join(rig, loop_new());
}

static void
leave(struct rig *rig)
{
	wire_free(rig->wire);
	if (rig->peer)
		unit_peer_free(rig->peer);
}

static void
stop(struct rig *rig)
{
	leave(rig);
	event_base_free(rig->base);
}

static void
hang_up(struct rig *rig)
{
	unit_peer_free(steal(&rig->peer));
}

static bool
is_closed(void *context)
{
	return ((struct rig *) context)->closed;
}

static bool
has_drained(void *context)
{
	return ((struct rig *) context)->drained;
}

/* A line of exactly size bytes. */
static char *
line_of(size_t size)
{
	static const char start_text[] = "{\"n\":7,\"text\":\"";
	char *line = xcalloc(1, size + 1);

	memset(line, 'x', size);
	memcpy(line, start_text, sizeof(start_text) - 1);
	memcpy(line + size - 2, "\"}", 2);
	return line;
}

static void
test_a_line_of_65536_bytes_is_taken_and_one_byte_more_is_not(void)
{
	struct rig rig;
	struct rig other;
	_cleanup_(freep) char *fits = line_of(WIRE_LINE_MAX);
	_cleanup_(freep) char *long_line = line_of(WIRE_LINE_MAX + 1);

	start(&rig);
	join(&other, rig.base);
	CU_ASSERT_TRUE(unit_peer_say(rig.peer, fits));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.messages, 1);
	CU_ASSERT_EQUAL(rig.largest, WIRE_LINE_MAX - 17);
	(void) unit_peer_say(rig.peer, long_line);
	CU_ASSERT_TRUE(unit_peer_hears(rig.peer, "{\"error\":{\"code\":\"too_large\","
						 "\"message\":\"a line may have 65536 bytes\"}}"));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_closed, &rig));
	CU_ASSERT_EQUAL(rig.closed, 1);
	CU_ASSERT_EQUAL(rig.error, -EPROTO);
	CU_ASSERT_EQUAL(rig.messages, 1);
	/* Nobody else notices. */
	CU_ASSERT_TRUE(unit_peer_say(other.peer, "{\"n\":1}"));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(other.messages, 1);
	CU_ASSERT_EQUAL(other.closed, 0);
	leave(&other);
	stop(&rig);
}

static void
test_bytes_without_a_newline_are_refused_before_they_fill_memory(void)
{
	struct rig rig;
	_cleanup_(freep) char *bytes = xcalloc(1, WIRE_LINE_MAX + 1);

	start(&rig);
	memset(bytes, ' ', WIRE_LINE_MAX + 1);
	CU_ASSERT_TRUE(unit_peer_send(rig.peer, bytes, WIRE_LINE_MAX));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.closed, 0);
	(void) unit_peer_send(rig.peer, " ", 1);
	_cleanup_(json_decrefp) json_t *told = unit_peer_hear(rig.peer);
	CU_ASSERT_STRING_EQUAL(json_string_or(json_object_get(told, "error"), "code", ""),
			       "too_large");
	CU_ASSERT_TRUE(unit_wait(rig.base, is_closed, &rig));
	stop(&rig);
}

static void
test_what_is_no_json_object_is_answered_and_ends_the_connection(void)
{
	static const char *const lines[] = {
		"hello",
		"",
		"[1]",
		"{\"n\":1.5}",
		"{\"n\":",
		"{\"n\":\"\xff\"}",
		"{\"n\":1,\"n\":2}",
		"{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}",
		"{\"n\":9007199254740992}",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct rig rig;
		start(&rig);
		/* Both at once, so that the second is there when the first is refused. */
		_cleanup_(freep) char *both = xasprintf("%s\n{\"n\":1}", lines[i]);
		CU_ASSERT_TRUE(unit_peer_say(rig.peer, both));
		_cleanup_(json_decrefp) json_t *told = unit_peer_hear(rig.peer);
		const json_t *error = json_object_get(told, "error");
		CU_ASSERT_STRING_EQUAL(json_string_or(error, "code", ""), "bad_json");
		CU_ASSERT(*json_string_or(error, "message", ""));
		CU_ASSERT_TRUE(unit_wait(rig.base, is_closed, &rig));
		CU_ASSERT_EQUAL(rig.closed, 1);
		CU_ASSERT_EQUAL(rig.error, -EPROTO);
		/* Nothing behind the broken line counts. */
		CU_ASSERT_EQUAL(rig.messages, 0);
		CU_ASSERT_EQUAL(wire_send_text(rig.wire, "{}"), -ENOTCONN);
		stop(&rig);
	}
}

static void
test_lines_arrive_in_order_however_they_are_cut(void)
{
	static const char lines[] = "{\"n\":1}\n{\"n\":2}\r\n {\"n\":3} \n{\"n\":4}\n";
	struct rig rig;

	start(&rig);
	CU_ASSERT_TRUE(unit_peer_send(rig.peer, lines, strlen(lines)));
	for (size_t i = 0; i < strlen(lines); i++)
		CU_ASSERT_TRUE(unit_peer_send(rig.peer, lines + i, 1));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.messages, 8);
	for (unsigned i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(rig.numbers[i], i % 4 + 1);
	CU_ASSERT_EQUAL(rig.closed, 0);
	stop(&rig);
}

static void
test_lines_that_came_before_the_end_count_and_a_half_one_does_not(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_EQUAL(send(rig.peer->fd, "{\"n\":5}\n{\"n\":6}", 15, 0), 15);
	hang_up(&rig);
	CU_ASSERT_TRUE(unit_wait(rig.base, is_closed, &rig));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.messages, 1);
	CU_ASSERT_EQUAL(rig.numbers[0], 5);
	CU_ASSERT_EQUAL(rig.closed, 1);
	CU_ASSERT_EQUAL(rig.error, 0);
	stop(&rig);
}

static void
test_a_message_that_is_longer_than_a_line_is_not_sent(void)
{
	struct rig rig;
	_cleanup_(freep) char *fits = line_of(WIRE_LINE_MAX);
	_cleanup_(freep) char *long_line = line_of(WIRE_LINE_MAX + 1);
	_cleanup_(json_decrefp) json_t *message = json_pack("{si,si}", "n", 1, "a", 2);

	start(&rig);
	CU_ASSERT_EQUAL(wire_send_text(rig.wire, long_line), -EMSGSIZE);
	CU_ASSERT_EQUAL(wire_send(rig.wire, NULL), -EINVAL);
	CU_ASSERT_EQUAL(wire_unsent_bytes(rig.wire), 0);
	CU_ASSERT_EQUAL(wire_send_text(rig.wire, fits), 0);
	CU_ASSERT_EQUAL(wire_unsent_bytes(rig.wire), WIRE_LINE_MAX + 1);
	CU_ASSERT_EQUAL(wire_send(rig.wire, message), 0);
	CU_ASSERT_TRUE(unit_peer_hears(rig.peer, fits));
	CU_ASSERT_TRUE(unit_peer_hears(rig.peer, "{\"a\":2,\"n\":1}"));
	CU_ASSERT_TRUE(unit_wait(rig.base, has_drained, &rig));
	CU_ASSERT_EQUAL(wire_unsent_bytes(rig.wire), 0);
	stop(&rig);
}

static void
test_a_peer_that_does_not_read_is_cut_off(void)
{
	struct rig rig;
	struct rig other;
	_cleanup_(freep) char *line = line_of(WIRE_LINE_MAX);
	unsigned sent = 0;

	start(&rig);
	join(&other, rig.base);
	while (!rig.closed && sent < 1000) {
		CU_ASSERT_EQUAL(wire_send_text(rig.wire, line), 0);
		sent++;
		unit_turn(rig.base);
	}
	CU_ASSERT_EQUAL(rig.closed, 1);
	CU_ASSERT_EQUAL(rig.error, -ECONNRESET);
	/* Not before the limit, and not long behind it. */
	CU_ASSERT(sent > WIRE_UNSENT_MAX / WIRE_LINE_MAX && sent < 150);
	CU_ASSERT_EQUAL(wire_send_text(rig.wire, line), -ENOTCONN);
	CU_ASSERT_EQUAL(wire_send_text(other.wire, "{}"), 0);
	CU_ASSERT_TRUE(unit_peer_hears(other.peer, "{}"));
	leave(&other);
	stop(&rig);
}

static void
test_a_wire_may_be_freed_from_inside_its_callbacks(void)
{
	struct rig rig;

	start(&rig);
	rig.frees_in_message = true;
	CU_ASSERT_EQUAL(send(rig.peer->fd, "{\"n\":1}\n{\"n\":2}\n", 16, 0), 16);
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.messages, 1);
	CU_ASSERT_EQUAL(rig.closed, 0);
	CU_ASSERT_TRUE(unit_peer_is_closed(rig.peer));
	stop(&rig);
	start(&rig);
	rig.frees_in_closed = true;
	hang_up(&rig);
	CU_ASSERT_TRUE(unit_wait(rig.base, is_closed, &rig));
	CU_ASSERT_PTR_NULL(rig.wire);
	stop(&rig);
}

static void
test_a_wire_freed_while_its_end_was_on_the_way_is_told_nothing(void)
{
	struct rig rig;
	_cleanup_(freep) char *line = line_of(WIRE_LINE_MAX);

	start(&rig);
	for (unsigned i = 0; i < 200; i++)
		CU_ASSERT_EQUAL(wire_send_text(rig.wire, line), 0);
	wire_free(steal(&rig.wire));
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.closed, 0);
	wire_free(NULL);
	stop(&rig);
}

static void
test_a_dead_socket_is_replaced_and_a_living_one_is_not(void)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "socket");
	_cleanup_(freep) char *long_path = xasprintf("%s/%0120d", dir, 0);
	struct stat info;

	CU_ASSERT_EQUAL(wire_connect(path), -ENOENT);
	int first = wire_listen(path, 0600);
	CU_ASSERT(first >= 0);
	CU_ASSERT_EQUAL(stat(path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0600);
	CU_ASSERT_EQUAL(wire_listen(path, 0660), -EADDRINUSE);
	closep(&first);
	CU_ASSERT_EQUAL(wire_connect(path), -ECONNREFUSED);
	int second = wire_listen(path, 0660);
	CU_ASSERT(second >= 0);
	CU_ASSERT_EQUAL(stat(path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0660);
	closep(&second);
	CU_ASSERT_EQUAL(wire_listen(long_path, 0600), -ENAMETOOLONG);
	CU_ASSERT_EQUAL(wire_connect(long_path), -ENAMETOOLONG);
	unit_dir_free(dir);
}

static void
test_the_kernel_says_who_the_peer_is(void)
{
	struct rig rig;
	uid_t uid;
	pid_t pid;

	start(&rig);
	CU_ASSERT_EQUAL(wire_peer(rig.wire, &uid, &pid), 0);
	CU_ASSERT_EQUAL(uid, geteuid());
	CU_ASSERT_EQUAL(pid, getpid());
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_line_of_65536_bytes_is_taken_and_one_byte_more_is_not),
		TAP(test_bytes_without_a_newline_are_refused_before_they_fill_memory),
		TAP(test_what_is_no_json_object_is_answered_and_ends_the_connection),
		TAP(test_lines_arrive_in_order_however_they_are_cut),
		TAP(test_lines_that_came_before_the_end_count_and_a_half_one_does_not),
		TAP(test_a_message_that_is_longer_than_a_line_is_not_sent),
		TAP(test_a_peer_that_does_not_read_is_cut_off),
		TAP(test_a_wire_may_be_freed_from_inside_its_callbacks),
		TAP(test_a_wire_freed_while_its_end_was_on_the_way_is_told_nothing),
		TAP(test_a_dead_socket_is_replaced_and_a_living_one_is_not),
		TAP(test_the_kernel_says_who_the_peer_is),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
