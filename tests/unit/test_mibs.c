#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/events.h"
#include "lib/util.h"
#include "mibs/mib.h"
#include "mibs/replica.h"
#include "mibs/table.h"
#include "tests/unit/mib_text.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

static const char *const door_object =
	"{\"name\":\"Front door\",\"mode\":\"accessed\",\"position\":\"open\","
	"\"lock\":\"unlocked\",\"alarm\":\"held_open\",\"warning\":true,\"rex\":false,"
	"\"changed_us\":1790000000123456,\"changed_mono_us\":20000000,\"granted\":7,\"denied\":2,"
	"\"forced\":1}";

static const char *const input_object =
	"{\"name\":\"Fire panel\",\"point\":\"input2\",\"door\":0,\"state\":\"out_of_tolerance\","
	"\"active\":true,\"fault\":true,\"supervision\":\"serial_4k7\",\"normal\":\"closed\","
	"\"ohms\":7000,\"mv\":1119,\"drift\":-127,\"drifting\":true,"
	"\"changed_us\":1790000000123456}";

static const char *const output_object =
	"{\"name\":\"Siren\",\"point\":\"door1.aux\",\"door\":1,\"active\":true,\"closed\":false,"
	"\"normal\":\"closed\",\"fault\":false,\"changed_us\":1790000000123456}";

static const char *const reader_object =
	"{\"door\":2,\"online\":true,\"tamper\":false,\"vendor\":\"5c2623\",\"model\":1,"
	"\"serial\":\"00112233\",\"firmware\":\"1.2.3\",\"polls\":100,\"timeouts\":3,\"errors\":1,"
	"\"cards\":9}";

static struct replica replica;
static struct mib_text *mib;

static void
update(const char *key, const char *text)
{
	_cleanup_(json_decrefp) json_t *value = json_loads(text, 0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	replica_update(&replica, key, value);
}

/* Doors 1 and 64, reader 3. */
static void
fill(void)
{
	replica_init(&replica);
	replica_begin(&replica);
	update("door.1", door_object);
	update("door.64", "{\"name\":\"Back door\",\"position\":\"ajar\",\"mode\":7}");
	update("reader.3", reader_object);
	update("input.2", input_object);
	update("output.5", output_object);
	update("control", "{\"online\":true}");
	update("board", "{\"online\":true,\"faults\":{\"door1.rex\":\"gone\"}}");
	update("system", "{\"version\":\"1.2.3\"}");
	update("settings", "{\"system.name\":\"Lobby\",\"system.location\":\"2nd floor\","
			   "\"snmp.notifications.access\":false}");
	replica_end(&replica);
}

static struct mib_oid
oid_of(const char *name, uint32_t row)
{
	const struct mib_node *node = mib_text_find(mib, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(node);
	struct mib_oid oid = node->oid;
	oid.sub[oid.length++] = row;
	return oid;
}

static uint64_t
number_of(const char *name, uint32_t row)
{
	struct mib_oid oid = oid_of(name, row);
	struct mib_value value = { 0 };

	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), 0);
	return value.number;
}

static void
check_text(const char *name, uint32_t row, const char *text)
{
	struct mib_oid oid = oid_of(name, row);
	struct mib_value value = { 0 };

	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), 0);
	CU_ASSERT_EQUAL(value.type, MIB_OCTETS);
	CU_ASSERT_EQUAL(value.size, strlen(text));
	CU_ASSERT_EQUAL(memcmp(value.bytes, text, strlen(text)), 0);
}

/* One that fill() has made. */
static uint32_t
row_of(const struct mib_table *table)
{
	if (table == &mib_reader_table)
		return 3;
	if (table == &mib_input_table)
		return 2;
	if (table == &mib_output_table)
		return 5;
	return table->first_row;
}

