#include "syslog/relp.h"

#include "lib/util.h"
#include "syslog/outbox.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OPENED "1 rsp 64 200 OK\nrelp_version=0\nrelp_software=librelp,1.11\ncommands=syslog\n"

static struct relp relp;
static struct relp_news news;
static struct outbox box;
static struct outbox *const output = &box;

/* What was written since the last time. */
static const char *
written(void)
{
	static char text[262144];
	size_t size;
	const char *bytes = outbox_peek(output, &size);

	memcpy(text, bytes, size);
	text[size] = 0;
	outbox_drain(output, size);
	return text;
}

static int
receive(const char *bytes)
{
	return relp_receive(&relp, bytes, strlen(bytes), &news);
}

static void
begin(void)
{
	relp_begin(&relp, output);
	(void) written();
}

static void
open_session(void)
{
	begin();
	CU_ASSERT_EQUAL(receive(OPENED), 0);
	CU_ASSERT_TRUE(news.is_opened);
}

static void
send_records(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		CU_ASSERT_EQUAL(relp_send(&relp, "<13>x", 5, output), 0);
}

static void
test_a_session_opens_sends_and_closes(void)
{
	relp_begin(&relp, output);
	const char *open = written();
	CU_ASSERT_NSTRING_EQUAL(open, "1 open ", 7);
	CU_ASSERT_PTR_NOT_NULL(strstr(open, "relp_version=0\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(open, "\ncommands=syslog\n"));
	CU_ASSERT_EQUAL(relp_send(&relp, "x", 1, output), -ENOBUFS);
	CU_ASSERT_EQUAL(receive(OPENED), 0);
	send_records(2);
	CU_ASSERT_STRING_EQUAL(written(), "2 syslog 5 <13>x\n3 syslog 5 <13>x\n");
	CU_ASSERT_EQUAL(receive("2 rsp 6 200 OK\n3 rsp 6 200 OK\n"), 0);
	CU_ASSERT_EQUAL(news.confirmed, 2);
	relp_finish(&relp, output);
	CU_ASSERT_STRING_EQUAL(written(), "4 close 0\n");
	CU_ASSERT_EQUAL(receive("4 rsp 0\n0 serverclose 0\n"), 0);
	CU_ASSERT_TRUE(news.is_closed);
}

static void
test_answers_may_come_byte_by_byte(void)
{
	static const char text[] = "2 rsp 6 200 OK\n3 rsp 6 200 OK\n";
	unsigned confirmed = 0;

	open_session();
	send_records(2);
	for (size_t i = 0; text[i]; i++) {
		CU_ASSERT_EQUAL(relp_receive(&relp, &text[i], 1, &news), 0);
		confirmed += news.confirmed;
	}
	CU_ASSERT_EQUAL(confirmed, 2);
}

static void
test_answers_in_another_order_confirm_in_ours(void)
{
	open_session();
	send_records(3);
	CU_ASSERT_EQUAL(receive("4 rsp 6 200 OK\n3 rsp 6 200 OK\n"), 0);
	CU_ASSERT_EQUAL(news.confirmed, 0);
	CU_ASSERT_EQUAL(receive("2 rsp 6 200 OK\n"), 0);
	CU_ASSERT_EQUAL(news.confirmed, 3);
}

static void
test_no_more_than_a_window_is_unanswered(void)
{
	open_session();
	send_records(RELP_WINDOW);
	CU_ASSERT_EQUAL(relp_send(&relp, "x", 1, output), -ENOBUFS);
	CU_ASSERT_EQUAL(receive("2 rsp 6 200 OK\n"), 0);
	CU_ASSERT_EQUAL(relp_send(&relp, "x", 1, output), 0);
	CU_ASSERT_EQUAL(relp_send(&relp, "x", 1, output), -ENOBUFS);
}

static void
test_numbers_wrap_to_one(void)
{
	open_session();
	relp.next = relp.oldest = 999999999;
	send_records(2);
	CU_ASSERT_STRING_EQUAL(written(), "999999999 syslog 5 <13>x\n1 syslog 5 <13>x\n");
	CU_ASSERT_EQUAL(receive("1 rsp 6 200 OK\n"), 0);
	CU_ASSERT_EQUAL(news.confirmed, 0);
	CU_ASSERT_EQUAL(receive("999999999 rsp 6 200 OK\n"), 0);
	CU_ASSERT_EQUAL(news.confirmed, 2);
}

static void
test_records_on_both_sides_of_the_wrap_are_told_apart(void)
{
	open_session();
	relp.next = relp.oldest = 999999000;
	send_records(2000);
	CU_ASSERT_EQUAL(receive("999999489 rsp 6 200 OK\n1 rsp 6 200 OK\n"), 0);
	CU_ASSERT_EQUAL(receive("999999489 rsp 6 200 OK\n"), -EPROTO);
}

static void
test_what_was_confirmed_before_an_error_counts(void)
{
	open_session();
	send_records(2);
	CU_ASSERT_EQUAL(receive("2 rsp 6 200 OK\n3 rsp 15 500 no room\x01"
				"now\n"),
			-EPROTO);
	CU_ASSERT_EQUAL(news.confirmed, 1);
	CU_ASSERT_STRING_EQUAL(relp.error, "the log server refuses a record: 500 no room?now");
}

static void
test_a_server_that_closes_is_said_so(void)
{
	open_session();
	send_records(1);
	CU_ASSERT_EQUAL(receive("0 serverclose 0\n"), -EPROTO);
	CU_ASSERT_STRING_EQUAL(relp.error, "the log server has ended the session");
}

static void
test_a_close_with_records_unanswered_is_no_receipt(void)
{
	open_session();
	send_records(1);
	relp_finish(&relp, output);
	CU_ASSERT_EQUAL(receive("3 rsp 0\n"), -EPROTO);
	CU_ASSERT_FALSE(news.is_closed);
}

static void
test_what_is_no_relp_ends_the_session_with_words(void)
{
	static const struct {
		const char *bytes;
		const char *error;
	} cases[] = {
		{ "HTTP/1.1 400 Bad Request\r\n", "the log server does not speak RELP" },
		{ "1 rsp 6 200 OKx", "the log server does not speak RELP" },
		{ "1 rsp6 200 OK\n", "the log server does not speak RELP" },
		{ "1  rsp 6 200 OK\n", "the log server does not speak RELP" },
		{ "1 rsp 999999999 x", "the log server does not speak RELP" },
		{ "1 rsp -1 x", "the log server does not speak RELP" },
		{ "1234567890 rsp 6 200 OK\n", "the log server does not speak RELP" },
		{ "1 abcdefghijklmnopqrstuvwxyzabcdefghi 0\n",
		  "the log server does not speak RELP" },
		{ "2 rsp 6 200 OK\n", "the log server answers what it was not sent" },
		{ "1 syslog 1 x\n", "the log server sends a command of its own: syslog" },
		{ "1 rsp 8 500 busy\n", "the log server refuses the session: 500 busy" },
		{ "1 rsp 6 200 OK\n", "the log server takes no syslog records" },
		{ "1 rsp 24 200 OK\ncommands=starttls\n",
		  "the log server takes no syslog records" },
		{ "1 rsp 0\n", "the log server refuses the session: " },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		begin();
		CU_ASSERT_EQUAL(receive(cases[i].bytes), -EPROTO);
		CU_ASSERT_STRING_EQUAL(relp.error, cases[i].error);
	}
}

static void
test_what_was_not_sent_cannot_be_answered(void)
{
	static const char *const cases[] = { "0 rsp 6 200 OK\n", "1 rsp 6 200 OK\n",
					     "3 rsp 6 200 OK\n", "999999999 rsp 6 200 OK\n",
					     "2 rsp 6 200 OK\n2 rsp 6 200 OK\n" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		open_session();
		send_records(1);
		CU_ASSERT_EQUAL(receive(cases[i]), -EPROTO);
		CU_ASSERT_STRING_EQUAL(relp.error, "the log server answers what it was not sent");
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_session_opens_sends_and_closes),
		TAP(test_answers_may_come_byte_by_byte),
		TAP(test_answers_in_another_order_confirm_in_ours),
		TAP(test_no_more_than_a_window_is_unanswered),
		TAP(test_numbers_wrap_to_one),
		TAP(test_records_on_both_sides_of_the_wrap_are_told_apart),
		TAP(test_what_was_confirmed_before_an_error_counts),
		TAP(test_a_server_that_closes_is_said_so),
		TAP(test_a_close_with_records_unanswered_is_no_receipt),
		TAP(test_what_is_no_relp_ends_the_session_with_words),
		TAP(test_what_was_not_sent_cannot_be_answered),
	};
	int status = tap_main(tests, ARRAY_LEN(tests));

	outbox_done(output);
	return status;
}
