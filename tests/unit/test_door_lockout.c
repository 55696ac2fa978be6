#include "agent/door_lockout.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <CUnit/CUnit.h>

#define ATTEMPTS 3
#define LOCK_US	 UINT64_C(60000000)

static bool
wrong(struct lockouts *lockouts, uint64_t key, uint64_t now_us)
{
	return lockout_note_wrong(lockouts, key, now_us, ATTEMPTS, LOCK_US);
}

static void
test_so_many_wrong_attempts_in_a_row_lock_out(void)
{
	struct lockouts lockouts = { 0 };
	uint64_t key = lockout_key_of_credential(7);

	CU_ASSERT_FALSE(wrong(&lockouts, key, 1));
	CU_ASSERT_FALSE(wrong(&lockouts, key, 2));
	CU_ASSERT_FALSE(lockout_is_locked(&lockouts, key, 2));
	CU_ASSERT_TRUE(wrong(&lockouts, key, 3));
	CU_ASSERT_TRUE(lockout_is_locked(&lockouts, key, 3));
}

static void
test_a_right_one_in_between_begins_the_count_anew(void)
{
	struct lockouts lockouts = { 0 };
	uint64_t key = lockout_key_of_credential(7);

	(void) wrong(&lockouts, key, 1);
	(void) wrong(&lockouts, key, 2);
	lockout_clear(&lockouts, key);
	CU_ASSERT_FALSE(wrong(&lockouts, key, 3));
	CU_ASSERT_FALSE(wrong(&lockouts, key, 4));
	CU_ASSERT_TRUE(wrong(&lockouts, key, 5));
	/* Nothing to clear is nothing wrong. */
	lockout_clear(&lockouts, lockout_key_of_credential(8));
	CU_ASSERT_TRUE(lockout_is_locked(&lockouts, key, 5));
}

static void
test_a_lock_out_ends_at_its_microsecond_and_the_count_begins_anew(void)
{
	struct lockouts lockouts = { 0 };
	uint64_t key = lockout_key_of_credential(7);

	for (unsigned i = 0; i < ATTEMPTS; i++)
		(void) wrong(&lockouts, key, 10);
	CU_ASSERT_TRUE(lockout_is_locked(&lockouts, key, 10 + LOCK_US - 1));
	CU_ASSERT_FALSE(lockout_is_locked(&lockouts, key, 10 + LOCK_US));
	CU_ASSERT_FALSE(wrong(&lockouts, key, 10 + LOCK_US));
	CU_ASSERT_FALSE(wrong(&lockouts, key, 11 + LOCK_US));
	CU_ASSERT_TRUE(wrong(&lockouts, key, 12 + LOCK_US));
}

static void
test_trying_on_neither_shortens_nor_lengthens_a_lock_out(void)
{
	struct lockouts lockouts = { 0 };
	uint64_t key = lockout_key_of_reader(2);

	for (unsigned i = 0; i < ATTEMPTS; i++)
		(void) wrong(&lockouts, key, 0);
	for (uint64_t now_us = 1; now_us < LOCK_US; now_us += LOCK_US / 100)
		CU_ASSERT_FALSE(wrong(&lockouts, key, now_us));
	CU_ASSERT_TRUE(lockout_is_locked(&lockouts, key, LOCK_US - 1));
	CU_ASSERT_FALSE(lockout_is_locked(&lockouts, key, LOCK_US));
	CU_ASSERT_FALSE(wrong(&lockouts, key, LOCK_US));
}

static void
test_a_single_attempt_locks_out_where_one_is_all_there_is(void)
{
	struct lockouts lockouts = { 0 };
	uint64_t key = lockout_key_of_credential(0);

	CU_ASSERT_TRUE(lockout_note_wrong(&lockouts, key, 5, 1, 1));
	CU_ASSERT_TRUE(lockout_is_locked(&lockouts, key, 5));
	CU_ASSERT_FALSE(lockout_is_locked(&lockouts, key, 6));
}

static void
test_cards_and_readers_are_locked_out_apart(void)
{
	struct lockouts lockouts = { 0 };

	for (uint32_t id = 0; id < 10; id++) {
		CU_ASSERT_NOT_EQUAL(lockout_key_of_credential(id), 0);
		CU_ASSERT_NOT_EQUAL(lockout_key_of_credential(id), lockout_key_of_reader(id));
	}
	CU_ASSERT_NOT_EQUAL(lockout_key_of_credential(UINT32_MAX), 0);
	for (unsigned i = 0; i < ATTEMPTS; i++)
		(void) wrong(&lockouts, lockout_key_of_reader(2), 0);
	CU_ASSERT_TRUE(lockout_is_locked(&lockouts, lockout_key_of_reader(2), 0));
	CU_ASSERT_FALSE(lockout_is_locked(&lockouts, lockout_key_of_reader(1), 0));
	CU_ASSERT_FALSE(lockout_is_locked(&lockouts, lockout_key_of_credential(2), 0));
	CU_ASSERT_FALSE(lockout_is_locked(&lockouts, lockout_key_of_credential(1), 0));
}

static void
test_when_the_table_is_full_who_was_wrong_the_longest_ago_is_forgotten(void)
{
	struct lockouts lockouts = { 0 };

	/* The one that was first wrong is wrong again meanwhile; the next one is the oldest. */
	for (uint32_t id = 0; id < LOCKOUTS; id++)
		(void) lockout_note_wrong(&lockouts, lockout_key_of_credential(id), 10 + id, 1,
					  LOCK_US);
	(void) wrong(&lockouts, lockout_key_of_credential(0), 1000);
	(void) lockout_note_wrong(&lockouts, lockout_key_of_credential(9999), 2000, 1, LOCK_US);
	CU_ASSERT_TRUE(lockout_is_locked(&lockouts, lockout_key_of_credential(9999), 2000));
	CU_ASSERT_FALSE(lockout_is_locked(&lockouts, lockout_key_of_credential(1), 2000));
	for (uint32_t id = 0; id < LOCKOUTS; id++)
		CU_ASSERT_EQUAL(lockout_is_locked(&lockouts, lockout_key_of_credential(id), 2000),
				id != 1);
}

static void
test_a_place_that_was_cleared_is_taken_before_anybody_is_forgotten(void)
{
	struct lockouts lockouts = { 0 };

	for (uint32_t id = 0; id < LOCKOUTS; id++)
		(void) lockout_note_wrong(&lockouts, lockout_key_of_credential(id), 10 + id, 1,
					  LOCK_US);
	lockout_clear(&lockouts, lockout_key_of_credential(100));
	(void) lockout_note_wrong(&lockouts, lockout_key_of_credential(9999), 2000, 1, LOCK_US);
	for (uint32_t id = 0; id < LOCKOUTS; id++)
		CU_ASSERT_EQUAL(lockout_is_locked(&lockouts, lockout_key_of_credential(id), 2000),
				id != 100);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_so_many_wrong_attempts_in_a_row_lock_out),
		TAP(test_a_right_one_in_between_begins_the_count_anew),
		TAP(test_a_lock_out_ends_at_its_microsecond_and_the_count_begins_anew),
		TAP(test_trying_on_neither_shortens_nor_lengthens_a_lock_out),
		TAP(test_a_single_attempt_locks_out_where_one_is_all_there_is),
		TAP(test_cards_and_readers_are_locked_out_apart),
		TAP(test_when_the_table_is_full_who_was_wrong_the_longest_ago_is_forgotten),
		TAP(test_a_place_that_was_cleared_is_taken_before_anybody_is_forgotten),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
