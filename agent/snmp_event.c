#include <stdlib.h>
#include <string.h>

#include "agent/snmp_notify.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"

static const oid trap_oid[] = { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 };

static void
append_number(netsnmp_variable_list **list, enum mib_event_object object, enum mib_type type,
	      uint64_t number)
{
	struct mib_oid name = mib_event_oid(object);
	struct mib_value value;

	mib_set_number(&value, type, number);
	agentx_append(list, &name, &value);
}

static void
append_text(netsnmp_variable_list **list, enum mib_event_object object, const char *text)
{
	struct mib_oid name = mib_event_oid(object);
	struct mib_value value;

	mib_set_text(&value, text);
	agentx_append(list, &name, &value);
}

static void
append_time(netsnmp_variable_list **list, uint64_t wall_us)
{
	struct mib_oid name = mib_event_oid(MIB_EVENT_TIME);
	struct mib_value value;

	mib_set_time(&value, wall_us);
	agentx_append(list, &name, &value);
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

static uint32_t
door_of(const json_t *event)
{
	const char *source = json_string_or(event, "source", "");
	int64_t door = json_integer_or(json_object_get(event, "data"), "door", 0);

	if (!door && !strncmp(source, "door.", 5))
		door = strtol(source + 5, NULL, 10);
	return door > 0 && door <= DOORS_MODEL ? (uint32_t) door : 0;
}

/* A card's number opens doors: it has no place in a datagram that may travel in clear text. */
static const char *
actor_of(const json_t *event)
{
	const char *actor = json_string_or(event, "actor", "");

	return strncmp(actor, "card:", 5) ? actor : "card";
}

netsnmp_variable_list *
notify_variables(const json_t *event)
{
	const struct event_row *row = events_find(json_integer_or(event, "number", 0));
	netsnmp_variable_list *list = NULL;

	if (!row)
		return NULL;
	append_trap_oid(&list, row);
	append_number(&list, MIB_EVENT_SEQ, MIB_UNSIGNED,
		      (uint32_t) json_integer_or(event, "seq", 0));
	append_number(&list, MIB_EVENT_SEVERITY, MIB_INTEGER, row->severity);
	append_time(&list, (uint64_t) json_integer_or(event, "time_us", 0));
	append_text(&list, MIB_EVENT_KIND, row->name);
	append_text(&list, MIB_EVENT_SOURCE, json_string_or(event, "source", ""));
	append_text(&list, MIB_EVENT_ACTOR, actor_of(event));
	append_text(&list, MIB_EVENT_REASON, json_string_or(event, "reason", ""));
	append_text(&list, MIB_EVENT_TEXT, json_string_or(event, "text", ""));
	append_number(&list, MIB_EVENT_DOOR, MIB_UNSIGNED, door_of(event));
	return list;
}
