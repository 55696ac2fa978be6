#include "tests/unit/tap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/osdp_line.h"

static const uint8_t master[OSDP_KEY_SIZE] = { 0x5e, 0x11, 0x90, 0xa7, 0x33, 0xc2, 0x48, 0x0d,
					       0x6f, 0x82, 0xe9, 0x14, 0x77, 0xbb, 0x05, 0xd1 };

/* A reader on the panel, and a module on the wire that the panel has not been told of. */
static struct line *
make_lonely(const uint8_t *module_key)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 2 };
	struct osdp_pd_config pds[2] = { { .has_key = true }, { .has_key = module_key } };

	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	config.policy[0].has_key = true;
	line_key(0, config.policy[0].key);
	line_key(0, pds[0].key);
	if (module_key)
		memcpy(pds[1].key, module_key, OSDP_KEY_SIZE);
	struct line *line = line_make(&config, pds);
	CU_ASSERT_EQUAL_FATAL(osdp_cp_remove(line->cp, 1, line->now_us), 0);
	return line;
}

static void
cuid_of(const struct osdp_pdid *pdid, uint8_t cuid[OSDP_CUID_SIZE])
{
	uint8_t packed[OSDP_PDID_SIZE];

	CU_ASSERT_EQUAL(osdp_pack_pdid(pdid, packed, sizeof(packed)), OSDP_PDID_SIZE);
	memcpy(cuid, packed, OSDP_CUID_SIZE);
}

static uint32_t
longest_silence(const struct line *line, uint8_t address)
{
	uint64_t longest_us = 0;
	uint64_t last_us = 0;

	for (unsigned i = 0; i < line->command_count; i++) {
		if (line_command_frame(line, i).address != address)
			continue;
		if (last_us)
			longest_us = MAX_OF(longest_us, line->commands[i].at_us - last_us);
		last_us = line->commands[i].at_us;
	}
	return (uint32_t) (longest_us / US_PER_MS);
}

static void
a_pd_joins_and_leaves_and_its_neighbour_does_not_notice(void)
{
	struct line *line = make_lonely(NULL);
	static const struct osdp_policy clear = { .protection = OSDP_CLEAR_ALLOWED };
	unsigned pd = 99;
	line_run_ms(line, 2000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	for (unsigned i = 0; i < line->command_count; i++)
		CU_ASSERT_EQUAL(line_command_frame(line, i).address, 1);
	line->command_count = 0;
	CU_ASSERT_EQUAL(osdp_cp_add(line->cp, 2, &clear, line->now_us, &pd), 0);
	CU_ASSERT_EQUAL(pd, 1);
	line_run_ms(line, 1000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 1), OSDP_PD_ONLINE);
	CU_ASSERT_EQUAL(osdp_cp_remove(line->cp, 1, line->now_us), 0);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 1), OSDP_PD_OFFLINE);
	unsigned commands = line->command_count;
	line_run_ms(line, 10000);
	for (unsigned i = commands; i < line->command_count; i++)
		CU_ASSERT_EQUAL(line_command_frame(line, i).address, 1);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_ONLINE, 0), 1);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, 0), 0);
	CU_ASSERT_TRUE(longest_silence(line, 1) < 400);
	line_done(line);
}

static void
a_place_is_used_again_and_addresses_are_used_once(void)
{
	struct line *line = make_lonely(NULL);
	static const struct osdp_policy clear = { .protection = OSDP_CLEAR_ALLOWED };
	unsigned pd;
	CU_ASSERT_EQUAL(osdp_cp_add(line->cp, 1, &clear, line->now_us, &pd), -EADDRINUSE);
	CU_ASSERT_EQUAL(osdp_cp_add(line->cp, 0x7f, &clear, line->now_us, &pd), -EINVAL);
	CU_ASSERT_EQUAL(osdp_cp_remove(line->cp, 1, line->now_us), -EINVAL);
	CU_ASSERT_EQUAL(osdp_cp_remove(line->cp, 2, line->now_us), -EINVAL);
	for (unsigned i = 1; i < OSDP_CP_PDS_MAX; i++) {
		CU_ASSERT_EQUAL(
			osdp_cp_add(line->cp, (uint8_t) (i + 10), &clear, line->now_us, &pd), 0);
		CU_ASSERT_EQUAL(pd, i);
	}
	CU_ASSERT_EQUAL(osdp_cp_add(line->cp, 100, &clear, line->now_us, &pd), -ENOSPC);
	CU_ASSERT_EQUAL(osdp_cp_remove(line->cp, 5, line->now_us), 0);
	CU_ASSERT_EQUAL(osdp_cp_add(line->cp, 100, &clear, line->now_us, &pd), 0);
	CU_ASSERT_EQUAL(pd, 5);
	line_done(line);
}