static void
test_every_column_is_in_the_mib_with_its_oid_type_and_access(void)
{
	static const struct {
		const char *syntax;
		enum mib_type type;
	} types[] = {
		{ "INTEGER", MIB_INTEGER },	{ "TruthValue", MIB_INTEGER },
		{ "Gauge32", MIB_UNSIGNED },	{ "CardeaDoorNumber", MIB_UNSIGNED },
		{ "Counter32", MIB_COUNTER32 }, { "Counter64", MIB_COUNTER64 },
		{ "TimeStamp", MIB_TICKS },	{ "SnmpAdminString", MIB_OCTETS },
		{ "DateAndTime", MIB_OCTETS },	{ "Unsigned32", MIB_UNSIGNED },
		{ "Integer32", MIB_INTEGER },
	};

	fill();
	for (size_t t = 0; t < mib_table_count; t++) {
		for (size_t c = 0; c < mib_tables[t]->count; c++) {
			const struct mib_column *column = &mib_tables[t]->columns[c];
			uint32_t row = row_of(mib_tables[t]);
			const struct mib_node *node = mib_text_find(mib, column->name);
			struct mib_oid oid = oid_of(column->name, row);
			struct mib_value value = { 0 };
			CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), 0);
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
		columns += mib_tables[t]->count;
	for (size_t i = 0; i < mib->count; i++)
		objects += !strncmp(mib->nodes[i].access, "read-", 5);
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
		const struct mib_node *node = mib_text_find(mib, name);
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
	for (size_t i = 0; i < mib->count; i++) {
		const struct mib_node *node = &mib->nodes[i];
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
	};

	for (unsigned i = MIB_EVENT_SEQ; i <= MIB_EVENT_DOOR; i++) {
		struct mib_oid expected = oid_of(names[i], 0);
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

	for (size_t i = 0; i < mib->count; i++) {
		char oid[256];
		mib_oid_format(&mib->nodes[i].oid, oid, sizeof(oid));
		(void) fprintf(out, "%s %s %s %s %s\n", oid, mib->nodes[i].name,
			       mib->nodes[i].macro,
			       *mib->nodes[i].syntax ? mib->nodes[i].syntax : "-",
			       *mib->nodes[i].access ? mib->nodes[i].access : "-");
	}
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("mib.txt", now));
}

static void
test_the_root_is_the_enterprise_number_that_c_code_uses(void)
{
	const struct mib_node *root = mib_text_find(mib, "cardea");
	const struct mib_oid oid = { 7, { MIB_ENTERPRISE } };

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_EQUAL(mib_oid_compare(&root->oid, &oid), 0);
}

static void
test_get_answers_what_the_replica_holds(void)
{
	static const uint8_t time[] = { 0x07, 0xea, 9, 21, 14, 13, 20, 1, '+', 0, 0 };
	struct mib_value value = { 0 };

	fill();
	replica_set_uptime(&replica, 1000, 25 * US_PER_S);
	check_text("cardeaDeviceName", 0, "Lobby");
	check_text("cardeaDoorName", 1, "Front door");
	CU_ASSERT_EQUAL(number_of("cardeaDoorModeState", 1), 4);
	CU_ASSERT_EQUAL(number_of("cardeaDoorPositionState", 1), 2);
	CU_ASSERT_EQUAL(number_of("cardeaDoorLockState", 1), 3);
	CU_ASSERT_EQUAL(number_of("cardeaDoorAlarmState", 1), 3);
	CU_ASSERT_EQUAL(number_of("cardeaDoorWarning", 1), 1);
	CU_ASSERT_EQUAL(number_of("cardeaDoorLastChange", 1), 500);
	CU_ASSERT_EQUAL(number_of("cardeaDoorTableLastChange", 0), 500);
	CU_ASSERT_EQUAL(number_of("cardeaDoorGrantedCount", 1), 7);
	CU_ASSERT_EQUAL(number_of("cardeaDoorCommand", 1), 1);
	CU_ASSERT_EQUAL(number_of("cardeaReaderDoor", 3), 2);
	check_text("cardeaReaderModel", 3, "1");
	CU_ASSERT_EQUAL(number_of("cardeaActiveAlarms", 0), 3);
	struct mib_oid oid = oid_of("cardeaDoorLastChangeTime", 1);
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), 0);
	CU_ASSERT_EQUAL(value.size, sizeof(time));
	CU_ASSERT_EQUAL(memcmp(value.bytes, time, sizeof(time)), 0);
}

static void
test_points_inputs_and_outputs_are_read_as_they_are(void)
{
	fill();
	CU_ASSERT_EQUAL(number_of("cardeaInputState", 2), 6);
	CU_ASSERT_EQUAL(number_of("cardeaInputSupervision", 2), 5);
	CU_ASSERT_EQUAL(number_of("cardeaInputNormal", 2), 2);
	CU_ASSERT_EQUAL(number_of("cardeaInputResistance", 2), 7000);
	CU_ASSERT_EQUAL((int64_t) number_of("cardeaInputDrift", 2), -127);
	CU_ASSERT_EQUAL(number_of("cardeaOutputActive", 5), 1);
	CU_ASSERT_EQUAL(number_of("cardeaOutputClosed", 5), 2);
	CU_ASSERT_EQUAL(number_of("cardeaOutputWorks", 5), 1);
	/* Lock relay 1 and the REX of door 1, which does not work. */
	CU_ASSERT_EQUAL(number_of("cardeaPointMaxCurrent", 7001), 4000);
	CU_ASSERT_EQUAL(number_of("cardeaPointWorks", 7001), 1);
	CU_ASSERT_EQUAL(number_of("cardeaPointWorks", 2001), 2);
	CU_ASSERT_EQUAL(number_of("cardeaMaxDoors", 0), 4);
	CU_ASSERT_EQUAL(number_of("cardeaMaxReaders", 0), 8);
	/* The relay at 12 V on PoE: 150 mA. */
	CU_ASSERT_EQUAL(number_of("cardeaLimitCurrent", 12), 150);
}

