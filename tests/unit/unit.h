/*
 * What several unit tests need: a directory of their own, golden files, an event loop that runs
 * until a condition holds or a deadline has passed, and the other end of a socket.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct event_base;

/* A new empty directory; unit_dir_free() removes it, the files in it and the string. */
char *unit_dir_new(void);
void unit_dir_free(char *dir);
/* dir/name; free with free(). */
char *unit_path(const char *dir, const char *name);

/* Runs the loop until is_done(context); false when ten seconds were not enough. */
bool unit_wait(struct event_base *base, bool (*is_done)(void *context), void *context);
/* Runs what is ready now. */
void unit_turn(struct event_base *base);

/*
 * Whether text is what tests/golden/NAME holds; the first line that differs is printed. With
 * CARDEA_UPDATE_GOLDEN in the environment the file is written instead.
 */
bool unit_is_golden(const char *name, const char *text);

/* The far end of a stream socket; fd must not block. */
struct unit_peer {
	struct event_base *base;
	int fd;
	size_t used;
	char buffer[128 * 1024];
};

struct unit_peer *unit_peer_new(struct event_base *base, int fd);
void unit_peer_free(struct unit_peer *peer);
/* Sends bytes while the loop runs; false when the peer has closed. */
bool unit_peer_send(struct unit_peer *peer, const void *bytes, size_t size);
/* The same for a line, to which the newline is added. */
bool unit_peer_say(struct unit_peer *peer, const char *line);
/* The next line as JSON, a new reference; NULL at the end of the stream. */
json_t *unit_peer_hear(struct unit_peer *peer);
/* Whether the next line is this text. */
bool unit_peer_hears(struct unit_peer *peer, const char *line);
/* Whether the other side has closed and nothing more comes. */
bool unit_peer_is_closed(struct unit_peer *peer);

#endif
