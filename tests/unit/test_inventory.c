#include "lib/inventory.h"
#include "lib/model.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static void
write_row(FILE *out, const struct inventory_row *row)
{
	fprintf(out, "%s %s.%u door %u, %s block %u pins %s (%s), %u mV %u mA %u mW, %s%s%s\n",
		row->id, inventory_kind_name(row->kind), row->index, row->door,
		inventory_place(row->place)->label, row->block, *row->pins ? row->pins : "-",
		*row->functions ? row->functions : "-", row->max_mv, row->max_ma, row->max_mw,
		inventory_budget_name(row->budget), row->is_supervisable ? ", supervisable" : "",
		row->is_fitted ? "" : ", not fitted");
}

static void
test_the_tables_are_what_the_manual_says(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < inventory_count(); i++)
		write_row(out, inventory_at(i));
	for (unsigned i = 0; i < inventory_place_count(); i++) {
		const struct inventory_place_row *place = inventory_place(i);
		fprintf(out, "place %u %s: %u x %u pins%s%s\n", i, place->label, place->blocks,
			place->pins, *place->wiring ? ": " : "", place->wiring);
	}
	for (size_t i = 0; i < inventory_limit_count(); i++) {
		const struct inventory_limit *limit = inventory_limit_at(i);
		fprintf(out, "limit %s %s at %u mV: %u mA %u mW\n",
			inventory_budget_name(limit->budget), inventory_source_name(limit->source),
			limit->rail_mv, limit->max_ma, limit->max_mw);
	}
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("inventory.txt", text));
	free(text);
}

static void
test_every_row_is_unique_in_order_and_found(void)
{
	for (size_t i = 0; i < inventory_count(); i++) {
		const struct inventory_row *row = inventory_at(i);
		if (i)
			CU_ASSERT(strcmp(inventory_at(i - 1)->id, row->id) < 0);
		CU_ASSERT_PTR_EQUAL(inventory_find(row->id), row);
		CU_ASSERT_PTR_EQUAL(inventory_of_kind(row->kind, row->index), row);
		CU_ASSERT(*row->label && row->index > 0 && row->door <= DOORS_MODEL);
	}
	CU_ASSERT_PTR_NULL(inventory_find("door5.contact"));
	CU_ASSERT_PTR_NULL(inventory_find(""));
	CU_ASSERT_PTR_NULL(inventory_at(inventory_count()));
	CU_ASSERT_PTR_NULL(inventory_of_kind(INV_INPUT, 4));
}

static void
test_supervisable_inputs_are_numbered_without_gaps(void)
{
	for (unsigned i = 1; i <= INPUTS; i++) {
		const struct inventory_row *row = inventory_input(i);
		CU_ASSERT_TRUE(row->is_supervisable);
		CU_ASSERT_EQUAL(inventory_input_number(row), i);
	}
	CU_ASSERT_STRING_EQUAL(inventory_input(1)->id, "input1");
	CU_ASSERT_STRING_EQUAL(inventory_input(4)->id, "tamper");
	CU_ASSERT_STRING_EQUAL(inventory_input(6)->id, "door1.contact");
	CU_ASSERT_STRING_EQUAL(inventory_input(INPUTS)->id, "aux2");
	CU_ASSERT_PTR_NULL(inventory_input(0));
	CU_ASSERT_PTR_NULL(inventory_input(INPUTS + 1));
	CU_ASSERT_EQUAL(inventory_input_number(inventory_find("door1.lock")), 0);
}

static unsigned
count_of(enum inventory_kind kind)
{
	unsigned count = 0;

	while (inventory_of_kind(kind, count + 1))
		count++;
	return count;
}

static void
test_the_controller_has_what_the_manual_counts(void)
{
	static const struct {
		enum inventory_kind kind;
		unsigned count;
	} expected[] = {
		{ INV_CONTACT, 4 },   { INV_REX, 4 },	      { INV_INPUT, 3 },
		{ INV_AUX_IO, 2 },    { INV_TAMPER, 1 },      { INV_ALARM, 1 },
		{ INV_RELAY, 1 },     { INV_LOCK_RELAY, 4 },  { INV_AUX_RELAY, 4 },
		{ INV_OUTPUT, 3 },    { INV_BUS, 4 },	      { INV_READER, READERS },
		{ INV_SUPPLY_IN, 5 }, { INV_JUMPER, 2 },      { INV_CASING, 1 },
		{ INV_MOTION, 1 },    { INV_TEMPERATURE, 1 }, { INV_LED, 16 },
		{ INV_BUTTON, 1 },
	};
	unsigned readers[DOORS + 1] = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		CU_ASSERT_EQUAL(count_of(expected[i].kind), expected[i].count);
	for (unsigned i = 1; i <= READERS; i++)
		readers[inventory_of_kind(INV_READER, i)->door]++;
	for (unsigned door = 1; door <= DOORS; door++)
		CU_ASSERT_EQUAL(readers[door], 2);
	CU_ASSERT_EQUAL(DOORS_MODEL, 64);
	CU_ASSERT_FALSE(inventory_find("doors5_8.dc_in")->is_fitted);
}

