#include "lib/clock.h"
#include "lib/util.h"
#include "syslog/destination.h"
#include "syslog/window.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SENT_MAX 4096

/* A log server that does what the test says, and the destination under test. */
struct rig {
	struct destination *destination;
	struct transport transport;
	const struct transport_events *events;
	void *transport_context;
	bool is_open;
	bool is_finished;
	unsigned opened;
	unsigned sent_count;
	unsigned sent[SENT_MAX]; /* the records are numbers */
	uint64_t confirmed[SENT_MAX];
	unsigned confirmed_count;
	unsigned ups;
	unsigned downs;
	uint64_t due_us;
};

static struct rig rig;
static uint64_t now_us;

static uint64_t
test_clock(void)
{
	return now_us;
}

static void
fake_send(struct transport *transport UNUSED, const char *record, size_t size)
{
	char text[16] = "";

	memcpy(text, record, MIN_OF(size, sizeof(text) - 1));
	CU_ASSERT_FATAL(rig.sent_count < SENT_MAX);
	CU_ASSERT_TRUE(rig.is_open && !rig.is_finished);
	rig.sent[rig.sent_count++] = (unsigned) strtoul(text, NULL, 10);
}

static void
fake_finish(struct transport *transport UNUSED)
{
	rig.is_finished = true;
}

static void
fake_free(struct transport *transport UNUSED)
{
	rig.is_open = rig.is_finished = false;
}

static const struct transport_driver fake_driver = { fake_send, fake_finish, fake_free };

static struct transport *
fake_open(const struct target *target UNUSED, const struct transport_events *events,
	  void *transport_context, void *context UNUSED)
{
	rig.transport.driver = &fake_driver;
	rig.events = events;
	rig.transport_context = transport_context;
	rig.is_open = true;
	rig.opened++;
	return &rig.transport;
}

static void
on_confirmed(uint64_t seq, void *context UNUSED)
{
	CU_ASSERT_FATAL(rig.confirmed_count < SENT_MAX);
	rig.confirmed[rig.confirmed_count++] = seq;
}

static void
on_health(enum health_change change, void *context UNUSED)
{
	rig.ups += change == HEALTH_CAME_UP;
	rig.downs += change == HEALTH_WENT_DOWN;
}

static void
on_due(uint64_t due_us, void *context UNUSED)
{
	rig.due_us = due_us;
}

static const struct destination_ops ops = { fake_open, on_confirmed, on_health, on_due };

static const struct target server = {
	.transport = TARGET_TCP, .host = "192.0.2.1", .port = 601, .severity = 7
};

static void
server_opens(void)
{
	rig.events->on_open(rig.transport_context);
}

static void
server_ends(enum transport_end end)
{
	rig.events->on_closed(end, end == TRANSPORT_FAILED ? "it died" : "", rig.transport_context);
}

/* Lets time pass up to what the destination asked for, but no longer than limit_us. */
static bool
pass(uint64_t limit_us)
{
	uint64_t end_us = now_us + limit_us;

	if (rig.due_us > end_us) {
		now_us = end_us;
		return false;
	}
	now_us = MAX_OF(now_us, rig.due_us);
	destination_wake(rig.destination);
	return true;
}

static void
add(uint64_t seq)
{
	char text[16];
	int size = snprintf(text, sizeof(text), "%u", (unsigned) seq);

	CU_ASSERT_EQUAL(destination_add(rig.destination, seq, text, (size_t) size), 0);
}

static void
start(void)
{
	rig = (struct rig){ .due_us = UINT64_MAX };
	now_us = 1000 * US_PER_S;
	clock_set_source(test_clock);
	rig.destination = destination_new(&ops, NULL);
	destination_configure(rig.destination, &server);
}

/* With the connection that a new setting tries out already behind it. */
static void
start_up(void)
{
	start();
	server_opens();
	CU_ASSERT_TRUE(rig.is_finished);
	server_ends(TRANSPORT_CLOSED);
}

static void
stop(void)
{
	destination_free(rig.destination);
	clock_set_source(NULL);
}

static void
test_a_new_setting_is_tried_out_before_there_is_an_event(void)
{
	start();
	CU_ASSERT_EQUAL(rig.opened, 1);
	CU_ASSERT_FALSE(destination_health(rig.destination)->is_up);
	server_opens();
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_TRUE(destination_health(rig.destination)->is_up);
	CU_ASSERT_EQUAL(rig.ups, 1);
	CU_ASSERT_EQUAL(rig.confirmed_count, 0);
	CU_ASSERT_EQUAL(rig.due_us, UINT64_MAX);
	stop();
}

