#include "agent/store_sessions.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/clock.h"
#include "lib/util.h"

#define SESSIONS_MAX	  256
#define ABSOLUTE_LIMIT_US (12 * 3600 * US_PER_S)

struct sessions {
	sqlite3 *db;
	unsigned count;
	struct session all[SESSIONS_MAX];
};

static void
hash_token(const char *token, char hex[65])
{
	uint8_t digest[32];

	if (EVP_Digest(token, strlen(token), digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	hex_encode(digest, sizeof(digest), hex);
}

static void
make_token(char token[SESSION_TOKEN_SIZE])
{
	uint8_t bytes[32];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	hex_encode(bytes, sizeof(bytes), token);
	explicit_bzero(bytes, sizeof(bytes));
}

static void
remove_at(struct sessions *sessions, unsigned i)
{
	(void) db_run(sessions->db, "DELETE FROM sessions WHERE token_hash = ?", "t",
		      sessions->all[i].token_hash);
	sessions->all[i] = sessions->all[--sessions->count];
}

static bool
is_over(const struct session *session, uint64_t idle_us)
{
	uint64_t now_us = clock_wall_us();

	return clock_mono_us() - session->used_mono_us > idle_us ||
	       (now_us > session->created_us && now_us - session->created_us > ABSOLUTE_LIMIT_US);
}

struct sessions *
sessions_load(sqlite3 *db)
{
	struct sessions *sessions = xcalloc(1, sizeof(*sessions));
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		db, "SELECT token_hash, account, csrf, created_us FROM sessions LIMIT 256", "");

	sessions->db = db;
	while (db_next(&rows)) {
		struct session *session = &sessions->all[sessions->count++];
		(void) copy_string(session->token_hash, sizeof(session->token_hash),
				   db_text(rows, 0));
		(void) copy_string(session->account, sizeof(session->account), db_text(rows, 1));
		(void) copy_string(session->csrf, sizeof(session->csrf), db_text(rows, 2));
		session->created_us = (uint64_t) sqlite3_column_int64(rows, 3);
		session->used_mono_us = clock_mono_us();
	}
	return sessions;
}

void
sessions_free(struct sessions *sessions)
{
	free(sessions);
}

static void
drop_old(struct sessions *sessions)
{
	for (unsigned i = sessions->count; i-- > 0;)
		if (is_over(&sessions->all[i], ABSOLUTE_LIMIT_US))
			remove_at(sessions, i);
}

int
sessions_create(struct sessions *sessions, const char *account, char ret_token[SESSION_TOKEN_SIZE],
		const struct session **ret_session)
{
	drop_old(sessions);
	if (sessions->count == SESSIONS_MAX)
		return -EAGAIN;
	struct session *session = &sessions->all[sessions->count];
	*session = (struct session){
		.created_us = clock_wall_us(),
		.used_mono_us = clock_mono_us(),
	};
	char token[SESSION_TOKEN_SIZE];
	make_token(token);
	make_token(session->csrf);
	hash_token(token, session->token_hash);
	(void) copy_string(session->account, sizeof(session->account), account);
	int r = db_run(sessions->db, "INSERT INTO sessions VALUES (?, ?, ?, ?)", "ttti",
		       session->token_hash, session->account, session->csrf,
		       (int64_t) session->created_us);
	if (r < 0)
		return r;
	sessions->count++;
	memcpy(ret_token, token, sizeof(token));
	explicit_bzero(token, sizeof(token));
	*ret_session = session;
	return 0;
}

static int
index_of(const struct sessions *sessions, const char *token)
{
	char hash[65];

	/* Comparing hashes leaks nothing about the token. */
	hash_token(token, hash);
	for (unsigned i = 0; i < sessions->count; i++)
		if (!strcmp(sessions->all[i].token_hash, hash))
			return (int) i;
	return -ENOENT;
}

const struct session *
sessions_find(struct sessions *sessions, const char *token, unsigned idle_s, bool is_use)
{
	int i = index_of(sessions, token);

	if (i < 0)
		return NULL;
	if (is_over(&sessions->all[i], idle_s * US_PER_S)) {
		remove_at(sessions, (unsigned) i);
		return NULL;
	}
	if (is_use)
		sessions->all[i].used_mono_us = clock_mono_us();
	return &sessions->all[i];
}

void
sessions_end(struct sessions *sessions, const char *token)
{
	int i = index_of(sessions, token);

	if (i >= 0)
		remove_at(sessions, (unsigned) i);
}

void
sessions_end_account(struct sessions *sessions, const char *account)
{
	for (unsigned i = sessions->count; i-- > 0;)
		if (!strcasecmp(sessions->all[i].account, account))
			remove_at(sessions, i);
}

void
sessions_end_all(struct sessions *sessions)
{
	while (sessions->count)
		remove_at(sessions, sessions->count - 1);
}
