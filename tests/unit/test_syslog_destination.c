#include "lib/clock.h"
#include "lib/util.h"
#include "syslog/destination.h"
#include "syslog/outbox.h"
#include "syslog/window.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SENT_MAX 30000
#define LINKS	 512

/* One connection to a log server that does what the test says. */
struct connection {
	struct transport transport; /* first */
	const struct transport_events *events;
	void *context;
	bool is_there;
	bool is_finished;
	struct target target;
};

/* The log server, the store that pushes, and the destination under test. */
struct rig {
	struct destination *destination;
	struct connection connections[LINKS];
	unsigned opened;
	unsigned sent_count;
	unsigned sent[SENT_MAX]; /* the records are numbers */
	uint64_t confirmed;
	unsigned confirmations;
	unsigned ups;
	unsigned downs;
	unsigned rewinds;
	bool is_wanted;
	size_t queued;
	uint64_t due_us;
};

static struct rig rig;
static uint64_t now_us;
static bool is_confirming; /* the transport, by itself */

static uint64_t
test_clock(void)
{
	return now_us;
}

static void
fake_send(struct transport *transport, const char *record, size_t size)
{
	const struct connection *connection = (const struct connection *) transport;
	char text[16] = "";

	memcpy(text, record, MIN_OF(size, sizeof(text) - 1));
	CU_ASSERT_FATAL(rig.sent_count < SENT_MAX);
	CU_ASSERT_TRUE(connection->is_there && !connection->is_finished);
	rig.sent[rig.sent_count++] = (unsigned) strtoul(text, NULL, 10);
}

static void
fake_finish(struct transport *transport)
{
	((struct connection *) transport)->is_finished = true;
}

static void
fake_free(struct transport *transport)
{
	((struct connection *) transport)->is_there = false;
}

static size_t
fake_queued(const struct transport *transport UNUSED)
{
	return rig.queued;
}

static const struct transport_driver fake_driver = {
	false, fake_send, fake_finish, fake_free, fake_queued,
};
static const struct transport_driver fake_confirming_driver = {
	true, fake_send, fake_finish, fake_free, fake_queued,
};

static struct transport *
fake_open(const struct target *target, const struct transport_events *events,
	  void *transport_context, void *context UNUSED)
{
	CU_ASSERT_FATAL(rig.opened < LINKS);
	struct connection *connection = &rig.connections[rig.opened++];
	*connection = (struct connection){
		.transport = { .driver = is_confirming ? &fake_confirming_driver : &fake_driver },
		.events = events,
		.context = transport_context,
		.is_there = true,
		.target = *target,
	};
	return &connection->transport;
}

