#include "lib/access.h"
#include "lib/util.h"
#include "tests/unit/access_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct access_board
board_of_inputs(void)
{
	struct access_board board = { 0 };

	for (unsigned i = 0; i < INPUTS; i++) {
		struct access_input *input = &board.inputs[i];
		(void) snprintf(input->name, sizeof(input->name), "Input %u", i + 1);
		(void) copy_string(input->supervision, sizeof(input->supervision), "serial_4k7");
		input->is_normally_closed = i % 2;
		input->debounce_ms = i + 1;
	}
	return board;
}

static void
test_inputs_come_back_as_they_were_written(void)
{
	struct access_board board = board_of_inputs();
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "access.bin");
	struct access_table *table;

	CU_ASSERT_EQUAL_FATAL(rig_write(path, 1, &board, NULL, 0), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(path, &table), 0);
	for (unsigned i = 1; i <= INPUTS; i++) {
		const struct access_input *input = access_input(table, i);
		CU_ASSERT_STRING_EQUAL(input->name, board.inputs[i - 1].name);
		CU_ASSERT_STRING_EQUAL(input->supervision, "serial_4k7");
		CU_ASSERT_EQUAL(input->is_normally_closed, (i - 1) % 2);
		CU_ASSERT_EQUAL(input->debounce_ms, i);
	}
	access_unmap(table);
	unit_dir_free(dir);
}

/* A writer gone wrong: what is read as a string or a bool must be one. */
static void
test_inputs_that_are_no_inputs_are_refused(void)
{
	for (unsigned i = 0; i < 3; i++) {
		struct access_board board = board_of_inputs();
		struct access_input *input = &board.inputs[INPUTS - 1];
		char *dir = unit_dir_new();
		_cleanup_(freep) char *path = unit_path(dir, "access.bin");
		struct access_table *table;
		if (i == 0)
			memset(input->name, 'x', sizeof(input->name));
		else if (i == 1)
			memset(input->supervision, 'x', sizeof(input->supervision));
		else
			memset(&input->is_normally_closed, 2, 1);
		CU_ASSERT_EQUAL_FATAL(rig_write(path, 1, &board, NULL, 0), 0);
		CU_ASSERT_EQUAL(access_map(path, &table), -EBADMSG);
		unit_dir_free(dir);
	}
}

static void
test_settings_of_the_board_come_back_and_must_be_sound(void)
{
	struct access_board board = board_of_inputs();
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "access.bin");
	struct access_table *table;

	board.alarms = (struct access_alarms){ .has_motion = true,
					       .motion_hold_off_ms = 1000,
					       .warning_mc = -5,
					       .critical_mc = 70000 };
	board.power = (struct access_power){ .door_relay_jumper_mv = 24000 };
	CU_ASSERT_EQUAL_FATAL(rig_write(path, 1, &board, NULL, 0), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(path, &table), 0);
	CU_ASSERT_TRUE(access_alarms(table)->has_motion);
	CU_ASSERT_FALSE(access_alarms(table)->has_casing);
	CU_ASSERT_EQUAL(access_alarms(table)->warning_mc, -5);
	CU_ASSERT_EQUAL(access_power(table)->door_relay_jumper_mv, 24000);
	access_unmap(table);
	bool *const bools[] = { &board.alarms.has_casing, &board.alarms.has_motion,
				&board.alarms.has_tamper, &board.power.is_aux_external };
	for (size_t i = 0; i < ARRAY_LEN(bools); i++) {
		memset(bools[i], 7, 1);
		CU_ASSERT_EQUAL_FATAL(rig_write(path, 1, &board, NULL, 0), 0);
		CU_ASSERT_EQUAL(access_map(path, &table), -EBADMSG);
		memset(bools[i], 0, 1);
	}
	unit_dir_free(dir);
}

/* The door role reads cards by them: nothing in them may lead beyond a card. */
static void
test_own_card_formats_come_back_and_must_be_sound(void)
{
	struct access_board board = board_of_inputs();
	struct access_format *format = &board.own_formats[CARDFORMATS_OWN - 1];
	const struct access_format good = {
		.name = "Gate",
		.shape = { .bit_count = 32, .facility = { 1, 12 }, .number = { 13, 18 } },
	};
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "access.bin");
	struct access_table *table;
	uint32_t last = CARDFORMAT_OWN_FIRST + CARDFORMATS_OWN - 1;

	*format = good;
	CU_ASSERT_EQUAL_FATAL(rig_write(path, 1, &board, NULL, 0), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(path, &table), 0);
	CU_ASSERT_STRING_EQUAL(access_format_name(table, last), "Gate");
	CU_ASSERT_EQUAL(access_format_shape(table, last)->number.count, 18);
	CU_ASSERT_PTR_NULL(access_format_shape(table, last - 1));
	access_unmap(table);
	for (unsigned i = 0; i < 4; i++) {
		*format = good;
		if (i == 0)
			memset(format->name, 'x', sizeof(format->name));
		else if (i == 1)
			format->shape.number.count = 20;
		else if (i == 2)
			format->shape.bit_count = 65;
		else
			format->shape.parity[1].bit = 200;
		CU_ASSERT_EQUAL_FATAL(rig_write(path, 1, &board, NULL, 0), 0);
		CU_ASSERT_EQUAL(access_map(path, &table), -EBADMSG);
	}
	unit_dir_free(dir);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_inputs_come_back_as_they_were_written),
		TAP(test_inputs_that_are_no_inputs_are_refused),
		TAP(test_settings_of_the_board_come_back_and_must_be_sound),
		TAP(test_own_card_formats_come_back_and_must_be_sound),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
