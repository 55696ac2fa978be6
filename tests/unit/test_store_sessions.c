#include "agent/store_sessions.h"
#include "lib/clock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_S	   1800
#define ABSOLUTE_S (12 * 3600)

struct rig {
	char *dir;
	char *path;
	sqlite3 *db;
	struct sessions *sessions;
};

static uint64_t now_us;

static uint64_t
test_source(void)
{
	return now_us;
}

static void
start(struct rig *rig)
{
	now_us = 1000 * US_PER_S;
	clock_set_source(test_source);
	rig->dir = unit_dir_new();
	rig->path = unit_path(rig->dir, "config.db");
	CU_ASSERT_EQUAL_FATAL(db_open(rig->path, &db_config_schema, &rig->db), 0);
	CU_ASSERT_EQUAL(db_exec(rig->db, "INSERT INTO accounts VALUES ('Ada', 'viewer', 'x', 0),"
					 " ('grace', 'viewer', 'x', 0)"),
			0);
	rig->sessions = sessions_load(rig->db);
}

static void
stop(struct rig *rig)
{
	sessions_free(rig->sessions);
	db_close(rig->db);
	clock_set_source(NULL);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static void
restart(struct rig *rig)
{
	sessions_free(rig->sessions);
	rig->sessions = sessions_load(rig->db);
}

static const struct session *
create(struct rig *rig, const char *account, char token[SESSION_TOKEN_SIZE])
{
	const struct session *session = NULL;

	CU_ASSERT_EQUAL_FATAL(sessions_create(rig->sessions, account, token, &session), 0);
	CU_ASSERT_STRING_EQUAL(session->account, account);
	return session;
}

static bool
is_alive(struct rig *rig, const char *token)
{
	return sessions_find(rig->sessions, token, IDLE_S, true) != NULL;
}

static int64_t
count_rows(struct rig *rig)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(rig->db, "SELECT count(*) FROM sessions", "");

	CU_ASSERT_TRUE_FATAL(db_next(&row));
	return sqlite3_column_int64(row, 0);
}

/* A session as the database has it that began so long ago; its token is "token". */
static void
insert_aged(struct rig *rig, uint64_t age_us)
{
	/* printf token | sha256sum */
	CU_ASSERT_EQUAL(db_run(rig->db, "INSERT INTO sessions VALUES (?, 'Ada', 'csrf', ?)", "ti",
			       "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0",
			       (int64_t) (clock_wall_us() - age_us)),
			0);
	restart(rig);
}

static void
test_a_token_is_256_random_bits_and_so_is_its_csrf_token(void)
{
	struct rig rig;
	char tokens[3][SESSION_TOKEN_SIZE];
	char csrf[SESSION_TOKEN_SIZE];

	start(&rig);
	for (unsigned i = 0; i < 3; i++) {
		const struct session *session = create(&rig, "Ada", tokens[i]);
		CU_ASSERT_EQUAL(strspn(tokens[i], "0123456789abcdef"), 64);
		CU_ASSERT_EQUAL(strlen(tokens[i]), 64);
		CU_ASSERT_EQUAL(strlen(session->csrf), 64);
		CU_ASSERT(strcmp(session->csrf, tokens[i]));
		CU_ASSERT(!i || strcmp(session->csrf, csrf));
		CU_ASSERT(!i || strcmp(tokens[i], tokens[i - 1]));
		(void) copy_string(csrf, sizeof(csrf), session->csrf);
	}
	stop(&rig);
}

static void
test_the_token_is_nowhere_in_the_files(void)
{
	static const char *const names[] = { "config.db", "config.db-wal" };
	static char bytes[1024 * 1024];
	struct rig rig;
	char token[SESSION_TOKEN_SIZE];
	unsigned hashes = 0;

	start(&rig);
	const struct session *session = create(&rig, "Ada", token);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_(freep) char *path = unit_path(rig.dir, names[i]);
		int size = read_file(path, bytes, sizeof(bytes));
		CU_ASSERT_FATAL(size >= 0 && (size_t) size < sizeof(bytes) - 1);
		CU_ASSERT_PTR_NULL(memmem(bytes, (size_t) size, token, 64));
		hashes += memmem(bytes, (size_t) size, session->token_hash, 64) != NULL;
	}
	CU_ASSERT(hashes > 0);
	CU_ASSERT(strcmp(session->token_hash, token));
	stop(&rig);
}

