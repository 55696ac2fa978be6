#include "agent/door_access.h"
#include "lib/cardformat.h"
#include "lib/util.h"
#include "tests/unit/access_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

struct rig {
	char *dir;
	struct access_table *table;
	struct access_decision decision;
};

static uint32_t
format(const char *name)
{
	return cardformat_index(cardformat_by_name(name));
}

/* Ada's card opens doors 1 and 3, Grace's is disabled, and two cards share 37 bits. */
static void
start(struct rig *rig)
{
	struct access_board board = { 0 };
	struct rig_card cards[] = {
		{ .card = { format("h10301"), 118, 1603 },
		  .id = 1,
		  .is_enabled = true,
		  .doors = 5,
		  .holder = "Ada" },
		{ .card = { format("h10301"), 118, 1604 },
		  .id = 2,
		  .doors = 15,
		  .holder = "Grace" },
		{ .card = { format("h10304"), 1234, 56789 },
		  .id = 3,
		  .is_enabled = true,
		  .doors = 1,
		  .holder = "Linus" },
		{ .card = { format("h10302"), 0, 123456789 },
		  .id = 4,
		  .is_enabled = true,
		  .doors = 1,
		  .holder = "Hedy" },
		{ .card = { format("c1000-35"), 1337, 123456 },
		  .id = 5,
		  .is_enabled = true,
		  .doors = UINT64_MAX,
		  .holder = "Barbara" },
	};

	for (unsigned i = 0; i < DOORS; i++)
		board.points[i] =
			(struct access_point){ .is_enabled = true, .door = (uint8_t) (i + 1) };
	rig->dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(rig->dir, "access.bin");
	CU_ASSERT_EQUAL_FATAL(rig_write(path, 1, &board, cards, ARRAY_LEN(cards)), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(path, &rig->table), 0);
}

static void
stop(struct rig *rig)
{
	access_unmap(rig->table);
	unit_dir_free(rig->dir);
}

static const struct access_decision *
decide(struct rig *rig, unsigned door, const char *name, uint32_t facility, uint64_t number)
{
	uint8_t bits[8];
	int count =
		cardformat_encode(cardformat_by_name(name), facility, number, bits, sizeof(bits));
	struct access_request request = { .point = door, .card = { (unsigned) count, bits, NULL } };
	struct access_live live = { .table = rig->table, .is_reader_good = true };

	CU_ASSERT_FATAL(count > 0);
	memset(&rig->decision, 0xff, sizeof(rig->decision));
	access_decide(&live, &request, &rig->decision, NULL);
	return &rig->decision;
}

static const struct access_decision *
decide_bits(struct rig *rig, unsigned bit_count, const char *hex)
{
	uint8_t bits[16] = { 0 };
	struct access_request request = { .point = 1, .card = { bit_count, bits, NULL } };
	struct access_live live = { .table = rig->table, .is_reader_good = true };

	CU_ASSERT_FATAL(hex_decode(hex, bits, sizeof(bits)) >= 0);
	access_decide(&live, &request, &rig->decision, NULL);
	return &rig->decision;
}

static bool
is_granted(const struct access_decision *decision)
{
	return decision->verdict == ACCESS_GRANTED;
}

static const char *
holder(const struct rig *rig)
{
	return access_holder(rig->table, rig->decision.holder.credential);
}

static bool
is_refused(const struct access_decision *decision, const char *reason)
{
	return decision->verdict == ACCESS_DENIED && decision->reason &&
	       !strcmp(reason_name(decision->reason), reason);
}

static void
test_a_card_opens_the_doors_it_may_and_no_other(void)
{
	struct rig rig;

	start(&rig);
	for (unsigned door = 1; door <= DOORS; door++) {
		const struct access_decision *decision = decide(&rig, door, "h10301", 118, 1603);
		CU_ASSERT_EQUAL(is_granted(decision), door == 1 || door == 3);
		CU_ASSERT_STRING_EQUAL(holder(&rig), "Ada");
		CU_ASSERT_EQUAL(decision->holder.card.number, 1603);
		CU_ASSERT_EQUAL(decision->holder.card.facility, 118);
		CU_ASSERT_EQUAL(!decision->reason, is_granted(decision));
		CU_ASSERT(is_granted(decision) || is_refused(decision, "Unauthorized"));
	}
	CU_ASSERT_TRUE(is_granted(decide(&rig, 4, "c1000-35", 1337, 123456)));
	stop(&rig);
}

static void
test_a_disabled_card_is_refused_whatever_doors_it_has(void)
{
	struct rig rig;

	start(&rig);
	for (unsigned door = 1; door <= DOORS; door++)
		CU_ASSERT_TRUE(is_refused(decide(&rig, door, "h10301", 118, 1604),
					  "CredentialNotEnabled"));
	CU_ASSERT_EQUAL(rig.decision.holder.credential->id, 2);
	stop(&rig);
}

