#include "agent/door_access.h"
#include "lib/cardformat.h"
#include "lib/util.h"
#include "tests/unit/access_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FLOOR(n) (UINT32_C(1) << ((n) -1))

enum { LIFT = 3, OTHER_LIFT = 5, NO_LIFT = 1 };

struct rig {
	char *dir;
	struct access_table *table;
	struct access_decision decision;
};

/* Floors 1, 2 and 16 are served by one lift, floor 4 by another; there is no floor 3. */
static struct access_board
make_board(void)
{
	struct access_board board = { .format_count = 1 };

	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++)
		board.feedback[i] = *feedback_default(i);
	board.formats[0] = (uint8_t) cardformat_index(cardformat_by_name("h10301"));
	for (unsigned i = 0; i < READERS; i++)
		board.points[i] = (struct access_point){ .is_enabled = true };
	board.floors[0] = (struct access_floor){ "One", 1, 1, LIFT, 2000 };
	board.floors[1] = (struct access_floor){ "Two", 1, 2, LIFT, 2000 };
	board.floors[15] = (struct access_floor){ "Sixteen", 16, 16, LIFT, 2000 };
	board.floors[3] = (struct access_floor){ "Four", 2, 1, OTHER_LIFT, 2000 };
	return board;
}

static int
map(struct rig *rig, const struct access_board *board)
{
	uint32_t format = cardformat_index(cardformat_by_name("h10301"));
	struct rig_card cards[] = {
		{ .card = { format, 1, 1 },
		  .id = 1,
		  .is_enabled = true,
		  .floors = FLOOR(1) | FLOOR(3) | FLOOR(4) | FLOOR(16),
		  .holder = "Ada" },
		{ .card = { format, 1, 2 }, .id = 2, .floors = UINT32_MAX, .holder = "Grace" },
		{ .card = { format, 1, 3 },
		  .id = 3,
		  .is_enabled = true,
		  .doors = UINT64_MAX,
		  .holder = "Linus" },
	};
	_cleanup_(freep) char *path = unit_path(rig->dir, "access.bin");

	CU_ASSERT_EQUAL_FATAL(rig_write(path, 1, board, cards, ARRAY_LEN(cards)), 0);
	return access_map(path, &rig->table);
}

static void
start(struct rig *rig)
{
	struct access_board board = make_board();

	*rig = (struct rig){ .dir = unit_dir_new() };
	CU_ASSERT_EQUAL_FATAL(map(rig, &board), 0);
}

static void
stop(struct rig *rig)
{
	access_unmap(rig->table);
	unit_dir_free(rig->dir);
}

static uint32_t
badge(struct rig *rig, unsigned reader, unsigned card)
{
	uint8_t bits[8];
	struct access_live live = { .table = rig->table, .is_reader_good = true };
	struct access_request request = { .point = reader };
	int count = cardformat_encode(cardformat_by_name("h10301"), 1, card, bits, sizeof(bits));

	CU_ASSERT_FATAL(count > 0);
	request.card = (struct access_shown){ (unsigned) count, bits, NULL };
	access_decide(&live, &request, &rig->decision, NULL);
	uint32_t floors = rig->decision.floors;
	CU_ASSERT_EQUAL(rig->decision.verdict == ACCESS_GRANTED, floors != 0);
	CU_ASSERT_EQUAL(rig->decision.reason == REASON_NONE, floors != 0);
	return floors;
}

static void
test_a_reader_is_of_a_lift_when_a_floor_says_so(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_EQUAL(access_floors_of(rig.table, LIFT), FLOOR(1) | FLOOR(2) | FLOOR(16));
	CU_ASSERT_EQUAL(access_floors_of(rig.table, OTHER_LIFT), FLOOR(4));
	CU_ASSERT_EQUAL(access_floors_of(rig.table, NO_LIFT), 0);
	CU_ASSERT_EQUAL(access_floors_of(rig.table, 0), 0);
	CU_ASSERT_EQUAL(access_floors_of(NULL, LIFT), 0);
	stop(&rig);
}

static void
test_a_card_enables_its_floors_of_this_lift_and_no_others(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_EQUAL(badge(&rig, LIFT, 1), FLOOR(1) | FLOOR(16));
	CU_ASSERT_STRING_EQUAL(access_holder(rig.table, rig.decision.holder.credential), "Ada");
	CU_ASSERT_EQUAL(badge(&rig, OTHER_LIFT, 1), FLOOR(4));
	stop(&rig);
}

static void
test_who_may_go_nowhere_is_told_why(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_EQUAL(badge(&rig, LIFT, 2), 0);
	CU_ASSERT_STRING_EQUAL(reason_name(rig.decision.reason), "CredentialNotEnabled");
	CU_ASSERT_EQUAL(badge(&rig, LIFT, 3), 0);
	CU_ASSERT_STRING_EQUAL(reason_name(rig.decision.reason), "Unauthorized");
	CU_ASSERT_EQUAL(badge(&rig, LIFT, 4), 0);
	CU_ASSERT_STRING_EQUAL(reason_name(rig.decision.reason), "InvalidIdentifierValue");
	CU_ASSERT_PTR_NULL(rig.decision.holder.credential);
	stop(&rig);
}

static void
test_floors_and_modules_that_lead_out_of_bounds_are_refused(void)
{
	static const struct access_floor wrong[] = {
		{ "Module", MODULES + 1, 1, 1, 1 }, { "Output", 1, MODULE_POINTS + 1, 1, 1 },
		{ "No output", 1, 0, 1, 1 },	    { "Reader", 1, 1, READERS + 1, 1 },
		{ "No reader", 1, 1, 0, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct rig rig = { .dir = unit_dir_new() };
		struct access_board board = make_board();
		board.floors[7] = wrong[i];
		CU_ASSERT_EQUAL(map(&rig, &board), -EBADMSG);
		unit_dir_free(rig.dir);
	}
	struct rig rig = { .dir = unit_dir_new() };
	struct access_board board = make_board();
	memset(board.modules[MODULES - 1].name, 'x', sizeof(board.modules[0].name));
	CU_ASSERT_EQUAL(map(&rig, &board), -EBADMSG);
	unit_dir_free(rig.dir);
}

static const struct tap_test tests[] = {
	TAP(test_a_reader_is_of_a_lift_when_a_floor_says_so),
	TAP(test_a_card_enables_its_floors_of_this_lift_and_no_others),
	TAP(test_who_may_go_nowhere_is_told_why),
	TAP(test_floors_and_modules_that_lead_out_of_bounds_are_refused),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
