#include "agent/store_log.h"
#include "lib/checkpoint.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"
#include "tests/unit/log_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NEVER_MS (3600 * 1000)

struct rig {
	struct log_rig log;
	char *key_path;
};

static void
start(struct rig *rig, unsigned period_ms)
{
	log_rig_start(&rig->log);
	rig->key_path = unit_path(rig->log.dir, "log.key");
	CU_ASSERT_EQUAL_FATAL(store_log_sign_with(rig->log.log, rig->key_path, period_ms), 0);
}

static void
reopen(struct rig *rig, unsigned period_ms)
{
	log_rig_reopen(&rig->log);
	CU_ASSERT_EQUAL_FATAL(store_log_sign_with(rig->log.log, rig->key_path, period_ms), 0);
}

static void
stop(struct rig *rig)
{
	free(rig->key_path);
	log_rig_stop(&rig->log);
}

static void
add_up_to(struct rig *rig, uint64_t head)
{
	while (store_log_head(rig->log.log) < head) {
		log_rig_add_alert(&rig->log, 1);
		unit_turn(rig->log.base);
	}
}

struct record {
	json_t *event;
	char hash[65];
};

static bool
keep_row(uint64_t seq UNUSED, const char *text, const char *hash, void *context)
{
	struct record *record = context;

	record->event = json_loads(text, 0, NULL);
	(void) copy_string(record->hash, sizeof(record->hash), hash);
	return false;
}

/* Whether the event seq is a checkpoint of the one before, and its signature holds. */
static bool
is_checkpoint(const struct rig *rig, uint64_t seq)
{
	uint8_t key[CHECKPOINT_KEY];
	uint8_t signature[CHECKPOINT_SIGNED];
	struct record before = { 0 };
	struct record record = { 0 };

	store_log_read_up(rig->log.log, seq - 2, 1, keep_row, &before);
	store_log_read_up(rig->log.log, seq - 1, 1, keep_row, &record);
	const json_t *data = json_object_get(record.event, "data");
	bool is_right =
		json_integer_or(record.event, "number", 0) == EV_LOG_CHECKPOINT &&
		json_integer_or(data, "upto", 0) == (int64_t) seq - 1 &&
		!strcmp(json_string_or(data, "hash", ""), before.hash) &&
		!strcmp(json_string_or(data, "key", ""), store_log_key(rig->log.log)) &&
		hex_decode(json_string_or(data, "key", ""), key, sizeof(key)) == sizeof(key) &&
		hex_decode(json_string_or(data, "signature", ""), signature, sizeof(signature)) ==
			sizeof(signature) &&
		checkpoint_holds(key, seq - 1, before.hash, signature) &&
		!checkpoint_holds(key, seq, before.hash, signature) &&
		!checkpoint_holds(key, seq - 1, record.hash, signature);
	json_decref(before.event);
	json_decref(record.event);
	return is_right;
}

static int64_t
count_checkpoints(const struct rig *rig)
{
	return log_rig_select(&rig->log, "SELECT count(*) FROM events WHERE number = 730");
}

static void
test_a_signature_of_the_standard_s_own_vector_holds(void)
{
	/* RFC 8032, section 7.1, test 1: the key pair. */
	uint8_t secret[CHECKPOINT_KEY];
	uint8_t key[CHECKPOINT_KEY];
	uint8_t expected[CHECKPOINT_KEY];
	uint8_t signature[CHECKPOINT_SIGNED];
	char message[CHECKPOINT_MESSAGE];
	char hash[65];

	CU_ASSERT_EQUAL(
		hex_decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			   secret, sizeof(secret)),
		32);
	CU_ASSERT_EQUAL(
		hex_decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
			   expected, sizeof(expected)),
		32);
	CU_ASSERT_EQUAL(checkpoint_public_key(secret, key), 0);
	CU_ASSERT_EQUAL(memcmp(key, expected, sizeof(key)), 0);
	memset(hash, 'a', 64);
	hash[64] = 0;
	size_t size = checkpoint_message(17, hash, message);
	CU_ASSERT_EQUAL(size, strlen("Cardea log checkpoint\n17\n") + 65);
	CU_ASSERT_EQUAL(strncmp(message, "Cardea log checkpoint\n17\naaaa", 29), 0);
	CU_ASSERT_EQUAL(message[size - 1], '\n');
	CU_ASSERT_EQUAL(checkpoint_sign(secret, 17, hash, signature), 0);
	CU_ASSERT_TRUE(checkpoint_holds(key, 17, hash, signature));
	for (unsigned bit = 0; bit < 8 * sizeof(signature); bit += 37) {
		signature[bit / 8] ^= (uint8_t) (1 << bit % 8);
		CU_ASSERT_FALSE(checkpoint_holds(key, 17, hash, signature));
		signature[bit / 8] ^= (uint8_t) (1 << bit % 8);
	}
}

