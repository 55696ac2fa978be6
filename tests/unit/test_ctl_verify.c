#include "agent/ctl_verify.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 1200

static const uint8_t secret[CHECKPOINT_KEY] = { 1, 2, 3 };
static const uint8_t other_secret[CHECKPOINT_KEY] = { 3, 2, 1 };

/* An exported file in memory. */
struct file {
	char *lines[LINES_MAX];
	size_t count;
	int64_t seq;
	char hash[65];
};

static void
file_init(struct file *file)
{
	*file = (struct file){ 0 };
	memset(file->hash, '0', 64);
}

static void
file_done(struct file *file)
{
	for (size_t i = 0; i < file->count; i++)
		free(file->lines[i]);
}

/* Steals data. */
static void
add_kind(struct file *file, int number, json_t *data)
{
	_cleanup_(json_decrefp) json_t *event =
		json_pack("{sI,si,ss,so}", "seq", (json_int_t) ++file->seq, "number", number,
			  "text", "Door \"Süd\" is open", "data", data);
	_cleanup_(freep) char *text = json_canonical(event);
	_cleanup_(freep) char *both = xasprintf("%s%s", file->hash, text);
	uint8_t digest[32];

	(void) SHA256((const uint8_t *) both, strlen(both), digest);
	hex_encode(digest, sizeof(digest), file->hash);
	CU_ASSERT_FATAL(file->count < LINES_MAX);
	file->lines[file->count++] = xasprintf("{\"event\":%s,\"hash\":\"%s\"}", text, file->hash);
}

static void
add(struct file *file, int64_t value)
{
	add_kind(file, EV_DOOR_POSITION, json_pack("{sI}", "value", (json_int_t) value));
}

static void
add_many(struct file *file, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		add(file, file->seq);
}

static void
add_signed_with(struct file *file, const uint8_t *with)
{
	uint8_t key[CHECKPOINT_KEY];
	uint8_t signature[CHECKPOINT_SIGNED];
	char key_hex[65];
	char hex[129];

	CU_ASSERT_EQUAL(checkpoint_public_key(with, key), 0);
	CU_ASSERT_EQUAL(checkpoint_sign(with, (uint64_t) file->seq, file->hash, signature), 0);
	hex_encode(key, sizeof(key), key_hex);
	hex_encode(signature, sizeof(signature), hex);
	add_kind(file, EV_LOG_CHECKPOINT,
		 json_pack("{sI,ss,ss,ss}", "upto", (json_int_t) file->seq, "hash", file->hash,
			   "key", key_hex, "signature", hex));
}

static void
add_checkpoint(struct file *file)
{
	add_signed_with(file, secret);
}

static void
add_trimmed(struct file *file, int64_t to)
{
	add_kind(file, EV_LOG_TRIMMED, json_pack("{si,sI}", "from", 1, "to", (json_int_t) to));
}

/* Ten events, a checkpoint, five more. */
static void
make(struct file *file)
{
	file_init(file);
	add_many(file, 10);
	add_checkpoint(file);
	add_many(file, 5);
}

static void
use_key(struct verify *verify, const uint8_t *of)
{
	verify->has_key = true;
	CU_ASSERT_EQUAL(checkpoint_public_key(of, verify->key), 0);
}

/* The first bad event of lines, 0 when everything is good. */
static int64_t
verify_lines(struct verify *verify, char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (verify_line(verify, lines[i], strlen(lines[i])) < 0)
			break;
	CU_ASSERT_EQUAL(verify_end(verify) < 0, verify->is_bad);
	CU_ASSERT_EQUAL(verify->is_bad, *verify->why != 0);
	return verify->is_bad ? verify->bad_seq : 0;
}

static int64_t
verify_file(const struct file *file)
{
	struct verify verify = { 0 };
	return verify_lines(&verify, file->lines, file->count);
}

