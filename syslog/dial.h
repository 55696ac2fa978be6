/*
 * From a name and a port to a connected socket, without blocking: lookup, then one address after
 * the other, each for at most five seconds.
 */
#ifndef SYSLOG_DIAL_H
#define SYSLOG_DIAL_H

#include "syslog/transport.h"

#define DIAL_ERROR_MAX 256

struct dial;

/* Called once, from the loop. fd is the callee's; negative when error says why there is none. */
typedef void dial_fn(int fd, const char *error, void *context);

/* socktype is SOCK_STREAM or SOCK_DGRAM. The dial lives until dial_free(), also after done. */
struct dial *dial_new(const struct transport_loop *loop, const struct target *target, int socktype,
		      dial_fn *done, void *context);
/* done is not called any more; it may be called from inside done. */
void dial_free(struct dial *dial);

#endif
