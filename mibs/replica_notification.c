#include "mibs/replica_notification.h"

#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

void
replica_notifications_init(struct replica_notifications *notifications)
{
	*notifications = (struct replica_notifications){ 0 };
	for (size_t i = 0; i < EVENT_KINDS; i++)
		notifications->kinds[i] = (struct replica_notification){
			.row = events_at(i),
			.is_enabled = events_at(i)->is_notified,
		};
}

static bool
is_state_change(enum event_kind kind)
{
	return kind == EV_DOOR_MODE || kind == EV_DOOR_POSITION || kind == EV_DOOR_LOCK;
}

static bool
is_enabled(const struct event_row *row, const json_t *settings)
{
	if (!row->is_notified ||
	    events_list_has(json_string_or(settings, "snmp.notifications.off", ""), row->name))
		return false;
	if (!strncmp(row->name, "access.", 7))
		return json_bool_or(settings, "snmp.notifications.access", true);
	return !is_state_change(row->kind) ||
	       json_bool_or(settings, "snmp.notifications.state", true);
}

void
replica_notifications_set(struct replica_notifications *notifications, const json_t *settings)
{
	for (size_t i = 0; i < EVENT_KINDS; i++)
		notifications->kinds[i].is_enabled =
			is_enabled(notifications->kinds[i].row, settings);
}

struct replica_notification *
replica_notification_of(struct replica_notifications *notifications, int64_t number)
{
	for (size_t i = 0; i < EVENT_KINDS; i++)
		if (notifications->kinds[i].row->kind == number)
			return notifications->kinds[i].row->is_notified ? &notifications->kinds[i]
									: NULL;
	return NULL;
}

void
replica_notification_suppress(struct replica_notifications *notifications,
			      struct replica_notification *kind)
{
	notifications->suppressed++;
	kind->suppressed++;
}