static void
on_confirmed(uint64_t seq, void *context UNUSED)
{
	CU_ASSERT_TRUE(seq > rig.confirmed);
	rig.confirmed = seq;
	rig.confirmations++;
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

static void
on_flow(bool is_wanted, void *context UNUSED)
{
	rig.is_wanted = is_wanted;
}

static void
on_rewind(void *context UNUSED)
{
	rig.rewinds++;
}

static const struct destination_ops ops = {
	.open = fake_open,
	.on_confirmed = on_confirmed,
	.on_health = on_health,
	.on_due = on_due,
	.on_flow = on_flow,
	.on_rewind = on_rewind,
};

static const struct target server = {
	.transport = TARGET_TCP,
	.host = "192.0.2.1",
	.port = 601,
	.severity = 7,
	.receipt_records = LOG_SERVER_WINDOW,
	.receipt_us = 2 * US_PER_S,
};

static struct connection *
last(void)
{
	CU_ASSERT_FATAL(rig.opened > 0);
	return &rig.connections[rig.opened - 1];
}

/* The connection before it, which is the one that awaits its receipt. */
static struct connection *
former(void)
{
	CU_ASSERT_FATAL(rig.opened > 1);
	return &rig.connections[rig.opened - 2];
}

static void
opens(struct connection *connection)
{
	connection->events->on_open(connection->context);
}

static void
ends(struct connection *connection, enum transport_end end)
{
	CU_ASSERT_TRUE_FATAL(connection->is_there);
	connection->events->on_closed(end, end == TRANSPORT_FAILED ? "it died" : "",
				      connection->context);
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

/* All that is asked for within this time. */
static void
pass_all(uint64_t limit_us)
{
	uint64_t end_us = now_us + limit_us;

	while (now_us < end_us && pass(end_us - now_us))
		continue;
	now_us = end_us;
}

static void
add(uint64_t seq)
{
	char text[16];
	int size = snprintf(text, sizeof(text), "%u", (unsigned) seq);

	destination_add(rig.destination, seq, text, (size_t) size);
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

/* With the receipt that a new setting is tried out by already behind it, and a standing
 * connection. */
static void
start_up(void)
{
	start();
	opens(last());
	pass_all(US_PER_S);
	CU_ASSERT_TRUE(former()->is_finished);
	opens(last());
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_TRUE(rig.is_wanted);
	now_us += 10 * US_PER_S;
}

static void
stop(void)
{
	destination_free(rig.destination);
	clock_set_source(NULL);
	is_confirming = false;
}

static void
test_a_new_setting_is_tried_out_before_there_is_an_event(void)
{
	start();
	CU_ASSERT_EQUAL(rig.opened, 1);
	CU_ASSERT_FALSE(rig.is_wanted);
	opens(last());
	CU_ASSERT_FALSE(destination_health(rig.destination)->is_up);
	CU_ASSERT_TRUE(pass(US_PER_S));
	/* The next connection is opened while the receipt is awaited. */
	CU_ASSERT_EQUAL(rig.opened, 2);
	CU_ASSERT_TRUE(former()->is_finished);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_TRUE(destination_health(rig.destination)->is_up);
	CU_ASSERT_EQUAL(rig.ups, 1);
	CU_ASSERT_EQUAL(rig.confirmations, 0);
	opens(last());
	pass_all(60 * US_PER_S);
	CU_ASSERT_EQUAL(rig.opened, 2);
	CU_ASSERT_TRUE(last()->is_there);
	stop();
}

static void
test_only_the_receipt_confirms_and_nothing_overtakes_it(void)
{
	start_up();
	add(1);
	add(2);
	CU_ASSERT_EQUAL(rig.sent_count, 2);
	CU_ASSERT_TRUE(pass(200 * US_PER_MS));
	CU_ASSERT_TRUE(former()->is_finished);
	CU_ASSERT_EQUAL(rig.confirmations, 0);
	/* The next connection is there, but nothing goes over it yet. */
	opens(last());
	CU_ASSERT_FALSE(rig.is_wanted);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed, 2);
	CU_ASSERT_TRUE(rig.is_wanted);
	add(3);
	CU_ASSERT_EQUAL(rig.sent[2], 3);
	pass_all(2 * US_PER_S);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed, 3);
	CU_ASSERT_EQUAL(rig.rewinds, 0);
	stop();
}

static void
test_a_death_before_the_receipt_makes_the_store_begin_again(void)
{
	start_up();
	for (uint64_t seq = 1; seq <= 3; seq++)
		add(seq);
	(void) pass(US_PER_S);
	ends(former(), TRANSPORT_FAILED);
	CU_ASSERT_EQUAL(rig.confirmations, 0);
	CU_ASSERT_FALSE(former()->is_there || last()->is_there);
	CU_ASSERT_FALSE(rig.is_wanted);
	CU_ASSERT_TRUE(pass(US_PER_S));
	/* Not before there is a connection. */
	CU_ASSERT_EQUAL(rig.rewinds, 0);
	opens(last());
	CU_ASSERT_EQUAL(rig.rewinds, 1);
	for (uint64_t seq = 1; seq <= 3; seq++)
		add(seq);
	CU_ASSERT_EQUAL(rig.sent_count, 6);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(rig.sent[3 + i], i + 1);
	pass_all(2 * US_PER_S);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed, 3);
	CU_ASSERT_EQUAL(destination_counts(rig.destination).errors, 1);
	CU_ASSERT_EQUAL(destination_counts(rig.destination).sent, 6);
	stop();
}

