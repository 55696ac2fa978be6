#include "agent/door_supply.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#define S    US_PER_S
#define TOLD 32

/* What was told and shed since the last look. */
struct rig {
	struct supplies supplies;
	struct meter meter;
	enum event_kind told[TOLD];
	char texts[TOLD][256];
	unsigned count;
	enum inventory_budget branch;
	bool is_shed;
	unsigned sheds;
};

static void
on_tell(enum event_kind kind, const char *source UNUSED, json_t *data, void *context)
{
	struct rig *rig = context;
	_cleanup_(json_decrefp) json_t *event =
		json_pack("{so}", "data", data ? data : json_object());

	CU_ASSERT_FATAL(rig->count < TOLD);
	events_text(events_find(kind), event, rig->texts[rig->count], sizeof(rig->texts[0]));
	/* Every word in braces has found its member. */
	CU_ASSERT_PTR_NULL(strchr(rig->texts[rig->count], '{'));
	rig->told[rig->count++] = kind;
}

static void
on_shed(enum inventory_budget branch, bool is_shed, void *context)
{
	struct rig *rig = context;

	rig->branch = branch;
	rig->is_shed = is_shed;
	rig->sheds++;
}

static const struct supply_ops ops = { .tell = on_tell, .shed = on_shed };

static struct rig *
rig_new(void)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));

	supplies_init(&rig->supplies, &ops, rig);
	return rig;
}

/* "poe+doors", "dc_in": those are there, all others are not. */
static void
say(struct rig *rig, const char *there)
{
	static const struct {
		const char *word;
		const char *id;
	} supplies[] = { { "poe,", "poe" },
			 { "poe_plus,", "poe_plus" },
			 { "dc_in,", "dc_in" },
			 { "doors,", "doors1_4.dc_in" } };

	for (size_t i = 0; i < ARRAY_LEN(supplies); i++)
		supplies_take_state(&rig->supplies, inventory_find(supplies[i].id),
				    strstr(there, supplies[i].word) ? HW_ACTIVE : HW_INACTIVE);
}

static void
settle(struct rig *rig, const char *there, bool is_restarted)
{
	rig->count = 0;
	say(rig, there);
	supplies_settle(&rig->supplies, &rig->meter, is_restarted);
}

static bool
has_told(const struct rig *rig, enum event_kind kind)
{
	for (unsigned i = 0; i < rig->count; i++)
		if (rig->told[i] == kind)
			return true;
	return false;
}

static const char *
text_of(const struct rig *rig, enum event_kind kind)
{
	for (unsigned i = 0; i < rig->count; i++)
		if (rig->told[i] == kind)
			return rig->texts[i];
	return "";
}

static void
measure(struct rig *rig, const char *id, int32_t mv, int32_t ma)
{
	meter_take(&rig->meter, inventory_find(id), HW_MV, mv);
	meter_take(&rig->meter, inventory_find(id), HW_MA, ma);
}

static void
test_what_is_found_at_the_start_is_no_news(void)
{
	struct rig *rig = rig_new();

	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "unknown");
	settle(rig, "poe,dc_in,doors,", false);
	CU_ASSERT_EQUAL(rig->count, 0);
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "poe");
	free(rig);
}

static void
test_a_change_is_told_once_with_both_names(void)
{
	struct rig *rig = rig_new();

	settle(rig, "poe,dc_in,doors,", false);
	settle(rig, "dc_in,doors,", false);
	CU_ASSERT_EQUAL(rig->count, 2);
	CU_ASSERT_STRING_EQUAL(text_of(rig, EV_POWER_SOURCE),
			       "The controller is powered by dc_in, before by poe");
	CU_ASSERT_TRUE(has_told(rig, EV_SUPPLY_LOST));
	settle(rig, "dc_in,doors,", false);
	CU_ASSERT_EQUAL(rig->count, 0);
	settle(rig, "poe,dc_in,doors,", false);
	CU_ASSERT_EQUAL(rig->count, 1);
	CU_ASSERT_TRUE(has_told(rig, EV_SUPPLY_BACK));
	free(rig);
}

/* The class changes as one goes and the other comes: there was power all the time. */
static void
test_another_class_of_poe_is_no_loss_of_poe(void)
{
	struct rig *rig = rig_new();

	settle(rig, "poe,doors,", false);
	settle(rig, "poe_plus,doors,", false);
	CU_ASSERT_FALSE(has_told(rig, EV_POWER_LOST));
	CU_ASSERT_TRUE(has_told(rig, EV_POWER_SOURCE));
	/* What comes in the same breath has come first. */
	settle(rig, "dc_in,doors,", false);
	CU_ASSERT_FALSE(has_told(rig, EV_POWER_LOST));
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "dc_in");
	free(rig);
}

static void
test_with_both_there_the_one_that_gives_current_powers_us(void)
{
	struct rig *rig = rig_new();

	measure(rig, "poe", 48000, 0);
	measure(rig, "dc_in", 12000, 275);
	settle(rig, "poe,dc_in,doors,", false);
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "dc_in");
	free(rig);
}