static void
test_only_the_whole_token_finds_its_session(void)
{
	struct rig rig;
	char token[SESSION_TOKEN_SIZE];
	char other[SESSION_TOKEN_SIZE];

	start(&rig);
	(void) create(&rig, "Ada", token);
	(void) create(&rig, "grace", other);
	CU_ASSERT_STRING_EQUAL(sessions_find(rig.sessions, token, IDLE_S, true)->account, "Ada");
	CU_ASSERT_STRING_EQUAL(sessions_find(rig.sessions, other, IDLE_S, true)->account, "grace");
	CU_ASSERT_FALSE(is_alive(&rig, ""));
	CU_ASSERT_FALSE(
		is_alive(&rig, sessions_find(rig.sessions, token, IDLE_S, true)->token_hash));
	token[63] = token[63] == '0' ? '1' : '0';
	CU_ASSERT_FALSE(is_alive(&rig, token));
	token[63] = 0;
	CU_ASSERT_FALSE(is_alive(&rig, token));
	stop(&rig);
}

static void
test_an_idle_session_ends_and_one_in_use_does_not(void)
{
	struct rig rig;
	char token[SESSION_TOKEN_SIZE];

	start(&rig);
	(void) create(&rig, "Ada", token);
	for (unsigned i = 0; i < 5; i++) {
		now_us += IDLE_S * US_PER_S;
		CU_ASSERT_TRUE(is_alive(&rig, token));
	}
	CU_ASSERT_EQUAL(count_rows(&rig), 1);
	now_us += IDLE_S * US_PER_S + 1;
	CU_ASSERT_FALSE(is_alive(&rig, token));
	/* It does not come back, and not after a restart. */
	CU_ASSERT_EQUAL(count_rows(&rig), 0);
	now_us -= 2 * US_PER_S;
	CU_ASSERT_FALSE(is_alive(&rig, token));
	restart(&rig);
	CU_ASSERT_FALSE(is_alive(&rig, token));
	stop(&rig);
}

static void
test_looking_is_no_use(void)
{
	struct rig rig;
	char token[SESSION_TOKEN_SIZE];

	start(&rig);
	(void) create(&rig, "Ada", token);
	now_us += IDLE_S * US_PER_S;
	CU_ASSERT_PTR_NOT_NULL(sessions_find(rig.sessions, token, IDLE_S, false));
	now_us += 1;
	CU_ASSERT_PTR_NULL(sessions_find(rig.sessions, token, IDLE_S, false));
	stop(&rig);
}

static void
test_a_session_ends_after_twelve_hours_however_busy(void)
{
	struct rig rig;

	start(&rig);
	insert_aged(&rig, (ABSOLUTE_S - 60) * US_PER_S);
	CU_ASSERT_TRUE(is_alive(&rig, "token"));
	stop(&rig);
	start(&rig);
	insert_aged(&rig, (ABSOLUTE_S + 1) * US_PER_S);
	CU_ASSERT_FALSE(is_alive(&rig, "token"));
	CU_ASSERT_EQUAL(count_rows(&rig), 0);
	stop(&rig);
}

