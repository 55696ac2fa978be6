#include "lib/wire.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/json.h"
#include "lib/util.h"
#include "lib/wipe.h"

struct wire {
	struct bufferevent *stream;
	const struct wire_ops *ops;
	void *context;
	int references;
	/* Refused: only waits for its last line to leave. */
	bool is_refused;
	bool is_paused;
	bool is_closed;
	/* The owner let go; no callback may reach it any more. */
	bool is_freed;
};

static void
unref(struct wire *wire)
{
	if (--wire->references)
		return;
	bufferevent_free(wire->stream);
	free(wire);
}

static void
close_now(struct wire *wire, int error)
{
	if (wire->is_closed)
		return;
	wire->is_closed = true;
	(void) bufferevent_disable(wire->stream, EV_READ | EV_WRITE);
	if (!wire->is_freed)
		wire->ops->on_closed(wire, error, wire->context);
}

static const char *
describe(int error)
{
	switch (error) {
	case -E2BIG:
		return "nested too deeply";
	case -EPROTO:
		return "a line must be one JSON object";
	case -ERANGE:
		return "numbers must be integers within +-(2^53 - 1)";
	default:
		return "not valid JSON";
	}
}

static void
take_line(struct wire *wire, const char *line, size_t size)
{
	_cleanup_(json_decrefp) json_t *message = NULL;

	int r = json_read(line, size, &message);
	if (r < 0)
		wire_refuse(wire, "bad_json", describe(r));
	else
		wire->ops->on_message(wire, message, wire->context);
}

/* A line may carry a key. */
static void
wipep(char **line)
{
	wipe_free(*line);
}

/*
 * libevent reads 4 kB at a time: what else there is comes with one more call. Its end and its
 * errors are left to libevent, which sees them the next time.
 */
static void
read_more(struct wire *wire, struct evbuffer *input)
{
	struct evbuffer_iovec space;
	size_t room = WIRE_LINE_MAX;

	if (evbuffer_get_length(input) >= room)
		return;
	(void) evbuffer_unfreeze(input, 0);
	if (evbuffer_reserve_space(input, (ev_ssize_t) room, &space, 1) == 1) {
		ssize_t count =
			recv(bufferevent_getfd(wire->stream), space.iov_base, room, MSG_DONTWAIT);
		space.iov_len = count > 0 ? (size_t) count : 0;
		(void) evbuffer_commit_space(input, &space, 1);
	}
	(void) evbuffer_freeze(input, 0);
}

/* Hands on the first line where it lies, when its owner takes lines and this one. */
static bool
hand_on(struct wire *wire, struct evbuffer *input)
{
	if (!wire->ops->on_line)
		return false;
	struct evbuffer_ptr end = evbuffer_search_eol(input, NULL, NULL, EVBUFFER_EOL_LF);
	if (end.pos <= 0 || end.pos > WIRE_LINE_MAX)
		return false;
	const char *line = (const char *) evbuffer_pullup(input, end.pos);
	if (!line || !wire->ops->on_line(wire, line, (size_t) end.pos, wire->context))
		return false;
	(void) evbuffer_drain(input, (size_t) end.pos + 1);
	return true;
}

static void
on_readable(struct bufferevent *stream, void *context)
{
	struct wire *wire = context;
	struct evbuffer *input = bufferevent_get_input(stream);

	wire->references++;
	if (!wire->is_closed && !wire->is_paused)
		read_more(wire, input);
	while (!wire->is_freed && !wire->is_closed && !wire->is_refused && !wire->is_paused) {
		size_t size;
		if (hand_on(wire, input))
			continue;
		_cleanup_(wipep) char *line = evbuffer_readln(input, &size, EVBUFFER_EOL_LF);
		if (!line && evbuffer_get_length(input) > WIRE_LINE_MAX) {
			wire_refuse(wire, "too_large", "a line may have 65536 bytes");
			break;
		}
		if (!line)
			break;
		if (size > WIRE_LINE_MAX)
			wire_refuse(wire, "too_large", "a line may have 65536 bytes");
		else
			take_line(wire, line, size);
	}
	/* What a refused peer still sends is thrown away, so that it can read why. */
	if (wire->is_refused)
		(void) evbuffer_drain(input, evbuffer_get_length(input));
	unref(wire);
}

static void
on_writable(struct bufferevent *stream UNUSED, void *context)
{
	struct wire *wire = context;

	if (wire->is_refused)
		close_now(wire, -EPROTO);
	else if (!wire->is_freed && wire->ops->on_drained)
		wire->ops->on_drained(wire, wire->context);
}