static void
test_an_event_that_comes_unwanted_is_not_sent_out_of_order(void)
{
	start_up();
	add(1);
	pass_all(US_PER_S);
	add(2);
	CU_ASSERT_EQUAL(rig.sent_count, 1);
	opens(last());
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.rewinds, 1);
	stop();
}

static void
test_a_close_that_nobody_asked_for_is_no_receipt(void)
{
	start_up();
	add(1);
	ends(last(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmations, 0);
	stop();
}

static void
test_an_idle_connection_that_the_server_closes_is_no_failure(void)
{
	start_up();
	pass_all(60 * US_PER_S);
	unsigned before = rig.opened;
	ends(last(), TRANSPORT_FAILED);
	CU_ASSERT_EQUAL(rig.opened, before + 1);
	CU_ASSERT_EQUAL(destination_counts(rig.destination).errors, 0);
	CU_ASSERT_STRING_EQUAL(destination_health(rig.destination)->error, "");
	/* Whether the server is still there is found out at once. */
	opens(last());
	CU_ASSERT_TRUE(pass(US_PER_S));
	CU_ASSERT_TRUE(former()->is_finished);
	stop();
}

static void
test_a_stuck_server_is_given_up_and_nothing_is_confirmed(void)
{
	start_up();
	add(1);
	pass_all(US_PER_S);
	struct connection *connection = former();
	CU_ASSERT_TRUE(connection->is_finished);
	/* A next one that is not answered either is none that is missed. */
	pass_all(13 * US_PER_S);
	CU_ASSERT_TRUE(connection->is_there);
	/* Bytes that still leave are progress. */
	connection->events->on_progress(connection->context);
	pass_all(14 * US_PER_S);
	CU_ASSERT_TRUE(connection->is_there);
	pass_all(2 * US_PER_S);
	CU_ASSERT_FALSE(connection->is_there);
	CU_ASSERT_EQUAL(rig.confirmations, 0);
	CU_ASSERT_STRING_NOT_EQUAL(destination_health(rig.destination)->error, "");
	stop();
}

static void
test_a_server_that_takes_no_bytes_is_given_up(void)
{
	start_up();
	struct connection *connection = last();
	rig.queued = 1000;
	add(1);
	pass_all(14 * US_PER_S);
	CU_ASSERT_TRUE(connection->is_there);
	pass_all(2 * US_PER_S);
	CU_ASSERT_FALSE(connection->is_there);
	CU_ASSERT_EQUAL(rig.confirmations, 0);
	stop();
}

static void
test_nothing_is_wanted_while_much_waits_to_leave(void)
{
	start_up();
	add(1);
	rig.queued = 1024 * 1024;
	last()->events->on_progress(last()->context);
	CU_ASSERT_FALSE(rig.is_wanted);
	rig.queued = 0;
	last()->events->on_progress(last()->context);
	CU_ASSERT_TRUE(rig.is_wanted);
	stop();
}

static void
test_a_server_that_does_not_answer_is_given_up(void)
{
	start();
	CU_ASSERT_FALSE(pass(14 * US_PER_S));
	CU_ASSERT_TRUE(pass(2 * US_PER_S));
	CU_ASSERT_FALSE(last()->is_there);
	stop();
}

static void
test_as_many_as_are_to_have_a_receipt_are_finished_at_once(void)
{
	struct target target = server;

	start_up();
	target.receipt_records = 50;
	destination_configure(rig.destination, &target);
	for (uint64_t seq = 1; seq <= 50; seq++) {
		CU_ASSERT_TRUE(rig.is_wanted);
		add(seq);
	}
	CU_ASSERT_FALSE(rig.is_wanted);
	CU_ASSERT_TRUE(former()->is_finished);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed, 50);
	CU_ASSERT_EQUAL(rig.sent_count, 50);
	stop();
}

