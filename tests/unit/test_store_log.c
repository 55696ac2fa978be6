#include "agent/store_log.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/log_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How many transactions SQLite's write-ahead log has: frames that end one carry a size. */
static unsigned
count_transactions(const struct log_rig *rig)
{
	_cleanup_(freep) char *path = xasprintf("%s-wal", rig->path);
	static char bytes[4 * 1024 * 1024];
	int size = read_file(path, bytes, sizeof(bytes));
	unsigned count = 0;

	CU_ASSERT_FATAL(size > 32);
	const uint8_t *header = (const uint8_t *) bytes;
	int page = header[8] << 24 | header[9] << 16 | header[10] << 8 | header[11];
	for (int at = 32; at + 24 <= size; at += 24 + page) {
		/* A frame of an earlier round has another salt. */
		if (memcmp(bytes + at + 8, bytes + 16, 8))
			break;
		count += memcmp(bytes + at + 4, "\0\0\0\0", 4) != 0;
	}
	return count;
}

static bool
keep_row(uint64_t seq UNUSED, const char *text, const char *hash, void *context)
{
	json_t *rows = context;

	CU_ASSERT_EQUAL(strlen(hash), LOG_HASH_HEX);
	(void) json_array_append_new(rows, json_loads(text, 0, NULL));
	return true;
}

/* The event of this seq, a new reference. */
static json_t *
event_at(struct log_rig *rig, uint64_t seq)
{
	_cleanup_(json_decrefp) json_t *rows = json_array();

	store_log_read_up(rig->log, seq - 1, 1, keep_row, rows);
	return json_incref(json_array_get(rows, 0));
}

static void
test_a_new_log_is_empty(void)
{
	struct log_rig rig;
	uint64_t seq;

	log_rig_start(&rig);
	CU_ASSERT_EQUAL(store_log_head(rig.log), 0);
	CU_ASSERT_EQUAL(store_log_first(rig.log), 1);
	CU_ASSERT_EQUAL(store_log_ring_position(rig.log, "a"), 0);
	CU_ASSERT_EQUAL(store_log_cursor(rig.log, "syslog.1", &seq), -ENOENT);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 0);
	log_rig_stop(&rig);
}

static void
test_the_hash_chain_can_be_computed_from_the_file_alone(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	for (int i = 1; i <= 300; i++) {
		log_rig_add(&rig, i);
		if (i % 100 == 0)
			CU_ASSERT_TRUE(log_rig_await(&rig, (uint64_t) i));
	}
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 300);
	CU_ASSERT_EQUAL(rig.head, 300);
	/* A restart goes on where it was. */
	log_rig_reopen(&rig);
	CU_ASSERT_EQUAL(store_log_head(rig.log), 300);
	log_rig_add(&rig, 301);
	CU_ASSERT_TRUE(log_rig_await(&rig, 301));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 301);
	log_rig_stop(&rig);
}

static void
test_an_event_says_what_its_row_and_its_maker_say(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	uint64_t before_us = clock_wall_us();
	store_log_add(rig.log, EV_REFUSED, "system", "account:ada", "role",
		      json_pack("{ss}", "method", "settings.set"));
	CU_ASSERT_TRUE(log_rig_await(&rig, 1));
	_cleanup_(json_decrefp) json_t *event = event_at(&rig, 1);
	CU_ASSERT_EQUAL(json_object_size(event), 14);
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "kind", ""), "auth.refused");
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "category", ""), "audit");
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "actor", ""), "account:ada");
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "reason", ""), "role");
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "source", ""), "system");
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "boot", ""), clock_boot_id());
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "text", ""),
			       "account:ada was refused settings.set: role");
	CU_ASSERT_EQUAL(json_integer_or(event, "severity", -1), 4);
	uint64_t time_us = (uint64_t) json_integer_or(event, "time_us", 0);
	CU_ASSERT(time_us >= before_us && time_us <= clock_wall_us());
	/* Without an actor it is the system's own; without a reason there is none. */
	log_rig_add(&rig, 7);
	CU_ASSERT_TRUE(log_rig_await(&rig, 2));
	_cleanup_(json_decrefp) json_t *own = event_at(&rig, 2);
	CU_ASSERT_STRING_EQUAL(json_string_or(own, "actor", ""), "system");
	CU_ASSERT_PTR_NULL(json_object_get(own, "reason"));
	log_rig_stop(&rig);
}

static void
test_what_comes_together_is_one_transaction(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	unsigned before = count_transactions(&rig);
	for (int i = 1; i <= 200; i++)
		log_rig_add(&rig, i);
	store_log_set_cursor(rig.log, "syslog.1", 0);
	/* Nothing is told before it is on disk. */
	CU_ASSERT_EQUAL(rig.commits, 0);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(*) FROM events"), 0);
	CU_ASSERT_TRUE(log_rig_await(&rig, 200));
	CU_ASSERT_EQUAL(rig.commits, 1);
	CU_ASSERT_EQUAL(rig.ring_commits, 0);
	CU_ASSERT_EQUAL(count_transactions(&rig), before + 1);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(*) FROM events"), 200);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(*) FROM followers"), 1);
	log_rig_stop(&rig);
}

