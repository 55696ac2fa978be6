#include "www/connections.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "lib/clock.h"
#include "lib/util.h"

struct connection {
	TAILQ_ENTRY(connection) link;
	int fd;
	enum connection_phase phase;
	uint64_t since_us;
	bool is_shut;
	void *data;
};

struct connections {
	pthread_mutex_t mutex;
	TAILQ_HEAD(, connection) all;
};

/* Zero means no deadline. */
static const unsigned limits_s[] = {
	[CONNECTION_FIRST] = 10,  [CONNECTION_BODY] = 10, [CONNECTION_WORK] = 0,
	[CONNECTION_ANSWER] = 60, [CONNECTION_IDLE] = 40,
};

struct connections *
connections_new(void)
{
	struct connections *connections = xcalloc(1, sizeof(*connections));

	(void) pthread_mutex_init(&connections->mutex, NULL);
	TAILQ_INIT(&connections->all);
	return connections;
}

void
connections_free(struct connections *connections)
{
	if (!connections)
		return;
	(void) pthread_mutex_destroy(&connections->mutex);
	free(connections);
}

struct connection *
connection_open(struct connections *connections, int fd, void *data)
{
	struct connection *connection = xcalloc(1, sizeof(*connection));

	*connection = (struct connection){
		.fd = fd,
		.phase = CONNECTION_FIRST,
		.since_us = clock_mono_us(),
		.data = data,
	};
	(void) pthread_mutex_lock(&connections->mutex);
	TAILQ_INSERT_TAIL(&connections->all, connection, link);
	(void) pthread_mutex_unlock(&connections->mutex);
	return connection;
}

void *
connection_close(struct connections *connections, struct connection *connection)
{
	void *data = connection->data;

	(void) pthread_mutex_lock(&connections->mutex);
	TAILQ_REMOVE(&connections->all, connection, link);
	(void) pthread_mutex_unlock(&connections->mutex);
	free(connection);
	return data;
}

void
connection_enter(struct connections *connections, struct connection *connection,
		 enum connection_phase phase)
{
	(void) pthread_mutex_lock(&connections->mutex);
	connection->phase = phase;
	connection->since_us = clock_mono_us();
	(void) pthread_mutex_unlock(&connections->mutex);
}

unsigned
connections_expire(struct connections *connections, uint64_t now_us)
{
	struct connection *connection;
	unsigned count = 0;

	(void) pthread_mutex_lock(&connections->mutex);
	TAILQ_FOREACH (connection, &connections->all, link) {
		uint64_t limit_us = limits_s[connection->phase] * US_PER_S;
		if (!limit_us || connection->is_shut || now_us < connection->since_us + limit_us)
			continue;
		/* The HTTP thread sees the end of the stream and closes the descriptor itself. */
		(void) shutdown(connection->fd, SHUT_RDWR);
		connection->is_shut = true;
		count++;
	}
	(void) pthread_mutex_unlock(&connections->mutex);
	return count;
}
