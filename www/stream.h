/*
 * One answer that goes on, such as server-sent events: the loop appends, the HTTP thread sends. A
 * client that does not keep up loses its stream, never our memory.
 *
 * Two owners share a stream, the hub and the answer that carries it; each drops its reference.
 */
#ifndef WWW_STREAM_H
#define WWW_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#define STREAM_BACKLOG_MAX (512 * 1024)

struct event;
struct MHD_Connection;
struct MHD_Response;
struct stream;

/* With one reference. */
struct stream *stream_new(struct MHD_Connection *connection);
struct stream *stream_ref(struct stream *stream);
void stream_unref(struct stream *stream);

/* In the loop. Past the backlog limit the stream ends by itself. */
void stream_append(struct stream *stream, const char *text, size_t size);
void stream_end(struct stream *stream);
/* Ends it so that the client knows that something is missing. */
void stream_fail(struct stream *stream);
/* Activates an event of the loop when little is left to send, or when the client has gone; NULL
 * before that event is freed. */
void stream_on_drained(struct stream *stream, struct event *event);
/* Whether there is so little left that more should come. */
bool stream_is_drained(struct stream *stream);
/* Ended by us, or its client has gone. */
bool stream_is_over(struct stream *stream);

/* In the HTTP thread: the answer takes the caller's reference; NULL when there is no memory. */
struct MHD_Response *stream_response(struct stream *stream);
/* What the answer's reader does; for tests. 0: nothing there yet. */
long stream_read(struct stream *stream, char *to, size_t size);

#endif
