/*
 * What a record says, whatever its format and wherever it comes from: an event of the log, or an
 * entry of the system journal. Pure: everything is borrowed from the bytes it was read from.
 */
#ifndef SYSLOG_MESSAGE_H
#define SYSLOG_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/events.h"
#include "syslog/slice.h"

/* An event has nine of its own, and data. What is more than that is left out, and said so. */
#define MESSAGE_PARAMS	   96
#define MESSAGE_CATEGORIES 3

struct message_param {
	const char *prefix; /* of the name; "" */
	struct slice name;
	struct slice value; /* without bytes: the parameter is not there */
};

struct message {
	uint64_t seq; /* 0: it has none */
	enum event_category category;
	unsigned severity;
	bool has_time;
	uint64_t time_us;
	bool has_uptime;
	uint64_t uptime_us; /* since the start of the machine */
	bool is_synced;	    /* the clock was, when it happened */
	struct slice boot;
	struct slice app_name; /* without bytes: that of the sender */
	struct slice procid;   /* likewise */
	struct slice msgid;
	const struct event_row *row; /* NULL: no event, or one of a kind that is not known here */
	struct slice source;
	const char *element; /* the structured data's name, without the enterprise */
	struct message_param params[MESSAGE_PARAMS];
	unsigned param_count;
	bool is_cut; /* there were more */
	struct slice text;
	bool has_facility; /* its own; else that of its category */
	unsigned facility;
};

/*
 * Reads what the store pushes: {"event":{...},"hash":"..."} in canonical form. -EBADMSG: it is
 * something else. Unknown members are passed over.
 */
int message_read_event(const char *line, size_t size, struct message *ret);

/* A parameter of cardeaEvent that every event may have: for the documentation. */
struct message_fixed {
	const char *name;   /* in structured data */
	const char *member; /* in the event */
	const char *type;
	const char *doc;
};
extern const struct message_fixed message_fixed[];
extern const size_t message_fixed_count;

#endif
