#include <event2/event.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "lib/loop.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "www/recent.h"
#include "www/stream.h"

static void
test_text_is_read_in_order_and_in_pieces(void)
{
	struct stream *stream = stream_new(NULL);
	char to[8] = "";

	CU_ASSERT_EQUAL(stream_read(stream, to, 4), 0);
	stream_append(stream, "abc", 3);
	stream_append(stream, "defg", 4);
	CU_ASSERT_EQUAL(stream_read(stream, to, 4), 4);
	CU_ASSERT_NSTRING_EQUAL(to, "abcd", 4);
	CU_ASSERT_EQUAL(stream_read(stream, to, 8), 3);
	CU_ASSERT_NSTRING_EQUAL(to, "efg", 3);
	CU_ASSERT_EQUAL(stream_read(stream, to, 8), 0);
	stream_unref(stream);
}

static void
test_what_was_said_before_the_end_is_still_read(void)
{
	struct stream *stream = stream_new(NULL);
	char to[8] = "";

	stream_append(stream, "last", 4);
	stream_end(stream);
	CU_ASSERT_TRUE(stream_is_over(stream));
	CU_ASSERT_EQUAL(stream_read(stream, to, 8), 4);
	CU_ASSERT_EQUAL(stream_read(stream, to, 8), MHD_CONTENT_READER_END_OF_STREAM);
	stream_unref(stream);
}

static void
test_a_reader_that_does_not_keep_up_loses_the_stream(void)
{
	struct stream *stream = stream_new(NULL);
	_cleanup_(freep) char *block = xcalloc(1, STREAM_BACKLOG_MAX);
	char to[8] = "";

	stream_append(stream, block, STREAM_BACKLOG_MAX);
	CU_ASSERT_FALSE(stream_is_over(stream));
	stream_append(stream, "x", 1);
	CU_ASSERT_TRUE(stream_is_over(stream));
	CU_ASSERT_EQUAL(stream_read(stream, to, 8), MHD_CONTENT_READER_END_OF_STREAM);
	stream_unref(stream);
}

static void
test_the_answer_keeps_the_stream_until_it_is_destroyed(void)
{
	struct stream *stream = stream_new(NULL);
	struct MHD_Response *response = stream_response(stream_ref(stream));

	CU_ASSERT_PTR_NOT_NULL_FATAL(response);
	CU_ASSERT_FALSE(stream_is_over(stream));
	MHD_destroy_response(response);
	CU_ASSERT_TRUE(stream_is_over(stream));
	stream_unref(stream);
}

static void
on_drained(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	++*(unsigned *) context;
}

static unsigned
turn(struct event_base *base, unsigned *count)
{
	*count = 0;
	(void) event_base_loop(base, EVLOOP_NONBLOCK);
	return *count;
}

static void
test_the_loop_hears_when_little_is_left_and_when_the_client_is_gone(void)
{
	struct event_base *base = loop_new();
	struct stream *stream = stream_new(NULL);
	_cleanup_(freep) char *block = xcalloc(1, 40000);
	unsigned count = 0;
	struct event *drained = evtimer_new(base, on_drained, &count);

	stream_on_drained(stream, drained);
	CU_ASSERT_TRUE(stream_is_drained(stream));
	stream_append(stream, block, 40000);
	CU_ASSERT_FALSE(stream_is_drained(stream));
	CU_ASSERT_EQUAL(stream_read(stream, block, 1000), 1000);
	CU_ASSERT_EQUAL(turn(base, &count), 0);
	CU_ASSERT_EQUAL(stream_read(stream, block, 10000), 10000);
	CU_ASSERT_EQUAL(turn(base, &count), 1);
	CU_ASSERT_TRUE(stream_is_drained(stream));
	struct MHD_Response *response = stream_response(stream_ref(stream));
	MHD_destroy_response(response);
	CU_ASSERT_EQUAL(turn(base, &count), 1);
	CU_ASSERT_TRUE(stream_is_over(stream));
	stream_on_drained(stream, NULL);
	event_free(drained);
	stream_unref(stream);
	event_base_free(base);
}

static void
test_a_stream_that_failed_does_not_look_complete(void)
{
	struct stream *stream = stream_new(NULL);
	char to[8] = "";

	stream_append(stream, "half", 4);
	stream_fail(stream);
	CU_ASSERT_EQUAL(stream_read(stream, to, 8), 4);
	CU_ASSERT_EQUAL(stream_read(stream, to, 8), MHD_CONTENT_READER_END_WITH_ERROR);
	stream_unref(stream);
}

static void
count_visit(const char *text, void *context)
{
	(void) text;
	++*(unsigned *) context;
}

static unsigned
count_behind(const struct recent *recent, uint64_t after)
{
	unsigned count = 0;

	recent_walk(recent, after, count_visit, &count);
	return count;
}

static void
test_recent_events_are_those_behind_a_number(void)
{
	struct recent *recent = recent_new();

	CU_ASSERT_TRUE(recent_has_gap(recent, 0));
	for (uint64_t seq = 11; seq <= 20; seq++)
		recent_put(recent, seq, "text");
	CU_ASSERT_FALSE(recent_has_gap(recent, 10));
	CU_ASSERT_TRUE(recent_has_gap(recent, 9));
	CU_ASSERT_EQUAL(count_behind(recent, 0), 10);
	CU_ASSERT_EQUAL(count_behind(recent, 18), 2);
	CU_ASSERT_EQUAL(count_behind(recent, 20), 0);
	recent_free(recent);
}

static void
test_recent_events_are_bounded(void)
{
	struct recent *recent = recent_new();

	for (uint64_t seq = 1; seq <= 2 * RECENT_MAX; seq++)
		recent_put(recent, seq, "text");
	CU_ASSERT_EQUAL(count_behind(recent, 0), RECENT_MAX);
	CU_ASSERT_TRUE(recent_has_gap(recent, RECENT_MAX - 1));
	CU_ASSERT_FALSE(recent_has_gap(recent, RECENT_MAX));
	recent_clear(recent);
	CU_ASSERT_EQUAL(count_behind(recent, 0), 0);
	recent_free(recent);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_text_is_read_in_order_and_in_pieces),
		TAP(test_what_was_said_before_the_end_is_still_read),
		TAP(test_a_reader_that_does_not_keep_up_loses_the_stream),
		TAP(test_the_answer_keeps_the_stream_until_it_is_destroyed),
		TAP(test_the_loop_hears_when_little_is_left_and_when_the_client_is_gone),
		TAP(test_a_stream_that_failed_does_not_look_complete),
		TAP(test_recent_events_are_those_behind_a_number),
		TAP(test_the_loop_hears_when_little_is_left_and_when_the_client_is_gone),
		TAP(test_a_stream_that_failed_does_not_look_complete),
		TAP(test_recent_events_are_bounded),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