static void
test_a_checkpoint_comes_behind_a_thousand_events_wherever_the_log_was_opened(void)
{
	struct rig rig;

	start(&rig, NEVER_MS);
	add_up_to(&rig, 600);
	reopen(&rig, NEVER_MS);
	add_up_to(&rig, 999);
	CU_ASSERT_EQUAL(count_checkpoints(&rig), 0);
	add_up_to(&rig, 1001);
	CU_ASSERT_EQUAL(store_log_head(rig.log.log), 1001);
	CU_ASSERT_TRUE(is_checkpoint(&rig, 1001));
	add_up_to(&rig, 1500);
	reopen(&rig, NEVER_MS);
	add_up_to(&rig, 2000);
	CU_ASSERT_EQUAL(count_checkpoints(&rig), 1);
	add_up_to(&rig, 2002);
	CU_ASSERT_TRUE(is_checkpoint(&rig, 2002));
	CU_ASSERT_EQUAL(log_rig_verify(&rig.log), 2002);
	stop(&rig);
}

static void
test_what_comes_in_one_transaction_has_its_checkpoints_within(void)
{
	struct rig rig;

	start(&rig, NEVER_MS);
	for (int i = 1; i <= 2500; i++)
		log_rig_add(&rig.log, i);
	CU_ASSERT_TRUE(log_rig_await(&rig.log, 2502));
	CU_ASSERT_EQUAL(rig.log.commits, 1);
	CU_ASSERT_TRUE(is_checkpoint(&rig, 1001));
	CU_ASSERT_TRUE(is_checkpoint(&rig, 2002));
	CU_ASSERT_EQUAL(count_checkpoints(&rig), 2);
	CU_ASSERT_EQUAL(log_rig_verify(&rig.log), 2502);
	stop(&rig);
}

static void
test_few_events_are_signed_when_the_time_has_come_and_a_checkpoint_asks_for_none(void)
{
	struct rig rig;

	start(&rig, 20);
	for (uint64_t i = 1; i <= 3; i++) {
		log_rig_add_alert(&rig.log, 1);
		/* Were checkpoints signed by others, the next event would have another number. */
		CU_ASSERT_TRUE(log_rig_await(&rig.log, 2 * i));
		CU_ASSERT_EQUAL(store_log_head(rig.log.log), 2 * i);
		CU_ASSERT_TRUE(is_checkpoint(&rig, 2 * i));
	}
	/* What the last run has left unsigned is signed in this one. */
	reopen(&rig, NEVER_MS);
	log_rig_add_alert(&rig.log, 1);
	CU_ASSERT_TRUE(log_rig_await(&rig.log, 7));
	reopen(&rig, 20);
	CU_ASSERT_TRUE(log_rig_await(&rig.log, 8));
	CU_ASSERT_TRUE(is_checkpoint(&rig, 8));
	stop(&rig);
}

static void
test_the_key_is_made_once_and_for_its_owner_alone(void)
{
	struct rig rig;
	struct stat info;

	start(&rig, NEVER_MS);
	_cleanup_(freep) char *key = xstrdup(store_log_key(rig.log.log));
	CU_ASSERT_EQUAL(strlen(key), 64);
	CU_ASSERT_EQUAL(stat(rig.key_path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0600);
	reopen(&rig, NEVER_MS);
	CU_ASSERT_STRING_EQUAL(store_log_key(rig.log.log), key);
	/* One that others may have read signs nothing, and the log goes on. */
	CU_ASSERT_EQUAL(chmod(rig.key_path, 0644), 0);
	log_rig_reopen(&rig.log);
	CU_ASSERT_EQUAL(store_log_sign_with(rig.log.log, rig.key_path, NEVER_MS), -EACCES);
	CU_ASSERT_PTR_NULL(store_log_key(rig.log.log));
	add_up_to(&rig, 1100);
	CU_ASSERT_EQUAL(count_checkpoints(&rig), 0);
	/* The first event under a key again signs for them. */
	CU_ASSERT_EQUAL(chmod(rig.key_path, 0600), 0);
	reopen(&rig, NEVER_MS);
	add_up_to(&rig, 1102);
	CU_ASSERT_TRUE(is_checkpoint(&rig, 1102));
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_signature_of_the_standard_s_own_vector_holds),
		TAP(test_a_checkpoint_comes_behind_a_thousand_events_wherever_the_log_was_opened),
		TAP(test_what_comes_in_one_transaction_has_its_checkpoints_within),
		TAP(test_few_events_are_signed_when_the_time_has_come_and_a_checkpoint_asks_for_none),
		TAP(test_the_key_is_made_once_and_for_its_owner_alone),
	};

	/* Refusals are what is tested; their error lines would only alarm. */
	log_set_level((enum log_level) 0);
	return tap_main(tests, ARRAY_LEN(tests));
}
