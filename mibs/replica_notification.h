/*
 * Which kinds of events are notified, as the settings have it, and what became of them; see
 * replica.h.
 */
#ifndef MIBS_REPLICA_NOTIFICATION_H
#define MIBS_REPLICA_NOTIFICATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/events.h"

struct replica_notification {
	const struct event_row *row;
	bool is_enabled;
	uint32_t sent;
	uint32_t suppressed;
};

struct replica_notifications {
	struct replica_notification kinds[EVENT_KINDS]; /* as events_at() */
	uint32_t suppressed;
	uint32_t queued;
	uint32_t late;
	uint32_t refused;
	uint32_t missed;
};

void replica_notifications_init(struct replica_notifications *notifications);
/* The live object "settings". */
void replica_notifications_set(struct replica_notifications *notifications, const json_t *settings);
/* NULL when there is no such kind, or it is never notified. */
struct replica_notification *replica_notification_of(struct replica_notifications *notifications,
						     int64_t number);
void replica_notification_suppress(struct replica_notifications *notifications,
				   struct replica_notification *kind);

#endif