static void
test_what_is_right_says_how_far_it_is_proven(void)
{
	struct verify verify = { 0 };
	uint8_t key[CHECKPOINT_KEY];
	struct file file;

	make(&file);
	CU_ASSERT_EQUAL(verify_lines(&verify, file.lines, file.count), 0);
	CU_ASSERT_EQUAL(verify.first, 1);
	CU_ASSERT_EQUAL(verify.last, 16);
	CU_ASSERT_EQUAL(verify.signed_upto, 10);
	CU_ASSERT_EQUAL(verify.checkpoints, 1);
	CU_ASSERT_STRING_EQUAL(verify.hash, file.hash);
	CU_ASSERT_EQUAL(checkpoint_public_key(secret, key), 0);
	CU_ASSERT_EQUAL(memcmp(key, verify.key, sizeof(key)), 0);
	struct verify known = { 0 };
	use_key(&known, secret);
	CU_ASSERT_EQUAL(verify_lines(&known, file.lines, file.count), 0);
	struct verify empty = { 0 };
	CU_ASSERT_EQUAL(verify_lines(&empty, NULL, 0), 0);
	file_done(&file);
}

static void
test_every_event_that_is_changed_is_named(void)
{
	struct file file;

	make(&file);
	for (size_t i = 0; i < file.count; i++) {
		char *text = strstr(file.lines[i], "open");
		text[0] = 'O';
		CU_ASSERT_EQUAL(verify_file(&file), (int64_t) i + 1);
		text[0] = 'o';
	}
	file_done(&file);
}

static void
test_no_byte_of_a_file_can_be_another(void)
{
	struct file file;
	unsigned found = 0;

	make(&file);
	for (size_t i = 8; i < 13; i++) {
		for (char *c = file.lines[i]; *c; c++) {
			*c ^= 1;
			found += verify_file(&file) == (int64_t) i + 1;
			*c ^= 1;
		}
	}
	size_t bytes = 0;
	for (size_t i = 8; i < 13; i++)
		bytes += strlen(file.lines[i]);
	CU_ASSERT_EQUAL(found, bytes);
	file_done(&file);
}

static void
test_every_event_that_is_removed_is_named(void)
{
	struct file file;
	char *lines[LINES_MAX];

	make(&file);
	/* At the end nothing says that there was more. */
	for (size_t i = 0; i + 1 < file.count; i++) {
		struct verify verify = { 0 };
		memcpy(lines, file.lines, sizeof(lines));
		memmove(&lines[i], &lines[i + 1], (file.count - i - 1) * sizeof(*lines));
		CU_ASSERT_EQUAL(verify_lines(&verify, lines, file.count - 1), (int64_t) i + 1);
	}
	file_done(&file);
}

static void
test_every_event_that_is_moved_or_there_twice_is_named(void)
{
	struct file file;
	char *lines[LINES_MAX];

	make(&file);
	for (size_t i = 0; i + 1 < file.count; i++) {
		struct verify verify = { 0 };
		memcpy(lines, file.lines, sizeof(lines));
		lines[i] = file.lines[i + 1];
		lines[i + 1] = file.lines[i];
		CU_ASSERT_EQUAL(verify_lines(&verify, lines, file.count), (int64_t) i + 1);
	}
	for (size_t i = 0; i < file.count; i++) {
		struct verify verify = { 0 };
		memcpy(lines, file.lines, sizeof(lines));
		memmove(&lines[i + 1], &file.lines[i], (file.count - i) * sizeof(*lines));
		CU_ASSERT_EQUAL(verify_lines(&verify, lines, file.count + 1), (int64_t) i + 2);
	}
	file_done(&file);
}

/* The checkpoint of before, but of what is there now. */
static json_t *
relabel(const struct file *file, json_t *data)
{
	json_t *now = json_copy(data);

	(void) json_object_set_new(now, "hash", json_string(file->hash));
	(void) json_object_set_new(now, "upto", json_integer((json_int_t) file->seq));
	return now;
}

