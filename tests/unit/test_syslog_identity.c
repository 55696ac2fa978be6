#include "syslog/identity.h"

#include "lib/clock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <string.h>

static void
test_a_host_name_is_qualified_only_by_a_domain_behind_it(void)
{
	CU_ASSERT_TRUE(identity_is_qualified("door1.example.org", "door1"));
	CU_ASSERT_TRUE(identity_is_qualified("DOOR1.example.org", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified("door1", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified("door1.", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified("door10.example.org", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified("localhost.localdomain", "localhost"));
	CU_ASSERT_FALSE(identity_is_qualified("localhost.localdomain", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified(".example.org", ""));
}

static uint64_t now_us;

static uint64_t
read_now(void)
{
	return now_us;
}

static void
test_the_present_is_looked_at_again_with_every_record(void)
{
	static struct identity identity;

	clock_set_source(read_now);
	now_us = 5 * US_PER_S;
	identity_renew(&identity);
	CU_ASSERT_EQUAL(identity.sender.mono_us, 5 * US_PER_S);
	(void) copy_string(identity.address, sizeof(identity.address), "kept");
	now_us += 1000;
	identity_renew(&identity);
	CU_ASSERT_EQUAL(identity.sender.mono_us, 5 * US_PER_S + 1000);
	CU_ASSERT_STRING_EQUAL(identity.address, "kept");
	now_us += US_PER_S;
	identity_renew(&identity);
	CU_ASSERT_STRING_NOT_EQUAL(identity.address, "kept");
	CU_ASSERT_STRING_NOT_EQUAL(identity.address, "127.0.0.1");
	clock_set_source(NULL);
}

static void
test_a_zone_that_is_not_there_is_utc(void)
{
	static struct identity identity;

	identity_set_zone(&identity, "Europe/Berlin");
	CU_ASSERT_PTR_NOT_NULL(identity.sender.zone);
	identity_set_zone(&identity, "Nowhere/Never");
	CU_ASSERT_PTR_NULL(identity.sender.zone);
	identity_done(&identity);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_host_name_is_qualified_only_by_a_domain_behind_it),
		TAP(test_the_present_is_looked_at_again_with_every_record),
		TAP(test_a_zone_that_is_not_there_is_utc),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