static void
test_a_change_before_the_masters_start_is_stamped_zero(void)
{
	fill();
	CU_ASSERT_EQUAL(number_of("cardeaDoorLastChange", 1), 0);
	replica_set_uptime(&replica, 100, 25 * US_PER_S);
	CU_ASSERT_EQUAL(number_of("cardeaDoorLastChange", 1), 0);
}

static void
test_words_and_types_that_nobody_knows_become_unknown(void)
{
	fill();
	CU_ASSERT_EQUAL(number_of("cardeaDoorPositionState", 64), 1);
	CU_ASSERT_EQUAL(number_of("cardeaDoorModeState", 64), 1);
	CU_ASSERT_EQUAL(number_of("cardeaDoorAlarmState", 64), 1);
	update("door.64", "[1]");
	struct mib_oid oid = oid_of("cardeaDoorName", 64);
	struct mib_value value;
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENXIO);
	update("door.65", door_object);
	update("door.0", door_object);
	update("door.1x", door_object);
	update("door.99999999999999999999", door_object);
}

static void
test_get_tells_a_missing_object_from_a_missing_instance(void)
{
	struct mib_oid oid = oid_of("cardeaDoorName", 2);
	struct mib_value value;

	fill();
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENXIO);
	oid.sub[oid.length - 1] = UINT32_MAX;
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENXIO);
	oid.length--;
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENXIO);
	oid = oid_of("cardeaDoorName", 1);
	oid.sub[oid.length++] = 1;
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENXIO);
	oid = oid_of("cardeaDoorIndex", 1);
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENOENT);
	oid = (struct mib_oid){ 7, { MIB_ENTERPRISE } };
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENOENT);
}

static void
test_a_walk_rises_strictly_and_reads_back_what_get_reads(void)
{
	struct mib_oid at = { 7, { MIB_ENTERPRISE } };
	struct mib_value value;
	size_t count = 0;

	fill();
	for (;;) {
		struct mib_oid before = at;
		struct mib_value again = { 0 };
		if (mib_next(&replica, &before, false, &at, &value) < 0)
			break;
		CU_ASSERT_TRUE_FATAL(mib_oid_compare(&at, &before) > 0);
		CU_ASSERT_EQUAL_FATAL(mib_get(&replica, &at, &again), 0);
		CU_ASSERT_EQUAL(again.number, value.number);
		count++;
	}
	CU_ASSERT_EQUAL(count, mib_device_table.count + mib_door_scalars.count +
				       2 * mib_door_table.count + mib_reader_table.count +
				       INVENTORY_ROWS * mib_point_table.count +
				       inventory_limit_count() * mib_limit_table.count +
				       mib_point_scalars.count + mib_input_table.count +
				       mib_output_table.count);
}

static void
test_getnext_goes_on_from_between_instances(void)
{
	struct mib_oid from = oid_of("cardeaDoorName", 1);
	struct mib_oid expected = oid_of("cardeaDoorName", 64);
	struct mib_oid at;
	struct mib_value value;

	fill();
	from.sub[from.length++] = 0;
	CU_ASSERT_EQUAL(mib_next(&replica, &from, true, &at, &value), 0);
	CU_ASSERT_EQUAL(mib_oid_compare(&at, &expected), 0);
	CU_ASSERT_EQUAL(mib_next(&replica, &expected, true, &at, &value), 0);
	CU_ASSERT_EQUAL(mib_oid_compare(&at, &expected), 0);
	expected.sub[expected.length - 1] = UINT32_MAX;
	CU_ASSERT_EQUAL(mib_next(&replica, &expected, false, &at, &value), 0);
	expected = oid_of("cardeaDoorModeState", 1);
	CU_ASSERT_EQUAL(mib_oid_compare(&at, &expected), 0);
	from = (struct mib_oid){ 1, { 2 } };
	CU_ASSERT_EQUAL(mib_next(&replica, &from, false, &at, &value), -ENOENT);
	from = (struct mib_oid){ 0 };
	CU_ASSERT_EQUAL(mib_next(&replica, &from, false, &at, &value), 0);
	expected = oid_of("cardeaDeviceName", 0);
	CU_ASSERT_EQUAL(mib_oid_compare(&at, &expected), 0);
}

