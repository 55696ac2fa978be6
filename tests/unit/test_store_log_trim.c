#include "agent/store_log.h"
#include "agent/store_log_search.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"
#include "tests/unit/log_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#define DAY_US (INT64_C(86400) * 1000000)

static bool
keep_row(uint64_t seq UNUSED, const char *text, const char *hash, void *context)
{
	*(json_t **) context =
		json_pack("{so,ss}", "event", json_loads(text, 0, NULL), "hash", hash);
	return false;
}

/* The record of this seq, a new reference; NULL when it is not there. */
static json_t *
record_at(const struct log_rig *rig, uint64_t seq)
{
	json_t *record = NULL;

	store_log_read_up(rig->log, seq - 1, 1, keep_row, &record);
	if (json_integer_or(json_object_get(record, "event"), "seq", 0) == (int64_t) seq)
		return record;
	json_decref(record);
	return NULL;
}

struct wait {
	const struct log_rig *rig;
	uint64_t first;
};

static bool
begins_at(void *context)
{
	const struct wait *wait = context;
	return store_log_first(wait->rig->log) == wait->first;
}

static bool
await_first(struct log_rig *rig, uint64_t first)
{
	struct wait wait = { rig, first };
	return unit_wait(rig->base, begins_at, &wait);
}

static void
add(struct log_rig *rig, uint64_t count)
{
	uint64_t head = store_log_head(rig->log) + count;

	for (uint64_t i = 0; i < count; i++)
		log_rig_add(rig, 1);
	CU_ASSERT_TRUE(log_rig_await(rig, head));
}

static void
test_what_is_too_much_is_told_first_and_then_deleted_in_slices(void)
{
	struct log_rig rig;
	char hash[65];
	uint64_t seq;

	log_rig_start(&rig);
	store_log_keep(rig.log, 1000, 0);
	add(&rig, 1100);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(*) FROM events WHERE number = 731"), 0);
	add(&rig, 1);
	_cleanup_(json_decrefp) json_t *last = record_at(&rig, 101);
	/* The event that tells of it is on disk, and nothing is gone yet. */
	CU_ASSERT_TRUE(log_rig_await(&rig, 1102));
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT min(seq) FROM events"), 1);
	_cleanup_(json_decrefp) json_t *told = record_at(&rig, 1102);
	const json_t *data = json_object_get(json_object_get(told, "event"), "data");
	CU_ASSERT_EQUAL(json_integer_or(data, "from", 0), 1);
	CU_ASSERT_EQUAL(json_integer_or(data, "to", 0), 101);
	CU_ASSERT_STRING_EQUAL(json_string_or(data, "hash", ""), json_string_or(last, "hash", "?"));
	CU_ASSERT_TRUE(await_first(&rig, 102));
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT min(seq) FROM events"), 102);
	store_log_anchor(rig.log, &seq, hash);
	CU_ASSERT_EQUAL(seq, 101);
	CU_ASSERT_STRING_EQUAL(hash, json_string_or(last, "hash", "?"));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 1102);
	/* A restart knows where the log begins, and one run told once. */
	log_rig_reopen(&rig);
	CU_ASSERT_EQUAL(store_log_first(rig.log), 102);
	CU_ASSERT_EQUAL(store_log_head(rig.log), 1102);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 1102);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(*) FROM events WHERE number = 731"), 1);
	log_rig_stop(&rig);
}

static void
test_what_is_deleted_is_no_longer_in_the_index(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	add(&rig, 3000);
	CU_ASSERT_EQUAL(
		log_rig_select(&rig, "SELECT count(*) FROM terms WHERE terms MATCH 'started'"),
		3000);
	store_log_keep(rig.log, 1000, 0);
	CU_ASSERT_TRUE(await_first(&rig, 2001));
	CU_ASSERT_EQUAL(
		log_rig_select(&rig, "SELECT count(*) FROM terms WHERE terms MATCH 'started'"),
		1000);
	CU_ASSERT_EQUAL(
		log_rig_select(&rig, "SELECT min(rowid) FROM terms WHERE terms MATCH 'started'"),
		2001);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT min(block) FROM spans"), 2001 / 256);
	log_rig_stop(&rig);
}

/* Between slices the loop is free: what comes meanwhile is committed before the run is over. */
static void
test_commits_do_not_wait_for_a_run(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	add(&rig, 5000);
	store_log_keep(rig.log, 1000, 0);
	CU_ASSERT_TRUE(log_rig_await(&rig, 5001));
	log_rig_add_alert(&rig, 1);
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(store_log_head(rig.log), 5002);
	CU_ASSERT(store_log_first(rig.log) < 3000);
	CU_ASSERT_TRUE(await_first(&rig, 4001));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 5002);
	log_rig_stop(&rig);
}

