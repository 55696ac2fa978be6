#include "www/stream.h"

#include <event2/event.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

#define BLOCK_SIZE    8192
#define DRAINED_BYTES (32 * 1024)

struct stream {
	pthread_mutex_t mutex;
	unsigned references;
	struct MHD_Connection *connection;
	char *buffer;
	size_t used;
	size_t size;
	struct event *drained;
	bool is_suspended;
	bool is_over;
	bool is_failed;
};

struct stream *
stream_new(struct MHD_Connection *connection)
{
	struct stream *stream = xcalloc(1, sizeof(*stream));

	(void) pthread_mutex_init(&stream->mutex, NULL);
	stream->references = 1;
	stream->connection = connection;
	return stream;
}

struct stream *
stream_ref(struct stream *stream)
{
	(void) pthread_mutex_lock(&stream->mutex);
	stream->references++;
	(void) pthread_mutex_unlock(&stream->mutex);
	return stream;
}

void
stream_unref(struct stream *stream)
{
	(void) pthread_mutex_lock(&stream->mutex);
	bool is_last = --stream->references == 0;
	(void) pthread_mutex_unlock(&stream->mutex);
	if (!is_last)
		return;
	(void) pthread_mutex_destroy(&stream->mutex);
	free(stream->buffer);
	free(stream);
}

/* The mutex is held: suspending and waking exclude each other. */
static void
wake(struct stream *stream)
{
	if (!stream->is_suspended)
		return;
	stream->is_suspended = false;
	MHD_resume_connection(stream->connection);
}

static void
put(struct stream *stream, const char *text, size_t size)
{
	if (stream->used + size > stream->size) {
		stream->size = MAX_OF(2 * stream->size, stream->used + size);
		stream->buffer = xrealloc(stream->buffer, stream->size);
	}
	memcpy(stream->buffer + stream->used, text, size);
	stream->used += size;
}

void
stream_append(struct stream *stream, const char *text, size_t size)
{
	(void) pthread_mutex_lock(&stream->mutex);
	if (stream->used + size > STREAM_BACKLOG_MAX)
		stream->is_over = true;
	if (stream->is_over)
		stream->used = 0;
	else
		put(stream, text, size);
	wake(stream);
	(void) pthread_mutex_unlock(&stream->mutex);
}

void
stream_end(struct stream *stream)
{
	(void) pthread_mutex_lock(&stream->mutex);
	stream->is_over = true;
	wake(stream);
	(void) pthread_mutex_unlock(&stream->mutex);
}

void
stream_fail(struct stream *stream)
{
	(void) pthread_mutex_lock(&stream->mutex);
	stream->is_over = true;
	stream->is_failed = true;
	wake(stream);
	(void) pthread_mutex_unlock(&stream->mutex);
}

void
stream_on_drained(struct stream *stream, struct event *event)
{
	(void) pthread_mutex_lock(&stream->mutex);
	stream->drained = event;
	(void) pthread_mutex_unlock(&stream->mutex);
}

bool
stream_is_drained(struct stream *stream)
{
	(void) pthread_mutex_lock(&stream->mutex);
	bool is_drained = stream->used < DRAINED_BYTES;
	(void) pthread_mutex_unlock(&stream->mutex);
	return is_drained;
}

bool
stream_is_over(struct stream *stream)
{
	(void) pthread_mutex_lock(&stream->mutex);
	bool is_over = stream->is_over;
	(void) pthread_mutex_unlock(&stream->mutex);
	return is_over;
}

static long
take(struct stream *stream, char *to, size_t size)
{
	size_t count = MIN_OF(size, stream->used);

	memcpy(to, stream->buffer, count);
	stream->used -= count;
	memmove(stream->buffer, stream->buffer + count, stream->used);
	if (stream->drained && stream->used < DRAINED_BYTES)
		event_active(stream->drained, 0, 0);
	return (long) count;
}

long
stream_read(struct stream *stream, char *to, size_t size)
{
	long count = 0;

	(void) pthread_mutex_lock(&stream->mutex);
	if (stream->used > 0)
		count = take(stream, to, size);
	else if (stream->is_over)
		count = stream->is_failed ? MHD_CONTENT_READER_END_WITH_ERROR
					  : MHD_CONTENT_READER_END_OF_STREAM;
	else if (stream->connection) {
		stream->is_suspended = true;
		MHD_suspend_connection(stream->connection);
	}
	(void) pthread_mutex_unlock(&stream->mutex);
	return count;
}

static ssize_t
on_read(void *context, uint64_t position UNUSED, char *to, size_t size)
{
	return stream_read(context, to, size);
}

static void
on_free(void *context)
{
	struct stream *stream = context;

	(void) pthread_mutex_lock(&stream->mutex);
	stream->is_over = true;
	stream->is_suspended = false;
	if (stream->drained)
		event_active(stream->drained, 0, 0);
	(void) pthread_mutex_unlock(&stream->mutex);
	stream_unref(stream);
}

struct MHD_Response *
stream_response(struct stream *stream)
{
	struct MHD_Response *response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, BLOCK_SIZE, on_read, stream, on_free);

	if (!response)
		on_free(stream);
	return response;
}