static enum mib_error
set(const char *name, uint32_t row, enum mib_type type, int64_t number, struct mib_command *ret)
{
	struct mib_oid oid = oid_of(name, row);
	struct mib_value value = { .type = type, .number = (uint64_t) number };

	return mib_check_set(&replica, &oid, &value, ret);
}

static void
test_set_accepts_commands_of_doors_that_are_there(void)
{
	struct mib_command command = { 0 };

	fill();
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 64, MIB_INTEGER, 2, &command), MIB_NO_ERROR);
	CU_ASSERT_EQUAL(command.door, 64);
	CU_ASSERT_STRING_EQUAL(command.name, "grant");
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 3, &command), MIB_NO_ERROR);
	CU_ASSERT_STRING_EQUAL(command.name, "lock");
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 4, &command), MIB_NO_ERROR);
	CU_ASSERT_STRING_EQUAL(command.name, "unlock");
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 1, &command), MIB_NO_ERROR);
	CU_ASSERT_PTR_NULL(command.name);
}

static void
test_set_refuses_everything_else_with_the_error_of_rfc_3416(void)
{
	struct mib_command command;

	fill();
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 0, &command), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 5, &command), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, -1, &command), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_OCTETS, 2, &command), MIB_WRONG_TYPE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_OTHER, 2, &command), MIB_WRONG_TYPE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 2, MIB_INTEGER, 2, &command), MIB_NO_CREATION);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 65, MIB_INTEGER, 2, &command), MIB_NO_CREATION);
	CU_ASSERT_EQUAL(set("cardeaDoorName", 1, MIB_OCTETS, 0, &command), MIB_NOT_WRITABLE);
	CU_ASSERT_EQUAL(set("cardeaDoorIndex", 1, MIB_INTEGER, 1, &command), MIB_NO_CREATION);
}

static void
test_a_snapshot_removes_rows_that_it_does_not_mention(void)
{
	struct mib_oid oid = oid_of("cardeaDoorName", 1);
	struct mib_value value;

	fill();
	replica_lost(&replica);
	CU_ASSERT_EQUAL(number_of("cardeaStateCurrent", 0), 2);
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), 0);
	replica_begin(&replica);
	update("door.64", door_object);
	replica_end(&replica);
	CU_ASSERT_EQUAL(number_of("cardeaStateCurrent", 0), 1);
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENXIO);
	check_text("cardeaDoorName", 64, "Front door");
	replica_update(&replica, "door.64", NULL);
	oid.sub[oid.length - 1] = 64;
	CU_ASSERT_EQUAL(mib_get(&replica, &oid, &value), -ENXIO);
}

static void
test_long_text_is_cut_between_characters(void)
{
	char text[400];
	struct mib_value value;

	memset(text, 'x', sizeof(text));
	memcpy(text + MIB_TEXT_MAX - 1, "\xc3\xa4", 2);
	text[sizeof(text) - 1] = 0;
	mib_set_text(&value, text);
	CU_ASSERT_EQUAL(value.size, MIB_TEXT_MAX - 1);
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
		TAP(test_get_answers_what_the_replica_holds),
		TAP(test_points_inputs_and_outputs_are_read_as_they_are),
		TAP(test_a_change_before_the_masters_start_is_stamped_zero),
		TAP(test_words_and_types_that_nobody_knows_become_unknown),
		TAP(test_get_tells_a_missing_object_from_a_missing_instance),
		TAP(test_a_walk_rises_strictly_and_reads_back_what_get_reads),
		TAP(test_getnext_goes_on_from_between_instances),
		TAP(test_set_accepts_commands_of_doors_that_are_there),
		TAP(test_set_refuses_everything_else_with_the_error_of_rfc_3416),
		TAP(test_a_snapshot_removes_rows_that_it_does_not_mention),
		TAP(test_long_text_is_cut_between_characters),
	};
	mib = xcalloc(1, sizeof(*mib));
	if (mib_text_read(mib, "mibs/CARDEA-SMI.txt") < 0 ||
	    mib_text_read(mib, "mibs/CARDEA-MIB.txt") < 0) {
		(void) fprintf(stderr, "the MIB texts cannot be read\n");
		return 1;
	}
	int status = tap_main(tests, ARRAY_LEN(tests));
	free(mib);
	return status;
}
