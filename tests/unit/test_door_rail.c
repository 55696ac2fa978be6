#include "agent/door_rail.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#define MS   US_PER_MS
#define TOLD 64

struct rig {
	struct rails rails;
	struct meter meter;
	uint64_t now_us;
	enum event_kind told[TOLD];
	char last[256];
	unsigned count;
	bool is_off[BUDGETS];
};

static void
on_tell(enum event_kind kind, const char *source UNUSED, json_t *data, void *context)
{
	struct rig *rig = context;
	_cleanup_(json_decrefp) json_t *event = json_pack("{so}", "data", data);

	CU_ASSERT_FATAL(rig->count < TOLD);
	events_text(events_find(kind), event, rig->last, sizeof(rig->last));
	CU_ASSERT_PTR_NULL(strchr(rig->last, '{'));
	rig->told[rig->count++] = kind;
}

static void
on_set_branch(enum inventory_budget branch, bool is_on, void *context)
{
	struct rig *rig = context;

	CU_ASSERT_EQUAL(rig->is_off[branch], is_on);
	rig->is_off[branch] = !is_on;
}

static const struct rail_ops ops = { .tell = on_tell, .set_branch = on_set_branch };
static const struct access_power nothing = { 0 };
static const struct rail_supply on_poe = { SOURCE_POE, true };

static struct rig *
rig_new(const struct rail_supply *supply)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));

	rig->now_us = 1;
	rails_init(&rig->rails, &rig->meter, &ops, rig);
	rails_configure(&rig->rails, &nothing, supply, rig->now_us);
	return rig;
}

static void
put(struct rig *rig, const char *id, enum hw_quantity quantity, int32_t value)
{
	const struct inventory_row *point = inventory_find(id);

	meter_take(&rig->meter, point, quantity, value);
	rails_judge(&rig->rails, point, rig->now_us);
}

/* Sleeps until each deadline, as the loop does. */
static void
pass(struct rig *rig, uint64_t for_us)
{
	uint64_t until_us = rig->now_us + for_us;

	for (unsigned i = 0; i < 1000 && rails_deadline_us(&rig->rails) <= until_us; i++) {
		rig->now_us = MAX_OF(rig->now_us, rails_deadline_us(&rig->rails));
		rails_tick(&rig->rails, rig->now_us);
	}
	CU_ASSERT(rails_deadline_us(&rig->rails) > until_us);
	rig->now_us = until_us;
}

static const char *
state_of(const struct rig *rig, enum inventory_budget budget)
{
	return rail_state_name(rails_find(&rig->rails, budget));
}

static uint32_t
limit_of(const struct rig *rig, enum inventory_budget budget)
{
	const struct rail *rail = rails_find(&rig->rails, budget);

	return rail->is_fed ? rail->config.limit_ma : 0;
}

static void
test_an_overload_goes_off_without_any_further_measurement(void)
{
	struct rig *rig = rig_new(&on_poe);

	put(rig, "door1.bus_12v", HW_MA, 1000);
	put(rig, "door2.bus_12v", HW_MA, 1001);
	CU_ASSERT_EQUAL(rails_deadline_us(&rig->rails), rig->now_us + 50 * MS);
	pass(rig, 49 * MS);
	CU_ASSERT_FALSE(rig->is_off[BUDGET_READERS]);
	pass(rig, MS);
	CU_ASSERT_TRUE(rig->is_off[BUDGET_READERS]);
	CU_ASSERT_EQUAL(rig->count, 1);
	CU_ASSERT_STRING_EQUAL(rig->last, "Supply of readers was switched off, over_current: "
					  "2001 mA of 2000 mA at 12000 mV");
	CU_ASSERT_STRING_EQUAL(state_of(rig, BUDGET_READERS), "over_current");
	CU_ASSERT_FALSE(rig->is_off[BUDGET_DOOR_SENSORS]);
	free(rig);
}

