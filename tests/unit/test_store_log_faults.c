#include "agent/store_log.h"
#include "lib/log.h"
#include "lib/util.h"
#include "tests/unit/log_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* From now on no file of this process may grow: what a full disk does. */
static void
fill_disk(bool is_full)
{
	struct rlimit limit;

	(void) getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = is_full ? 0 : limit.rlim_max;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Whether the events' numbers in data are 1, 2, 3 ... in the order of seq. */
static bool
are_in_order(const struct log_rig *rig)
{
	return !log_rig_select(rig, "SELECT count(*) FROM events"
				    " WHERE json_extract(text, '$.data.n') IS NOT seq");
}

static void
test_a_full_disk_keeps_events_and_commits_them_later_in_order(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	log_rig_add(&rig, 1);
	CU_ASSERT_TRUE(log_rig_await(&rig, 1));
	fill_disk(true);
	log_rig_add(&rig, 2);
	log_rig_add_alert(&rig, 3);
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", 4), 0);
	log_rig_add_alert(&rig, 5);
	unit_turn(rig.base);
	fill_disk(false);
	/* Neither followed nor acknowledged before it is on disk. */
	CU_ASSERT_EQUAL(rig.commits, 1);
	CU_ASSERT_EQUAL(rig.ring_commits, 0);
	CU_ASSERT_EQUAL(store_log_head(rig.log), 1);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 1);
	/* Tried again by itself. */
	CU_ASSERT_TRUE(log_rig_await(&rig, 5));
	CU_ASSERT_EQUAL(rig.commits, 2);
	CU_ASSERT_EQUAL(rig.ring_number, 4);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 5);
	CU_ASSERT_TRUE(are_in_order(&rig));
	log_rig_stop(&rig);
}

static void
test_a_locked_database_keeps_events_and_commits_them_later_in_order(void)
{
	struct log_rig rig;
	sqlite3 *other;

	log_rig_start(&rig);
	CU_ASSERT_EQUAL_FATAL(sqlite3_open(rig.path, &other), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	for (int i = 1; i <= 3; i++)
		log_rig_add(&rig, i);
	log_rig_add_alert(&rig, 4);
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.commits, 0);
	CU_ASSERT_EQUAL(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	(void) sqlite3_close(other);
	/* The next urgent one takes the others with it. */
	log_rig_add_alert(&rig, 5);
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(rig.head, 5);
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 5);
	CU_ASSERT_TRUE(are_in_order(&rig));
	log_rig_stop(&rig);
}

static void
test_what_a_full_disk_cannot_take_for_long_is_counted_exactly(void)
{
	struct log_rig rig;

	log_rig_start(&rig);
	fill_disk(true);
	for (int i = 1; i <= 8192 + 17; i++)
		log_rig_add(&rig, i);
	unit_turn(rig.base);
	/* The door role's events are bounded by its ring and never dropped here. */
	CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", 8193), 0);
	fill_disk(false);
	CU_ASSERT_TRUE(log_rig_await(&rig, 8194));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 8194);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT json_extract(text, '$.data.count') FROM events"
					     " WHERE number = 700"),
			17);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT seq FROM events WHERE number = 700"), 8194);
	log_rig_stop(&rig);
}

/* Adds events of both makers until it is killed. */
static void __attribute__((noreturn)) add_for_ever(struct log_rig *rig)
{
	for (uint64_t i = 1;; i++) {
		(void) log_rig_add_ring(rig, "epoch-a", i);
		if (i % 7 == 0)
			log_rig_add_alert(rig, (int) i);
		unit_turn(rig->base);
	}
}

static bool
has_grown(void *context)
{
	return log_rig_select(context, "SELECT max(seq) FROM events") > 40;
}

static void
test_a_store_killed_while_it_commits_leaves_a_whole_chain(void)
{
	for (unsigned round = 0; round < 5; round++) {
		struct log_rig rig;
		log_rig_start(&rig);
		store_log_close(steal(&rig.log));
		pid_t pid = fork();
		if (!pid) {
			(void) event_reinit(rig.base);
			log_rig_open(&rig);
			add_for_ever(&rig);
		}
		CU_ASSERT_TRUE(unit_wait(rig.base, has_grown, &rig));
		(void) kill(pid, SIGKILL);
		(void) waitpid(pid, NULL, 0);
		log_rig_open(&rig);
		uint64_t head = store_log_head(rig.log);
		uint64_t number = store_log_ring_position(rig.log, "epoch-a");
		CU_ASSERT_EQUAL(log_rig_verify(&rig), head);
		/* Position and events are of one transaction: nothing is missing, nothing twice. */
		CU_ASSERT_EQUAL(
			log_rig_select(&rig, "SELECT count(*) FROM events WHERE number = 130"),
			(int64_t) number);
		CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", number), 0);
		CU_ASSERT_EQUAL(log_rig_add_ring(&rig, "epoch-a", number + 1), 0);
		CU_ASSERT_TRUE(log_rig_await(&rig, head + 1));
		CU_ASSERT_EQUAL(log_rig_verify(&rig), head + 1);
		log_rig_stop(&rig);
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_full_disk_keeps_events_and_commits_them_later_in_order),
		TAP(test_a_locked_database_keeps_events_and_commits_them_later_in_order),
		TAP(test_what_a_full_disk_cannot_take_for_long_is_counted_exactly),
		TAP(test_a_store_killed_while_it_commits_leaves_a_whole_chain),
	};

	/* Failing commits are what is tested; their error lines would only alarm. */
	log_set_level((enum log_level) 0);
	(void) signal(SIGXFSZ, SIG_IGN);
	return tap_main(tests, ARRAY_LEN(tests));
}
