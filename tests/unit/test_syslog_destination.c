#include "lib/util.h"
#include "syslog/window.h"
#include "tests/unit/destination_rig.h"
#include "tests/unit/tap.h"

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
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