static void
test_sessions_survive_a_restart(void)
{
	struct rig rig;
	char token[SESSION_TOKEN_SIZE];
	char csrf[SESSION_TOKEN_SIZE];

	start(&rig);
	(void) copy_string(csrf, sizeof(csrf), create(&rig, "Ada", token)->csrf);
	restart(&rig);
	const struct session *session = sessions_find(rig.sessions, token, IDLE_S, true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(session);
	CU_ASSERT_STRING_EQUAL(session->csrf, csrf);
	CU_ASSERT_STRING_EQUAL(session->account, "Ada");
	stop(&rig);
}

static void
test_a_logout_ends_one_session_for_good(void)
{
	struct rig rig;
	char token[SESSION_TOKEN_SIZE];
	char other[SESSION_TOKEN_SIZE];

	start(&rig);
	(void) create(&rig, "Ada", token);
	(void) create(&rig, "Ada", other);
	sessions_end(rig.sessions, token);
	sessions_end(rig.sessions, "no such token");
	CU_ASSERT_FALSE(is_alive(&rig, token));
	CU_ASSERT_TRUE(is_alive(&rig, other));
	restart(&rig);
	CU_ASSERT_FALSE(is_alive(&rig, token));
	CU_ASSERT_TRUE(is_alive(&rig, other));
	stop(&rig);
}

static void
test_the_end_of_an_account_ends_all_its_sessions_and_no_other(void)
{
	struct rig rig;
	char tokens[4][SESSION_TOKEN_SIZE];

	start(&rig);
	(void) create(&rig, "Ada", tokens[0]);
	(void) create(&rig, "grace", tokens[1]);
	(void) create(&rig, "Ada", tokens[2]);
	/* Accounts are the same however they are written. */
	(void) create(&rig, "ADA", tokens[3]);
	sessions_end_account(rig.sessions, "ada");
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(is_alive(&rig, tokens[i]), i == 1);
	CU_ASSERT_EQUAL(count_rows(&rig), 1);
	/* A removed account takes its sessions along in the database. */
	CU_ASSERT_EQUAL(db_exec(rig.db, "DELETE FROM accounts WHERE name = 'GRACE'"), 0);
	CU_ASSERT_EQUAL(count_rows(&rig), 0);
	stop(&rig);
}

static void
test_nobody_gets_a_session_without_an_account(void)
{
	struct rig rig;
	const struct session *session = NULL;
	char token[SESSION_TOKEN_SIZE] = "untouched";

	start(&rig);
	CU_ASSERT(sessions_create(rig.sessions, "mallory", token, &session) < 0);
	CU_ASSERT_PTR_NULL(session);
	CU_ASSERT_STRING_EQUAL(token, "untouched");
	CU_ASSERT_EQUAL(count_rows(&rig), 0);
	stop(&rig);
}

static void
test_there_are_at_most_256_sessions_until_old_ones_end(void)
{
	struct rig rig;
	const struct session *session = NULL;
	char token[SESSION_TOKEN_SIZE];

	start(&rig);
	CU_ASSERT_EQUAL(db_exec(rig.db, "BEGIN"), 0);
	for (unsigned i = 0; i < 256; i++)
		(void) create(&rig, "Ada", token);
	CU_ASSERT_EQUAL(db_exec(rig.db, "COMMIT"), 0);
	CU_ASSERT_EQUAL(sessions_create(rig.sessions, "Ada", token, &session), -EAGAIN);
	CU_ASSERT_EQUAL(count_rows(&rig), 256);
	CU_ASSERT_TRUE(is_alive(&rig, token));
	now_us += ABSOLUTE_S * US_PER_S + 1;
	CU_ASSERT_EQUAL(sessions_create(rig.sessions, "Ada", token, &session), 0);
	CU_ASSERT_EQUAL(count_rows(&rig), 1);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_token_is_256_random_bits_and_so_is_its_csrf_token),
		TAP(test_the_token_is_nowhere_in_the_files),
		TAP(test_only_the_whole_token_finds_its_session),
		TAP(test_an_idle_session_ends_and_one_in_use_does_not),
		TAP(test_looking_is_no_use),
		TAP(test_a_session_ends_after_twelve_hours_however_busy),
		TAP(test_sessions_survive_a_restart),
		TAP(test_a_logout_ends_one_session_for_good),
		TAP(test_the_end_of_an_account_ends_all_its_sessions_and_no_other),
		TAP(test_nobody_gets_a_session_without_an_account),
		TAP(test_there_are_at_most_256_sessions_until_old_ones_end),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