static void
test_a_lost_connection_to_the_board_changes_no_supply(void)
{
	struct rig *rig = rig_new();

	settle(rig, "poe,doors,", false);
	settle(rig, "poe,dc_in,doors,", false);
	settle(rig, "dc_in,doors,", false);
	settle(rig, "poe,dc_in,doors,", false);
	supplies_lose(&rig->supplies);
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "unknown");
	settle(rig, "poe,dc_in,doors,", false);
	CU_ASSERT_EQUAL(rig->count, 0);
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "dc_in");
	free(rig);
}

static void
test_a_restart_says_why(void)
{
	static const struct {
		const char *before, *last, *after, *why;
	} rows[] = {
		{ "poe,dc_in,doors,", NULL, "poe,dc_in,doors,", "without power" },
		{ "dc_in,doors,", NULL, "poe,doors,", "DC IN was lost" },
		{ "dc_in,doors,", "poe,dc_in,doors,", "poe,doors,", "DC IN was lost" },
		{ "poe,doors,", NULL, "dc_in,doors,", "PoE was lost" },
		{ "poe,doors,", "doors,", "poe,doors,", "no supply left" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig *rig = rig_new();
		settle(rig, rows[i].before, false);
		if (rows[i].last)
			settle(rig, rows[i].last, false);
		supplies_lose(&rig->supplies);
		settle(rig, rows[i].after, true);
		CU_ASSERT_PTR_NOT_NULL(strstr(text_of(rig, EV_POWER_RESTARTED), rows[i].why));
		free(rig);
	}
}

/* Rule 3: the device restarts by itself. If it does not, it was powered by another one. */
static void
test_a_restart_that_does_not_come_is_not_waited_for(void)
{
	struct rig *rig = rig_new();

	settle(rig, "dc_in,doors,", false);
	settle(rig, "poe,dc_in,doors,", false);
	settle(rig, "poe,doors,", false);
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "none");
	supplies_weigh(&rig->supplies, 0, S);
	supplies_weigh(&rig->supplies, 0, 10 * S);
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "none");
	supplies_weigh(&rig->supplies, 0, 11 * S);
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "poe");
	free(rig);
}

static void
test_the_doors_supply_is_an_alarm_raised_and_cleared_once(void)
{
	struct rig *rig = rig_new();

	settle(rig, "poe,", false);
	CU_ASSERT_EQUAL(rig->count, 1);
	CU_ASSERT_TRUE(has_told(rig, EV_POWER_DOORS_LOST));
	CU_ASSERT_FALSE(supplies_have_doors(&rig->supplies));
	supplies_lose(&rig->supplies);
	settle(rig, "poe,", false);
	CU_ASSERT_EQUAL(rig->count, 0);
	supplies_lose(&rig->supplies);
	settle(rig, "poe,doors,", false);
	CU_ASSERT_EQUAL(rig->count, 1);
	CU_ASSERT_TRUE(has_told(rig, EV_POWER_DOORS_BACK));
	free(rig);
}

static void
test_a_board_that_does_not_know_its_supplies_has_no_alarms(void)
{
	struct rig *rig = rig_new();

	supplies_settle(&rig->supplies, &rig->meter, false);
	supplies_judge(&rig->supplies, &rig->meter, S);
	supplies_weigh(&rig->supplies, 1000000, S);
	supplies_weigh(&rig->supplies, 1000000, 99 * S);
	CU_ASSERT_EQUAL(rig->count, 0);
	CU_ASSERT_EQUAL(rig->sheds, 0);
	CU_ASSERT_TRUE(supplies_have_doors(&rig->supplies));
	CU_ASSERT_STRING_EQUAL(supplies_source_name(&rig->supplies), "unknown");
	free(rig);
}