static void
test_a_steady_stream_is_confirmed_when_its_time_has_come(void)
{
	start_up();
	struct connection *connection = last();
	uint64_t seq = 0;
	while (!connection->is_finished && seq < 100) {
		add(++seq);
		pass_all(50 * US_PER_MS);
	}
	CU_ASSERT_EQUAL(seq, 40);
	stop();
}

static void
test_single_events_do_not_each_ask_for_a_receipt(void)
{
	start_up();
	unsigned before = rig.opened;
	for (uint64_t seq = 1; seq <= 9; seq++) {
		if (rig.is_wanted)
			add(seq);
		pass_all(300 * US_PER_MS);
		if (rig.opened > before + 4)
			break;
		for (unsigned i = before - 1; i < rig.opened; i++) {
			struct connection *connection = &rig.connections[i];
			if (connection->is_there && connection->is_finished) {
				opens(last());
				ends(connection, TRANSPORT_CLOSED);
			}
		}
	}
	/* 2.7 s: one at once, and one a second. */
	CU_ASSERT(rig.opened - before >= 2 && rig.opened - before <= 4);
	stop();
}

static void
test_a_server_that_is_slow_to_confirm_is_asked_for_less_at_a_time(void)
{
	start_up();
	for (unsigned round = 0; round < 4; round++) {
		uint64_t seq = rig.confirmed;
		while (rig.is_wanted)
			add(++seq);
		struct connection *connection = former();
		CU_ASSERT_TRUE(connection->is_finished);
		unsigned taken = (unsigned) (seq - rig.confirmed);
		CU_ASSERT_EQUAL(taken, LOG_SERVER_WINDOW >> round);
		pass_all(17 * US_PER_S);
		CU_ASSERT_FALSE(connection->is_there);
		while (!last()->is_there)
			(void) pass(US_PER_S);
		opens(last());
	}
	stop();
}

static void
test_events_that_are_not_sent_are_confirmed_in_their_turn(void)
{
	start_up();
	unsigned before = rig.opened;
	destination_add(rig.destination, 1, NULL, 0);
	CU_ASSERT_TRUE(pass(US_PER_S));
	CU_ASSERT_EQUAL(rig.opened, before);
	CU_ASSERT_EQUAL(rig.confirmed, 1);
	add(2);
	destination_add(rig.destination, 3, NULL, 0);
	CU_ASSERT_EQUAL(rig.sent_count, 1);
	pass_all(US_PER_S);
	CU_ASSERT_EQUAL(rig.confirmed, 1);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed, 3);
	stop();
}

static void
test_a_transport_that_confirms_by_itself_is_not_finished_for_a_receipt(void)
{
	is_confirming = true;
	start();
	opens(last());
	pass_all(US_PER_S);
	CU_ASSERT_EQUAL(rig.ups, 1);
	for (uint64_t seq = 1; seq <= 10; seq++)
		add(seq);
	pass_all(10 * US_PER_S);
	CU_ASSERT_EQUAL(rig.opened, 1);
	CU_ASSERT_FALSE(last()->is_finished);
	last()->events->on_confirmed(4, last()->context);
	pass_all(US_PER_S);
	CU_ASSERT_EQUAL(rig.confirmed, 4);
	last()->events->on_confirmed(6, last()->context);
	CU_ASSERT_EQUAL(rig.confirmed, 10);
	stop();
}

static void
test_a_transport_that_stops_to_confirm_is_given_up(void)
{
	is_confirming = true;
	start();
	opens(last());
	add(1);
	pass_all(14 * US_PER_S);
	CU_ASSERT_TRUE(last()->is_there);
	pass_all(1500 * US_PER_MS);
	CU_ASSERT_EQUAL(destination_counts(rig.destination).errors, 1);
	CU_ASSERT_EQUAL(rig.ups, 0);
	stop();
}