/*
 * Somebody writes event n anew and hashes them all: with a key of his own, or without one, when all
 * that he can do is to let checkpoints speak of his own hashes.
 */
static void
forge(struct file *file, const struct file *from, int64_t n, const uint8_t *with)
{
	file_init(file);
	for (size_t i = 0; i < from->count; i++) {
		_cleanup_(json_decrefp) json_t *record = json_loads(from->lines[i], 0, NULL);
		json_t *event = json_object_get(record, "event");
		int number = (int) json_integer_or(event, "number", 0);
		if (with && number == EV_LOG_CHECKPOINT)
			add_signed_with(file, with);
		else if (number == EV_LOG_CHECKPOINT)
			add_kind(file, number, relabel(file, json_object_get(event, "data")));
		else if (file->seq + 1 == n)
			add(file, 666);
		else
			add_kind(file, number, json_incref(json_object_get(event, "data")));
	}
}

static void
test_a_chain_that_was_computed_anew_is_found_by_its_signatures(void)
{
	struct file file;

	make(&file);
	for (int64_t n = 1; n <= 10; n++) {
		struct file forged;
		forge(&forged, &file, n, NULL);
		CU_ASSERT_EQUAL(verify_file(&forged), 11);
		file_done(&forged);
	}
	/* With a key of one's own everything fits, but not the key that was noted. */
	struct file forged;
	struct verify known = { 0 };
	forge(&forged, &file, 3, other_secret);
	CU_ASSERT_EQUAL(verify_file(&forged), 0);
	use_key(&known, secret);
	CU_ASSERT_EQUAL(verify_lines(&known, forged.lines, forged.count), 11);
	file_done(&forged);
	file_done(&file);
}

static void
test_two_keys_in_a_file_are_one_too_many(void)
{
	struct file file;

	make(&file);
	add_signed_with(&file, other_secret);
	CU_ASSERT_EQUAL(verify_file(&file), 17);
	file_done(&file);
}

static void
test_checkpoints_cannot_be_left_out(void)
{
	struct verify known = { 0 };
	struct file file;

	/* With a thousand events behind a checkpoint there is the next one. */
	make(&file);
	add_many(&file, CHECKPOINT_EVENTS - 5);
	CU_ASSERT_EQUAL(verify_file(&file), 0);
	add_many(&file, 1);
	CU_ASSERT_EQUAL(verify_file(&file), 11 + CHECKPOINT_EVENTS + 1);
	file_done(&file);

	file_init(&file);
	add_many(&file, 10);
	CU_ASSERT_EQUAL(verify_file(&file), 0);
	use_key(&known, secret);
	CU_ASSERT_EQUAL(verify_lines(&known, file.lines, file.count), 1);
	file_done(&file);
}

/* An export of the file that begins behind event n, with the anchor in its place. */
static int64_t
verify_behind(struct verify *verify, const struct file *file, size_t n, bool has_anchor)
{
	_cleanup_(json_decrefp) json_t *record = json_loads(file->lines[n - 1], 0, NULL);
	_cleanup_(freep) char *anchor = xasprintf("{\"anchor\":{\"hash\":\"%s\",\"seq\":%zu}}",
						  json_string_or(record, "hash", ""), n);
	char *lines[LINES_MAX];

	memcpy(lines, file->lines, sizeof(lines));
	lines[n - 1] = anchor;
	if (!has_anchor)
		return verify_lines(verify, lines + n, file->count - n);
	return verify_lines(verify, lines + n - 1, file->count - n + 1);
}