static void
test_only_the_receipt_confirms_and_in_order(void)
{
	start_up();
	add(1);
	CU_ASSERT_EQUAL(rig.opened, 2);
	server_opens();
	add(2);
	CU_ASSERT_EQUAL(rig.sent_count, 2);
	CU_ASSERT_TRUE(pass(200 * US_PER_MS));
	CU_ASSERT_TRUE(rig.is_finished);
	CU_ASSERT_EQUAL(rig.confirmed_count, 0);
	/* What comes while the receipt is awaited is the next burst's. */
	add(3);
	CU_ASSERT_EQUAL(rig.sent_count, 2);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed_count, 1);
	CU_ASSERT_EQUAL(rig.confirmed[0], 2);
	CU_ASSERT_EQUAL(rig.opened, 3);
	server_opens();
	CU_ASSERT_EQUAL(rig.sent[2], 3);
	(void) pass(US_PER_S);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed[1], 3);
	stop();
}

static void
test_a_death_before_the_receipt_sends_everything_unconfirmed_again(void)
{
	start_up();
	for (uint64_t seq = 1; seq <= 3; seq++)
		add(seq);
	server_opens();
	(void) pass(US_PER_S);
	CU_ASSERT_TRUE(rig.is_finished);
	server_ends(TRANSPORT_FAILED);
	CU_ASSERT_EQUAL(rig.confirmed_count, 0);
	CU_ASSERT_FALSE(rig.is_open);
	CU_ASSERT_TRUE(pass(US_PER_S));
	CU_ASSERT_EQUAL(rig.opened, 3);
	server_opens();
	CU_ASSERT_EQUAL(rig.sent_count, 6);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(rig.sent[3 + i], i + 1);
	(void) pass(US_PER_S);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed_count, 1);
	CU_ASSERT_EQUAL(rig.confirmed[0], 3);
	stop();
}

static void
test_a_close_that_nobody_asked_for_is_no_receipt(void)
{
	start_up();
	add(1);
	server_opens();
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed_count, 0);
	stop();
}

static void
test_a_stuck_server_is_given_up_and_nothing_is_confirmed(void)
{
	start_up();
	add(1);
	server_opens();
	(void) pass(US_PER_S);
	CU_ASSERT_TRUE(rig.is_finished);
	CU_ASSERT_FALSE(pass(9 * US_PER_S));
	/* Bytes that still leave are progress. */
	rig.events->on_progress(rig.transport_context);
	destination_wake(rig.destination);
	CU_ASSERT_FALSE(pass(9 * US_PER_S));
	CU_ASSERT_TRUE(pass(2 * US_PER_S));
	CU_ASSERT_FALSE(rig.is_open);
	CU_ASSERT_EQUAL(rig.confirmed_count, 0);
	CU_ASSERT_STRING_NOT_EQUAL(destination_health(rig.destination)->error, "");
	CU_ASSERT_TRUE(pass(US_PER_S));
	server_opens();
	CU_ASSERT_EQUAL(rig.sent_count, 2);
	CU_ASSERT_EQUAL(rig.sent[1], 1);
	stop();
}

static void
test_a_server_that_does_not_answer_is_given_up(void)
{
	start();
	CU_ASSERT_TRUE(rig.is_open);
	CU_ASSERT_FALSE(pass(14 * US_PER_S));
	CU_ASSERT_TRUE(pass(2 * US_PER_S));
	CU_ASSERT_FALSE(rig.is_open);
	stop();
}

static void
test_a_full_window_is_confirmed_at_once_and_takes_no_more(void)
{
	start_up();
	add(1);
	server_opens();
	for (uint64_t seq = 2; seq <= WINDOW_RECORDS; seq++)
		add(seq);
	CU_ASSERT_TRUE(rig.is_finished);
	CU_ASSERT_EQUAL(rig.sent_count, WINDOW_RECORDS);
	CU_ASSERT_EQUAL(destination_add(rig.destination, 501, "501", 3), -ENOBUFS);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed[0], WINDOW_RECORDS);
	CU_ASSERT_EQUAL(rig.due_us, UINT64_MAX);
	stop();
}

static void
test_a_steady_stream_is_confirmed_once_a_second(void)
{
	start_up();
	uint64_t seq = 1;
	add(seq);
	server_opens();
	while (!rig.is_finished && seq < 50) {
		now_us += 50 * US_PER_MS;
		add(++seq);
	}
	CU_ASSERT_EQUAL(seq, 21);
	stop();
}

