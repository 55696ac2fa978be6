#include <errno.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/settings.h"
#include "lib/settings_snmp.h"
#include "lib/util.h"
#include "lib/zone.h"

static const char *const jumpers[] = { "none", "12v", "24v", NULL };
static const char *const aux_supplies[] = { "internal", "external", NULL };

static const struct field settings[] = {
	{ .name = "access.digit_time",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 30,
	  .fallback = "3",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Time between digits",
	  .doc = "A code of which no further digit comes for this long is forgotten." },
	{ .name = "access.factor_time",
	  .type = FIELD_INTEGER,
	  .min = 2,
	  .max = 60,
	  .fallback = "10",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Time for the next factor",
	  .doc = "How long a reader waits for the PIN, the second card or the escort." },
	{ .name = "access.pin_attempts",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 20,
	  .fallback = "5",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Wrong PINs",
	  .doc = "After so many wrong PINs in a row a card, or the keypad of a reader, is locked "
		 "out." },
	{ .name = "access.pin_lock_time",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 3600,
	  .fallback = "60",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Lock-out",
	  .doc = "How long it is locked out then." },
	{ .name = "access.threat_level",
	  .type = FIELD_INTEGER,
	  .max = 4,
	  .fallback = "0",
	  .role = ROLE_OPERATOR,
	  .label = "Threat level",
	  .doc = "Of the whole site; 0 is normal. Profiles may end at a level, and more may be "
		 "asked of people from one on." },
	{ .name = "alarm.casing",
	  .type = FIELD_BOOL,
	  .fallback = "false",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Casing open",
	  .doc = "Raise an alarm while the casing is open. Off by default: a bare board without a "
		 "casing would be in alarm for ever." },
	{ .name = "alarm.motion",
	  .type = FIELD_BOOL,
	  .fallback = "false",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Device motion",
	  .doc = "Raise an alarm when the controller is moved, shaken or hit." },
	{ .name = "alarm.motion_hold_off",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 3600,
	  .fallback = "10",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Motion hold-off",
	  .doc = "The motion alarm ends when the controller has been at rest for this long." },
	{ .name = "alarm.tamper",
	  .type = FIELD_BOOL,
	  .fallback = "false",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "External tamper",
	  .doc = "Raise an alarm while the TAMPER input is active or its wires are cut or shorted, "
		 "as when somebody opens the cabinet. Its wiring is set at the input." },
	{ .name = "cards.formats",
	  .type = FIELD_STRING,
	  .min = 1,
	  .max = 200,
	  .fallback = "\"" CARDFORMAT_DEFAULT_LIST "\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Card formats",
	  .doc = "The formats in use, in the order in which they are tried, with commas between: "
		 "several may share a length. custom-1 is the own format of that number; one that "
		 "is not there is passed over." },
	{ .name = "degraded.facilities",
	  .type = FIELD_STRING,
	  .max = 80,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Degraded mode: facility codes",
	  .doc = "When the credentials cannot be read, every card with one of these facility codes "
		 "opens every door; numbers with commas between. Empty, as it should be: nobody "
		 "is let in then." },
	{ .name = "degraded.format",
	  .type = FIELD_STRING,
	  .min = 1,
	  .max = 16,
	  .fallback = "\"h10301\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Degraded mode: card format",
	  .doc = "The format that such cards have." },
	{ .name = "fire.input",
	  .type = FIELD_INTEGER,
	  .max = INPUTS,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Fire input",
	  .doc = "The number of the input that is active when there is fire; 0 for none. The doors "
		 "that are set so are unlocked until it is normal again and an operator has reset "
		 "the alarm." },
	{ .name = "log.keep_days",
	  .type = FIELD_INTEGER,
	  .max = 36500,
	  .fallback = "0",
	  .unit = "days",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Days of events",
	  .doc = "Events that are older are deleted from the log, once a day; 0 is no limit. An "
		 "event says which." },
	{ .name = "log.keep_events",
	  .type = FIELD_INTEGER,
	  .min = 1000,
	  .max = 100000000,
	  .fallback = "1000000",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Number of events",
	  .doc = "The log keeps so many events and deletes older ones, a hundredth of them at a "
		 "time. An event says which." },
	{ .name = "power.aux_supply",
	  .type = FIELD_ENUM,
	  .choices = aux_supplies,
	  .fallback = "\"internal\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Supply of AUX outputs",
	  .doc = "What feeds the loads of the AUX outputs: the controller's 12 V, 50 mA for both, "
		 "or "
		 "a supply of their own, 100 mA each." },
	{ .name = "power.door_relay_jumper",
	  .type = FIELD_ENUM,
	  .choices = jumpers,
	  .fallback = "\"none\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Jumper of door relays",
	  .doc = "What the jumper puts on COM of the door relays. Only for boards that do not "
		 "measure "
		 "it; their power budget follows." },
	{ .name = "power.relay_jumper",
	  .type = FIELD_ENUM,
	  .choices = jumpers,
	  .fallback = "\"none\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Jumper of the relay",
	  .doc = "What the jumper puts on COM of the relay. Only for boards that do not measure "
		 "it; "
		 "its power budget follows, with the present supply." },
	{ .name = "snmp.heartbeat",
	  .type = FIELD_INTEGER,
	  .max = 1440,
	  .fallback = "60",
	  .unit = "min",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Heartbeat",
	  .doc = "So often a notification says that notifications work, and what the newest "
		 "number is. 0: never." },
	SETTINGS_SNMP_MODE,
	{ .name = "snmp.notifications.access",
	  .type = FIELD_BOOL,
	  .fallback = "true",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Access notifications",
	  .doc = "Send an SNMP notification for every access granted, taken or denied." },
	{ .name = "snmp.notifications.off",
	  .type = FIELD_STRING,
	  .max = 2048,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Notifications that are off",
	  .doc = "Kinds of events that are not sent as notifications, such as "
		 "access.granted,door.position. Managers see them in the event table." },
	{ .name = "snmp.notifications.state",
	  .type = FIELD_BOOL,
	  .fallback = "true",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Door state notifications",
	  .doc = "Send an SNMP notification when a door's mode, position or lock changes. Alarms "
		 "are always sent." },
	SETTINGS_SNMP_ACCESS,
	{ .name = "system.location",
	  .type = FIELD_STRING,
	  .max = 128,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Location",
	  .doc = "Where the controller is mounted." },
	{ .name = "system.name",
	  .type = FIELD_STRING,
	  .min = 1,
	  .max = 64,
	  .fallback = "\"Cardea\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "The controller's name in the console." },
	{ .name = "temperature.critical",
	  .type = FIELD_INTEGER,
	  .min = 20,
	  .max = 125,
	  .fallback = "75",
	  .unit = "degrees Celsius",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Critical temperature",
	  .doc = "Above this the controller raises an alarm; it ends three degrees below." },
	{ .name = "temperature.warning",
	  .type = FIELD_INTEGER,
	  .min = 20,
	  .max = 125,
	  .fallback = "65",
	  .unit = "degrees Celsius",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Temperature warning",
	  .doc = "Above this the controller warns; it ends three degrees below. Less than the "
		 "critical temperature." },
	{ .name = "time.zone",
	  .type = FIELD_STRING,
	  .max = ZONE_NAME_SIZE - 1,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Time zone",
	  .doc = "The zone of schedules, such as Europe/Berlin; empty for the machine's own." },
	{ .name = "web.session_idle",
	  .type = FIELD_INTEGER,
	  .min = 60,
	  .max = 86400,
	  .fallback = "1800",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Idle time-out",
	  .doc = "A console session that nobody uses for this long ends." },
};

static const struct field_table table = { settings, ARRAY_LEN(settings) };

const struct field_table *
settings_table(void)
{
	return &table;
}

static int
refuse(struct field_error *error, const char *field, const char *message)
{
	error->field = field;
	(void) copy_string(error->message, sizeof(error->message), message);
	return -EINVAL;
}

/* "" or numbers that fit a facility code, with commas between. */
static bool
are_facilities(const char *text)
{
	unsigned count = 0;

	while (*text) {
		size_t digits = strspn(text, "0123456789");
		if (!digits || digits > 7 || ++count > 8)
			return false;
		text += digits;
		if (*text == ',' && text[1])
			text++;
		else if (*text)
			return false;
	}
	return true;
}

/* Kinds of events that have a notification, with commas between. */
static int
check_kinds(const char *list, struct field_error *error)
{
	char name[48];

	while (*(list += strspn(list, ", "))) {
		size_t size = strcspn(list, ", ");
		(void) snprintf(name, sizeof(name), "%.*s", (int) MIN_OF(size, sizeof(name) - 1),
				list);
		const struct event_row *row = events_find_name(name);
		if (!row || !row->is_notified) {
			(void) refuse(error, "snmp.notifications.off", "");
			(void) snprintf(error->message, sizeof(error->message),
					row ? "'%s' is never notified"
					    : "'%s' is no kind of event, such as door.position",
					name);
			return -EINVAL;
		}
		list += size;
	}
	return 0;
}

int
settings_check(const json_t *all, struct field_error *error)
{
	uint8_t order[CARDFORMAT_ORDER_MAX];

	if (cardformat_parse_list(json_string_or(all, "cards.formats", ""), order) < 0)
		return refuse(error, "cards.formats",
			      "names of card formats with commas between, each once");
	if (!are_facilities(json_string_or(all, "degraded.facilities", "")))
		return refuse(error, "degraded.facilities",
			      "at most eight facility codes with commas between, or nothing");
	if (cardformat_position(json_string_or(all, "degraded.format", "h10301")) < 0)
		return refuse(error, "degraded.format", "not a card format");
	if (settings_snmp_check(all, error) < 0)
		return -EINVAL;
	if (json_integer_or(all, "temperature.warning", 0) >=
	    json_integer_or(all, "temperature.critical", INT64_MAX))
		return refuse(error, "temperature.warning", "must be below temperature.critical");
	if (check_kinds(json_string_or(all, "snmp.notifications.off", ""), error) < 0)
		return -EINVAL;
	const char *zone = json_string_or(all, "time.zone", "");
	if (*zone && !zone_is_name(zone))
		return refuse(error, "time.zone", "a time zone such as Europe/Berlin, or empty");
	return 0;
}