/* The caller's part: the key of whichever device says that it is there. */
static void
a_new_module_gets_the_key_that_belongs_to_it(void)
{
	struct line *line = make_lonely(NULL);
	static const struct osdp_policy secure = { .protection = OSDP_SECURE_REQUIRED };
	static const struct osdp_install later = { .is_key_later = true };
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	uint8_t cuid[OSDP_CUID_SIZE];
	unsigned pd;
	CU_ASSERT_EQUAL(osdp_cp_add(line->cp, 2, &secure, line->now_us, &pd), 0);
	CU_ASSERT_EQUAL(osdp_cp_give_key(line->cp, pd, master), -ENOTCONN);
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, pd, &later, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_PAIRING, pd, 5000, &event));
	line_run_ms(line, 1000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_PENDING, pd), 0);
	CU_ASSERT_NOT_EQUAL(osdp_cp_pd_state(line->cp, pd), OSDP_PD_ONLINE);
	cuid_of(&event.online.identity, cuid);
	CU_ASSERT_EQUAL(osdp_key_diversify(master, cuid, key), 0);
	CU_ASSERT_EQUAL(osdp_cp_give_key(line->cp, pd, key), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_COMMITTED, pd, 5000, &event));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, pd, 5000, &event));
	CU_ASSERT_TRUE(event.is_paired);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, pd), OSDP_PD_ONLINE);
	line_done(line);
}

static void
a_module_with_the_hosts_key_is_secure_at_once_and_one_with_another_never(void)
{
	for (unsigned is_right = 0; is_right < 2; is_right++) {
		struct osdp_pdid pdid = { .vendor = { 0x00, 0x06, 0x8E },
					  .model = 7,
					  .serial = 1002 };
		struct osdp_policy policy = { .protection = OSDP_SECURE_REQUIRED, .has_key = true };
		uint8_t theirs[OSDP_KEY_SIZE];
		uint8_t cuid[OSDP_CUID_SIZE];
		unsigned pd;
		cuid_of(&pdid, cuid);
		CU_ASSERT_EQUAL(osdp_key_diversify(master, cuid, policy.key), 0);
		memcpy(theirs, policy.key, sizeof(theirs));
		theirs[3] ^= is_right ? 0 : 0x10;
		struct line *line = make_lonely(theirs);
		CU_ASSERT_EQUAL(osdp_cp_add(line->cp, 2, &policy, line->now_us, &pd), 0);
		line_run_ms(line, 12000);
		CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, pd),
				is_right ? OSDP_PD_ONLINE : OSDP_PD_KEY_MISMATCH);
		if (!is_right)
			CU_ASSERT_EQUAL(
				line_last_event(line, OSDP_EV_KEY_MISMATCH, pd)->mismatch.cause,
				OSDP_MISMATCH_CRYPTOGRAM);
		line_done(line);
	}
}

/* Two readers and sixteen modules, the most that one port has to carry: how long each waits. */
static void
a_full_line_keeps_everybody_within_a_second(void)
{
	static const uint32_t speeds[] = { 9600, 115200 };

	for (size_t k = 0; k < ARRAY_LEN(speeds); k++) {
		struct line *line = line_new_secure(18, speeds[k]);
		uint32_t longest_ms = 0;
		line_run_ms(line, 20000);
		line->event_count = 0;
		line->command_count = 0;
		line_run_ms(line, 10000);
		for (uint8_t address = 1; address <= 18; address++)
			longest_ms = MAX_OF(longest_ms, longest_silence(line, address));
		printf("# %u Bd: %u ms between polls\n", speeds[k], longest_ms);
		CU_ASSERT_TRUE(longest_ms > 0 && longest_ms < 1000);
		for (unsigned pd = 0; pd < 18; pd++) {
			CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, pd), OSDP_PD_ONLINE);
			CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, pd), 0);
		}
		line_done(line);
	}
}

static const struct tap_test tests[] = {
	TAP(a_pd_joins_and_leaves_and_its_neighbour_does_not_notice),
	TAP(a_place_is_used_again_and_addresses_are_used_once),
	TAP(a_new_module_gets_the_key_that_belongs_to_it),
	TAP(a_module_with_the_hosts_key_is_secure_at_once_and_one_with_another_never),
	TAP(a_full_line_keeps_everybody_within_a_second),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