/* What was measured while it was off must not trip it the moment it is tried again. */
static void
test_a_rail_that_is_tried_again_is_judged_by_new_measurements(void)
{
	struct rig *rig = rig_new(&on_poe);

	put(rig, "door1.bus_12v", HW_MA, 2001);
	pass(rig, 50 * MS);
	put(rig, "door1.bus_12v", HW_MV, 0);
	put(rig, "door1.bus_12v", HW_MA, 0);
	pass(rig, 1000 * MS);
	CU_ASSERT_FALSE(rig->is_off[BUDGET_READERS]);
	put(rig, "door1.bus_12v", HW_MA, 10);
	pass(rig, 9999 * MS);
	CU_ASSERT_EQUAL(rig->count, 1);
	pass(rig, MS);
	CU_ASSERT_EQUAL(rig->count, 2);
	CU_ASSERT_EQUAL(rig->told[1], EV_RAIL_FAULT_CLEARED);
	CU_ASSERT_STRING_EQUAL(state_of(rig, BUDGET_READERS), "good");
	free(rig);
}

static void
test_a_short_that_stays_is_told_once_and_tried_ever_less_often(void)
{
	struct rig *rig = rig_new(&on_poe);
	unsigned tries = 0;

	for (unsigned s = 0; s < 600; s++) {
		if (!rig->is_off[BUDGET_READERS]) {
			put(rig, "door1.bus_12v", HW_MA, 5000);
			tries++;
		}
		pass(rig, 1000 * MS);
	}
	CU_ASSERT_EQUAL(rig->count, 1);
	CU_ASSERT(tries >= 10 && tries <= 20);
	free(rig);
}

static void
test_the_budget_of_the_relay_follows_supply_and_jumper(void)
{
	static const struct {
		enum inventory_source source;
		int32_t mv;
		uint32_t limit_ma;
	} rows[] = {
		{ SOURCE_DC_IN, 12000, 1900 },
		{ SOURCE_DC_IN, 24000, 1000 },
		{ SOURCE_POE, 12000, 150 },
		{ SOURCE_POE, 24000, 50 },
		{ SOURCE_POE_PLUS, 12000, 920 },
		{ SOURCE_POE_PLUS, 24000, 420 },
		{ SOURCE_POE, 0, 0 },
		{ SOURCE_ANY, 12000, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct rail_supply supply = { rows[i].source, true };
		struct rig *rig = rig_new(&supply);
		put(rig, "relay.jumper", HW_MV, rows[i].mv);
		CU_ASSERT_EQUAL(limit_of(rig, BUDGET_RELAY), rows[i].limit_ma);
		CU_ASSERT_STRING_EQUAL(state_of(rig, BUDGET_RELAY),
				       rows[i].limit_ma ? "good" : "off");
		free(rig);
	}
}

static void
test_the_door_relays_have_the_stricter_of_46_watts_and_their_current(void)
{
	struct rig *rig = rig_new(&on_poe);

	put(rig, "doors1_4.jumper", HW_MV, 12000);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_DOOR_RELAYS), 3800);
	put(rig, "doors1_4.jumper", HW_MV, 24000);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_DOOR_RELAYS), 1500);
	for (unsigned door = 1; door <= DOORS; door++)
		put(rig, inventory_of_kind(INV_LOCK_RELAY, door)->id, HW_MA, 375);
	pass(rig, 1000 * MS);
	CU_ASSERT_EQUAL(rig->count, 0);
	CU_ASSERT_FALSE(rails_has_relay_fault(&rig->rails));
	put(rig, "door4.lock", HW_MA, 376);
	pass(rig, 50 * MS);
	CU_ASSERT_EQUAL(rig->told[0], EV_RAIL_FAULT);
	CU_ASSERT_TRUE(rails_has_relay_fault(&rig->rails));
	free(rig);
}

static void
test_a_smaller_supply_is_judged_at_once(void)
{
	const struct rail_supply dc_in = { SOURCE_DC_IN, true };
	struct rig *rig = rig_new(&dc_in);

	put(rig, "relay.jumper", HW_MV, 12000);
	put(rig, "relay", HW_MA, 900);
	pass(rig, 1000 * MS);
	CU_ASSERT_EQUAL(rig->count, 0);
	rails_configure(&rig->rails, &nothing, &on_poe, rig->now_us);
	pass(rig, 50 * MS);
	CU_ASSERT_TRUE(rig->is_off[BUDGET_RELAY]);
	free(rig);
}