static void
test_a_bare_end_is_no_receipt_of_a_server_that_says_close_notify(void)
{
	start();
	opens(last());
	pass_all(US_PER_S);
	opens(last());
	ends(former(), TRANSPORT_CONFIRMED);
	add(1);
	pass_all(2 * US_PER_S);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmations, 0);
	/* Twice on end it is a server that has changed its ways. */
	pass_all(300 * US_PER_MS);
	opens(last());
	add(1);
	pass_all(2 * US_PER_S);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed, 1);
	stop();
}

static void
test_down_is_told_once_after_five_seconds_of_failing(void)
{
	start_up();
	uint64_t failing_us = now_us;
	unsigned before = rig.opened;
	add(1);
	while (now_us < failing_us + 30 * US_PER_S) {
		if (last()->is_there)
			ends(last(), TRANSPORT_FAILED);
		if (now_us < failing_us + 5 * US_PER_S)
			CU_ASSERT_EQUAL(rig.downs, 0);
		(void) pass(US_PER_S);
	}
	CU_ASSERT_EQUAL(rig.downs, 1);
	CU_ASSERT_FALSE(destination_health(rig.destination)->is_up);
	/* From 0.2 s to 5 s apart: ten tries at least, fourteen at most. */
	CU_ASSERT(rig.opened - before >= 8 && rig.opened - before <= 15);
	while (!last()->is_there)
		(void) pass(10 * US_PER_S);
	opens(last());
	pass_all(US_PER_S);
	ends(former(), TRANSPORT_CLOSED);
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
		ends(last(), TRANSPORT_FAILED);
		while (!last()->is_there)
			(void) pass(US_PER_S);
	}
	opens(last());
	pass_all(US_PER_S);
	opens(last());
	ends(former(), TRANSPORT_CLOSED);
	pass_all(60 * US_PER_S);
	CU_ASSERT_EQUAL(rig.downs, 0);
	CU_ASSERT_EQUAL(rig.ups, 1);
	stop();
}

static void
test_another_server_gets_nothing_that_the_former_one_confirms(void)
{
	struct target other = server;

	start_up();
	add(1);
	unsigned before = rig.opened;
	other.severity = 3;
	destination_configure(rig.destination, &other);
	CU_ASSERT_EQUAL(rig.opened, before);
	other.port = 602;
	struct connection *old = last();
	destination_configure(rig.destination, &other);
	CU_ASSERT_TRUE(old->is_finished);
	CU_ASSERT_FALSE(rig.is_wanted);
	ends(old, TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed, 1);
	CU_ASSERT_EQUAL(rig.opened, before + 1);
	CU_ASSERT_EQUAL(last()->target.port, 602);
	opens(last());
	CU_ASSERT_EQUAL(rig.rewinds, 0);
	CU_ASSERT_TRUE(rig.is_wanted);
	stop();
}

static void
test_another_server_gets_what_the_former_one_does_not_confirm_soon(void)
{
	struct target other = server;

	start_up();
	add(1);
	other.port = 602;
	struct connection *old = last();
	destination_configure(rig.destination, &other);
	pass_all(4 * US_PER_S);
	CU_ASSERT_FALSE(old->is_there);
	CU_ASSERT_EQUAL(last()->target.port, 602);
	opens(last());
	CU_ASSERT_EQUAL(rig.rewinds, 1);
	CU_ASSERT_EQUAL(rig.confirmations, 0);
	stop();
}

static void
test_switched_off_it_confirms_what_is_under_way_and_is_silent(void)
{
	struct target off = server;

	start_up();
	add(1);
	off.transport = TARGET_OFF;
	struct connection *old = last();
	destination_configure(rig.destination, &off);
	CU_ASSERT_FALSE(destination_is_off(rig.destination));
	ends(old, TRANSPORT_CLOSED);
	CU_ASSERT_TRUE(destination_is_off(rig.destination));
	CU_ASSERT_EQUAL(rig.confirmed, 1);
	CU_ASSERT_FALSE(rig.is_wanted);
	CU_ASSERT_EQUAL(rig.due_us, UINT64_MAX);
	stop();
}

