#include "lib/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "lib/wire.h"

#define HELLO_TIMEOUT_MS 10000

struct client {
	int fd;
	json_int_t last_id;
	json_t *pushes;
	size_t used;
	char line[WIRE_LINE_MAX + 1];
};

static int
wait_ready(int fd, short what, uint64_t until_us)
{
	for (;;) {
		uint64_t now_us = clock_mono_us();
		int left_ms = -1;
		if (until_us != UINT64_MAX)
			left_ms = now_us >= until_us ? 0 : (int) ((until_us - now_us) / 1000 + 1);
		struct pollfd one = { .fd = fd, .events = what };
		int r = poll(&one, 1, left_ms);
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r > 0)
			return 0;
		if (!r)
			return -ETIMEDOUT;
	}
}

static int
send_line(struct client *client, const json_t *message)
{
	if (!message)
		return -EINVAL;
	_cleanup_(freep) char *text = json_canonical(message);
	size_t size = strlen(text);
	if (size > WIRE_LINE_MAX)
		return -EMSGSIZE;
	text[size++] = '\n';
	for (size_t done = 0; done < size;) {
		ssize_t n = send(client->fd, text + done, size - done, MSG_NOSIGNAL);
		if (n >= 0) {
			done += (size_t) n;
			continue;
		}
		if (errno != EAGAIN)
			return -errno;
		int r = wait_ready(client->fd, POLLOUT, clock_mono_us() + 10 * US_PER_S);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
take_line(struct client *client, json_t **ret)
{
	char *end = memchr(client->line, '\n', client->used);
	if (!end)
		return client->used == sizeof(client->line) ? -EMSGSIZE : -EAGAIN;
	size_t size = (size_t) (end - client->line);
	int r = json_read(client->line, size, ret);
	client->used -= size + 1;
	memmove(client->line, end + 1, client->used);
	return r;
}

static int
receive(struct client *client, uint64_t until_us, json_t **ret)
{
	for (;;) {
		int r = take_line(client, ret);
		if (r != -EAGAIN)
			return r;
		r = wait_ready(client->fd, POLLIN, until_us);
		if (r < 0)
			return r;
		ssize_t n = recv(client->fd, client->line + client->used,
				 sizeof(client->line) - client->used, 0);
		if (!n)
			return -ECONNRESET;
		if (n < 0 && errno != EAGAIN)
			return -errno;
		if (n > 0)
			client->used += (size_t) n;
	}
}

static int
await_answer(struct client *client, json_int_t id, uint64_t until_us, json_t **ret)
{
	for (;;) {
		_cleanup_(json_decrefp) json_t *message = NULL;
		int r = receive(client, until_us, &message);
		if (r < 0)
			return r;
		json_t *error = json_object_get(message, "error");
		if (json_integer_or(message, "id", -1) == id ||
		    (error && !json_object_get(message, "id"))) {
			*ret = json_incref(error ? error : json_object_get(message, "result"));
			return error ? -EREMOTE : 0;
		}
		if (!json_object_get(message, "id"))
			(void) json_array_append(client->pushes, message);
	}
}

int
client_call(struct client *client, const char *method, json_t *params, int timeout_ms,
	    json_t **ret_result)
{
	json_int_t id = ++client->last_id;
	_cleanup_(json_decrefp) json_t *call = rpc_make_call(id, NULL, method, params);
	int r = send_line(client, call);
	if (r < 0)
		return r;
	return await_answer(client, id, clock_mono_us() + (uint64_t) timeout_ms * US_PER_MS,
			    ret_result);
}

int
client_next_push(struct client *client, int timeout_ms, json_t **ret_push)
{
	uint64_t until_us = UINT64_MAX;

	if (json_array_size(client->pushes)) {
		*ret_push = json_incref(json_array_get(client->pushes, 0));
		(void) json_array_remove(client->pushes, 0);
		return 0;
	}
	if (timeout_ms >= 0)
		until_us = clock_mono_us() + (uint64_t) timeout_ms * US_PER_MS;
	return receive(client, until_us, ret_push);
}

int
client_open(const char *path, const char *name, struct client **ret)
{
	int fd = wire_connect(path);
	if (fd < 0)
		return fd;
	struct client *client = xcalloc(1, sizeof(*client));
	client->fd = fd;
	client->last_id = 1;
	client->pushes = json_array();
	_cleanup_(json_decrefp) json_t *hello = rpc_make_hello(name);
	_cleanup_(json_decrefp) json_t *result = NULL;
	int r = send_line(client, hello);
	if (r == 0)
		r = await_answer(client, 1, clock_mono_us() + HELLO_TIMEOUT_MS * US_PER_MS,
				 &result);
	if (r < 0) {
		client_close(client);
		return r == -EREMOTE ? -EPROTO : r;
	}
	*ret = client;
	return 0;
}

void
client_close(struct client *client)
{
	if (!client)
		return;
	(void) close(client->fd);
	json_decref(client->pushes);
	free(client);
}
