/*
 * The forwarder: an outlet for each log server that the store has. What is set applies while it
 * runs.
 */
#ifndef SYSLOG_FORWARDER_H
#define SYSLOG_FORWARDER_H

struct event_base;
struct forwarder;

struct forwarder_options {
	const char *path;	 /* the store's socket, which need not be there yet */
	const char *state_dir;	 /* for places in the journal */
	const char *journal_dir; /* NULL for the journal of this machine */
};

/* options' strings must outlive it. */
struct forwarder *forwarder_new(struct event_base *base, const struct forwarder_options *options);
void forwarder_free(struct forwarder *forwarder);

#endif