static void
test_an_unknown_card_is_refused_and_named(void)
{
	struct rig rig;

	start(&rig);
	const struct access_decision *decision = decide(&rig, 1, "h10301", 118, 1605);
	CU_ASSERT_TRUE(is_refused(decision, "InvalidIdentifierValue"));
	CU_ASSERT_PTR_NULL(decision->holder.credential);
	CU_ASSERT_STRING_EQUAL(decision->holder.format, "h10301");
	CU_ASSERT_EQUAL(decision->holder.card.number, 1605);
	CU_ASSERT_EQUAL(decision->holder.card.format, format("h10301"));
	/* Ada's number under another facility, or in another format, is not Ada. */
	CU_ASSERT_TRUE(is_refused(decide(&rig, 1, "h10301", 119, 1603), "InvalidIdentifierValue"));
	CU_ASSERT_TRUE(is_refused(decide(&rig, 1, "h10306", 118, 1603), "InvalidIdentifierValue"));
	stop(&rig);
}

static void
test_wrong_parity_is_told_from_an_unknown_length(void)
{
	struct rig rig;

	start(&rig);
	/* Ada's card with its first bit turned. */
	const struct access_decision *decision = decide_bits(&rig, 26, "3B032180");
	CU_ASSERT_TRUE(is_refused(decision, "BadParity"));
	CU_ASSERT_PTR_NULL(decision->holder.format);
	CU_ASSERT_PTR_NULL(decision->holder.credential);
	CU_ASSERT_TRUE(is_refused(decide_bits(&rig, 37, "FFFFFFFFFF"), "BadParity"));
	CU_ASSERT_TRUE(is_refused(decide_bits(&rig, 27, "BB032180"), "UnknownFormat"));
	CU_ASSERT_TRUE(is_refused(decide_bits(&rig, 0, ""), "UnknownFormat"));
	CU_ASSERT_TRUE(is_refused(decide_bits(&rig, 65, "BB0321800000000000"), "UnknownFormat"));
	stop(&rig);
}

static void
test_every_single_wrong_bit_of_a_good_card_is_refused(void)
{
	struct rig rig;

	start(&rig);
	for (unsigned bit = 0; bit < 26; bit++) {
		uint8_t bits[8] = { 0xBB, 0x03, 0x21, 0x80 };
		struct access_request request = { .point = 1, .card = { 26, bits, NULL } };
		struct access_live live = { .table = rig.table, .is_reader_good = true };
		bits[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
		access_decide(&live, &request, &rig.decision, NULL);
		CU_ASSERT_TRUE(is_refused(&rig.decision, "BadParity"));
	}
	CU_ASSERT_TRUE(is_granted(decide_bits(&rig, 26, "BB032180")));
	stop(&rig);
}

static void
test_of_formats_that_share_their_bits_the_one_somebody_holds_is_meant(void)
{
	struct rig rig;

	start(&rig);
	/* Both formats have 37 bits and the same parity. */
	const struct access_decision *decision = decide(&rig, 1, "h10304", 1234, 56789);
	CU_ASSERT_TRUE(is_granted(decision));
	CU_ASSERT_STRING_EQUAL(holder(&rig), "Linus");
	CU_ASSERT_STRING_EQUAL(decision->holder.format, "h10304");
	CU_ASSERT_EQUAL(decision->holder.card.facility, 1234);
	CU_ASSERT_EQUAL(decision->holder.card.number, 56789);
	decision = decide(&rig, 1, "h10302", 0, 123456789);
	CU_ASSERT_STRING_EQUAL(holder(&rig), "Hedy");
	CU_ASSERT_STRING_EQUAL(decision->holder.format, "h10302");
	/* Nobody's card is named by the first format that fits. */
	decision = decide(&rig, 1, "h10304", 1234, 56790);
	CU_ASSERT_TRUE(is_refused(decision, "InvalidIdentifierValue"));
	CU_ASSERT_STRING_EQUAL(decision->holder.format, "h10302");
	CU_ASSERT_EQUAL(decision->holder.card.number, (UINT64_C(1234) << 19) + 56790);
	stop(&rig);
}

static void
test_without_a_table_nobody_is_let_in_and_the_card_is_still_named(void)
{
	struct rig rig = { .table = NULL };

	const struct access_decision *decision = decide(&rig, 1, "h10301", 118, 1603);
	CU_ASSERT_TRUE(is_refused(decision, "Other"));
	CU_ASSERT_PTR_NULL(decision->holder.credential);
	CU_ASSERT_STRING_EQUAL(decision->holder.format, "h10301");
	CU_ASSERT_EQUAL(decision->holder.card.number, 1603);
	CU_ASSERT_FALSE(is_granted(decide_bits(&rig, 26, "3B032180")));
	CU_ASSERT_FALSE(is_granted(decide_bits(&rig, 27, "BB032180")));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_card_opens_the_doors_it_may_and_no_other),
		TAP(test_a_disabled_card_is_refused_whatever_doors_it_has),
		TAP(test_an_unknown_card_is_refused_and_named),
		TAP(test_wrong_parity_is_told_from_an_unknown_length),
		TAP(test_every_single_wrong_bit_of_a_good_card_is_refused),
		TAP(test_of_formats_that_share_their_bits_the_one_somebody_holds_is_meant),
		TAP(test_without_a_table_nobody_is_let_in_and_the_card_is_still_named),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
