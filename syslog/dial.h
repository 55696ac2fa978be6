/*
 * From a name and a port to a connected socket, without blocking: lookup, then one address after
 * the other, each for at most five seconds.
 */
#ifndef SYSLOG_DIAL_H
#define SYSLOG_DIAL_H

#include "syslog/transport.h"

#define DIAL_ERROR_MAX 256

struct dial;

struct dial_ops {
	/* Addresses are known, for people to read. */
	void (*on_resolved)(const char *addresses, void *context);
	/*
	 * Called once, from the loop. fd is the callee's, and text says which address it is of;
	 * negative when text says why there is none.
	 */
	void (*on_done)(int fd, const char *text, void *context);
};

/* socktype is SOCK_STREAM or SOCK_DGRAM. The dial lives until dial_free(), also after on_done. */
struct dial *dial_new(const struct transport_loop *loop, const struct target *target, int socktype,
		      const struct dial_ops *ops, void *context);
/* Nothing is called any more; it may be called from inside on_done. */
void dial_free(struct dial *dial);

/* A stream whose peer is gone without a word is noticed, also while nothing is sent. */
void dial_keep_alive(int fd);

#endif