static void
test_a_board_that_cannot_measure_a_jumper_is_told_of_it(void)
{
	const struct access_power said = { .relay_jumper_mv = 24000,
					   .door_relay_jumper_mv = 12000 };
	struct rig *rig = rig_new(&on_poe);

	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_RELAY), 0);
	rails_configure(&rig->rails, &said, &on_poe, rig->now_us);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_RELAY), 50);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_DOOR_RELAYS), 3800);
	/* What is measured counts more, also when it is not fitted. */
	put(rig, "relay.jumper", HW_MV, 0);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_RELAY), 0);
	rails_configure(&rig->rails, &said, &on_poe, rig->now_us);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_RELAY), 0);
	free(rig);
}

static void
test_a_relay_rail_that_was_switched_off_keeps_its_jumper(void)
{
	struct rig *rig = rig_new(&on_poe);

	put(rig, "doors1_4.jumper", HW_MV, 12000);
	put(rig, "door1.lock", HW_MA, 3801);
	pass(rig, 50 * MS);
	CU_ASSERT_TRUE(rig->is_off[BUDGET_DOOR_RELAYS]);
	put(rig, "doors1_4.jumper", HW_MV, 0);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_DOOR_RELAYS), 3800);
	pass(rig, 1000 * MS);
	CU_ASSERT_FALSE(rig->is_off[BUDGET_DOOR_RELAYS]);
	rails_configure(&rig->rails, &nothing, &on_poe, rig->now_us);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_DOOR_RELAYS), 3800);
	free(rig);
}

static void
test_without_the_doors_supply_its_rails_are_off_and_not_faulty(void)
{
	const struct rail_supply main_only = { SOURCE_POE, false };
	struct rig *rig = rig_new(&on_poe);

	put(rig, "door1.bus_12v", HW_MA, 2001);
	pass(rig, 50 * MS);
	rails_configure(&rig->rails, &nothing, &main_only, rig->now_us);
	CU_ASSERT_EQUAL(rig->told[rig->count - 1], EV_RAIL_FAULT_CLEARED);
	CU_ASSERT_FALSE(rig->is_off[BUDGET_READERS]);
	put(rig, "door1.bus_12v", HW_MV, 0);
	pass(rig, 1000 * MS);
	CU_ASSERT_EQUAL(rig->count, 2);
	CU_ASSERT_STRING_EQUAL(state_of(rig, BUDGET_READERS), "off");
	CU_ASSERT_STRING_EQUAL(state_of(rig, BUDGET_AUX_12V), "good");
	free(rig);
}

static void
test_aux_outputs_share_50_ma_unless_they_have_their_own_supply(void)
{
	const struct access_power own = { .is_aux_external = true };
	struct rig *rig = rig_new(&on_poe);

	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_AUX_IO), 50);
	rails_configure(&rig->rails, &own, &on_poe, rig->now_us);
	CU_ASSERT_EQUAL(limit_of(rig, BUDGET_AUX_IO), 0);
	put(rig, "aux1", HW_MA, 100);
	put(rig, "aux2", HW_MA, 100);
	pass(rig, 1000 * MS);
	CU_ASSERT_EQUAL(rig->count, 0);
	put(rig, "aux2", HW_MA, 101);
	pass(rig, 50 * MS);
	CU_ASSERT_EQUAL(rig->count, 1);
	CU_ASSERT_EQUAL(rig->told[0], EV_POINT_OVERLOAD);
	free(rig);
}

