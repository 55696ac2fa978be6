/*
 * The forwarder: an outlet for each log server that the store has. What is set applies while it
 * runs.
 */
#ifndef SYSLOG_FORWARDER_H
#define SYSLOG_FORWARDER_H

struct event_base;
struct forwarder;

/* path is the store's socket, which need not be there yet. */
struct forwarder *forwarder_new(struct event_base *base, const char *path);
void forwarder_free(struct forwarder *forwarder);

#endif
