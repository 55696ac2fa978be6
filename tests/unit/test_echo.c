#include "hw/echo.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct echo echo;
static char heard[ECHO_BYTES + 64];

static void
send(const char *text)
{
	echo_send(&echo, (const uint8_t *) text, strlen(text));
}

/* What is left of this. */
static const char *
receive(const char *text)
{
	size_t n = echo_receive(&echo, (const uint8_t *) text, strlen(text), (uint8_t *) heard);

	heard[n] = 0;
	return heard;
}

static void
test_own_bytes_are_dropped_and_the_answer_is_not(void)
{
	send("FS0question");
	CU_ASSERT_STRING_EQUAL(receive("FS0questionFS8answer"), "FS8answer");
	/* Once: whoever says it again is somebody else. */
	CU_ASSERT_STRING_EQUAL(receive("FS0question"), "FS0question");
}

static void
test_own_bytes_may_come_in_pieces(void)
{
	send("FS0question");
	CU_ASSERT_STRING_EQUAL(receive("FS"), "");
	CU_ASSERT_STRING_EQUAL(receive("0questio"), "");
	CU_ASSERT_STRING_EQUAL(receive("nF"), "F");
	CU_ASSERT_STRING_EQUAL(receive("S8"), "S8");
}

static void
test_a_line_that_does_not_hear_itself_loses_nothing(void)
{
	send("FS0question");
	CU_ASSERT_STRING_EQUAL(receive("F"), "");
	CU_ASSERT_STRING_EQUAL(receive("S8answer"), "FS8answer");
	CU_ASSERT_STRING_EQUAL(receive("FS0"), "FS0");
}

static void
test_only_what_was_sent_last_is_expected(void)
{
	send("one");
	send("two");
	CU_ASSERT_STRING_EQUAL(receive("one"), "one");
	send("two");
	CU_ASSERT_STRING_EQUAL(receive("two"), "");
	CU_ASSERT_STRING_EQUAL(receive("x"), "x");
}

static void
test_a_frame_of_any_length_is_dropped(void)
{
	static uint8_t bytes[ECHO_BYTES + 10];
	uint8_t to[2 * ECHO_BYTES + 10];

	memset(bytes, 7, sizeof(bytes));
	echo_send(&echo, bytes, ECHO_BYTES);
	CU_ASSERT_EQUAL(echo_receive(&echo, bytes, ECHO_BYTES - 1, to), 0);
	bytes[0] = 9;
	/* All but the last byte was the same. */
	CU_ASSERT_EQUAL(echo_receive(&echo, bytes, 1, to), ECHO_BYTES);
	CU_ASSERT_EQUAL(to[ECHO_BYTES - 2], 7);
	CU_ASSERT_EQUAL(to[ECHO_BYTES - 1], 9);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_own_bytes_are_dropped_and_the_answer_is_not),
		TAP(test_own_bytes_may_come_in_pieces),
		TAP(test_a_line_that_does_not_hear_itself_loses_nothing),
		TAP(test_only_what_was_sent_last_is_expected),
		TAP(test_a_frame_of_any_length_is_dropped),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
