#include "agent/door_bolt.h"

#include "lib/util.h"
#include "tests/unit/tap.h"

#define MS(ms) ((ms) *US_PER_MS)

static struct access_door config;
static struct door_bolt bolt;

static void
start(uint32_t bolt_time_ms, bool has_monitor)
{
	config = (struct access_door){ .bolt_time_ms = bolt_time_ms, .lock_monitor = has_monitor };
	door_bolt_init(&bolt);
}

static void
want(uint64_t at_us, bool is_released, bool is_open)
{
	struct door_bolt_wanted wanted = { is_released, is_open };

	door_bolt_step(&config, &bolt, &wanted, at_us);
}

static void
see(uint64_t at_us, enum door_lock lock, bool is_released, bool is_open)
{
	bolt.monitor = lock;
	want(at_us, is_released, is_open);
}

static void
test_a_bolt_without_time_is_where_it_was_commanded_at_once(void)
{
	start(0, false);
	want(MS(10), true, false);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_UNLOCKED);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), UINT64_MAX);
	want(MS(11), false, false);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_LOCKED);
}

static void
test_a_bolt_with_a_motor_arrives_after_its_time(void)
{
	start(700, false);
	want(MS(10), true, false);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_LOCKED);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), MS(710));
	want(MS(709), true, false);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_LOCKED);
	want(MS(710), true, false);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_UNLOCKED);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), UINT64_MAX);
}

static void
test_a_bolt_that_turns_back_takes_its_time_anew(void)
{
	start(700, false);
	want(MS(10), true, false);
	want(MS(500), false, false);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), MS(1200));
	want(MS(1200), false, false);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_LOCKED);
}

static void
test_a_monitor_is_believed_at_once(void)
{
	start(700, true);
	see(MS(1), DOOR_LOCK_LOCKED, false, false);
	want(MS(10), true, false);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_LOCKED);
	see(MS(300), DOOR_LOCK_UNLOCKED, true, false);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_UNLOCKED);
	CU_ASSERT_FALSE(bolt.is_faulty);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), UINT64_MAX);
}

static void
test_a_monitor_that_disagrees_after_the_bolt_time_is_a_fault_until_it_agrees(void)
{
	start(700, true);
	see(MS(1), DOOR_LOCK_LOCKED, false, false);
	want(MS(10), true, false);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), MS(710));
	want(MS(709), true, false);
	CU_ASSERT_FALSE(bolt.is_faulty);
	want(MS(710), true, false);
	CU_ASSERT_TRUE(bolt.is_faulty);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), UINT64_MAX);
	see(MS(9000), DOOR_LOCK_UNLOCKED, true, false);
	CU_ASSERT_FALSE(bolt.is_faulty);
}

static void
test_a_bolt_that_moves_by_itself_is_a_fault(void)
{
	start(700, true);
	see(MS(1), DOOR_LOCK_LOCKED, false, false);
	see(MS(100), DOOR_LOCK_UNLOCKED, false, false);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), MS(800));
	want(MS(800), false, false);
	CU_ASSERT_TRUE(bolt.is_faulty);
}

static void
test_no_bolt_is_expected_to_be_thrown_while_the_door_stands_open(void)
{
	start(0, true);
	see(MS(1), DOOR_LOCK_UNLOCKED, true, true);
	want(MS(10), false, true);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), UINT64_MAX);
	want(MS(99999), false, true);
	CU_ASSERT_FALSE(bolt.is_faulty);
	/* It settles for half a second after it was closed. */
	want(MS(100000), false, false);
	CU_ASSERT_EQUAL(door_bolt_deadline_us(&bolt), MS(100500));
	want(MS(100499), false, false);
	CU_ASSERT_FALSE(bolt.is_faulty);
	want(MS(100500), false, false);
	CU_ASSERT_TRUE(bolt.is_faulty);
}

static void
test_a_monitor_whose_line_is_broken_says_nothing(void)
{
	start(0, true);
	see(MS(1), DOOR_LOCK_UNLOCKED, false, false);
	want(MS(501), false, false);
	CU_ASSERT_TRUE(bolt.is_faulty);
	see(MS(600), DOOR_LOCK_UNKNOWN, false, false);
	CU_ASSERT_FALSE(bolt.is_faulty);
	CU_ASSERT_EQUAL(bolt.lock, DOOR_LOCK_LOCKED);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_bolt_without_time_is_where_it_was_commanded_at_once),
		TAP(test_a_bolt_with_a_motor_arrives_after_its_time),
		TAP(test_a_bolt_that_turns_back_takes_its_time_anew),
		TAP(test_a_monitor_is_believed_at_once),
		TAP(test_a_monitor_that_disagrees_after_the_bolt_time_is_a_fault_until_it_agrees),
		TAP(test_a_bolt_that_moves_by_itself_is_a_fault),
		TAP(test_no_bolt_is_expected_to_be_thrown_while_the_door_stands_open),
		TAP(test_a_monitor_whose_line_is_broken_says_nothing),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
