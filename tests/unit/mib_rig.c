#include "tests/unit/mib_rig.h"

#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

const char *const mib_rig_door =
	"{\"name\":\"Front "
	"door\",\"mode\":\"accessed\",\"reason\":\"access\",\"position\":\"open\","
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
	"{\"name\":\"Back "
	"reader\",\"bus\":2,\"address\":7,\"door\":2,\"online\":true,\"tamper\":false,\"vendor\":"
	"\"5c2623\",\"model\":1,"
	"\"serial\":\"00112233\",\"firmware\":\"1.2.3\",\"polls\":100,\"timeouts\":3,\"errors\":1,"
	"\"cards\":9}";

static const char *const mib_rig_power =
	"{\"source\":\"poe_plus\",\"main_mw\":3312,\"capacity_mw\":30000,\"warned\":false,"
	"\"sources\":{"
	"\"poe\":{\"label\":\"PoE\",\"state\":\"absent\"},\"poe_plus\":{\"label\":\"PoE+\","
	"\"state\":\"present\",\"mv\":48000,\"ma\":69,\"mw\":3312,\"max_mw\":30000}}}";

struct mib_rig mib_rig;

void
mib_rig_update(const char *key, const char *text)
{
	_cleanup_(json_decrefp) json_t *value = json_loads(text, 0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	replica_update(&mib_rig.replica, key, value);
}

void
mib_rig_add_event(uint64_t seq, enum event_kind kind, const char *source)
{
	_cleanup_(json_decrefp) json_t *event = json_pack(
		"{sI,si,ss,ss,ss,ss,sI,s{si,sI}}", "seq", (json_int_t) seq, "number", (int) kind,
		"source", source, "actor", "card:h10301:118:1603", "reason", "Unauthorized", "text",
		"Something happened", "time_us", (json_int_t) 1790000000123456, "data", "door", 1,
		"alarm", (json_int_t) (events_find(kind)->alarm_change ? seq : 0));

	replica_events_add(&mib_rig.replica.events, event);
}

void
mib_rig_fill(void)
{
	replica_init(&mib_rig.replica);
	mib_rig_fill_again();
}

void
mib_rig_fill_again(void)
{
	replica_begin(&mib_rig.replica);
	mib_rig_update("door.1", mib_rig_door);
	mib_rig_update("door.64", "{\"name\":\"Back door\",\"position\":\"ajar\",\"mode\":7}");
	mib_rig_update("reader.3", reader_object);
	mib_rig_update("input.2", input_object);
	mib_rig_update("output.5", output_object);
	mib_rig_update("power", mib_rig_power);
	mib_rig_update("rail.readers",
		       "{\"label\":\"Supply of readers\",\"state\":\"over_current\","
		       "\"mv\":0,\"ma\":2100,\"mw\":0,\"limit_ma\":2000}");
	mib_rig_update("led.doors1_4.led_stat", "{\"first\":\"green\",\"second\":\"dark\","
						"\"first_ms\":200,\"second_ms\":2000}");
	mib_rig_update("climate", "{\"temperature_mc\":-5500,\"casing\":\"open\",\"motion\":true}");
	mib_rig_update("module.16", "{\"name\":\"Lift\",\"bus\":2,\"address\":9,\"online\":true,"
				    "\"security\":\"secure\","
				    "\"serial\":77,\"firmware\":\"1.2.3\",\"inputs\":[\"active\","
				    "\"cut\"],\"outputs\":[true,false]}");
	mib_rig_update("floor.2", "{\"name\":\"Cellar\",\"module\":16,\"output\":1,\"reader\":3,"
				  "\"pulse_ms\":5000,\"granted\":4}");
	mib_rig_update("access", "{\"degraded\":false,\"doors\":[{\"granted\":4,\"denied\":{}},"
				 "{\"granted\":7,\"denied\":{\"Unauthorized\":2}}]}");
	mib_rig_update("fire", "{\"input\":2,\"active\":false,\"latched\":true}");
	mib_rig_update("log", "{\"head\":120,\"first\":21,\"waiting\":0,\"stored\":true,"
			      "\"signed\":true,\"signed_seq\":100,"
			      "\"followers\":{\"syslog.1\":70,\"snmp\":120,\"snmpx\":1}}");
	mib_rig_update("syslog.1",
		       "{\"name\":\"Collector\",\"host\":\"logs.example\","
		       "\"transport\":\"tls\",\"state\":\"up\",\"confirmed\":70,\"lag\":50,"
		       "\"sent\":80,\"errors\":3,\"last_error\":\"refused\","
		       "\"last_success_us\":1790000000123456}");
	mib_rig_update("alarm.4294967303",
		       "{\"id\":4294967303,\"seq\":4294967309,\"kind\":\"door.held\",\"name\":"
		       "\"door_held\",\"source\":\"door.1\",\"severity\":4,\"time_us\":"
		       "1790000000123456,\"text\":\"Front door has been open for too long\","
		       "\"door\":1,\"actor\":\"system\",\"reason\":\"\"}");
	mib_rig_add_event(4294967302, EV_ACCESS_GRANTED, "door.1");
	mib_rig_add_event(4294967303, EV_DOOR_HELD, "door.1");
	mib_rig_update("control", "{\"online\":true}");
	mib_rig_update("board", "{\"online\":true,\"faults\":{\"door1.rex\":\"gone\"}}");
	mib_rig_update("system", "{\"version\":\"1.2.3\"}");
	mib_rig_update("settings", "{\"system.name\":\"Lobby\",\"system.location\":\"2nd floor\","
				   "\"snmp.notifications.access\":false}");
	replica_end(&mib_rig.replica);
}

struct mib_oid
mib_rig_oid(const char *name, uint32_t row)
{
	const struct mib_node *node = mib_text_find(mib_rig.mib, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(node);
	struct mib_oid oid = node->oid;
	oid.sub[oid.length++] = row;
	return oid;
}

uint64_t
mib_rig_number(const char *name, uint32_t row)
{
	struct mib_oid oid = mib_rig_oid(name, row);
	struct mib_value value = { 0 };

	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	return value.number;
}

void
mib_rig_check_text(const char *name, uint32_t row, const char *text)
{
	struct mib_oid oid = mib_rig_oid(name, row);
	struct mib_value value = { 0 };

	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	CU_ASSERT_EQUAL(value.type, MIB_OCTETS);
	CU_ASSERT_EQUAL(value.size, strlen(text));
	CU_ASSERT_EQUAL(memcmp(value.bytes, text, strlen(text)), 0);
}

int
mib_rig_main(const struct tap_test *tests, size_t count)
{
	mib_rig.mib = xcalloc(1, sizeof(*mib_rig.mib));
	if (mib_text_read(mib_rig.mib, "mibs/CARDEA-SMI.txt") < 0 ||
	    mib_text_read(mib_rig.mib, "mibs/CARDEA-MIB.txt") < 0 ||
	    mib_text_read(mib_rig.mib, "mibs/CARDEA-BOARD-MIB.txt") < 0 ||
	    mib_text_read(mib_rig.mib, "mibs/CARDEA-EVENT-MIB.txt") < 0 ||
	    mib_text_read(mib_rig.mib, "mibs/CARDEA-NOTIFICATION-MIB.txt") < 0) {
		(void) fprintf(stderr, "the MIB texts cannot be read\n");
		return 1;
	}
	int status = tap_main(tests, count);
	free(mib_rig.mib);
	return status;
}
