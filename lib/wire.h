/*
 * JSON lines over a Unix stream socket: one object a line, at most WIRE_LINE_MAX bytes, nested at
 * most JSON_DEPTH_MAX deep. A peer that sends anything else is told why in one error line and
 * loses its connection; nobody else notices. Nothing here blocks.
 *
 * The owner frees a wire with wire_free(), also after on_closed; it may do so inside a callback.
 */
#ifndef LIB_WIRE_H
#define LIB_WIRE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define WIRE_LINE_MAX 65536
/* Above this many unsent bytes a peer that does not read is cut off. */
#define WIRE_UNSENT_MAX (8 * 1024 * 1024)

struct event_base;
struct wire;

struct wire_ops {
	/* message is borrowed. */
	void (*on_message)(struct wire *wire, json_t *message, void *context);
	/* The peer is gone or was refused; error is a negative errno or 0. Called once. */
	void (*on_closed)(struct wire *wire, int error, void *context);
	/* Everything sent so far has left; may be NULL. */
	void (*on_drained)(struct wire *wire, void *context);
	/*
	 * A line before it is read as JSON; true: it is dealt with. For what comes by the hundred
	 * thousand a second; may be NULL. It is not ended by NUL, and was not looked at yet.
	 */
	bool (*on_line)(struct wire *wire, const char *line, size_t size, void *context);
};

/* Takes fd, a connected non-blocking stream socket. ops must outlive the wire. */
struct wire *wire_new(struct event_base *base, int fd, const struct wire_ops *ops, void *context);
void wire_free(struct wire *wire);

/* Queues one message; -EMSGSIZE when it is longer than a line may be, -ENOTCONN when closed,
 * -EINVAL for NULL, what json_pack() returns for text that is no UTF-8. */
int wire_send(struct wire *wire, const json_t *message);
/* The same for text that is one JSON object already, without its newline. */
int wire_send_text(struct wire *wire, const char *text);
/* Writes now what the socket takes, instead of when the loop comes to it. */
void wire_flush(struct wire *wire);
/* Reads nothing more until it is false again, not even what is there already: then the peer waits.
 */
void wire_pause(struct wire *wire, bool is_paused);
/* Bytes that were queued and have not left. */
size_t wire_unsent_bytes(const struct wire *wire);
/* Sends {"error":{"code","message"}} and closes when it has left. */
void wire_refuse(struct wire *wire, const char *code, const char *message);

/* User and process of the peer (SO_PEERCRED). */
int wire_peer(const struct wire *wire, uid_t *ret_uid, pid_t *ret_pid);

/*
 * A listening socket at path with the mode, replacing what a dead process left there; a path that
 * a living process serves is -EADDRINUSE. Returns the fd or a negative errno.
 */
int wire_listen(const char *path, mode_t mode);
/* A connected non-blocking socket, or a negative errno. Local sockets connect at once. */
int wire_connect(const char *path);

#endif
