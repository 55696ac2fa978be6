/* How notifications are sent, by the kind of event. */
#include "lib/util.h"
#include "mibs/table.h"

#define KIND(m)	   offsetof(struct replica_notification, m)
#define ALL(m)	   offsetof(struct replica_notifications, m)
#define NUMBER_MAX 999

static void
get_name(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	 const void *row, struct mib_value *value)
{
	const struct replica_notification *kind = row;

	mib_set_text(value, kind->row->name);
}

static const struct mib_column kind_columns[] = {
	{ 2, "cardeaNotificationName", MIB_OCTETS, false, get_name, 0 },
	{ 3, "cardeaNotificationEnabled", MIB_INTEGER, false, mib_get_truth, KIND(is_enabled) },
	{ 4, "cardeaNotificationSent", MIB_COUNTER32, false, mib_get_count, KIND(sent) },
	{ 5, "cardeaNotificationSuppressed", MIB_COUNTER32, false, mib_get_count,
	  KIND(suppressed) },
};

static const struct mib_column scalar_columns[] = {
	{ 2, "cardeaNotificationsSuppressed", MIB_COUNTER32, false, mib_get_count,
	  ALL(suppressed) },
	{ 3, "cardeaNotificationsQueued", MIB_UNSIGNED, false, mib_get_count, ALL(queued) },
	{ 4, "cardeaNotificationsLate", MIB_COUNTER32, false, mib_get_count, ALL(late) },
	{ 5, "cardeaNotificationsRefused", MIB_COUNTER32, false, mib_get_count, ALL(refused) },
	{ 6, "cardeaEventsMissed", MIB_COUNTER32, false, mib_get_count, ALL(missed) },
};

/* Kinds are in the order of their numbers. */
static const struct replica_notification *
kind_from(const struct replica *replica, uint32_t number)
{
	const struct replica_notification *kinds = replica->notifications.kinds;

	for (size_t i = 0; i < EVENT_KINDS; i++)
		if (kinds[i].row && kinds[i].row->is_notified &&
		    (uint32_t) kinds[i].row->kind >= number)
			return &kinds[i];
	return NULL;
}

static const void *
find_kind(const struct replica *replica, uint32_t row)
{
	const struct replica_notification *kind = kind_from(replica, row);

	return kind && (uint32_t) kind->row->kind == row ? kind : NULL;
}

static uint32_t
next_kind(const struct replica *replica, uint32_t from)
{
	const struct replica_notification *kind = kind_from(replica, from);

	return kind ? (uint32_t) kind->row->kind : 0;
}

static const void *
find_scalar(const struct replica *replica, uint32_t row UNUSED)
{
	return &replica->notifications;
}

const struct mib_table mib_notification_table = {
	.prefix = { 1, 16, 1, 1 },
	.prefix_length = 4,
	.columns = kind_columns,
	.count = ARRAY_LEN(kind_columns),
	.find = find_kind,
	.next = next_kind,
	.first_row = 1,
	.last_row = NUMBER_MAX,
};

const struct mib_table mib_notification_scalars = {
	.prefix = { 1, 16 },
	.prefix_length = 2,
	.columns = scalar_columns,
	.count = ARRAY_LEN(scalar_columns),
	.find = find_scalar,
};