/* Marks the pins of a row's list; false when one is out of range or taken already. */
static bool
take_pins(const struct inventory_row *row, unsigned limit, uint32_t *taken)
{
	for (const char *c = row->pins; *c; c += strcspn(c, ","), c += *c == ',') {
		unsigned pin = (unsigned) strtoul(c, NULL, 10);
		if (pin < 1 || pin > limit || *taken & 1U << pin)
			return false;
		*taken |= 1U << pin;
	}
	return true;
}

static void
test_every_pin_of_every_block_has_exactly_one_function(void)
{
	for (unsigned i = 0; i < inventory_place_count(); i++) {
		const struct inventory_place_row *place = inventory_place(i);
		CU_ASSERT_EQUAL(place->place, i);
		for (unsigned block = 1; block <= place->blocks; block++) {
			uint32_t taken = 0;
			for (size_t k = 0; k < inventory_count(); k++) {
				const struct inventory_row *row = inventory_at(k);
				if (row->place == place->place && row->block == block)
					CU_ASSERT_TRUE(take_pins(row, place->pins, &taken));
			}
			CU_ASSERT_EQUAL(taken, (1U << (place->pins + 1)) - 2);
		}
	}
	CU_ASSERT_PTR_NULL(inventory_place((enum inventory_place) inventory_place_count()));
}

static unsigned
count_words(const char *list)
{
	unsigned count = *list ? 1 : 0;

	for (; *list; list++)
		count += *list == ',';
	return count;
}

static void
test_every_pin_has_a_printed_name(void)
{
	for (size_t i = 0; i < inventory_count(); i++) {
		const struct inventory_row *row = inventory_at(i);
		if (*row->pins)
			CU_ASSERT_EQUAL(count_words(row->pins), count_words(row->functions));
	}
}

static void
test_ratings_are_the_manuals(void)
{
	CU_ASSERT_EQUAL(inventory_find("door1.lock")->max_ma, 4000);
	CU_ASSERT_EQUAL(inventory_find("door4.aux")->max_ma, 2000);
	CU_ASSERT_EQUAL(inventory_find("relay")->max_ma, 2000);
	CU_ASSERT_EQUAL(inventory_find("output3")->max_ma, 100);
	CU_ASSERT_EQUAL(inventory_find("aux.12v")->max_ma, 250);
	CU_ASSERT_EQUAL(inventory_find("input.12v")->max_ma, 190);
	CU_ASSERT_EQUAL(inventory_find("dc_in")->max_mw, 36000);
	CU_ASSERT_EQUAL(inventory_find("doors1_4.dc_in")->max_mw, 96000);
	for (size_t i = 0; i < inventory_count(); i++) {
		const struct inventory_row *row = inventory_at(i);
		if (row->is_supervisable || row->kind == INV_OUTPUT || row->kind == INV_RELAY)
			CU_ASSERT_EQUAL(row->max_mv, 30000);
	}
}

static uint32_t
limit_ma(enum inventory_budget budget, enum inventory_source source, uint32_t rail_mv)
{
	const struct inventory_limit *limit = inventory_limit(budget, source, rail_mv);
	return limit ? inventory_limit_ma(limit) : 0;
}

static void
test_limits_follow_source_and_jumper_and_the_stricter_of_power_and_current_counts(void)
{
	CU_ASSERT_EQUAL(limit_ma(BUDGET_RELAY, SOURCE_DC_IN, 12000), 1900);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_RELAY, SOURCE_DC_IN, 24000), 1000);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_RELAY, SOURCE_POE, 12000), 150);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_RELAY, SOURCE_POE, 24000), 50);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_RELAY, SOURCE_POE_PLUS, 12000), 920);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_RELAY, SOURCE_POE_PLUS, 24000), 420);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_DOOR_RELAYS, SOURCE_POE, 12000), 3800);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_DOOR_RELAYS, SOURCE_DC_IN, 24000), 1500);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_READERS, SOURCE_ANY, 12000), 2000);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_DOORS, SOURCE_ANY, 12000), 8000);
	CU_ASSERT_EQUAL(limit_ma(BUDGET_READERS, SOURCE_ANY, 24000), 0);
	struct inventory_limit strict = { .rail_mv = 24000, .max_ma = 3000, .max_mw = 46000 };
	CU_ASSERT_EQUAL(inventory_limit_ma(&strict), 1916);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_tables_are_what_the_manual_says),
		TAP(test_every_row_is_unique_in_order_and_found),
		TAP(test_supervisable_inputs_are_numbered_without_gaps),
		TAP(test_the_controller_has_what_the_manual_counts),
		TAP(test_every_pin_of_every_block_has_exactly_one_function),
		TAP(test_every_pin_has_a_printed_name),
		TAP(test_ratings_are_the_manuals),
		TAP(test_limits_follow_source_and_jumper_and_the_stricter_of_power_and_current_counts),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