static void
test_every_relay_and_output_has_its_rating(void)
{
	static const struct {
		const char *id;
		int32_t ma;
	} rows[] = {
		{ "door1.lock", 4000 },
		{ "door3.aux", 2000 },
		{ "relay", 2000 },
		{ "output2", 100 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig *rig = rig_new(&on_poe);
		put(rig, rows[i].id, HW_MA, rows[i].ma);
		pass(rig, 1000 * MS);
		CU_ASSERT_EQUAL(rig->count, 0);
		put(rig, rows[i].id, HW_MA, rows[i].ma + 1);
		pass(rig, 50 * MS);
		CU_ASSERT_EQUAL(rig->count, 1);
		put(rig, rows[i].id, HW_MA, rows[i].ma * 9 / 10);
		pass(rig, 1000 * MS);
		CU_ASSERT_EQUAL(rig->count, 2);
		CU_ASSERT_EQUAL(rig->told[1], EV_POINT_OVERLOAD_CLEARED);
		free(rig);
	}
}

static void
test_what_is_shed_is_off_and_comes_back(void)
{
	struct rig *rig = rig_new(&on_poe);

	rails_shed(&rig->rails, BUDGET_AUX_12V, true);
	CU_ASSERT_TRUE(rig->is_off[BUDGET_AUX_12V]);
	CU_ASSERT_STRING_EQUAL(state_of(rig, BUDGET_AUX_12V), "shed");
	CU_ASSERT_STRING_EQUAL(rig->last,
			       "Supply of AUX devices was switched off: poe cannot feed it");
	put(rig, "aux.12v", HW_MV, 0);
	pass(rig, 1000 * MS);
	CU_ASSERT_EQUAL(rig->count, 1);
	rails_shed(&rig->rails, BUDGET_AUX_12V, false);
	CU_ASSERT_FALSE(rig->is_off[BUDGET_AUX_12V]);
	pass(rig, 1000 * MS);
	CU_ASSERT_EQUAL(rig->count, 2);
	CU_ASSERT_STRING_EQUAL(state_of(rig, BUDGET_AUX_12V), "good");
	free(rig);
}

static void
test_power_is_that_of_rails_of_doors_and_of_all(void)
{
	struct rig *rig = rig_new(&on_poe);

	put(rig, "relay.jumper", HW_MV, 24000);
	put(rig, "relay", HW_MA, 50);
	put(rig, "aux.12v", HW_MA, 100);
	put(rig, "door2.bus_12v", HW_MA, 500);
	put(rig, "door2.bus_12v", HW_MV, 11000);
	put(rig, "door2.12v", HW_MA, 10);
	CU_ASSERT_EQUAL(rails_mw(&rig->rails, rails_find(&rig->rails, BUDGET_RELAY)), 1200);
	CU_ASSERT_EQUAL(rails_main_mw(&rig->rails), 1200 + 1200);
	CU_ASSERT_EQUAL(rails_door_mw(&rig->rails, 2), 5500 + 120);
	CU_ASSERT_EQUAL(rails_door_mw(&rig->rails, 1), 0);
	free(rig);
}

static void
test_a_board_that_goes_away_ends_every_alarm_and_switches_on(void)
{
	struct rig *rig = rig_new(&on_poe);

	put(rig, "door1.bus_12v", HW_MA, 2001);
	put(rig, "output1", HW_MA, 101);
	pass(rig, 50 * MS);
	CU_ASSERT_EQUAL(rig->count, 2);
	rails_lose(&rig->rails);
	CU_ASSERT_EQUAL(rig->count, 4);
	CU_ASSERT_FALSE(rig->is_off[BUDGET_READERS]);
	CU_ASSERT_STRING_EQUAL(state_of(rig, BUDGET_READERS), "off");
	CU_ASSERT_EQUAL(rails_deadline_us(&rig->rails), UINT64_MAX);
	free(rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_an_overload_goes_off_without_any_further_measurement),
		TAP(test_a_rail_that_is_tried_again_is_judged_by_new_measurements),
		TAP(test_a_short_that_stays_is_told_once_and_tried_ever_less_often),
		TAP(test_the_budget_of_the_relay_follows_supply_and_jumper),
		TAP(test_the_door_relays_have_the_stricter_of_46_watts_and_their_current),
		TAP(test_a_smaller_supply_is_judged_at_once),
		TAP(test_a_board_that_cannot_measure_a_jumper_is_told_of_it),
		TAP(test_a_relay_rail_that_was_switched_off_keeps_its_jumper),
		TAP(test_without_the_doors_supply_its_rails_are_off_and_not_faulty),
		TAP(test_aux_outputs_share_50_ma_unless_they_have_their_own_supply),
		TAP(test_every_relay_and_output_has_its_rating),
		TAP(test_what_is_shed_is_off_and_comes_back),
		TAP(test_power_is_that_of_rails_of_doors_and_of_all),
		TAP(test_a_board_that_goes_away_ends_every_alarm_and_switches_on),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
