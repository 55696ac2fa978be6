#include "tests/unit/log_rig.h"

#include <event2/event.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "lib/daemon.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "tests/unit/unit.h"

static void
on_commit(uint64_t head, void *context)
{
	struct log_rig *rig = context;

	rig->commits++;
	rig->head = head;
}

static void
on_ring_commit(const char *epoch, uint64_t number, void *context)
{
	struct log_rig *rig = context;

	rig->ring_commits++;
	(void) copy_string(rig->epoch, sizeof(rig->epoch), epoch);
	rig->ring_number = number;
}

static const struct store_log_ops ops = { on_commit, on_ring_commit };

void
log_rig_open(struct log_rig *rig)
{
	if (store_log_open(rig->base, rig->path, &ops, rig, &rig->log) < 0)
		abort();
}

void
log_rig_start(struct log_rig *rig)
{
	*rig = (struct log_rig){ .base = loop_new(), .dir = unit_dir_new() };
	rig->path = unit_path(rig->dir, "events.db");
	log_rig_open(rig);
}

void
log_rig_reopen(struct log_rig *rig)
{
	store_log_close(rig->log);
	log_rig_open(rig);
}

void
log_rig_stop(struct log_rig *rig)
{
	store_log_close(rig->log);
	event_base_free(rig->base);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static json_t *
data_of(int number)
{
	return json_pack("{ss,si}", "version", "1", "n", number);
}

void
log_rig_add(struct log_rig *rig, int number)
{
	store_log_add(rig->log, EV_STARTED, "system", NULL, NULL, data_of(number));
}

void
log_rig_add_alert(struct log_rig *rig, int number)
{
	store_log_add(rig->log, EV_CONTROL_DOWN, "system", NULL, NULL, data_of(number));
}

int
log_rig_add_ring(struct log_rig *rig, const char *epoch, uint64_t number)
{
	_cleanup_(json_decrefp) json_t *draft =
		json_pack("{si,ss,ss,ss,sI,sI,sb,ss,s{ss,ss,si}}", "number", EV_ACCESS_DENIED,
			  "source", "door.1", "actor", "card:h10301:118:1603", "boot", "b",
			  "time_us", (json_int_t) 1790000000000000, "mono_us",
			  (json_int_t) 812345678, "synced", 1, "reason", "Unauthorized", "data",
			  "holder", "Ada", "door_name", "Front", "n", (int) number);

	return store_log_add_ring(rig->log, epoch, number, draft);
}

struct wait {
	const struct log_rig *rig;
	uint64_t head;
};

static bool
is_committed(void *context)
{
	const struct wait *wait = context;
	return store_log_head(wait->rig->log) >= wait->head;
}

bool
log_rig_await(struct log_rig *rig, uint64_t head)
{
	struct wait wait = { rig, head };
	return unit_wait(rig->base, is_committed, &wait);
}

static sqlite3 *
open_beside(const struct log_rig *rig)
{
	sqlite3 *db;

	if (sqlite3_open_v2(rig->path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		abort();
	return db;
}

/* What is wrong with this row, whose predecessor had the hash in hex; NULL when nothing is. */
static const char *
find_fault(sqlite3_stmt *row, uint64_t seq, char hash[65])
{
	const char *text = (const char *) sqlite3_column_text(row, 4);
	_cleanup_(json_decrefp) json_t *event = NULL;
	uint8_t digest[32];

	if ((uint64_t) sqlite3_column_int64(row, 0) != seq)
		return "a gap";
	_cleanup_(freep) char *hashed = xasprintf("%s%s", hash, text);
	(void) SHA256((const uint8_t *) hashed, strlen(hashed), digest);
	if (sqlite3_column_bytes(row, 5) != 32 || memcmp(sqlite3_column_blob(row, 5), digest, 32))
		return "another hash";
	hex_encode(digest, 32, hash);
	if (json_read(text, strlen(text), &event) < 0)
		return "no JSON";
	_cleanup_(freep) char *canonical = json_canonical(event);
	if (strcmp(canonical, text))
		return "not canonical";
	static const char *const columns[] = { "seq", "time_us", "number", "severity" };
	for (int i = 0; i < (int) ARRAY_LEN(columns); i++)
		if (json_integer_or(event, columns[i], -1) != sqlite3_column_int64(row, i))
			return columns[i];
	return NULL;
}

/* Where the chain begins. */
static uint64_t
read_anchor(sqlite3 *db, char hash[65])
{
	sqlite3_stmt *row = NULL;
	uint64_t seq = 0;

	memset(hash, '0', 64);
	hash[64] = 0;
	if (sqlite3_prepare_v2(db, "SELECT seq, hash FROM anchor", -1, &row, NULL) == SQLITE_OK &&
	    sqlite3_step(row) == SQLITE_ROW) {
		seq = (uint64_t) sqlite3_column_int64(row, 0);
		hex_encode(sqlite3_column_blob(row, 1), 32, hash);
	}
	(void) sqlite3_finalize(row);
	return seq;
}

uint64_t
log_rig_verify(const struct log_rig *rig)
{
	sqlite3 *db = open_beside(rig);
	sqlite3_stmt *row;
	char hash[65];
	uint64_t right = 0;
	const char *fault = NULL;

	right = read_anchor(db, hash);
	if (sqlite3_prepare_v2(db,
			       "SELECT seq, time_us, number, severity, text, hash FROM events"
			       " ORDER BY seq",
			       -1, &row, NULL) != SQLITE_OK)
		abort();
	while (!fault && sqlite3_step(row) == SQLITE_ROW) {
		fault = find_fault(row, right + 1, hash);
		right += !fault;
	}
	if (fault)
		printf("# event %llu: %s\n", (unsigned long long) right + 1, fault);
	(void) sqlite3_finalize(row);
	(void) sqlite3_close(db);
	return right;
}

int64_t
log_rig_select(const struct log_rig *rig, const char *sql)
{
	sqlite3 *db = open_beside(rig);
	sqlite3_stmt *row = NULL;
	int64_t number = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK &&
	    sqlite3_step(row) == SQLITE_ROW)
		number = sqlite3_column_int64(row, 0);
	(void) sqlite3_finalize(row);
	(void) sqlite3_close(db);
	return number;
}
