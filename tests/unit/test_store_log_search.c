#include "agent/store_log_search.h"
#include "agent/store_log_terms.h"
#include "lib/clock.h"
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

#define BEGINNING_US INT64_C(1790000000000000)
#define MINUTE_US    INT64_C(60000000)
#define COUNT	     900

struct rig {
	struct log_rig log;
	struct store_log_searcher *searcher;
};

/* Event n is a minute behind the one before, but for the clock that was wrong at 301 to 310. */
static int64_t
time_of(int n)
{
	return n > 300 && n <= 310 ? n * MINUTE_US : BEGINNING_US + n * MINUTE_US;
}

static json_t *
draft(int n)
{
	int door = 1 + n % 4;
	_cleanup_(freep) char *holder = xasprintf("Zoë Müller %d", n % 10);
	_cleanup_(freep) char *source = xasprintf("door.%d", door);
	_cleanup_(freep) char *actor = xasprintf("card:h10301:118:%d", n % 10);

	if (n % 3)
		return json_pack("{si,ss,ss,sI,s{si,ss,ss}}", "number", EV_DOOR_LOCK, "source",
				 source, "actor", "system", "time_us", (json_int_t) time_of(n),
				 "data", "door", door, "door_name", "Front-door", "state",
				 n % 2 ? "locked" : "unlocked");
	return json_pack("{si,ss,ss,sI,ss,s{ss,ss,si,si,si}}", "number",
			 n % 9 ? EV_ACCESS_GRANTED : EV_ACCESS_DENIED, "source", source, "actor",
			 actor, "time_us", (json_int_t) time_of(n), "reason", "Unauthorized",
			 "data", "holder", holder, "door_name", "Front-door", "reader", door,
			 "credential", 1 + n % 10, "person", 1 + n % 5);
}

static void
add(struct rig *rig, int n)
{
	_cleanup_(json_decrefp) json_t *event = draft(n);

	CU_ASSERT_EQUAL(store_log_add_ring(rig->log.log, "e", (uint64_t) n, event), 0);
}

static void
start(struct rig *rig)
{
	log_rig_start(&rig->log);
	for (int n = 1; n <= COUNT; n++)
		add(rig, n);
	CU_ASSERT_TRUE_FATAL(log_rig_await(&rig->log, COUNT));
	CU_ASSERT_EQUAL_FATAL(store_log_searcher_open(rig->log.path, 10000, &rig->searcher), 0);
}

static void
stop(struct rig *rig)
{
	store_log_searcher_close(rig->searcher);
	log_rig_stop(&rig->log);
}

/* The answer to parameters as JSON, a new reference. */
static json_t *
search(struct rig *rig, const char *params)
{
	_cleanup_(json_decrefp) json_t *object = json_loads(params, 0, NULL);
	struct store_log_filter filter;
	struct field_error error;
	json_t *answer = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(object);
	CU_ASSERT_EQUAL_FATAL(store_log_filter_read(object, &filter, &error), 0);
	CU_ASSERT_EQUAL(store_log_search(rig->searcher, &filter, &answer), 0);
	store_log_filter_done(&filter);
	return answer;
}

/* What a search should find, said in C: whether event n is one of them. */
typedef bool expected_fn(int n);

