#include "board/cable.h"
#include "hw/supervise.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>

/* The board plays the physics by itself; the product must read what it plays. */
static void
test_the_board_and_the_product_agree_on_every_level(void)
{
	for (unsigned scheme = 0; scheme < SUPERVISE_SCHEMES; scheme++) {
		struct cable cable;
		cable_init(&cable, "input1");
		CU_ASSERT_EQUAL(cable_set(&cable, "wired", supervise_scheme_name(scheme)), 0);
		CU_ASSERT_EQUAL(cable_ohms(&cable), supervise_nominal_ohms(scheme, SUPERVISE_OPEN));
		CU_ASSERT_EQUAL(cable_set(&cable, "closed", ""), 0);
		CU_ASSERT_EQUAL(cable_ohms(&cable),
				supervise_nominal_ohms(scheme, SUPERVISE_CLOSED));
	}
	for (long ohms = 0; ohms < CABLE_OHMS_MAX; ohms += 997) {
		struct cable cable;
		char text[24];
		cable_init(&cable, "input1");
		(void) snprintf(text, sizeof(text), "%ld", ohms);
		CU_ASSERT_EQUAL(cable_set(&cable, "ohms", text), 0);
		CU_ASSERT(abs(cable_mv(&cable) - supervise_mv((uint32_t) ohms)) <= 1);
	}
}

static void
test_damage_and_drift_act_on_the_line(void)
{
	struct cable cable;

	cable_init(&cable, "input1");
	CU_ASSERT_EQUAL(cable_set(&cable, "wired", "serial_4k7"), 0);
	CU_ASSERT_EQUAL(cable_set(&cable, "drift", "10"), 0);
	CU_ASSERT_EQUAL(cable_ohms(&cable), 10340);
	CU_ASSERT_EQUAL(cable_set(&cable, "cut", ""), 0);
	CU_ASSERT_EQUAL(cable_mv(&cable), SUPERVISE_FULL_MV);
	CU_ASSERT_EQUAL(cable_set(&cable, "short", ""), 0);
	CU_ASSERT_EQUAL(cable_mv(&cable), 0);
	CU_ASSERT_EQUAL(cable_set(&cable, "open", ""), 0);
	CU_ASSERT_EQUAL(cable_ohms(&cable), 10340);
	CU_ASSERT_EQUAL(cable_set(&cable, "ohms", "100"), 0);
	CU_ASSERT_TRUE(cable_is_closed(&cable));
	CU_ASSERT_EQUAL(cable_set(&cable, "open", ""), 0);
	CU_ASSERT_FALSE(cable_is_closed(&cable));
}

static void
test_words_that_mean_nothing_change_nothing(void)
{
	static const char *const wrong[][2] = {
		{ "", "" },
		{ "ajar", "" },
		{ "open", "1" },
		{ "short", "x" },
		{ "ohms", "" },
		{ "ohms", "-1" },
		{ "ohms", "1000001" },
		{ "ohms", "12k" },
		{ "ohms", "99999999999999999999" },
		{ "drift", "-100" },
		{ "drift", "1001" },
		{ "wired", "serial_3k3" },
		{ "wired", "" },
	};
	struct cable cable;

	cable_init(&cable, "input1");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CU_ASSERT_EQUAL(cable_set(&cable, wrong[i][0], wrong[i][1]), -EINVAL);
	CU_ASSERT_EQUAL(cable_ohms(&cable), CABLE_OHMS_MAX);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_board_and_the_product_agree_on_every_level),
		TAP(test_damage_and_drift_act_on_the_line),
		TAP(test_words_that_mean_nothing_change_nothing),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
