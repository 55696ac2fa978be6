/*
 * The client's side of RELP, the protocol in which a log server answers every record. Pure: bytes
 * in, bytes out, no I/O and no clock.
 *
 * Our own, because librelp cannot be driven by a loop: it dials, sends and waits by itself, with
 * the process standing still meanwhile, and its licence, GPL-3+, would become ours.
 */
#ifndef SYSLOG_RELP_H
#define SYSLOG_RELP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Records that may be unanswered at a time. */
#define RELP_WINDOW 2048
/* A server says little: its offers, and one line to each record. */
#define RELP_FRAME_MAX 4096
#define RELP_ERROR_MAX 160

struct outbox;

enum relp_phase { RELP_OPENING, RELP_OPEN, RELP_CLOSING, RELP_CLOSED };

struct relp {
	enum relp_phase phase;
	uint32_t next;	 /* transaction number of the next frame */
	uint32_t oldest; /* of the oldest record without an answer */
	unsigned count;	 /* records from there on */
	unsigned first;	 /* place of that one in answered */
	bool answered[RELP_WINDOW];
	uint32_t closing; /* number of our close */
	char input[RELP_FRAME_MAX];
	size_t input_size;
	char error[RELP_ERROR_MAX];
};

/* What relp_receive() has found out. */
struct relp_news {
	bool is_opened;
	bool is_closed;
	unsigned confirmed; /* the next so many records, in the order in which they were sent */
};

/* Introduces us; records may be sent once the server has answered. */
void relp_begin(struct relp *relp, struct outbox *output);
/* -ENOBUFS: the window is full. */
int relp_send(struct relp *relp, const char *record, size_t size, struct outbox *output);
/* No more records: once those that were sent are answered, the server ends the session. */
void relp_finish(struct relp *relp, struct outbox *output);
/*
 * Takes bytes of the server. -EPROTO: the session is over, and relp->error says why in words;
 * what was confirmed before that counts.
 */
int relp_receive(struct relp *relp, const char *bytes, size_t size, struct relp_news *ret);

#endif