/* All pages of params, a JSON object without its brace; each must be what is expected. */
static unsigned
walk(struct rig *rig, const char *params, bool is_upwards, expected_fn *is_expected)
{
	json_int_t cursor = is_upwards ? 0 : COUNT + 1;
	int next = is_upwards ? 1 : COUNT;
	unsigned found = 0;

	for (bool has_more = true; has_more;) {
		_cleanup_(freep) char *text =
			xasprintf("%s%s\"limit\":7,\"%s\":%lld}", params, params[1] ? "," : "",
				  is_upwards ? "after" : "before", (long long) cursor);
		_cleanup_(json_decrefp) json_t *page = search(rig, text);
		json_t *record;
		size_t i;
		json_array_foreach (json_object_get(page, "events"), i, record) {
			const json_t *event = json_object_get(record, "event");
			while (next >= 1 && next <= COUNT && !is_expected(next))
				next += is_upwards ? 1 : -1;
			CU_ASSERT_EQUAL(json_integer_or(event, "seq", 0), next);
			CU_ASSERT_EQUAL(strlen(json_string_or(record, "hash", "")), 64);
			next += is_upwards ? 1 : -1;
			found++;
		}
		cursor = json_integer_or(page, "next", 0);
		has_more = cursor > 0;
		CU_ASSERT(!has_more || json_array_size(json_object_get(page, "events")) == 7);
	}
	while (next >= 1 && next <= COUNT && !is_expected(next))
		next += is_upwards ? 1 : -1;
	CU_ASSERT(next < 1 || next > COUNT);
	return found;
}

static void
both_ways(struct rig *rig, const char *params, expected_fn *is_expected)
{
	unsigned up = walk(rig, params, true, is_expected);
	unsigned down = walk(rig, params, false, is_expected);

	CU_ASSERT_EQUAL(up, down);
	CU_ASSERT(up > 0);
}

static bool
is_any(int n UNUSED)
{
	return true;
}

static bool
is_lock(int n)
{
	return n % 3 != 0;
}

static bool
is_access(int n)
{
	return n % 3 == 0;
}

static bool
is_denied(int n)
{
	return n % 9 == 0;
}

static bool
is_door_2(int n)
{
	return n % 4 == 1;
}

static bool
is_person_3(int n)
{
	return n % 3 == 0 && n % 5 == 2;
}

static bool
is_credential_4(int n)
{
	return n % 3 == 0 && n % 10 == 3;
}

static bool
is_first_hundred(int n)
{
	return n <= 100;
}

static bool
is_when_the_clock_was_wrong(int n)
{
	return n > 300 && n <= 310;
}

static bool
is_around_that(int n)
{
	return n >= 290 && n <= 320 && !is_when_the_clock_was_wrong(n);
}

static bool
is_all_at_once(int n)
{
	return is_denied(n) && is_door_2(n) && n >= 200 && n <= 800;
}

static void
test_each_filter_finds_exactly_its_events_page_by_page_both_ways(void)
{
	struct rig rig;

	start(&rig);
	both_ways(&rig, "{", is_any);
	both_ways(&rig, "{\"kind\":\"door.lock\"", is_lock);
	both_ways(&rig, "{\"kind\":\"door.\"", is_lock);
	both_ways(&rig, "{\"kind\":\"access.\"", is_access);
	both_ways(&rig, "{\"kind\":\"access.\",\"category\":\"access\"", is_access);
	both_ways(&rig, "{\"severity\":5", is_denied);
	both_ways(&rig, "{\"severity\":6", is_any);
	both_ways(&rig, "{\"category\":\"access\"", is_any);
	both_ways(&rig, "{\"door\":2", is_door_2);
	both_ways(&rig, "{\"person\":3", is_person_3);
	both_ways(&rig, "{\"credential\":4", is_credential_4);
	both_ways(&rig, "{\"actor\":\"card:h10301:118:3\"", is_credential_4);
	both_ways(&rig, "{\"text\":\"denied\"", is_denied);
	stop(&rig);
}

static void
test_texts_are_found_by_words_in_any_order_case_and_accent(void)
{
	struct rig rig;

	start(&rig);
	both_ways(&rig, "{\"text\":\"muller\"", is_access);
	both_ways(&rig, "{\"text\":\"FRONT zoë, müller\"", is_access);
	both_ways(&rig, "{\"text\":\"front-door\"", is_any);
	both_ways(&rig, "{\"text\":\"mül*\"", is_access);
	both_ways(&rig, "{\"text\":\"\\\"denied\\\"\\u2013(ZOE)\"", is_denied);
	stop(&rig);
}

