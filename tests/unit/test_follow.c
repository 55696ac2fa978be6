#include "lib/daemon.h"
#include "lib/follow.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/wire.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WELCOME "{\"id\":1,\"result\":{\"protocol\":1,\"server\":\"store\",\"version\":\"0\"}}"

/* A follower, and the raw socket of a store that says what the test says. */
struct rig {
	struct event_base *base;
	char *dir;
	char *path;
	int listener;
	struct unit_peer *store;
	struct follower *follower;
	char told[1024]; /* what the follower was told, in words */
};

static void
tell(struct rig *rig, const char *text)
{
	size_t used = strlen(rig->told);

	(void) snprintf(rig->told + used, sizeof(rig->told) - used, "%s;", text);
}

static void
on_event(json_t *event, const char *hash, void *context)
{
	char text[64];

	(void) snprintf(text, sizeof(text), "event %lld %s",
			(long long) json_integer_or(event, "seq", 0), hash);
	tell(context, text);
}

static void
on_state(const char *key, const json_t *value, void *context)
{
	char text[64];

	(void) snprintf(text, sizeof(text), "%s=%lld", key ? key : "all",
			(long long) json_integer_or(value, "n", 0));
	tell(context, text);
}

static void
on_start(uint64_t after, uint64_t head, void *context)
{
	char text[64];

	(void) snprintf(text, sizeof(text), "start %llu %llu", (unsigned long long) after,
			(unsigned long long) head);
	tell(context, text);
}

static void
on_link(bool is_up, void *context)
{
	tell(context, is_up ? "up" : "down");
}

static void
on_gap(uint64_t from, uint64_t to, void *context)
{
	char text[64];

	(void) snprintf(text, sizeof(text), "gap %llu %llu", (unsigned long long) from,
			(unsigned long long) to);
	tell(context, text);
}

static const struct follower_ops both = {
	.on_event = on_event,
	.on_state = on_state,
	.on_start = on_start,
	.on_gap = on_gap,
	.on_link = on_link,
};
static const struct follower_ops events_only = { .on_event = on_event };

