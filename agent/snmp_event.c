#include <stdlib.h>
#include <string.h>

#include "agent/snmp_notify.h"
#include "lib/events.h"
#include "lib/util.h"
#include "mibs/table.h"

static const oid trap_oid[] = { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 };

static void
append(netsnmp_variable_list **list, enum mib_event_object object, const struct mib_value *value)
{
	struct mib_oid name = mib_event_oid(object);

	agentx_append(list, &name, value);
}

static void
append_number(netsnmp_variable_list **list, enum mib_event_object object, enum mib_type type,
	      uint64_t number)
{
	struct mib_value value;

	mib_set_number(&value, type, number);
	append(list, object, &value);
}

static void
append_text(netsnmp_variable_list **list, enum mib_event_object object, const char *text)
{
	struct mib_value value;

	mib_set_text(&value, text);
	append(list, object, &value);
}

static void
append_trap_oid(netsnmp_variable_list **list, const struct event_row *row)
{
	struct mib_oid notification = mib_notification_oid((uint32_t) row->kind);
	oid value[MIB_OID_MAX];

	for (size_t i = 0; i < notification.length; i++)
		value[i] = notification.sub[i];
	(void) snmp_varlist_add_variable(list, trap_oid, ARRAY_LEN(trap_oid), ASN_OBJECT_ID, value,
					 notification.length * sizeof(oid));
}

netsnmp_variable_list *
notify_variables(const struct replica *replica, const struct replica_event *event, bool is_late)
{
	netsnmp_variable_list *list = NULL;
	struct mib_value value;

	append_trap_oid(&list, event->row);
	append_number(&list, MIB_EVENT_SEQ, MIB_UNSIGNED, event->number);
	append_number(&list, MIB_EVENT_SEVERITY, MIB_INTEGER, event->severity);
	mib_set_time(&value, event->time_us);
	append(&list, MIB_EVENT_TIME, &value);
	append_text(&list, MIB_EVENT_KIND, event->row->name);
	append_text(&list, MIB_EVENT_SOURCE, event->source);
	mib_set_actor(&value, event->actor);
	append(&list, MIB_EVENT_ACTOR, &value);
	append_text(&list, MIB_EVENT_REASON, event->reason);
	append_text(&list, MIB_EVENT_TEXT, event->text);
	append_number(&list, MIB_EVENT_DOOR, MIB_UNSIGNED, event->door);
	append_number(&list, MIB_EVENT_ALARM, MIB_UNSIGNED, event->alarm);
	mib_set_row_of(replica, event->source, &value);
	append(&list, MIB_EVENT_OBJECT, &value);
	append_number(&list, MIB_EVENT_LATE, MIB_INTEGER, is_late ? 1 : 2);
	append_number(&list, MIB_EVENT_ALARM_SEVERITY, MIB_INTEGER, event->perceived);
	return list;
}
