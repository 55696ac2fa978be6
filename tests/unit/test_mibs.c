#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/events.h"
#include "lib/util.h"
#include "mibs/table.h"
#include "tests/unit/mib_rig.h"
#include "tests/unit/unit.h"

/* The standard modules have their own tests: test_entity.c. */
static bool
is_ours(const struct mib_table *table)
{
	return table->root == MIB_CARDEA;
}

static void
test_every_column_is_in_the_mib_with_its_oid_type_and_access(void)
{
	static const struct {
		const char *syntax;
		enum mib_type type;
	} types[] = {
		{ "INTEGER", MIB_INTEGER },
		{ "TruthValue", MIB_INTEGER },
		{ "Gauge32", MIB_UNSIGNED },
		{ "CardeaDoorNumber", MIB_UNSIGNED },
		{ "Counter32", MIB_COUNTER32 },
		{ "Counter64", MIB_COUNTER64 },
		{ "TimeStamp", MIB_TICKS },
		{ "SnmpAdminString", MIB_OCTETS },
		{ "DateAndTime", MIB_OCTETS },
		{ "Unsigned32", MIB_UNSIGNED },
		{ "Integer32", MIB_INTEGER },
		{ "TestAndIncr", MIB_INTEGER },
		{ "CardeaCommandResult", MIB_INTEGER },
		{ "CardeaHealth", MIB_INTEGER },
		{ "TimeTicks", MIB_TICKS },
		{ "RowPointer", MIB_OBJECT_ID },
		{ "CardeaSeverity", MIB_INTEGER },
		{ "CardeaAlarmSeverity", MIB_INTEGER },
	};

	mib_rig_fill();
	for (size_t t = 0; t < mib_table_count; t++) {
		for (size_t c = 0; is_ours(mib_tables[t]) && c < mib_tables[t]->count; c++) {
			const struct mib_column *column = &mib_tables[t]->columns[c];
			const struct mib_node *node = mib_text_find(mib_rig.mib, column->name);
			struct mib_oid oid;
			struct mib_value value = { 0 };
			CU_ASSERT_PTR_NOT_NULL_FATAL(node);
			CU_ASSERT_EQUAL(mib_next(&mib_rig.replica, &node->oid, false, &oid, &value),
					0);
			/* The first instance is this column's: mib_rig_fill() has made one. */
			oid.length = MIN_OF(oid.length, node->oid.length);
			CU_ASSERT_EQUAL(mib_oid_compare(&oid, &node->oid), 0);
			CU_ASSERT_EQUAL(value.type, column->type);
			CU_ASSERT_STRING_EQUAL(node->access,
					       column->is_writable ? "read-write" : "read-only");
			for (size_t i = 0; i < ARRAY_LEN(types); i++)
				if (!strcmp(node->syntax, types[i].syntax))
					CU_ASSERT_EQUAL(column->type, types[i].type);
		}
	}
}

static void
test_every_readable_object_of_the_mib_has_a_column(void)
{
	size_t columns = 0;
	size_t objects = 0;

	for (size_t t = 0; t < mib_table_count; t++)
		columns += is_ours(mib_tables[t]) ? mib_tables[t]->count : 0;
	for (size_t i = 0; i < mib_rig.mib->count; i++)
		objects += !strncmp(mib_rig.mib->nodes[i].access, "read-", 5);
	CU_ASSERT_EQUAL(columns, objects);
}

/* "door.forced_cleared" is cardeaDoorForcedCleared. */
static void
name_notification(const char *wire, char *name, size_t size)
{
	size_t used = (size_t) snprintf(name, size, "cardea");
	bool is_start = true;

	for (; *wire && used + 1 < size; wire++) {
		bool is_break = *wire == '.' || *wire == '_';
		if (!is_break)
			name[used++] = (char) (is_start ? *wire - 'a' + 'A' : *wire);
		is_start = is_break;
	}
	name[used] = 0;
}

