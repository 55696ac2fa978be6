/*
 * The insides of a destination: destination.c decides what is to be done, destination_link.c
 * follows its connections.
 */
#ifndef SYSLOG_DESTINATION_PRIVATE_H
#define SYSLOG_DESTINATION_PRIVATE_H

#include "syslog/back_off.h"
#include "syslog/destination.h"
#include "syslog/window.h"

/* A connection that fails sooner than this after it was opened is no idle one that was closed. */
#define STEADY_US    (5 * US_PER_S)
#define IDLE_US	     (200 * US_PER_MS)
#define CONNECT_US   (15 * US_PER_S)
#define RECEIPT_US   (15 * US_PER_S)
#define LAST_WORD_US (3 * US_PER_S)
#define WRITE_US     (15 * US_PER_S)
#define PAUSE_US     US_PER_S
#define BATCH_LEAST  16
#define GROUP_US     (20 * US_PER_MS)
#define QUEUED_MAX   (256 * 1024)

enum link_phase { LINK_CONNECTING, LINK_OPEN, LINK_RECEIPT };

struct link {
	struct destination *destination;
	struct transport *transport; /* NULL: there is none */
	enum link_phase phase;
	uint64_t since_us;    /* of the phase */
	uint64_t progress_us; /* something has left, or was confirmed */
	uint64_t first_us;    /* the first record was taken */
	unsigned sent;	      /* records that it has taken and that are not confirmed */
};

#define HOLDS 128

/* A receipt that is so young that the server may not have written what it is for. */
struct hold {
	uint64_t seq;
	uint64_t since_us; /* the first of those that are one */
	uint64_t at_us;	   /* the last */
	uint64_t total;	   /* events confirmed up to then */
};

struct destination {
	const struct destination_ops *ops;
	void *context;
	struct target target; /* what is wanted */
	struct target peer;   /* what is connected to; another one only while is_moving */
	bool is_moving;
	struct link links[2]; /* the active one, and one that is opened in advance */
	unsigned active;
	struct window window;
	uint64_t added_us; /* the last event */
	uint64_t first_us; /* the first event of those that are in the window */
	bool needs_rewind; /* what comes is not what is wanted next */
	unsigned batch;	   /* records to a receipt; fewer for a server that is slow to give them */
	uint64_t receipt_us;
	uint64_t pause_until_us;
	struct hold holds[HOLDS];
	unsigned first_hold;
	unsigned hold_count;
	uint64_t total; /* events that were ever confirmed */
	uint64_t told;	/* up to this one the owner knows */
	struct back_off back_off;
	bool is_try_due;     /* a receipt is wanted although there may be nothing to send */
	bool answers_itself; /* this server says close_notify: a bare end is no receipt */
	struct health health;
	struct destination_counts counts;
};

static inline struct link *
active_link(struct destination *destination)
{
	return &destination->links[destination->active];
}

static inline struct link *
spare_link(struct destination *destination)
{
	return &destination->links[!destination->active];
}

void link_open(struct link *link);
void link_close(struct link *link);
/* Nothing more goes over it; its receipt confirms what it has taken. */
void link_finish(struct link *link);
/* The next time at which link_check() may find something; UINT64_MAX for never. */
uint64_t link_due_us(const struct link *link);
/* A sentence when it has been waited for in vain; NULL otherwise. */
const char *link_check(const struct link *link);

/* The active connection has given the receipt of everything, or has failed. */
void destination_receipt(struct destination *destination);
/* An idle connection has ended, and perhaps the server with it. */
void destination_lose(struct destination *destination);
void destination_fail(struct destination *destination, const char *error);
/* The next count records are confirmed; and all that were not to be sent up to the next one. */
void destination_confirm(struct destination *destination, unsigned count);
void destination_succeed(struct destination *destination);

#endif