static void
on_stream_event(struct bufferevent *stream UNUSED, short what, void *context)
{
	close_now(context, what & BEV_EVENT_ERROR ? -ECONNRESET : 0);
}

struct wire *
wire_new(struct event_base *base, int fd, const struct wire_ops *ops, void *context)
{
	struct wire *wire = xcalloc(1, sizeof(*wire));

	wire->stream = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!wire->stream)
		abort();
	wire->ops = ops;
	wire->context = context;
	wire->references = 1;
	bufferevent_setcb(wire->stream, on_readable, on_writable, on_stream_event, wire);
	/* One line and what follows it fit; the rest waits in the socket. */
	bufferevent_setwatermark(wire->stream, EV_READ, 0, 2 * WIRE_LINE_MAX);
	(void) bufferevent_enable(wire->stream, EV_READ | EV_WRITE);
	return wire;
}

void
wire_free(struct wire *wire)
{
	if (!wire || wire->is_freed)
		return;
	wire->is_freed = true;
	wire->is_closed = true;
	(void) bufferevent_disable(wire->stream, EV_READ | EV_WRITE);
	unref(wire);
}

int
wire_send_text(struct wire *wire, const char *text)
{
	size_t size = strlen(text);

	if (wire->is_closed || wire->is_refused)
		return -ENOTCONN;
	if (size > WIRE_LINE_MAX)
		return -EMSGSIZE;
	struct evbuffer *output = bufferevent_get_output(wire->stream);
	if (evbuffer_add(output, text, size) < 0 || evbuffer_add(output, "\n", 1) < 0)
		abort();
	/* Deferred, so that a sender never loses the wire under its own hands. */
	if (evbuffer_get_length(output) > WIRE_UNSENT_MAX)
		bufferevent_trigger_event(wire->stream, BEV_EVENT_ERROR, BEV_OPT_DEFER_CALLBACKS);
	return 0;
}

int
wire_send(struct wire *wire, const json_t *message)
{
	if (!message)
		return -EINVAL;
	char *text = json_canonical(message);
	int r = wire_send_text(wire, text);

	wipe_free(text);
	return r;
}

void
wire_flush(struct wire *wire)
{
	struct evbuffer *output = bufferevent_get_output(wire->stream);

	if (wire->is_closed)
		return;
	/* The stream keeps the front of its buffer frozen against everybody but itself. What goes
	 * wrong here goes wrong there again, and is reported then. */
	(void) evbuffer_unfreeze(output, 1);
	(void) evbuffer_write(output, bufferevent_getfd(wire->stream));
	(void) evbuffer_freeze(output, 1);
}

void
wire_pause(struct wire *wire, bool is_paused)
{
	if (wire->is_closed || wire->is_paused == is_paused)
		return;
	wire->is_paused = is_paused;
	if (is_paused) {
		(void) bufferevent_disable(wire->stream, EV_READ);
		return;
	}
	(void) bufferevent_enable(wire->stream, EV_READ);
	/* Lines that came before the pause are read without waiting for more. */
	bufferevent_trigger(wire->stream, EV_READ,
			    BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

size_t
wire_unsent_bytes(const struct wire *wire)
{
	return evbuffer_get_length(bufferevent_get_output(wire->stream));
}

void
wire_refuse(struct wire *wire, const char *code, const char *message)
{
	_cleanup_(json_decrefp) json_t *error =
		json_pack("{s{ss,ss}}", "error", "code", code, "message", message);

	if (wire_send(wire, error) == 0)
		wire->is_refused = true;
}

int
wire_peer(const struct wire *wire, uid_t *ret_uid, pid_t *ret_pid)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(bufferevent_getfd(wire->stream), SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	*ret_uid = peer.uid;
	*ret_pid = peer.pid;
	return 0;
}

static int
make_address(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return copy_string(address->sun_path, sizeof(address->sun_path), path) ? 0 : -ENAMETOOLONG;
}

int
wire_connect(const char *path)
{
	struct sockaddr_un address;
	int r = make_address(path, &address);
	if (r < 0)
		return r;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0) {
		r = -errno;
		(void) close(fd);
		return r;
	}
	return fd;
}

int
wire_listen(const char *path, mode_t mode)
{
	struct sockaddr_un address;
	int r = make_address(path, &address);
	if (r < 0)
		return r;
	int probe = wire_connect(path);
	if (probe >= 0 || probe == -EAGAIN) {
		closep(&probe);
		return -EADDRINUSE;
	}
	(void) unlink(path);
	_cleanup_(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
		return -errno;
	if (chmod(path, mode) < 0 || listen(fd, 64) < 0)
		return -errno;
	int listening = fd;
	fd = -1;
	return listening;
}