static void
test_voltage_and_load_of_each_supply_have_their_range(void)
{
	static const struct {
		const char *id;
		int32_t mv, ma;
		enum event_kind kind; /* 0: nothing is wrong */
	} rows[] = {
		{ "poe", 44000, 1, 0 },
		{ "poe", 43999, 1, EV_SUPPLY_VOLTAGE },
		{ "poe", 57000, 1, 0 },
		{ "poe", 57001, 1, EV_SUPPLY_VOLTAGE },
		{ "poe", 50000, 308, 0 }, /* 15.4 W */
		{ "poe", 50000, 309, EV_SUPPLY_OVERLOAD },
		{ "dc_in", 12000, 3000, 0 }, /* 36 W */
		{ "dc_in", 12000, 3001, EV_SUPPLY_OVERLOAD },
		{ "doors1_4.dc_in", 12000, 8000, 0 }, /* 96 W */
		{ "doors1_4.dc_in", 12000, 8001, EV_SUPPLY_OVERLOAD },
		{ "doors1_4.dc_in", 10799, 1, EV_SUPPLY_VOLTAGE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig *rig = rig_new();
		settle(rig, "poe,dc_in,doors,", false);
		measure(rig, rows[i].id, rows[i].mv, rows[i].ma);
		supplies_judge(&rig->supplies, &rig->meter, S);
		CU_ASSERT_EQUAL(rig->count, 0);
		CU_ASSERT_EQUAL(supplies_deadline_us(&rig->supplies) == UINT64_MAX, !rows[i].kind);
		supplies_judge(&rig->supplies, &rig->meter, 2 * S);
		CU_ASSERT_EQUAL(rig->count, rows[i].kind != 0);
		CU_ASSERT(!rows[i].kind || rig->told[0] == rows[i].kind);
		free(rig);
	}
}

static void
test_an_alarm_ends_when_its_supply_or_the_board_goes(void)
{
	struct rig *rig = rig_new();

	settle(rig, "poe,doors,", false);
	measure(rig, "doors1_4.dc_in", 9000, 1);
	measure(rig, "poe", 60000, 1000);
	supplies_judge(&rig->supplies, &rig->meter, S);
	supplies_judge(&rig->supplies, &rig->meter, 2 * S);
	CU_ASSERT_EQUAL(rig->count, 3);
	settle(rig, "poe,", false);
	rig->count = 0;
	supplies_judge(&rig->supplies, &rig->meter, 3 * S);
	CU_ASSERT_EQUAL(rig->count, 1);
	CU_ASSERT_EQUAL(rig->told[0], EV_SUPPLY_VOLTAGE_CLEARED);
	rig->count = 0;
	supplies_lose(&rig->supplies);
	CU_ASSERT_EQUAL(rig->count, 2);
	CU_ASSERT_TRUE(has_told(rig, EV_SUPPLY_VOLTAGE_CLEARED));
	CU_ASSERT_TRUE(has_told(rig, EV_SUPPLY_OVERLOAD_CLEARED));
	free(rig);
}

static void
test_it_warns_then_sheds_then_restores_after_a_calm_minute(void)
{
	struct rig *rig = rig_new();

	settle(rig, "dc_in,doors,", false);
	supplies_weigh(&rig->supplies, 32399, S);
	CU_ASSERT_EQUAL(rig->count, 0);
	supplies_weigh(&rig->supplies, 32400, S);
	CU_ASSERT_STRING_EQUAL(text_of(rig, EV_POWER_LOW),
			       "Power runs short: 32400 of 36000 mW of dc_in are used");
	supplies_weigh(&rig->supplies, 36001, 2 * S);
	CU_ASSERT_EQUAL(rig->sheds, 0);
	supplies_weigh(&rig->supplies, 36001, 7 * S);
	CU_ASSERT_EQUAL(rig->sheds, 1);
	CU_ASSERT_EQUAL(rig->branch, BUDGET_AUX_12V);
	CU_ASSERT_TRUE(rig->is_shed);
	supplies_weigh(&rig->supplies, 20000, 8 * S);
	supplies_weigh(&rig->supplies, 20000, 67 * S);
	CU_ASSERT_EQUAL(rig->sheds, 1);
	supplies_weigh(&rig->supplies, 20000, 68 * S);
	CU_ASSERT_EQUAL(rig->sheds, 2);
	CU_ASSERT_EQUAL(rig->branch, BUDGET_AUX_12V);
	CU_ASSERT_FALSE(rig->is_shed);
	supplies_weigh(&rig->supplies, 20000, 69 * S);
	CU_ASSERT_TRUE(has_told(rig, EV_POWER_LOW_CLEARED));
	free(rig);
}

static void
test_a_board_that_goes_takes_its_warnings_with_it(void)
{
	struct rig *rig = rig_new();

	settle(rig, "poe,doors,", false);
	for (unsigned s = 1; s < 30; s++)
		supplies_weigh(&rig->supplies, 15401, s * S);
	CU_ASSERT_EQUAL(rig->sheds, 3);
	rig->count = 0;
	supplies_lose(&rig->supplies);
	CU_ASSERT_EQUAL(rig->sheds, 6);
	CU_ASSERT_FALSE(rig->is_shed);
	CU_ASSERT_TRUE(has_told(rig, EV_POWER_LOW_CLEARED));
	free(rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_found_at_the_start_is_no_news),
		TAP(test_a_change_is_told_once_with_both_names),
		TAP(test_another_class_of_poe_is_no_loss_of_poe),
		TAP(test_with_both_there_the_one_that_gives_current_powers_us),
		TAP(test_a_lost_connection_to_the_board_changes_no_supply),
		TAP(test_a_restart_says_why),
		TAP(test_a_restart_that_does_not_come_is_not_waited_for),
		TAP(test_the_doors_supply_is_an_alarm_raised_and_cleared_once),
		TAP(test_a_board_that_does_not_know_its_supplies_has_no_alarms),
		TAP(test_voltage_and_load_of_each_supply_have_their_range),
		TAP(test_an_alarm_ends_when_its_supply_or_the_board_goes),
		TAP(test_it_warns_then_sheds_then_restores_after_a_calm_minute),
		TAP(test_a_board_that_goes_takes_its_warnings_with_it),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