static void
test_every_notified_event_is_a_notification_with_its_name_and_number(void)
{
	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		char name[64];
		name_notification(row->name, name, sizeof(name));
		const struct mib_node *node = mib_text_find(mib_rig.mib, name);
		bool is_notification = node && !strcmp(node->macro, "NOTIFICATION-TYPE");
		CU_ASSERT_EQUAL(is_notification, row->is_notified);
		if (!is_notification)
			continue;
		struct mib_oid oid = mib_notification_oid((uint32_t) row->kind);
		CU_ASSERT_EQUAL(mib_oid_compare(&oid, &node->oid), 0);
	}
}

static void
test_every_notification_of_the_mib_is_a_notified_event(void)
{
	for (size_t i = 0; i < mib_rig.mib->count; i++) {
		const struct mib_node *node = &mib_rig.mib->nodes[i];
		if (strcmp(node->macro, "NOTIFICATION-TYPE"))
			continue;
		const struct event_row *row = events_find(node->oid.sub[node->oid.length - 1]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		CU_ASSERT_TRUE(row->is_notified);
	}
}

static void
test_the_objects_of_notifications_have_the_oids_of_the_mib(void)
{
	static const char *const names[] = {
		[MIB_EVENT_SEQ] = "cardeaEventSeq",
		[MIB_EVENT_SEVERITY] = "cardeaEventSeverity",
		[MIB_EVENT_TIME] = "cardeaEventTime",
		[MIB_EVENT_KIND] = "cardeaEventKind",
		[MIB_EVENT_SOURCE] = "cardeaEventSource",
		[MIB_EVENT_ACTOR] = "cardeaEventActor",
		[MIB_EVENT_REASON] = "cardeaEventReason",
		[MIB_EVENT_TEXT] = "cardeaEventText",
		[MIB_EVENT_DOOR] = "cardeaEventDoor",
		[MIB_EVENT_ALARM] = "cardeaEventAlarm",
		[MIB_EVENT_OBJECT] = "cardeaEventObject",
		[MIB_EVENT_LATE] = "cardeaEventLate",
		[MIB_EVENT_ALARM_SEVERITY] = "cardeaEventAlarmSeverity",
	};

	for (unsigned i = MIB_EVENT_SEQ; i <= MIB_EVENT_ALARM_SEVERITY; i++) {
		struct mib_oid expected = mib_rig_oid(names[i], 0);
		struct mib_oid oid = mib_event_oid(i);
		CU_ASSERT_EQUAL(mib_oid_compare(&oid, &expected), 0);
	}
}

/* What managers have stored must not move. */
static void
test_names_and_oids_are_those_of_the_golden_file(void)
{
	_cleanup_(freep) char *now = NULL;
	size_t size;
	FILE *out = open_memstream(&now, &size);

	for (size_t i = 0; i < mib_rig.mib->count; i++) {
		char oid[256];
		mib_oid_format(&mib_rig.mib->nodes[i].oid, oid, sizeof(oid));
		(void) fprintf(out, "%s %s %s %s %s\n", oid, mib_rig.mib->nodes[i].name,
			       mib_rig.mib->nodes[i].macro,
			       *mib_rig.mib->nodes[i].syntax ? mib_rig.mib->nodes[i].syntax : "-",
			       *mib_rig.mib->nodes[i].access ? mib_rig.mib->nodes[i].access : "-");
	}
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("mib.txt", now));
}

static void
test_the_root_is_the_enterprise_number_that_c_code_uses(void)
{
	const struct mib_node *root = mib_text_find(mib_rig.mib, "cardea");
	const struct mib_oid oid = { 7, { MIB_ENTERPRISE } };

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_EQUAL(mib_oid_compare(&root->oid, &oid), 0);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_every_column_is_in_the_mib_with_its_oid_type_and_access),
		TAP(test_every_readable_object_of_the_mib_has_a_column),
		TAP(test_every_notified_event_is_a_notification_with_its_name_and_number),
		TAP(test_every_notification_of_the_mib_is_a_notified_event),
		TAP(test_the_objects_of_notifications_have_the_oids_of_the_mib),
		TAP(test_names_and_oids_are_those_of_the_golden_file),
		TAP(test_the_root_is_the_enterprise_number_that_c_code_uses),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