static void
test_an_alert_is_committed_at_once_with_all_before_it(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	log_rig_add(&rig, 1);
	log_rig_add_alert(&rig, 2);
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(*) FROM events"), 2);
	log_rig_stop(&rig);
}

static void
test_256_events_do_not_wait_for_more(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	for (int i = 1; i <= 256; i++)
		log_rig_add(&rig, i);
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.head, 256);
	log_rig_stop(&rig);
}

static void
test_closing_commits_what_waits(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	log_rig_add(&rig, 1);
	store_log_set_cursor(rig.log, "syslog.1", 1);
	log_rig_reopen(&rig);
	CU_ASSERT_EQUAL(store_log_head(rig.log), 1);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 1);
	store_log_close(NULL);
	log_rig_stop(&rig);
}

static void
test_an_event_of_the_ring_is_logged_as_it_was_taken_down(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", 3), 0);
	CU_ASSERT_TRUE(log_rig_await(&rig, 1));
	CU_ASSERT_EQUAL(rig.ring_commits, 1);
	CU_ASSERT_STRING_EQUAL(rig.epoch, "epoch-a");
	CU_ASSERT_EQUAL(rig.ring_number, 3);
	_cleanup_(json_decrefp) json_t *event = event_at(&rig, 1);
	_cleanup_(freep) char *text = json_canonical(event);
	CU_ASSERT_STRING_EQUAL(
		text, "{\"actor\":\"card:h10301:118:1603\",\"boot\":\"b\",\"category\":\"access\","
		      "\"data\":{\"door_name\":\"Front\",\"holder\":\"Ada\",\"n\":3},"
		      "\"kind\":\"access.denied\",\"mono_us\":812345678,\"number\":130,"
		      "\"reason\":\"Unauthorized\",\"seq\":1,\"severity\":5,\"source\":\"door.1\","
		      "\"synced\":true,\"text\":\"Access denied to Ada at Front: Unauthorized\","
		      "\"time_us\":1790000000000000}");
	log_rig_stop(&rig);
}

static void
test_events_that_the_ring_sends_again_are_logged_once(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	for (uint64_t number = 1; number <= 5; number++)
		CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", number), 0);
	/* Again before the commit, again behind it, and again after a restart. */
	CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", 5), 0);
	CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", 1), 0);
	CU_ASSERT_TRUE(log_rig_await(&rig, 5));
	CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", 4), 0);
	log_rig_reopen(&rig);
	CU_ASSERT_EQUAL(store_log_ring_position(rig.log, "epoch-a"), 5);
	for (uint64_t number = 1; number <= 7; number++)
		CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", number), 0);
	log_rig_reopen(&rig);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 7);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(DISTINCT json_extract(text, '$.data.n'))"
					     " FROM events"),
			7);
	log_rig_stop(&rig);
}

static void
test_each_ring_has_a_position_of_its_own(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", 9), 0);
	CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-b", 1), 0);
	CU_ASSERT_EQUAL(store_log_ring_position(rig.log, "epoch-b"), 1);
	CU_ASSERT_EQUAL(store_log_ring_position(rig.log, "epoch-a"), 9);
	CU_ASSERT_EQUAL(store_log_ring_position(rig.log, "epoch-c"), 0);
	log_rig_reopen(&rig);
	CU_ASSERT_EQUAL(store_log_ring_position(rig.log, "epoch-a"), 9);
	CU_ASSERT_EQUAL(store_log_ring_position(rig.log, "epoch-b"), 1);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 2);
	log_rig_stop(&rig);
}

static void
test_a_draft_of_no_known_kind_is_not_logged_and_not_asked_for_again(void)
{
	_cleanup_(json_decrefp) json_t *unknown = json_pack("{si}", "number", 99);
	_cleanup_(json_decrefp) json_t *text = json_string("rubbish");
	struct log_rig rig;

	log_rig_start(&rig);
	CU_ASSERT_EQUAL(store_log_add_ring(rig.log, "epoch-a", 1, unknown), -EINVAL);
	CU_ASSERT_EQUAL(store_log_add_ring(rig.log, "epoch-a", 2, text), -EINVAL);
	CU_ASSERT_EQUAL(store_log_add_ring(rig.log, "epoch-a", 3, NULL), -EINVAL);
	log_rig_reopen(&rig);
	CU_ASSERT_EQUAL(store_log_head(rig.log), 0);
	CU_ASSERT_EQUAL(rig.ring_number, 3);
	CU_ASSERT_EQUAL(store_log_ring_position(rig.log, "epoch-a"), 3);
	log_rig_stop(&rig);
}