static void
test_what_is_forgotten_is_sent_when_it_comes_again(void)
{
	start_up();
	struct connection *old = last();
	add(1);
	destination_forget(rig.destination);
	CU_ASSERT_FALSE(old->is_there);
	opens(last());
	add(1);
	pass_all(US_PER_S);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.sent_count, 2);
	CU_ASSERT_EQUAL(rig.confirmed, 1);
	CU_ASSERT_EQUAL(rig.rewinds, 0);
	stop();
}

static void
test_an_outbox_keeps_bytes_in_order_whatever_is_put_in_and_taken_out(void)
{
	struct outbox outbox = { 0 };
	unsigned char in = 0;
	unsigned char out = 0;
	unsigned state = 1;

	for (unsigned round = 0; round < 20000; round++) {
		state = state * 1103515245 + 12345;
		size_t count = (state >> 16) % 700;
		char bytes[700];
		for (size_t i = 0; i < count; i++)
			bytes[i] = (char) in++;
		outbox_add(&outbox, bytes, count);
		size_t size;
		const unsigned char *waiting = (const unsigned char *) outbox_peek(&outbox, &size);
		CU_ASSERT_EQUAL_FATAL(size, outbox_waiting(&outbox));
		count = MIN_OF(size, (state >> 8) % 720);
		for (size_t i = 0; i < count; i++)
			CU_ASSERT_EQUAL_FATAL(waiting[i], out++);
		outbox_drain(&outbox, count);
	}
	CU_ASSERT(outbox.size <= 1024 * 1024);
	outbox_done(&outbox);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_new_setting_is_tried_out_before_there_is_an_event),
		TAP(test_only_the_receipt_confirms_and_nothing_overtakes_it),
		TAP(test_a_death_before_the_receipt_makes_the_store_begin_again),
		TAP(test_an_event_that_comes_unwanted_is_not_sent_out_of_order),
		TAP(test_a_close_that_nobody_asked_for_is_no_receipt),
		TAP(test_an_idle_connection_that_the_server_closes_is_no_failure),
		TAP(test_a_stuck_server_is_given_up_and_nothing_is_confirmed),
		TAP(test_a_server_that_takes_no_bytes_is_given_up),
		TAP(test_nothing_is_wanted_while_much_waits_to_leave),
		TAP(test_a_server_that_does_not_answer_is_given_up),
		TAP(test_as_many_as_are_to_have_a_receipt_are_finished_at_once),
		TAP(test_a_steady_stream_is_confirmed_when_its_time_has_come),
		TAP(test_single_events_do_not_each_ask_for_a_receipt),
		TAP(test_a_server_that_is_slow_to_confirm_is_asked_for_less_at_a_time),
		TAP(test_events_that_are_not_sent_are_confirmed_in_their_turn),
		TAP(test_a_transport_that_confirms_by_itself_is_not_finished_for_a_receipt),
		TAP(test_a_transport_that_stops_to_confirm_is_given_up),
		TAP(test_a_bare_end_is_no_receipt_of_a_server_that_says_close_notify),
		TAP(test_down_is_told_once_after_five_seconds_of_failing),
		TAP(test_a_restart_of_the_server_is_no_alarm),
		TAP(test_another_server_gets_nothing_that_the_former_one_confirms),
		TAP(test_another_server_gets_what_the_former_one_does_not_confirm_soon),
		TAP(test_switched_off_it_confirms_what_is_under_way_and_is_silent),
		TAP(test_what_is_forgotten_is_sent_when_it_comes_again),
		TAP(test_an_outbox_keeps_bytes_in_order_whatever_is_put_in_and_taken_out),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
