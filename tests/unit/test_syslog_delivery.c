#include "lib/util.h"
#include "syslog/outbox.h"
#include "tests/unit/destination_rig.h"
#include "tests/unit/tap.h"

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
test_what_was_confirmed_only_just_now_is_sent_again_when_the_server_dies(void)
{
	struct target target = server;

	start_up();
	target.hold_us = 500 * US_PER_MS;
	destination_configure(rig.destination, &target);
	add(1);
	pass_all(400 * US_PER_MS);
	opens(last());
	ends(former(), TRANSPORT_CLOSED);
	pass_all(400 * US_PER_MS);
	CU_ASSERT_EQUAL(rig.confirmed, 0);
	add(2);
	ends(last(), TRANSPORT_FAILED);
	pass_all(300 * US_PER_MS);
	CU_ASSERT_EQUAL(rig.confirmed, 0);
	opens(last());
	CU_ASSERT_EQUAL(rig.rewinds, 1);
	add(1);
	add(2);
	pass_all(1100 * US_PER_MS);
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_EQUAL(rig.confirmed, 0);
	pass_all(600 * US_PER_MS);
	CU_ASSERT_EQUAL(rig.confirmed, 2);
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
		TAP(test_a_transport_that_confirms_by_itself_is_not_finished_for_a_receipt),
		TAP(test_a_transport_that_stops_to_confirm_is_given_up),
		TAP(test_a_bare_end_is_no_receipt_of_a_server_that_says_close_notify),
		TAP(test_down_is_told_once_after_five_seconds_of_failing),
		TAP(test_a_restart_of_the_server_is_no_alarm),
		TAP(test_another_server_gets_nothing_that_the_former_one_confirms),
		TAP(test_another_server_gets_what_the_former_one_does_not_confirm_soon),
		TAP(test_switched_off_it_confirms_what_is_under_way_and_is_silent),
		TAP(test_what_was_confirmed_only_just_now_is_sent_again_when_the_server_dies),
		TAP(test_what_is_forgotten_is_sent_when_it_comes_again),
		TAP(test_an_outbox_keeps_bytes_in_order_whatever_is_put_in_and_taken_out),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
