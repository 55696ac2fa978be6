#include "agent/store_outbox.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* How many events of this kind the log has. */
static unsigned
count(struct store_rig *rig, const char *kind)
{
	_cleanup_(json_decrefp) json_t *events = store_rig_events(rig);
	unsigned found = 0;
	json_t *event;
	size_t i;

	json_array_foreach (events, i, event)
		found += !strcmp(json_string_or(event, "kind", ""), kind);
	return found;
}

static void
test_a_change_and_its_event_are_committed_together_or_not_at_all(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	struct store *store = &rig.store;
	CU_ASSERT_EQUAL(store_outbox_begin(store), 0);
	CU_ASSERT_EQUAL(db_run(store->config, "INSERT INTO settings VALUES ('a', '1')", ""), 0);
	CU_ASSERT_EQUAL(store_outbox_add(store, EV_SETTING_CHANGED, "account:ada", NULL, NULL), 0);
	CU_ASSERT_EQUAL(store_outbox_end(store, -EIO), -EIO);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM settings"), 0);
	CU_ASSERT_EQUAL(count(&rig, "setting.changed"), 0);
	CU_ASSERT_EQUAL(store_outbox_begin(store), 0);
	CU_ASSERT_EQUAL(db_run(store->config, "INSERT INTO settings VALUES ('a', '1')", ""), 0);
	CU_ASSERT_EQUAL(store_outbox_add(store, EV_SETTING_CHANGED, "account:ada", NULL, NULL), 0);
	CU_ASSERT_EQUAL(store_outbox_end(store, 0), 0);
	CU_ASSERT_EQUAL(count(&rig, "setting.changed"), 1);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM outbox"), 0);
	store_rig_stop(&rig);
}

/* Runs what a process does that is then killed: nothing is closed, nothing is flushed. */
static void
killed(struct store_rig *rig, void (*run)(struct store_rig *rig))
{
	store_rig_close(rig);
	pid_t child = fork();
	if (!child) {
		store_rig_open(rig);
		run(rig);
		_exit(0);
	}
	int status;
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_EQUAL(status, 0);
	store_rig_open(rig);
}

static void
make_an_area(struct store_rig *rig)
{
	if (store_rig_put(rig, "area", 0, "{'name':'Hall'}") < 0)
		_exit(1);
}

/* The log commits, the outbox is not told: both files are as after a kill in between. */
static void
make_an_area_and_log_it(struct store_rig *rig)
{
	make_an_area(rig);
	rig->store.outbox = NULL;
	store_log_close(rig->store.log);
}

static void
test_a_kill_between_commit_and_log_loses_no_event_and_doubles_none(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	killed(&rig, make_an_area);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM outbox"), 1);
	CU_ASSERT_EQUAL(count(&rig, "object.created"), 1);
	killed(&rig, make_an_area_and_log_it);
	CU_ASSERT_EQUAL(count(&rig, "object.created"), 2);
	store_rig_close(&rig);
	store_rig_open(&rig);
	CU_ASSERT_EQUAL(count(&rig, "object.created"), 2);
	store_rig_stop(&rig);
}

static void
make_many(struct store_rig *rig)
{
	struct store *store = &rig->store;
	int r = store_outbox_begin(store);

	for (int i = 0; i < 2000 && r == 0; i++)
		r = store_outbox_add(
			store, EV_SETTING_CHANGED, NULL, NULL,
			json_pack("{ss,si,si}", "setting", "x", "old", i, "new", i + 1));
	if (store_outbox_end(store, r) < 0)
		_exit(1);
}

static void
test_many_events_of_one_change_come_whole_and_in_order(void)
{
	struct store_rig rig;
	json_t *event;
	size_t i;

	store_rig_start(&rig);
	make_many(&rig);
	killed(&rig, make_many);
	_cleanup_(json_decrefp) json_t *events = store_rig_events(&rig);
	CU_ASSERT_EQUAL(json_array_size(events), 4000);
	json_array_foreach (events, i, event)
		CU_ASSERT_EQUAL(json_integer_or(json_object_get(event, "data"), "old", -1),
				(int64_t) i % 2000);
	store_rig_stop(&rig);
}

static void
test_an_older_copy_of_the_database_that_is_put_back_still_tells(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	make_an_area(&rig);
	make_an_area(&rig);
	CU_ASSERT_EQUAL(count(&rig, "object.created"), 2);
	/* As if both changes had never been. */
	CU_ASSERT_EQUAL(db_run(rig.store.config, "DELETE FROM sqlite_sequence", ""), 0);
	store_rig_close(&rig);
	store_rig_open(&rig);
	make_an_area(&rig);
	CU_ASSERT_EQUAL(count(&rig, "object.created"), 3);
	store_rig_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_change_and_its_event_are_committed_together_or_not_at_all),
		TAP(test_a_kill_between_commit_and_log_loses_no_event_and_doubles_none),
		TAP(test_many_events_of_one_change_come_whole_and_in_order),
		TAP(test_an_older_copy_of_the_database_that_is_put_back_still_tells),
	};

	log_set_level((enum log_level) 0);
	return tap_main(tests, ARRAY_LEN(tests));
}
