/* Checkpoints: events in which the controller signs the log, with a key of its own. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "agent/store_log_private.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

static int
read_secret(const char *path, uint8_t secret[CHECKPOINT_KEY])
{
	uint8_t bytes[CHECKPOINT_KEY + 1];
	int n = read_private_file(path, bytes, sizeof(bytes));
	int r = n < 0 ? n : n == CHECKPOINT_KEY ? 0 : -EBADMSG;

	if (r == 0)
		memcpy(secret, bytes, CHECKPOINT_KEY);
	explicit_bzero(bytes, sizeof(bytes));
	return r;
}

static int
make_secret(const char *path, uint8_t secret[CHECKPOINT_KEY])
{
	if (getrandom(secret, CHECKPOINT_KEY, 0) != CHECKPOINT_KEY)
		return -EIO;
	return write_file_atomic(path, secret, CHECKPOINT_KEY, 0600);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store_log *log = context;

	log->signing.is_due = log->head > log->signed_seq;
	if (log->signing.is_due)
		store_log_arm(log, 0);
}

int
store_log_sign_with(struct store_log *log, const char *path, unsigned period_ms)
{
	struct store_log_signing *signing = &log->signing;
	uint8_t key[CHECKPOINT_KEY];
	int r = read_secret(path, signing->secret);

	if (r == -ENOENT)
		r = make_secret(path, signing->secret);
	if (r == 0)
		r = checkpoint_public_key(signing->secret, key);
	if (r < 0) {
		explicit_bzero(signing->secret, sizeof(signing->secret));
		return log_err(r, "cannot use '%s', the log is not signed", path);
	}
	hex_encode(key, sizeof(key), signing->key);
	signing->has_key = true;
	signing->period_ms = period_ms;
	signing->timer = evtimer_new(event_get_base(log->timer), on_timer, log);
	store_log_sign_later(log);
	return 0;
}

const char *
store_log_key(const struct store_log *log)
{
	return log->signing.has_key ? log->signing.key : NULL;
}

json_t *
store_log_checkpoint(const struct store_log *log, uint64_t upto, const char *hash)
{
	uint8_t signature[CHECKPOINT_SIGNED];
	char hex[2 * CHECKPOINT_SIGNED + 1];

	if (checkpoint_sign(log->signing.secret, upto, hash, signature) < 0)
		return NULL;
	hex_encode(signature, sizeof(signature), hex);
	return json_pack("{sI,ss,ss,ss}", "upto", (json_int_t) upto, "hash", hash, "key",
			 log->signing.key, "signature", hex);
}

bool
store_log_is_due(const struct store_log *log, uint64_t seq, uint64_t signed_seq)
{
	return log->signing.has_key && seq >= signed_seq + CHECKPOINT_EVENTS;
}

/* Where there is none among so many, the next event is followed by one. */
void
store_log_sign_load(struct store_log *log)
{
	uint64_t behind = log->head - MIN_OF(log->head, (uint64_t) CHECKPOINT_EVENTS + 1);
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(log->db,
			 "SELECT max(seq) FROM (SELECT seq, number FROM events WHERE seq > ?)"
			 " WHERE number = ?",
			 "ii", (int64_t) behind, (int64_t) EV_LOG_CHECKPOINT);

	if (db_next(&row))
		log->signed_seq = (uint64_t) sqlite3_column_int64(row, 0);
}

void
store_log_sign_later(struct store_log *log)
{
	struct store_log_signing *signing = &log->signing;

	if (signing->has_key && log->head > log->signed_seq &&
	    !evtimer_pending(signing->timer, NULL))
		loop_arm_in(signing->timer, signing->period_ms * US_PER_MS);
}

void
store_log_sign_done(struct store_log *log)
{
	if (log->signing.timer)
		event_free(log->signing.timer);
	explicit_bzero(log->signing.secret, sizeof(log->signing.secret));
}
