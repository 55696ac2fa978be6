#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/tap.h"
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

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_text_is_read_in_order_and_in_pieces),
		TAP(test_what_was_said_before_the_end_is_still_read),
		TAP(test_a_reader_that_does_not_keep_up_loses_the_stream),
		TAP(test_the_answer_keeps_the_stream_until_it_is_destroyed),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
