/* When rows and tables have changed, by a clock of the test's own. */
#include "lib/clock.h"
#include "lib/util.h"
#include "mibs/table.h"
#include "tests/unit/mib_rig.h"

static uint64_t now_us;

static uint64_t
get_now(void)
{
	return now_us;
}

/* Of the reader, as mib_rig_fill() has it, with another member. */
static void
update_reader(const char *member)
{
	_cleanup_(freep) char *text = xasprintf(
		"{\"door\":2,\"online\":true,\"tamper\":false,\"vendor\":\"5c2623\",\"model\":1,"
		"\"serial\":\"00112233\",\"firmware\":\"1.2.3\",\"polls\":100,\"timeouts\":3,"
		"\"errors\":1,\"cards\":9%s}",
		member);

	mib_rig_update("reader.3", text);
}

static void
test_a_row_and_its_table_change_with_the_state_and_not_with_counters(void)
{
	clock_set_source(get_now);
	now_us = 30 * US_PER_S;
	mib_rig_fill();
	update_reader("");
	replica_set_uptime(&mib_rig.replica, 1000, 20 * US_PER_S);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderLastChange", 3), 2000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputLastChangeUpTime", 2), 2000);
	now_us = 40 * US_PER_S;
	update_reader(",\"polls\":500,\"reply_us\":800,\"since_us\":5");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderPolls", 3), 500);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderReplyDelay", 3), 800);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderLastChange", 3), 2000);
	update_reader(",\"tamper\":true");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderLastChange", 3), 3000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderTableLastChange", 0), 3000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputTableLastChange", 0), 2000);
	clock_set_source(NULL);
}

static void
test_a_row_that_goes_and_a_command_are_told_apart_from_state(void)
{
	clock_set_source(get_now);
	now_us = 30 * US_PER_S;
	mib_rig_fill();
	replica_set_uptime(&mib_rig.replica, 1000, 20 * US_PER_S);
	now_us = 50 * US_PER_S;
	mib_rig_fill_again();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaModuleTableLastChange", 0), 2000);
	mib_rig.replica.outputs[5].command.last = 2;
	mib_rig_fill_again();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaOutputTableLastChange", 0), 2000);
	replica_update(&mib_rig.replica, "module.16", NULL);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaModuleTableLastChange", 0), 4000);
	mib_rig_update("board", "{\"online\":true,\"faults\":{}}");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPointLastChange", 2001), 4000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPointLastChange", 2002), 2000);
	mib_rig_check_text("cardeaPointReason", 2001, "");
	clock_set_source(NULL);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_row_and_its_table_change_with_the_state_and_not_with_counters),
		TAP(test_a_row_that_goes_and_a_command_are_told_apart_from_state),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
