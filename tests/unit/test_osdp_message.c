#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "hw/osdp/message.h"
#include "lib/util.h"

static void
pdid_has_the_layout_of_the_standard(void)
{
	static const uint8_t wire[] = { 0xA1, 0xB2, 0xC3, 3, 4, 0x78, 0x56, 0x34, 0x12, 1, 2, 9 };
	struct osdp_pdid pdid = { 0 };
	uint8_t again[OSDP_PDID_SIZE];
	CU_ASSERT_EQUAL(osdp_unpack_pdid(wire, sizeof(wire), &pdid), 0);
	CU_ASSERT_EQUAL(pdid.vendor[0], 0xA1);
	CU_ASSERT_EQUAL(pdid.model, 3);
	CU_ASSERT_EQUAL(pdid.version, 4);
	CU_ASSERT_EQUAL(pdid.serial, 0x12345678);
	CU_ASSERT_EQUAL(pdid.firmware[2], 9);
	CU_ASSERT_EQUAL(osdp_pack_pdid(&pdid, again, sizeof(again)), OSDP_PDID_SIZE);
	CU_ASSERT_EQUAL(memcmp(wire, again, sizeof(wire)), 0);
	CU_ASSERT_EQUAL(osdp_pack_pdid(&pdid, again, sizeof(again) - 1), -ENOBUFS);
	CU_ASSERT_EQUAL(osdp_unpack_pdid(wire, sizeof(wire) - 1, &pdid), -EBADMSG);
}

static void
unknown_and_incomplete_capabilities_are_tolerated(void)
{
	static const uint8_t wire[] = { 4, 4, 2, 0, 9, 9, 17, 1, 1, 200, 1, 1, 9, 1, 1, 5, 2 };
	struct osdp_pdcap pdcap;
	uint8_t again[8];
	osdp_unpack_pdcap(wire, sizeof(wire), &pdcap);
	CU_ASSERT_EQUAL(pdcap.compliance[OSDP_CAP_LED], 4);
	CU_ASSERT_EQUAL(pdcap.items[OSDP_CAP_LED], 2);
	CU_ASSERT_EQUAL(pdcap.compliance[OSDP_CAP_SECURITY], 1);
	CU_ASSERT_EQUAL(pdcap.compliance[OSDP_CAP_BUZZER], 0);
	CU_ASSERT_EQUAL(pdcap.unknown_count, 3);
	CU_ASSERT_EQUAL(osdp_pack_pdcap(&pdcap, again, sizeof(again)), 6);
	CU_ASSERT_EQUAL(osdp_pack_pdcap(&pdcap, again, 5), -ENOBUFS);
}

static void
raw_keeps_the_bits_left_justified(void)
{
	static const uint8_t wire[] = { 0, 1, 26, 0, 0xBB, 0x03, 0x21, 0xBF, 0xEE };
	struct osdp_raw raw = { 0 };
	uint8_t again[8];
	CU_ASSERT_EQUAL(osdp_unpack_raw(wire, sizeof(wire), &raw), 0);
	CU_ASSERT_EQUAL(raw.bit_count, 26);
	CU_ASSERT_EQUAL(raw.data[3], 0x80);
	CU_ASSERT_EQUAL(raw.data[4], 0);
	CU_ASSERT_EQUAL(osdp_pack_raw(&raw, again, sizeof(again)), 8);
	CU_ASSERT_EQUAL(again[7], 0x80);
	CU_ASSERT_EQUAL(osdp_pack_raw(&raw, again, 7), -ENOBUFS);
}

static void
raw_of_a_wrong_size_is_refused(void)
{
	static const uint8_t wire[4 + OSDP_CARD_BYTES_MAX + 1] = { 0, 0, 0, 1 };
	static const uint8_t long_wire[4 + OSDP_CARD_BYTES_MAX + 1] = { 0, 0, 1, 1 };
	static const uint8_t empty[] = { 0, 0, 0, 0 };
	struct osdp_raw raw = { 0 };
	CU_ASSERT_EQUAL(osdp_unpack_raw(wire, sizeof(wire), &raw), 0);
	CU_ASSERT_EQUAL(osdp_unpack_raw(wire, 4 + 31, &raw), -EBADMSG);
	CU_ASSERT_EQUAL(osdp_unpack_raw(wire, 3, &raw), -EBADMSG);
	CU_ASSERT_EQUAL(osdp_unpack_raw(long_wire, sizeof(long_wire), &raw), -EMSGSIZE);
	CU_ASSERT_EQUAL(osdp_unpack_raw(empty, sizeof(empty), &raw), -EBADMSG);
	raw.bit_count = 0;
	CU_ASSERT_EQUAL(osdp_pack_raw(&raw, (uint8_t[64]){ 0 }, 64), -EINVAL);
}

