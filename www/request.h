/*
 * The head of one HTTP request and the checks that libmicrohttpd leaves to us: ambiguous framing,
 * header syntax, origin, media type, sizes. Pure: no socket, no thread, no clock.
 *
 * Feed it the request target, then each header, then ask request_check(). No path and no cookie of
 * ours needs an escape, so a percent sign never reaches a lookup; only values of the query are
 * decoded, by who takes them.
 */
#ifndef WWW_REQUEST_H
#define WWW_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "www/problem.h"

#define REQUEST_BODY_MAX   65536
#define REQUEST_TARGET_MAX 1024
#define SESSION_COOKIE	   "__Host-cardea"
#define SESSION_TOKEN_MAX  128

enum verb { VERB_NONE, VERB_GET, VERB_HEAD, VERB_POST, VERB_PATCH, VERB_DELETE };

struct request {
	enum verb verb;
	char path[256];
	char query[768];
	char address[64]; /* of the client; filled by the caller */

	unsigned header_count;
	char host[264];
	char origin[280];
	char fetch_site[16];
	char content_type[80];
	char content_length[16];
	char transfer_encoding[16];
	char cookie[4096];
	char csrf[SESSION_TOKEN_MAX + 1];
	char last_event_id[24];
	char if_none_match[128];
	char accept_encoding[128];

	char session[SESSION_TOKEN_MAX + 1];
	size_t body_size;	       /* what Content-Length announced */
	const struct refusal *refusal; /* the first thing that was wrong */
	struct refusal refusal_storage;
};

enum verb verb_from_name(const char *name);
const char *verb_name(enum verb verb);

/* The raw target as it stood in the request line. */
void request_set_target(struct request *request, const char *target);
void request_add_header(struct request *request, const char *name, size_t name_size,
			const char *value, size_t value_size);
/* After the last header: NULL when the request may be routed. Fills session and body_size. */
const struct refusal *request_check(struct request *request);

/* Whether the request could have come from another site's page, which no API request may. */
bool request_is_cross_site(const struct request *request);
/* A decimal number from the query: 1 found, 0 absent, -EINVAL when it is none or above max. */
int request_query_number(const struct request *request, const char *name, uint64_t max,
			 uint64_t *ret);
/* The same for text, decoded. -EINVAL when it is malformed, has control characters, or is longer
 * than size - 1. */
int request_query_text(const struct request *request, const char *name, char *to, size_t size);
/* Whether every name in the query is one of names. */
bool request_query_is_of(const struct request *request, const char *const *names, size_t count);
/* Whether the comma-separated value of a header holds the word. */
bool header_has_word(const char *value, const char *word);

#endif