static void
add_at(struct log_rig *rig, uint64_t number, int64_t time_us)
{
	_cleanup_(json_decrefp) json_t *draft =
		json_pack("{si,ss,ss,sI,s{}}", "number", EV_CONTROL_UP, "source", "system", "actor",
			  "system", "time_us", (json_int_t) time_us, "data");

	CU_ASSERT_EQUAL(store_log_add_ring(rig->log, "e", number, draft), 0);
}

static void
test_what_is_too_old_is_deleted_to_the_event_and_never_the_newest(void)
{
	int64_t now_us = (int64_t) clock_wall_us();
	struct log_rig rig;

	log_rig_start(&rig);
	for (uint64_t i = 1; i <= 600; i++)
		add_at(&rig, i, now_us - (i <= 300 ? 8 : 6) * DAY_US);
	CU_ASSERT_TRUE(log_rig_await(&rig, 600));
	store_log_keep(rig.log, 1000000, 7);
	CU_ASSERT_TRUE(await_first(&rig, 301));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 601);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT json_extract(text, '$.data.to') FROM events"
					     " WHERE number = 731"),
			300);
	log_rig_stop(&rig);

	log_rig_start(&rig);
	for (uint64_t i = 1; i <= 10; i++)
		add_at(&rig, i, now_us - 30 * DAY_US);
	CU_ASSERT_TRUE(log_rig_await(&rig, 10));
	store_log_keep(rig.log, 1000000, 7);
	CU_ASSERT_TRUE(await_first(&rig, 10));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 11);
	log_rig_stop(&rig);
}

static void
test_nothing_is_deleted_while_nothing_is_too_much(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	add(&rig, 1500);
	store_log_keep(rig.log, 2000, 0);
	store_log_keep(rig.log, 0, 0);
	store_log_keep(rig.log, 1000000, 36500);
	add(&rig, 10);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(*) FROM events"), 1510);
	CU_ASSERT_EQUAL(store_log_first(rig.log), 1);
	log_rig_stop(&rig);
}

static bool
has_begun(void *context)
{
	return store_log_first(((struct log_rig *) context)->log) > 1;
}

static void
test_a_run_that_a_restart_has_ended_is_told_and_done_anew(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	add(&rig, 5000);
	store_log_keep(rig.log, 1000, 0);
	CU_ASSERT_TRUE(unit_wait(rig.base, has_begun, &rig));
	log_rig_reopen(&rig);
	uint64_t first = store_log_first(rig.log);
	CU_ASSERT(first > 1 && first < 4001);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 5001);
	store_log_keep(rig.log, 1000, 0);
	CU_ASSERT_TRUE(await_first(&rig, 4002));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 5002);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT json_extract(text, '$.data.from') FROM events"
					     " WHERE number = 731 ORDER BY seq DESC LIMIT 1"),
			(int64_t) first);
	log_rig_stop(&rig);
}

static void
test_a_search_begins_where_the_log_does(void)
{
	struct store_log_filter filter = { .is_upwards = true,
					   .before = INT64_MAX,
					   .from_us = INT64_MIN,
					   .to_us = INT64_MAX,
					   .severity = INT64_MAX,
					   .limit = 1 };
	struct store_log_searcher *searcher;
	struct log_rig rig;
	char hash[65];
	uint64_t seq;
	json_t *page = NULL;

	log_rig_start(&rig);
	add(&rig, 2000);
	store_log_keep(rig.log, 1000, 0);
	CU_ASSERT_TRUE(await_first(&rig, 1001));
	CU_ASSERT_EQUAL_FATAL(store_log_searcher_open(rig.path, 10000, &searcher), 0);
	CU_ASSERT_EQUAL_FATAL(store_log_search(searcher, &filter, &page), 0);
	store_log_anchor(rig.log, &seq, hash);
	const json_t *anchor = json_object_get(page, "anchor");
	CU_ASSERT_EQUAL(json_integer_or(page, "first", 0), 1001);
	CU_ASSERT_EQUAL(json_integer_or(anchor, "seq", 0), 1000);
	CU_ASSERT_STRING_EQUAL(json_string_or(anchor, "hash", ""), hash);
	const json_t *event =
		json_object_get(json_array_get(json_object_get(page, "events"), 0), "event");
	CU_ASSERT_EQUAL(json_integer_or(event, "seq", 0), 1001);
	json_decref(page);
	store_log_searcher_close(searcher);
	log_rig_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_too_much_is_told_first_and_then_deleted_in_slices),
		TAP(test_what_is_deleted_is_no_longer_in_the_index),
		TAP(test_commits_do_not_wait_for_a_run),
		TAP(test_what_is_too_old_is_deleted_to_the_event_and_never_the_newest),
		TAP(test_nothing_is_deleted_while_nothing_is_too_much),
		TAP(test_a_run_that_a_restart_has_ended_is_told_and_done_anew),
		TAP(test_a_search_begins_where_the_log_does),
	};

	log_set_level(LOG_LEVEL_WARN);
	return tap_main(tests, ARRAY_LEN(tests));
}
