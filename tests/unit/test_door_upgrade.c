#include "agent/door_upgrade.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

/* A complete file of eight bytes. */
static void
start(struct door_upgrade *upgrade)
{
	*upgrade = (struct door_upgrade){ 0 };
	CU_ASSERT_EQUAL(door_firmware_begin(upgrade, "a.bin", 8), 0);
	CU_ASSERT_EQUAL(door_firmware_add(upgrade, 0, bytes, 5), 0);
	CU_ASSERT_EQUAL(door_firmware_add(upgrade, 5, bytes + 5, 3), 0);
}

static void
stop(struct door_upgrade *upgrade)
{
	memset(upgrade->takers, 0, sizeof(upgrade->takers));
	CU_ASSERT_EQUAL(door_firmware_drop(upgrade), 0);
	CU_ASSERT_PTR_NULL(upgrade->data);
}

static void
test_a_file_comes_in_pieces_and_in_order(void)
{
	struct door_upgrade upgrade = { 0 };

	CU_ASSERT_EQUAL(door_firmware_add(&upgrade, 0, bytes, 1), -ENOENT);
	CU_ASSERT_EQUAL(door_firmware_begin(&upgrade, "a.bin", 8), 0);
	CU_ASSERT_EQUAL(door_firmware_add(&upgrade, 1, bytes, 1), -ESPIPE);
	CU_ASSERT_EQUAL(door_firmware_add(&upgrade, 0, bytes, 8), 0);
	CU_ASSERT_EQUAL(memcmp(upgrade.data, bytes, 8), 0);
	CU_ASSERT_EQUAL(door_firmware_add(&upgrade, 8, bytes, 1), -EBUSY);
	stop(&upgrade);
}

static void
test_no_piece_goes_beyond_the_end_that_was_said(void)
{
	struct door_upgrade upgrade = { 0 };

	CU_ASSERT_EQUAL(door_firmware_begin(&upgrade, "a.bin", 7), 0);
	CU_ASSERT_EQUAL(door_firmware_add(&upgrade, 0, bytes, 8), -ESPIPE);
	CU_ASSERT_EQUAL(door_firmware_add(&upgrade, 0, bytes, 4), 0);
	CU_ASSERT_EQUAL(door_firmware_add(&upgrade, 4, bytes, 4), -ESPIPE);
	CU_ASSERT_EQUAL(upgrade.have, 4);
	CU_ASSERT_EQUAL(door_firmware_begin(&upgrade, "a.bin", DOOR_FIRMWARE_MAX + 1), -EFBIG);
	CU_ASSERT_EQUAL(door_firmware_begin(&upgrade, "a.bin", 0), -EINVAL);
	CU_ASSERT_EQUAL(door_firmware_begin(&upgrade, "", 1), -EINVAL);
	/* What is refused leaves the file that is there. */
	CU_ASSERT_EQUAL(upgrade.have, 4);
	stop(&upgrade);
}

static void
test_half_a_file_is_given_to_nobody(void)
{
	struct door_upgrade upgrade = { 0 };

	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, 1), -ENOENT);
	CU_ASSERT_EQUAL(door_firmware_begin(&upgrade, "a.bin", 8), 0);
	CU_ASSERT_EQUAL(door_firmware_add(&upgrade, 0, bytes, 7), 0);
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, 1), -ENOENT);
	stop(&upgrade);
}

static void
test_readers_take_it_one_after_another(void)
{
	struct door_upgrade upgrade;

	start(&upgrade);
	CU_ASSERT_EQUAL(door_upgrade_next(&upgrade), 0);
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, 7), 0);
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, 2), 0);
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, 2), -EALREADY);
	CU_ASSERT_EQUAL(door_upgrade_next(&upgrade), 2);
	upgrade.takers[1].state = DOOR_UPGRADE_SENDING;
	CU_ASSERT_EQUAL(door_upgrade_next(&upgrade), 0);
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, 2), -EALREADY);
	upgrade.takers[1].state = DOOR_UPGRADE_FAILED;
	CU_ASSERT_EQUAL(door_upgrade_next(&upgrade), 7);
	upgrade.takers[6].state = DOOR_UPGRADE_DONE;
	CU_ASSERT_EQUAL(door_upgrade_next(&upgrade), 0);
	/* Again, with what became of it forgotten. */
	upgrade.takers[1].reason = "it is not on line";
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, 2), 0);
	CU_ASSERT_PTR_NULL(upgrade.takers[1].reason);
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, 0), -EINVAL);
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, DOOR_UPGRADE_TAKERS + 1), -EINVAL);
	stop(&upgrade);
}

static void
test_a_file_stays_while_somebody_takes_it(void)
{
	struct door_upgrade upgrade;

	start(&upgrade);
	CU_ASSERT_EQUAL(door_upgrade_add(&upgrade, DOOR_UPGRADE_TAKERS), 0);
	CU_ASSERT_EQUAL(door_firmware_drop(&upgrade), -EBUSY);
	CU_ASSERT_EQUAL(door_firmware_begin(&upgrade, "b.bin", 4), -EBUSY);
	CU_ASSERT_STRING_EQUAL(upgrade.name, "a.bin");
	upgrade.takers[DOOR_UPGRADE_TAKERS - 1].state = DOOR_UPGRADE_SENDING;
	CU_ASSERT_EQUAL(door_firmware_drop(&upgrade), -EBUSY);
	upgrade.takers[DOOR_UPGRADE_TAKERS - 1].state = DOOR_UPGRADE_DONE;
	CU_ASSERT_EQUAL(door_firmware_begin(&upgrade, "b.bin", 4), 0);
	stop(&upgrade);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_file_comes_in_pieces_and_in_order),
		TAP(test_no_piece_goes_beyond_the_end_that_was_said),
		TAP(test_half_a_file_is_given_to_nobody),
		TAP(test_readers_take_it_one_after_another),
		TAP(test_a_file_stays_while_somebody_takes_it),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