static void
led_records_round_trip(void)
{
	static const uint8_t wire[OSDP_LED_SIZE] = {
		0, 1, 2, 3, 4, 1, 2, 0x2C, 0x01, 1, 5, 0, 2, 0
	};
	struct osdp_led led = { 0 };
	uint8_t again[OSDP_LED_SIZE];
	CU_ASSERT_EQUAL(osdp_unpack_led(wire, sizeof(wire), &led), 0);
	CU_ASSERT_EQUAL(led.led, 1);
	CU_ASSERT_EQUAL(led.temporary.on_colour, OSDP_COLOUR_RED);
	CU_ASSERT_EQUAL(led.timer_100ms, 300);
	CU_ASSERT_EQUAL(led.permanent.on_colour, OSDP_COLOUR_GREEN);
	CU_ASSERT_EQUAL(osdp_pack_led(&led, again, sizeof(again)), OSDP_LED_SIZE);
	CU_ASSERT_EQUAL(memcmp(wire, again, sizeof(wire)), 0);
	CU_ASSERT_EQUAL(osdp_unpack_led(wire, sizeof(wire) - 1, &led), -EBADMSG);
}

static void
what_the_standard_forbids_is_not_packed(void)
{
	struct osdp_led led = { .permanent.control = OSDP_LED_PERMANENT_SET };
	struct osdp_buzzer buzzer = { .tone = OSDP_TONE_DEFAULT };
	struct osdp_nak nak = { .code = 0 };
	uint8_t buf[16];
	CU_ASSERT_EQUAL(osdp_pack_led(&led, buf, sizeof(buf)), -EINVAL);
	led.permanent.on_100ms = 1;
	CU_ASSERT_EQUAL(osdp_pack_led(&led, buf, sizeof(buf)), OSDP_LED_SIZE);
	CU_ASSERT_EQUAL(osdp_pack_buzzer(&buzzer, buf, sizeof(buf)), -EINVAL);
	buzzer.tone = OSDP_TONE_OFF;
	CU_ASSERT_EQUAL(osdp_pack_buzzer(&buzzer, buf, sizeof(buf)), OSDP_BUZZER_SIZE);
	CU_ASSERT_EQUAL(osdp_pack_nak(&nak, buf, sizeof(buf)), -EINVAL);
}

static void
small_payloads_round_trip(void)
{
	uint8_t buf[8];
	struct osdp_buzzer buzzer = { 0 };
	struct osdp_lstatr lstatr = { 0 };
	struct osdp_nak nak = { 0 };
	CU_ASSERT_EQUAL(osdp_unpack_buzzer((uint8_t[]){ 0, 2, 1, 3, 2 }, 5, &buzzer), 0);
	CU_ASSERT_EQUAL(osdp_pack_buzzer(&buzzer, buf, sizeof(buf)), 5);
	CU_ASSERT_EQUAL(memcmp(buf, (uint8_t[]){ 0, 2, 1, 3, 2 }, 5), 0);
	CU_ASSERT_EQUAL(osdp_unpack_buzzer(buf, 4, &buzzer), -EBADMSG);
	CU_ASSERT_EQUAL(osdp_unpack_lstatr((uint8_t[]){ 1, 0 }, 2, &lstatr), 0);
	CU_ASSERT_TRUE(lstatr.is_tampered);
	CU_ASSERT_FALSE(lstatr.has_power_failure);
	CU_ASSERT_EQUAL(osdp_pack_lstatr(&lstatr, buf, sizeof(buf)), 2);
	CU_ASSERT_EQUAL(buf[0], 1);
	CU_ASSERT_EQUAL(osdp_unpack_lstatr(buf, 1, &lstatr), -EBADMSG);
	CU_ASSERT_EQUAL(osdp_unpack_nak((uint8_t[]){ 9, 7 }, 2, &nak), 0);
	CU_ASSERT_EQUAL(nak.detail, 7);
	CU_ASSERT_EQUAL(osdp_pack_nak(&nak, buf, sizeof(buf)), 2);
	CU_ASSERT_EQUAL(osdp_unpack_nak(buf, 0, &nak), -EBADMSG);
}

static const struct tap_test tests[] = {
	TAP(pdid_has_the_layout_of_the_standard),
	TAP(unknown_and_incomplete_capabilities_are_tolerated),
	TAP(raw_keeps_the_bits_left_justified),
	TAP(raw_of_a_wrong_size_is_refused),
	TAP(led_records_round_trip),
	TAP(what_the_standard_forbids_is_not_packed),
	TAP(small_payloads_round_trip),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
