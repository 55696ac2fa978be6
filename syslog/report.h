/*
 * What a destination tells the store: its live object, at most once a second, and its two events.
 * Nothing is lost while the store is away: the newest of each is told when it is back.
 */
#ifndef SYSLOG_REPORT_H
#define SYSLOG_REPORT_H

#include <jansson.h>

struct event_base;
struct report;
struct rpc_client;

/* key is the live object's, "syslog.1"; client must outlive the report. */
struct report *report_new(struct event_base *base, struct rpc_client *client, const char *key);
void report_free(struct report *report);

/* Each steals its object. */
void report_set_value(struct report *report, json_t *value);
/* name is a row of lib/events.h. */
void report_raise(struct report *report, const char *name, json_t *data);
/* The store is there again and knows nothing of before. */
void report_renew(struct report *report);

#endif
