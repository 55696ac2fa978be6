#include "www/exchange.h"

#include <event2/event.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "www/stream.h"

struct mailbox {
	pthread_mutex_t mutex;
	struct event *wake;
	struct exchange *first;
	struct exchange **tail;
	bool is_closed;
	void (*handle)(struct exchange *exchange, void *context);
	void *context;
};

struct exchange *
exchange_new(void)
{
	return xcalloc(1, sizeof(struct exchange));
}

/* Bodies, answers and cookies hold passwords and tokens. */
static void
free_secret(char *text, size_t size)
{
	if (text)
		explicit_bzero(text, size);
	free(text);
}

void
exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	/* An answer that was never sent still holds its stream. */
	if (exchange->stream) {
		stream_end(exchange->stream);
		stream_unref(exchange->stream);
	}
	free_secret(exchange->body, exchange->body_size);
	free_secret(exchange->text, exchange->text ? strlen(exchange->text) : 0);
	free(exchange->file_name);
	json_decref(exchange->again);
	free_secret(exchange->cookie, exchange->cookie ? strlen(exchange->cookie) : 0);
	explicit_bzero(&exchange->request, sizeof(exchange->request));
	free(exchange);
}

static void
set_text(struct exchange *exchange, unsigned status, const char *type, char *text)
{
	free_secret(exchange->text, exchange->text ? strlen(exchange->text) : 0);
	exchange->status = status;
	exchange->type = type;
	exchange->text = text;
}

void
exchange_answer(struct exchange *exchange, unsigned status, const json_t *value)
{
	set_text(exchange, status, "application/json", value ? json_canonical(value) : xstrdup(""));
}

void
exchange_append(struct exchange *exchange, unsigned status, const char *type, const char *text)
{
	set_text(exchange, status, type,
		 xasprintf("%s%s", exchange->text ? exchange->text : "", text));
}

void
exchange_refuse(struct exchange *exchange, const char *code, const char *message, const char *field)
{
	set_text(exchange, problem_status(code), "application/problem+json",
		 problem_text(code, message, field));
}

void
exchange_resume(struct exchange *exchange)
{
	MHD_resume_connection(exchange->connection);
}

static struct exchange *
take_all(struct mailbox *mailbox)
{
	(void) pthread_mutex_lock(&mailbox->mutex);
	struct exchange *first = steal(&mailbox->first);
	mailbox->tail = &mailbox->first;
	(void) pthread_mutex_unlock(&mailbox->mutex);
	return first;
}

static void
on_wake(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct mailbox *mailbox = context;

	for (struct exchange *next, *each = take_all(mailbox); each; each = next) {
		next = each->next;
		mailbox->handle(each, mailbox->context);
	}
}

struct mailbox *
mailbox_new(struct event_base *base, void (*handle)(struct exchange *exchange, void *context),
	    void *context)
{
	struct mailbox *mailbox = xcalloc(1, sizeof(*mailbox));

	(void) pthread_mutex_init(&mailbox->mutex, NULL);
	mailbox->tail = &mailbox->first;
	mailbox->handle = handle;
	mailbox->context = context;
	mailbox->wake = event_new(base, -1, EV_PERSIST, on_wake, mailbox);
	return mailbox;
}

void
mailbox_free(struct mailbox *mailbox)
{
	if (!mailbox)
		return;
	event_free(mailbox->wake);
	(void) pthread_mutex_destroy(&mailbox->mutex);
	free(mailbox);
}

bool
mailbox_post(struct mailbox *mailbox, struct exchange *exchange)
{
	(void) pthread_mutex_lock(&mailbox->mutex);
	bool is_open = !mailbox->is_closed;
	if (is_open) {
		/* Suspended before the loop can see it, so that it cannot be resumed too early. */
		MHD_suspend_connection(exchange->connection);
		exchange->next = NULL;
		*mailbox->tail = exchange;
		mailbox->tail = &exchange->next;
		event_active(mailbox->wake, EV_READ, 0);
	}
	(void) pthread_mutex_unlock(&mailbox->mutex);
	return is_open;
}

void
mailbox_close(struct mailbox *mailbox)
{
	(void) pthread_mutex_lock(&mailbox->mutex);
	mailbox->is_closed = true;
	(void) pthread_mutex_unlock(&mailbox->mutex);
	for (struct exchange *next, *each = take_all(mailbox); each; each = next) {
		next = each->next;
		exchange_refuse(each, RPC_UNAVAILABLE, "the console is shutting down", NULL);
		exchange_resume(each);
	}
}