static void
test_a_log_begins_later_only_if_it_says_so_itself(void)
{
	struct file file;

	make(&file);
	add_trimmed(&file, 4);
	add_checkpoint(&file);
	/* While the run is under way fewer are gone. */
	for (size_t n = 1; n <= 4; n++) {
		struct verify verify = { 0 };
		CU_ASSERT_EQUAL(verify_behind(&verify, &file, n, true), 0);
		CU_ASSERT_EQUAL(verify.first, (int64_t) n + 1);
	}
	struct verify fifth = { 0 };
	CU_ASSERT_EQUAL(verify_behind(&fifth, &file, 5, true), 5);
	struct verify silent = { 0 };
	CU_ASSERT_EQUAL(verify_behind(&silent, &file, 4, false), 1);
	file_done(&file);

	make(&file);
	struct verify untold = { 0 };
	CU_ASSERT_EQUAL(verify_behind(&untold, &file, 4, true), 1);
	file_done(&file);
}

static void
test_a_part_is_proven_against_a_start_that_is_known(void)
{
	struct verify verify = { 0 };
	struct verify other = { 0 };
	struct verify late = { 0 };
	struct file file;

	make(&file);
	_cleanup_(json_decrefp) json_t *record = json_loads(file.lines[3], 0, NULL);
	_cleanup_(freep) char *start = xasprintf("4:%s", json_string_or(record, "hash", ""));
	CU_ASSERT_EQUAL(verify_start(&verify, start), 0);
	CU_ASSERT_EQUAL(verify_behind(&verify, &file, 4, false), 0);
	CU_ASSERT_EQUAL(verify.first, 5);
	start[10] ^= 1;
	CU_ASSERT_EQUAL(verify_start(&other, start), 0);
	CU_ASSERT_EQUAL(verify_behind(&other, &file, 4, true), 5);
	start[10] ^= 1;
	CU_ASSERT_EQUAL(verify_start(&late, start), 0);
	CU_ASSERT_EQUAL(verify_behind(&late, &file, 5, true), 5);
	CU_ASSERT_EQUAL(verify_start(&late, "4"), -EINVAL);
	CU_ASSERT_EQUAL(verify_start(&late, "-4:00"), -EINVAL);
	CU_ASSERT_EQUAL(verify_key(&late, "00"), -EINVAL);
	file_done(&file);
}

static void
test_what_is_no_export_is_refused(void)
{
	static const char *const lines[] = {
		"",
		"[]",
		"{}",
		"{\"event\":{\"seq\":1},\"hash\":\"00\"}",
		"{\"event\":1,\"hash\":\"00\"}",
		"{\"filter\":{\"door\":1}}",
		"{\"anchor\":{\"seq\":0,\"hash\":\"\"}}",
		"{\"anchor\":7}",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct verify verify = { 0 };
		CU_ASSERT_EQUAL(verify_line(&verify, lines[i], strlen(lines[i])), -EBADMSG);
		CU_ASSERT(*verify.why && verify.bad_seq == 1);
		/* Nothing makes good what was bad. */
		CU_ASSERT_EQUAL(verify_end(&verify), -EBADMSG);
	}
	/* More beside an event is not of the log. */
	struct file file;
	make(&file);
	_cleanup_(freep) char *more =
		xasprintf("%.*s,\"note\":\"\"}", (int) strlen(file.lines[0]) - 1, file.lines[0]);
	struct verify verify = { 0 };
	CU_ASSERT_EQUAL(verify_line(&verify, more, strlen(more)), -EBADMSG);
	file_done(&file);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_right_says_how_far_it_is_proven),
		TAP(test_every_event_that_is_changed_is_named),
		TAP(test_no_byte_of_a_file_can_be_another),
		TAP(test_every_event_that_is_removed_is_named),
		TAP(test_every_event_that_is_moved_or_there_twice_is_named),
		TAP(test_a_chain_that_was_computed_anew_is_found_by_its_signatures),
		TAP(test_two_keys_in_a_file_are_one_too_many),
		TAP(test_checkpoints_cannot_be_left_out),
		TAP(test_a_log_begins_later_only_if_it_says_so_itself),
		TAP(test_a_part_is_proven_against_a_start_that_is_known),
		TAP(test_what_is_no_export_is_refused),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
