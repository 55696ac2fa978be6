#include "syslog/journal_places.h"

#include "lib/clock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct journal_places places;
static uint64_t now_us;

static void
begin(void)
{
	places = (struct journal_places){ .cursor = "start" };
	now_us = US_PER_S;
}

/* The next entry, at ten times its number, a moment later than the one before. */
static uint64_t
send(uint64_t after_us)
{
	char cursor[16];
	uint64_t number = journal_places_send(&places, (places.sent + 1) * 10);

	now_us += after_us;
	(void) snprintf(cursor, sizeof(cursor), "c%u", (unsigned) number);
	if (journal_places_is_due(&places, now_us))
		journal_places_remember(&places, cursor, now_us);
	return number;
}

static void
test_entries_that_come_slowly_are_confirmed_one_by_one(void)
{
	begin();
	for (unsigned i = 0; i < 3; i++)
		(void) send(JOURNAL_STRIDE_US);
	CU_ASSERT_EQUAL(journal_places_under_way(&places), 3);
	CU_ASSERT_EQUAL(places.oldest_us, 10);
	CU_ASSERT_EQUAL(journal_places_confirm(&places, 2, "c3"), 2);
	CU_ASSERT_STRING_EQUAL(places.cursor, "c2");
	CU_ASSERT_EQUAL(places.oldest_us, 30);
	CU_ASSERT_EQUAL(journal_places_under_way(&places), 1);
}

static void
test_many_that_come_at_once_are_confirmed_by_a_place_in_so_many(void)
{
	begin();
	for (unsigned i = 0; i < 3 * JOURNAL_STRIDE; i++)
		(void) send(1);
	CU_ASSERT_EQUAL(places.count, 4); /* the first one was due by time */
	(void) journal_places_confirm(&places, 2 * JOURNAL_STRIDE + 5, "here");
	CU_ASSERT_STRING_EQUAL(places.cursor, "c64");
	CU_ASSERT_EQUAL(places.oldest_us, 650);
	CU_ASSERT_EQUAL(journal_places_confirm(&places, 2 * JOURNAL_STRIDE + 6, "here"), 0);
	CU_ASSERT_EQUAL(journal_places_under_way(&places), JOURNAL_STRIDE);
}

static void
test_when_all_is_confirmed_nothing_waits_and_the_place_is_where_it_was_read_up_to(void)
{
	begin();
	uint64_t last = send(1);
	CU_ASSERT_EQUAL(journal_places_confirm(&places, last, "passed over"), 1);
	CU_ASSERT_STRING_EQUAL(places.cursor, "passed over");
	CU_ASSERT_EQUAL(places.oldest_us, 0);
	CU_ASSERT_EQUAL(journal_places_under_way(&places), 0);
	(void) send(1);
	CU_ASSERT_EQUAL(places.oldest_us, 20);
}

static void
test_what_comes_again_has_other_numbers_and_the_same_oldest(void)
{
	begin();
	(void) send(JOURNAL_STRIDE_US);
	(void) send(JOURNAL_STRIDE_US);
	(void) journal_places_confirm(&places, 1, "c2");
	journal_places_rewind(&places);
	CU_ASSERT_EQUAL(journal_places_under_way(&places), 0);
	CU_ASSERT_STRING_EQUAL(places.cursor, "c1");
	CU_ASSERT_EQUAL(places.oldest_us, 20);
	CU_ASSERT_EQUAL(send(JOURNAL_STRIDE_US), 3);
	CU_ASSERT_EQUAL(journal_places_confirm(&places, 3, "c3"), 1);
	CU_ASSERT_EQUAL(places.oldest_us, 0);
}

static void
test_what_nobody_has_sent_is_the_oldest_only_while_nothing_is_under_way(void)
{
	begin();
	journal_places_wait(&places, 5);
	CU_ASSERT_EQUAL(places.oldest_us, 5);
	(void) send(1);
	journal_places_wait(&places, 7);
	CU_ASSERT_EQUAL(places.oldest_us, 5);
}

static void
test_more_places_than_there_is_room_for_are_left_out(void)
{
	begin();
	for (unsigned i = 0; i < JOURNAL_PLACES + 10; i++)
		(void) send(JOURNAL_STRIDE_US);
	CU_ASSERT_EQUAL(places.count, JOURNAL_PLACES);
	CU_ASSERT_EQUAL(journal_places_confirm(&places, JOURNAL_PLACES + 5, "here"),
			JOURNAL_PLACES);
	CU_ASSERT_EQUAL(places.oldest_us, 10 * (JOURNAL_PLACES + 1));
	CU_ASSERT_EQUAL(journal_places_under_way(&places), 10);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_entries_that_come_slowly_are_confirmed_one_by_one),
		TAP(test_many_that_come_at_once_are_confirmed_by_a_place_in_so_many),
		TAP(test_when_all_is_confirmed_nothing_waits_and_the_place_is_where_it_was_read_up_to),
		TAP(test_what_comes_again_has_other_numbers_and_the_same_oldest),
		TAP(test_what_nobody_has_sent_is_the_oldest_only_while_nothing_is_under_way),
		TAP(test_more_places_than_there_is_room_for_are_left_out),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