static bool
accepted(void *context)
{
	struct rig *rig = context;
	int fd = accept4(rig->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return false;
	rig->store = unit_peer_new(rig->base, fd);
	return true;
}

static void
welcome(struct rig *rig)
{
	CU_ASSERT_TRUE_FATAL(unit_wait(rig->base, accepted, rig));
	json_decref(unit_peer_hear(rig->store));
	CU_ASSERT_TRUE(unit_peer_say(rig->store, WELCOME));
}

static bool
is_down(void *context)
{
	return !rpc_is_up(follower_client(((struct rig *) context)->follower));
}

static void
start(struct rig *rig, const struct follower_ops *ops, const char *name)
{
	*rig = (struct rig){ .base = loop_new(), .dir = unit_dir_new() };
	rig->path = unit_path(rig->dir, "socket");
	rig->listener = wire_listen(rig->path, 0600);
	CU_ASSERT_FATAL(rig->listener >= 0);
	rig->follower = follower_new(rig->base, rig->path, "edge", name, 50, ops, rig);
}

static void
stop(struct rig *rig)
{
	follower_free(rig->follower);
	unit_peer_free(rig->store);
	closep(&rig->listener);
	event_base_free(rig->base);
	free(rig->path);
	unit_dir_free(rig->dir);
}

/* Whether the store was asked for both streams. */
static bool
is_asked(struct rig *rig)
{
	return unit_peer_hears(rig->store, "{\"id\":2,\"method\":\"follow\",\"params\":{\"name\":"
					   "\"edge.1\",\"stream\":\"events\",\"window\":50}}") &&
	       unit_peer_hears(
		       rig->store,
		       "{\"id\":3,\"method\":\"follow\",\"params\":{\"stream\":\"state\"}}");
}

static void
test_events_and_state_are_asked_for_and_passed_on(void)
{
	struct rig rig;

	start(&rig, &both, "edge.1");
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	CU_ASSERT_TRUE(unit_peer_say(
		rig.store, "{\"id\":2,\"result\":{\"after\":4,\"head\":9}}\n"
			   "{\"event\":{\"seq\":5},\"hash\":\"aa\"}\n"
			   "{\"id\":3,\"result\":{\"rev\":1,\"objects\":{\"door.1\":{\"n\":1}}}}\n"
			   "{\"key\":\"door.2\",\"rev\":2,\"value\":{\"n\":2}}\n"
			   "{\"event\":{\"seq\":6},\"hash\":\"bb\"}\n"
			   "{\"event\":7}\n{\"other\":1}"));
	unit_turn(rig.base);
	CU_ASSERT_STRING_EQUAL(rig.told, "up;start 4 9;event 5 aa;door.1=1;all=0;door.2=2;"
					 "event 6 bb;");
	stop(&rig);
}

static void
test_a_gap_is_passed_on_in_its_place(void)
{
	struct rig rig;

	start(&rig, &both, "edge.1");
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	CU_ASSERT_TRUE(unit_peer_say(rig.store, "{\"id\":2,\"result\":{\"after\":4,\"head\":9}}\n"
						"{\"gap\":{\"from\":5,\"to\":7}}\n"
						"{\"event\":{\"seq\":8},\"hash\":\"aa\"}"));
	unit_turn(rig.base);
	CU_ASSERT_STRING_EQUAL(rig.told, "up;start 4 9;gap 5 7;event 8 aa;");
	stop(&rig);
}

static void
test_an_acknowledgement_names_the_cursor(void)
{
	struct rig rig;

	start(&rig, &both, "edge.1");
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	follower_ack(rig.follower, 5);
	CU_ASSERT_TRUE(unit_peer_hears(rig.store, "{\"id\":4,\"method\":\"ack\",\"params\":"
						  "{\"name\":\"edge.1\",\"seq\":5}}"));
	stop(&rig);
}

/* What was pushed before the answer comes again behind it. */
static void
test_begun_again_nothing_arrives_before_the_store_has_said_where(void)
{
	struct rig rig;

	start(&rig, &both, "edge.1");
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	CU_ASSERT_TRUE(unit_peer_say(rig.store, "{\"id\":2,\"result\":{\"after\":4,\"head\":9}}\n"
						"{\"event\":{\"seq\":5},\"hash\":\"aa\"}"));
	unit_turn(rig.base);
	follower_rewind(rig.follower);
	CU_ASSERT_TRUE(unit_peer_hears(rig.store,
				       "{\"id\":4,\"method\":\"follow\",\"params\":{\"name\":"
				       "\"edge.1\",\"stream\":\"events\",\"window\":50}}"));
	CU_ASSERT_TRUE(unit_peer_say(rig.store, "{\"event\":{\"seq\":6},\"hash\":\"bb\"}\n"
						"{\"id\":4,\"result\":{\"after\":4,\"head\":9}}\n"
						"{\"event\":{\"seq\":5},\"hash\":\"aa\"}"));
	unit_turn(rig.base);
	CU_ASSERT_STRING_EQUAL(rig.told, "up;start 4 9;event 5 aa;start 4 9;event 5 aa;");
	stop(&rig);
}

static void
test_paused_nothing_arrives_and_afterwards_everything_in_order(void)
{
	struct rig rig;

	start(&rig, &both, "edge.1");
	follower_pause(rig.follower, true);
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	/* Where it begins is heard all the same. */
	CU_ASSERT_TRUE(unit_peer_say(rig.store, "{\"id\":2,\"result\":{\"after\":4,\"head\":9}}\n"
						"{\"event\":{\"seq\":5},\"hash\":\"aa\"}\n"
						"{\"event\":{\"seq\":6},\"hash\":\"bb\"}"));
	unit_turn(rig.base);
	CU_ASSERT_STRING_EQUAL(rig.told, "up;start 4 9;");
	follower_pause(rig.follower, false);
	unit_turn(rig.base);
	CU_ASSERT_STRING_EQUAL(rig.told, "up;start 4 9;event 5 aa;event 6 bb;");
	stop(&rig);
}

static void
test_without_a_cursor_nothing_is_acknowledged_and_no_state_comes_unasked(void)
{
	struct rig rig;

	start(&rig, &events_only, NULL);
	welcome(&rig);
	CU_ASSERT_TRUE(unit_peer_hears(rig.store, "{\"id\":2,\"method\":\"follow\",\"params\":"
						  "{\"stream\":\"events\",\"window\":50}}"));
	follower_ack(rig.follower, 5);
	CU_ASSERT_TRUE(unit_peer_say(rig.store, "{\"id\":2,\"result\":{}}\n"
						"{\"key\":\"door.1\",\"value\":{}}\n"
						"{\"event\":{\"seq\":1}}"));
	rpc_call(follower_client(rig.follower), NULL, "status", NULL, 1000, NULL, NULL);
	CU_ASSERT_TRUE(
		unit_peer_hears(rig.store, "{\"id\":3,\"method\":\"status\",\"params\":{}}"));
	CU_ASSERT_STRING_EQUAL(rig.told, "event 1 ;");
	stop(&rig);
}

static void
test_a_lost_store_is_followed_again_from_the_start(void)
{
	struct rig rig;

	start(&rig, &both, "edge.1");
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	unit_peer_free(rig.store);
	CU_ASSERT_TRUE(unit_wait(rig.base, is_down, &rig));
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	CU_ASSERT_STRING_EQUAL(rig.told, "up;down;up;");
	stop(&rig);
}

/* A store that answers one call and refuses the other is asked for both again. */
static void
refuse_one(const char *answers, const char *expected)
{
	struct rig rig;

	start(&rig, &both, "edge.1");
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	CU_ASSERT_TRUE(unit_peer_say(rig.store, answers));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_down, &rig));
	unit_peer_free(rig.store);
	welcome(&rig);
	CU_ASSERT_TRUE(is_asked(&rig));
	CU_ASSERT_STRING_EQUAL(rig.told, expected);
	stop(&rig);
}

static void
test_a_store_that_refuses_is_asked_again_from_hello(void)
{
	refuse_one("{\"id\":3,\"result\":{\"objects\":{}}}\n"
		   "{\"id\":2,\"error\":{\"code\":\"unavailable\"}}",
		   "up;all=0;down;up;");
	refuse_one("{\"id\":2,\"result\":{\"after\":1,\"head\":2}}\n"
		   "{\"id\":3,\"error\":{\"code\":\"unavailable\"}}",
		   "up;start 1 2;down;up;");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_events_and_state_are_asked_for_and_passed_on),
		TAP(test_a_gap_is_passed_on_in_its_place),
		TAP(test_an_acknowledgement_names_the_cursor),
		TAP(test_begun_again_nothing_arrives_before_the_store_has_said_where),
		TAP(test_paused_nothing_arrives_and_afterwards_everything_in_order),
		TAP(test_without_a_cursor_nothing_is_acknowledged_and_no_state_comes_unasked),
		TAP(test_a_lost_store_is_followed_again_from_the_start),
		TAP(test_a_store_that_refuses_is_asked_again_from_hello),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