static void
test_events_that_are_not_sent_are_confirmed_in_their_turn(void)
{
	start_up();
	CU_ASSERT_EQUAL(destination_add(rig.destination, 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(rig.opened, 1);
	CU_ASSERT_TRUE(pass(US_PER_S));
	CU_ASSERT_EQUAL(rig.opened, 1);
	CU_ASSERT_EQUAL(rig.confirmed[0], 1);
	add(2);
	CU_ASSERT_EQUAL(destination_add(rig.destination, 3, NULL, 0), 0);
	server_opens();
	CU_ASSERT_EQUAL(rig.sent_count, 1);
	(void) pass(US_PER_S);
	CU_ASSERT_EQUAL(rig.confirmed_count, 1);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed_count, 2);
	CU_ASSERT_EQUAL(rig.confirmed[1], 3);
	stop();
}

static void
test_a_bare_end_is_no_receipt_of_a_server_that_says_close_notify(void)
{
	start();
	server_opens();
	server_ends(TRANSPORT_CONFIRMED);
	add(1);
	server_opens();
	(void) pass(US_PER_S);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed_count, 0);
	/* Twice on end it is a server that has changed its ways. */
	(void) pass(US_PER_S);
	server_opens();
	(void) pass(US_PER_S);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed_count, 1);
	stop();
}

static void
test_down_is_told_once_after_five_seconds_of_failing(void)
{
	start_up();
	uint64_t failing_us = now_us;
	add(1);
	while (now_us < failing_us + 30 * US_PER_S) {
		if (rig.is_open)
			server_ends(TRANSPORT_FAILED);
		if (now_us < failing_us + 5 * US_PER_S)
			CU_ASSERT_EQUAL(rig.downs, 0);
		(void) pass(US_PER_S);
	}
	CU_ASSERT_EQUAL(rig.downs, 1);
	CU_ASSERT_FALSE(destination_health(rig.destination)->is_up);
	/* From 0.2 s to 5 s apart: ten tries at least, fourteen at most. */
	CU_ASSERT(rig.opened >= 9 && rig.opened <= 15);
	while (!rig.is_open)
		(void) pass(10 * US_PER_S);
	server_opens();
	(void) pass(US_PER_S);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.ups, 2);
	CU_ASSERT_EQUAL(rig.downs, 1);
	stop();
}

static void
test_a_restart_of_the_server_is_no_alarm(void)
{
	start_up();
	add(1);
	for (unsigned i = 0; i < 3; i++) {
		server_ends(TRANSPORT_FAILED);
		while (!rig.is_open)
			(void) pass(US_PER_S);
	}
	server_opens();
	(void) pass(US_PER_S);
	server_ends(TRANSPORT_CLOSED);
	(void) pass(60 * US_PER_S);
	CU_ASSERT_EQUAL(rig.downs, 0);
	CU_ASSERT_EQUAL(rig.ups, 1);
	stop();
}

static void
test_another_server_gets_what_the_former_one_did_not_confirm(void)
{
	struct target other = server;

	start_up();
	add(1);
	server_opens();
	other.severity = 3;
	destination_configure(rig.destination, &other);
	CU_ASSERT_EQUAL(rig.opened, 2);
	other.port = 602;
	destination_configure(rig.destination, &other);
	CU_ASSERT_EQUAL(rig.opened, 3);
	server_opens();
	CU_ASSERT_EQUAL(rig.sent_count, 2);
	CU_ASSERT_EQUAL(rig.sent[1], 1);
	other.transport = TARGET_OFF;
	destination_configure(rig.destination, &other);
	CU_ASSERT_FALSE(rig.is_open);
	CU_ASSERT_EQUAL(rig.due_us, UINT64_MAX);
	CU_ASSERT_EQUAL(rig.confirmed_count, 0);
	stop();
}

static void
test_what_is_forgotten_is_sent_when_it_comes_again(void)
{
	start_up();
	add(1);
	server_opens();
	destination_forget(rig.destination);
	CU_ASSERT_FALSE(rig.is_open);
	add(1);
	server_opens();
	(void) pass(US_PER_S);
	server_ends(TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.sent_count, 2);
	CU_ASSERT_EQUAL(rig.confirmed_count, 1);
	CU_ASSERT_EQUAL(destination_confirmed(rig.destination), 1);
	stop();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_new_setting_is_tried_out_before_there_is_an_event),
		TAP(test_only_the_receipt_confirms_and_in_order),
		TAP(test_a_death_before_the_receipt_sends_everything_unconfirmed_again),
		TAP(test_a_close_that_nobody_asked_for_is_no_receipt),
		TAP(test_a_stuck_server_is_given_up_and_nothing_is_confirmed),
		TAP(test_a_server_that_does_not_answer_is_given_up),
		TAP(test_a_full_window_is_confirmed_at_once_and_takes_no_more),
		TAP(test_a_steady_stream_is_confirmed_once_a_second),
		TAP(test_events_that_are_not_sent_are_confirmed_in_their_turn),
		TAP(test_a_bare_end_is_no_receipt_of_a_server_that_says_close_notify),
		TAP(test_down_is_told_once_after_five_seconds_of_failing),
		TAP(test_a_restart_of_the_server_is_no_alarm),
		TAP(test_another_server_gets_what_the_former_one_did_not_confirm),
		TAP(test_what_is_forgotten_is_sent_when_it_comes_again),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