static void
test_times_are_exact_even_where_the_clock_was_wrong(void)
{
	struct rig rig;
	char params[200];

	start(&rig);
	(void) snprintf(params, sizeof(params), "{\"from_us\":%lld,\"to_us\":%lld",
			(long long) BEGINNING_US, (long long) time_of(100));
	both_ways(&rig, params, is_first_hundred);
	(void) snprintf(params, sizeof(params), "{\"to_us\":%lld", (long long) BEGINNING_US);
	both_ways(&rig, params, is_when_the_clock_was_wrong);
	(void) snprintf(params, sizeof(params), "{\"from_us\":%lld,\"to_us\":%lld",
			(long long) time_of(290), (long long) time_of(320));
	both_ways(&rig, params, is_around_that);
	(void) snprintf(params, sizeof(params),
			"{\"from_us\":%lld,\"to_us\":%lld,\"door\":2,\"kind\":\"access.denied\","
			"\"severity\":5,\"category\":\"access\",\"text\":\"door zoe\"",
			(long long) time_of(200), (long long) time_of(800));
	both_ways(&rig, params, is_all_at_once);
	stop(&rig);
}

static void
test_nobody_can_write_a_text_that_is_found_as_something_else(void)
{
	struct rig rig;

	start(&rig);
	/* The mark of terms, followed by what the term of door 77 would be. */
	store_log_add(rig.log.log, EV_SETTING_CHANGED, "system", NULL, NULL,
		      json_pack("{ss}", "setting",
				"\xee\x80\x80"
				"d77"));
	CU_ASSERT_TRUE(log_rig_await(&rig.log, COUNT + 1));
	_cleanup_(json_decrefp) json_t *page = search(&rig, "{\"door\":77}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(page, "events")), 0);
	_cleanup_(json_decrefp) json_t *word = search(&rig, "{\"text\":\"d77\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(word, "events")), 1);
	_cleanup_(json_decrefp) json_t *mark = search(&rig, "{\"text\":\"\\ue000d2\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(mark, "events")), 0);
	stop(&rig);
}

static void
test_a_change_of_an_object_is_found_by_that_object(void)
{
	struct rig rig;

	start(&rig);
	store_log_add(rig.log.log, EV_OBJECT_CHANGED, "system", "account:ada", NULL,
		      json_pack("{ss,si}", "object", "person", "id", 4711));
	CU_ASSERT_TRUE(log_rig_await(&rig.log, COUNT + 1));
	_cleanup_(json_decrefp) json_t *page = search(&rig, "{\"person\":4711}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(page, "events")), 1);
	stop(&rig);
}

static bool
refuses(const char *params, const char *field)
{
	_cleanup_(json_decrefp) json_t *object = json_loads(params, 0, NULL);
	struct store_log_filter filter;
	struct field_error error = { 0 };

	return store_log_filter_read(object, &filter, &error) == -EINVAL &&
	       !strcmp(error.field, field) && *error.message;
}

static void
test_what_cannot_be_searched_for_is_refused(void)
{
	CU_ASSERT_TRUE(refuses("{\"kind\":\"door\"}", "kind"));
	CU_ASSERT_TRUE(refuses("{\"kind\":\"cat.\"}", "kind"));
	CU_ASSERT_TRUE(refuses("{\"text\":\" - * \"}", "text"));
	CU_ASSERT_TRUE(refuses("{\"from_us\":5,\"to_us\":4}", "to_us"));
}

static void
test_an_answer_says_where_the_log_begins_and_ends(void)
{
	struct rig rig;

	start(&rig);
	_cleanup_(json_decrefp) json_t *page = search(&rig, "{\"limit\":1}");
	CU_ASSERT_EQUAL(json_integer_or(page, "head", 0), COUNT);
	CU_ASSERT_EQUAL(json_integer_or(page, "first", 0), 1);
	CU_ASSERT_EQUAL(json_integer_or(page, "next", 0), COUNT);
	CU_ASSERT_EQUAL(json_integer_or(json_object_get(page, "anchor"), "seq", -1), 0);
	_cleanup_(json_decrefp) json_t *last = search(&rig, "{\"limit\":5,\"before\":4}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(last, "events")), 3);
	CU_ASSERT_PTR_NULL(json_object_get(last, "next"));
	stop(&rig);
}

static uint64_t passed_us;

/* Each look at the clock finds a second gone. */
static uint64_t
hasty(void)
{
	return passed_us += US_PER_S;
}

static void
test_a_search_that_takes_too_long_says_how_far_it_came(void)
{
	struct store_log_filter filter = { .before = INT64_MAX,
					   .from_us = INT64_MIN,
					   .to_us = INT64_MAX,
					   .severity = INT64_MAX,
					   .limit = 200 };
	struct rig rig;
	json_t *answer = NULL;

	start(&rig);
	store_log_searcher_close(rig.searcher);
	CU_ASSERT_EQUAL_FATAL(store_log_searcher_open(rig.log.path, 2500, &rig.searcher), 0);
	clock_set_source(hasty);
	CU_ASSERT_EQUAL(store_log_search(rig.searcher, &filter, &answer), 0);
	size_t count = json_array_size(json_object_get(answer, "events"));
	CU_ASSERT(count > 0 && count < 200);
	CU_ASSERT_EQUAL(json_integer_or(answer, "next", 0), COUNT + 1 - (int64_t) count);
	json_decref(steal(&answer));
	/* Where nothing was found so far, there is nothing to show. */
	filter.to_us = 0;
	CU_ASSERT_EQUAL(store_log_search(rig.searcher, &filter, &answer), -ETIME);
	CU_ASSERT_PTR_NULL(answer);
	clock_set_source(NULL);
	stop(&rig);
}

static void
test_events_of_an_older_version_are_indexed_when_the_log_is_opened(void)
{
	const struct db_schema first = { db_events_schema.steps, 1 };
	struct rig rig;
	sqlite3 *db;

	/* What the version before wrote: the same rows and nothing beside them. */
	start(&rig);
	store_log_searcher_close(rig.searcher);
	store_log_close(steal(&rig.log.log));
	_cleanup_(freep) char *old = unit_path(rig.log.dir, "old.db");
	CU_ASSERT_EQUAL_FATAL(db_open(old, &first, &db), 0);
	_cleanup_(freep) char *sql =
		xasprintf("ATTACH '%s' AS new; INSERT INTO main.events SELECT * FROM new.events;"
			  "DETACH new",
			  rig.log.path);
	CU_ASSERT_EQUAL(db_exec(db, sql), 0);
	db_close(db);
	free(rig.log.path);
	rig.log.path = steal(&old);
	log_rig_open(&rig.log);
	CU_ASSERT_EQUAL_FATAL(store_log_searcher_open(rig.log.path, 10000, &rig.searcher), 0);
	both_ways(&rig, "{\"person\":3", is_person_3);
	CU_ASSERT_EQUAL(log_rig_select(&rig.log, "SELECT count(*) FROM unindexed"), 0);
	CU_ASSERT_EQUAL(log_rig_verify(&rig.log), COUNT);
	/* Once: opening it again indexes nothing twice. */
	log_rig_reopen(&rig.log);
	both_ways(&rig, "{\"text\":\"denied\"", is_denied);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_each_filter_finds_exactly_its_events_page_by_page_both_ways),
		TAP(test_texts_are_found_by_words_in_any_order_case_and_accent),
		TAP(test_times_are_exact_even_where_the_clock_was_wrong),
		TAP(test_nobody_can_write_a_text_that_is_found_as_something_else),
		TAP(test_a_change_of_an_object_is_found_by_that_object),
		TAP(test_what_cannot_be_searched_for_is_refused),
		TAP(test_an_answer_says_where_the_log_begins_and_ends),
		TAP(test_a_search_that_takes_too_long_says_how_far_it_came),
		TAP(test_events_of_an_older_version_are_indexed_when_the_log_is_opened),
	};

	log_set_level(LOG_LEVEL_WARN);
	return tap_main(tests, ARRAY_LEN(tests));
}
