#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "lib/util.h"

#define DEADLINE_S 10
#define GOLDEN_MAX (256 * 1024)

char *
unit_dir_new(void)
{
	const char *parent = getenv("TMPDIR");
	char *dir = xasprintf("%s/cardea-unit-XXXXXX", parent && *parent ? parent : "/tmp");

	if (!mkdtemp(dir))
		abort();
	return dir;
}

/* Removes a directory and all below it; a tree as deep as a test has made it. */
static void
remove_tree(const char *dir)
{
	DIR *files = opendir(dir);

	for (struct dirent *entry; files && (entry = readdir(files));) {
		_cleanup_(freep) char *path = unit_path(dir, entry->d_name);
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlink(path) < 0)
			remove_tree(path);
	}
	if (files)
		(void) closedir(files);
	(void) rmdir(dir);
}

void
unit_dir_free(char *dir)
{
	remove_tree(dir);
	free(dir);
}

char *
unit_path(const char *dir, const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

/* Not lib/clock: tests replace that one. */
static double
now_s(void)
{
	struct timespec now;

	(void) clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void
on_wake(evutil_socket_t fd UNUSED, short what UNUSED, void *context UNUSED)
{
}

bool
unit_wait(struct event_base *base, bool (*is_done)(void *context), void *context)
{
	struct event *wake = event_new(base, -1, EV_PERSIST, on_wake, NULL);
	struct timeval period = { .tv_usec = 10000 };
	double until = now_s() + DEADLINE_S;
	bool is_over = is_done(context);

	(void) event_add(wake, &period);
	while (!is_over && now_s() < until) {
		(void) event_base_loop(base, EVLOOP_ONCE);
		is_over = is_done(context);
	}
	event_free(wake);
	return is_over;
}

void
unit_turn(struct event_base *base)
{
	(void) event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
print_difference(const char *expected, const char *actual)
{
	unsigned number = 1;

	for (;;) {
		size_t left = strcspn(expected, "\n");
		size_t right = strcspn(actual, "\n");
		if (left != right || strncmp(expected, actual, left)) {
			printf("# line %u is    '%.*s'\n# and should be '%.*s'\n", number,
			       (int) right, actual, (int) left, expected);
			return;
		}
		if (!expected[left] || !actual[right])
			return;
		expected += left + 1;
		actual += right + 1;
		number++;
	}
}

bool
unit_is_golden(const char *name, const char *text)
{
	const char *source = getenv("CARDEA_SRCDIR");
	_cleanup_(freep) char *path = xasprintf("%s/tests/golden/%s", source ? source : ".", name);
	static char expected[GOLDEN_MAX];

	if (getenv("CARDEA_UPDATE_GOLDEN"))
		return write_file_atomic(path, text, strlen(text), 0644) == 0;
	if (read_file(path, expected, sizeof(expected)) < 0) {
		printf("# there is no '%s'\n", path);
		return false;
	}
	if (!strcmp(expected, text))
		return true;
	printf("# '%s' differs; what others parse is append-only\n", path);
	print_difference(expected, text);
	return false;
}

struct unit_peer *
unit_peer_new(struct event_base *base, int fd)
{
	struct unit_peer *peer = xcalloc(1, sizeof(*peer));

	if (fd < 0)
		abort();
	peer->base = base;
	peer->fd = fd;
	return peer;
}

void
unit_peer_free(struct unit_peer *peer)
{
	closep(&peer->fd);
	free(peer);
}

bool
unit_peer_send(struct unit_peer *peer, const void *bytes, size_t size)
{
	double until = now_s() + DEADLINE_S;

	for (size_t done = 0; done < size && now_s() < until;) {
		ssize_t n = send(peer->fd, (const char *) bytes + done, size - done, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			return false;
		done += n > 0 ? (size_t) n : 0;
		unit_turn(peer->base);
		if (done == size)
			return true;
	}
	return !size;
}

bool
unit_peer_say(struct unit_peer *peer, const char *line)
{
	_cleanup_(freep) char *text = xasprintf("%s\n", line);
	return unit_peer_send(peer, text, strlen(text));
}

/* The next line in the buffer's front, ended by NUL; its length, -1 at the end, -2 for nothing. */
static ssize_t
await_line(struct unit_peer *peer)
{
	double until = now_s() + DEADLINE_S;

	while (now_s() < until) {
		char *end = memchr(peer->buffer, '\n', peer->used);
		if (end) {
			*end = 0;
			return end - peer->buffer;
		}
		unit_turn(peer->base);
		ssize_t n = recv(peer->fd, peer->buffer + peer->used,
				 sizeof(peer->buffer) - peer->used, 0);
		if (!n || (n < 0 && errno != EAGAIN))
			return -1;
		peer->used += n > 0 ? (size_t) n : 0;
	}
	printf("# nothing came\n");
	return -2;
}

static void
drop_line(struct unit_peer *peer, ssize_t size)
{
	peer->used -= (size_t) size + 1;
	memmove(peer->buffer, peer->buffer + size + 1, peer->used);
}

json_t *
unit_peer_hear(struct unit_peer *peer)
{
	ssize_t size = await_line(peer);
	if (size < 0)
		return NULL;
	json_t *message = json_loadb(peer->buffer, (size_t) size, 0, NULL);
	drop_line(peer, size);
	return message;
}

bool
unit_peer_hears(struct unit_peer *peer, const char *line)
{
	ssize_t size = await_line(peer);
	if (size < 0)
		return false;
	bool is_same = !strcmp(peer->buffer, line);
	if (!is_same)
		printf("# heard '%.200s'\n# and not '%.200s'\n", peer->buffer, line);
	drop_line(peer, size);
	return is_same;
}

bool
unit_peer_is_closed(struct unit_peer *peer)
{
	ssize_t size = await_line(peer);
	return size == -1 && !peer->used;
}
