/*
 * One request and its answer on their way between the HTTP thread and the loop.
 *
 * Exactly one thread owns an exchange at a time: the HTTP thread until mailbox_post() and again
 * after exchange_resume(), the loop in between. While the loop has it, its connection is
 * suspended, so the HTTP thread cannot complete, close or free it.
 */
#ifndef WWW_EXCHANGE_H
#define WWW_EXCHANGE_H

#include <jansson.h>
#include <stdbool.h>

#include "www/request.h"

struct asset;
struct MHD_Connection;
struct event_base;
struct mailbox;
struct model_kind;
struct route;
struct stream;

/* What a path names. */
struct resource {
	const struct model_kind *kind; /* of objects; NULL */
	unsigned number;	       /* of one of them; 0 */
};

struct exchange {
	struct exchange *next;
	struct MHD_Connection *connection;
	struct request request;
	const struct route *route;
	const struct asset *asset; /* answered without the loop */
	struct resource resource;
	char *body;
	size_t body_size;
	bool is_seen;
	bool is_posted;

	/* The answer. */
	unsigned status;
	const char *type;
	char *text;
	char *cookie;	       /* for Set-Cookie; NULL for none */
	char *file_name;       /* to save it under; NULL: it is no file */
	json_t *again;	       /* the same method is called with these before it is sent */
	struct stream *stream; /* instead of text */
};

struct exchange *exchange_new(void);
void exchange_free(struct exchange *exchange);

/* Fill the answer. value is borrowed. */
void exchange_answer(struct exchange *exchange, unsigned status, const json_t *value);
void exchange_refuse(struct exchange *exchange, const char *code, const char *message,
		     const char *field);
/* Adds to a text that comes in pieces. */
void exchange_append(struct exchange *exchange, unsigned status, const char *type,
		     const char *text);
/* The loop is done with it. */
void exchange_resume(struct exchange *exchange);

/* handle is called in the loop for each exchange. */
struct mailbox *mailbox_new(struct event_base *base,
			    void (*handle)(struct exchange *exchange, void *context),
			    void *context);
void mailbox_free(struct mailbox *mailbox);
/* From the HTTP thread: suspends the connection and hands over; false when it is closed. */
bool mailbox_post(struct mailbox *mailbox, struct exchange *exchange);
/* Nothing more is taken, and what waits is refused. */
void mailbox_close(struct mailbox *mailbox);

#endif