static bool
has_cursor_on_disk(void *context)
{
	return log_rig_select(context, "SELECT count(*) FROM followers WHERE seq = 41") == 1;
}

static void
test_cursors_are_durable(void)
{
	struct log_rig rig;
	uint64_t seq = 0;

	log_rig_start(&rig);
	store_log_set_cursor(rig.log, "syslog.1", 40);
	store_log_set_cursor(rig.log, "snmp", 7);
	store_log_set_cursor(rig.log, "syslog.1", 41);
	CU_ASSERT_EQUAL(store_log_cursor(rig.log, "syslog.1", &seq), 0);
	CU_ASSERT_EQUAL(seq, 41);
	/* Without any event, too, and nobody is told of events. */
	CU_ASSERT_TRUE(unit_wait(rig.base, has_cursor_on_disk, &rig));
	CU_ASSERT_EQUAL(rig.commits + rig.ring_commits, 0);
	log_rig_reopen(&rig);
	_cleanup_(json_decrefp) json_t *cursors = store_log_cursors(rig.log);
	_cleanup_(freep) char *text = json_canonical(cursors);
	CU_ASSERT_STRING_EQUAL(text, "{\"snmp\":7,\"syslog.1\":41}");
	log_rig_stop(&rig);
}

static bool
stop_at_third(uint64_t seq, const char *text UNUSED, const char *hash UNUSED, void *context)
{
	*(uint64_t *) context = seq;
	return seq != 3;
}

static void
test_events_are_read_upwards_and_downwards_within_limits(void)
{
	struct log_rig rig;
	_cleanup_(json_decrefp) json_t *up = json_array();
	_cleanup_(json_decrefp) json_t *down = json_array();
	_cleanup_(json_decrefp) json_t *newest = json_array();
	uint64_t last = 0;

	log_rig_start(&rig);
	for (int i = 1; i <= 9; i++)
		log_rig_add(&rig, i);
	CU_ASSERT_TRUE(log_rig_await(&rig, 9));
	store_log_read_up(rig.log, 4, 3, keep_row, up);
	CU_ASSERT_EQUAL(json_array_size(up), 3);
	CU_ASSERT_EQUAL(json_integer_or(json_array_get(up, 0), "seq", 0), 5);
	CU_ASSERT_EQUAL(json_integer_or(json_array_get(up, 2), "seq", 0), 7);
	store_log_read_down(rig.log, 4, 10, keep_row, down);
	CU_ASSERT_EQUAL(json_array_size(down), 3);
	CU_ASSERT_EQUAL(json_integer_or(json_array_get(down, 0), "seq", 0), 3);
	store_log_read_down(rig.log, UINT64_MAX, 1, keep_row, newest);
	CU_ASSERT_EQUAL(json_integer_or(json_array_get(newest, 0), "seq", 0), 9);
	store_log_read_up(rig.log, 0, 100, stop_at_third, &last);
	CU_ASSERT_EQUAL(last, 3);
	store_log_read_up(rig.log, 9, 100, stop_at_third, &last);
	CU_ASSERT_EQUAL(last, 3);
	log_rig_stop(&rig);
}

static void
test_a_sentence_that_is_cut_within_a_character_is_still_an_event(void)
{
	struct log_rig rig;
	char name[1200];

	log_rig_start(&rig);
	/* One more byte in front each time: the cut falls on every byte of a character. */
	for (unsigned shift = 0; shift < 3; shift++) {
		memset(name, 'x', shift);
		for (unsigned i = shift; i + 3 < sizeof(name); i += 3)
			memcpy(name + i, "\xe2\x82\xac", 4);
		store_log_add(rig.log, EV_SETTING_CHANGED, "system", NULL, NULL,
			      json_pack("{ss}", "setting", name));
	}
	CU_ASSERT_TRUE(log_rig_await(&rig, 3));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 3);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		_cleanup_(json_decrefp) json_t *event = event_at(&rig, seq);
		CU_ASSERT(strlen(json_string_or(event, "text", "")) > 500);
	}
	log_rig_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_new_log_is_empty),
		TAP(test_the_hash_chain_can_be_computed_from_the_file_alone),
		TAP(test_an_event_says_what_its_row_and_its_maker_say),
		TAP(test_what_comes_together_is_one_transaction),
		TAP(test_an_alert_is_committed_at_once_with_all_before_it),
		TAP(test_256_events_do_not_wait_for_more),
		TAP(test_closing_commits_what_waits),
		TAP(test_an_event_of_the_ring_is_logged_as_it_was_taken_down),
		TAP(test_events_that_the_ring_sends_again_are_logged_once),
		TAP(test_each_ring_has_a_position_of_its_own),
		TAP(test_a_draft_of_no_known_kind_is_not_logged_and_not_asked_for_again),
		TAP(test_cursors_are_durable),
		TAP(test_events_are_read_upwards_and_downwards_within_limits),
		TAP(test_a_sentence_that_is_cut_within_a_character_is_still_an_event),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
