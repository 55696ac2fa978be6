/*
 * Sessions: tokens that a login hands out. They survive a restart of the store; an idle or old
 * one ends.
 */
#ifndef AGENT_STORE_SESSIONS_H
#define AGENT_STORE_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/store_db.h"

#define SESSION_TOKEN_SIZE 65 /* 256 bits in hex and a NUL */

struct sessions;

struct session {
	char token_hash[65];
	char account[65];
	char csrf[SESSION_TOKEN_SIZE];
	uint64_t created_us;   /* wall clock: the absolute end outlives a reboot */
	uint64_t used_mono_us; /* idle time */
};

struct sessions *sessions_load(sqlite3 *db);
void sessions_free(struct sessions *sessions);

/* Makes a session and its token, which is shown this once. -EAGAIN when there are too many. */
int sessions_create(struct sessions *sessions, const char *account,
		    char ret_token[SESSION_TOKEN_SIZE], const struct session **ret_session);
/*
 * NULL when the token is of no living session; idle_s is the limit. is_use: somebody does
 * something, and the idle time begins anew.
 */
const struct session *sessions_find(struct sessions *sessions, const char *token, unsigned idle_s,
				    bool is_use);
void sessions_end(struct sessions *sessions, const char *token);
/* Every session of an account: its password changed or it is gone. */
void sessions_end_account(struct sessions *sessions, const char *account);
/* Every session of everybody. */
void sessions_end_all(struct sessions *sessions);

#endif
