#include "syslog/alarm.h"

#include <string.h>

#include "lib/util.h"

#define EQUIPMENT "equipmentAlarm"
#define SECURITY  "securityServiceOrMechanismViolation"

static const struct alarm_row rows[] = {
	{ "casing", "enclosureDoorOpen", "physicalViolation" },
	{ "control_down", "softwareProgramAbnormallyTerminated", "processingErrorAlarm" },
	{ "degraded", "corruptData", "processingErrorAlarm" },
	{ "door_forced", "intrusionDetection", "physicalViolation" },
	{ "door_held", "proceduralError", "operationalViolation" },
	{ "door_lock_fault", "equipmentMalfunction", EQUIPMENT },
	{ "doors_power", "powerProblem", EQUIPMENT },
	{ "external_tamper", "intrusionDetection", "physicalViolation" },
	{ "fire", "fireDetected", "environmentalAlarm" },
	{ "input_drift", "thresholdCrossed", EQUIPMENT },
	{ "input_fault", "cableTamper", "physicalViolation" },
	{ "module_security", "authenticationFailure", SECURITY },
	{ "module_tamper", "intrusionDetection", "physicalViolation" },
	{ "motion", "excessiveVibration", "environmentalAlarm" },
	{ "point_overload", "powerProblem", EQUIPMENT },
	{ "reader_clear", "breachOfConfidentiality", SECURITY },
	{ "reader_power", "powerProblem", EQUIPMENT },
	{ "reader_security", "authenticationFailure", SECURITY },
	{ "reader_tamper", "intrusionDetection", "physicalViolation" },
	{ "syslog_behind", "queueSizeExceeded", "qualityOfServiceAlarm" },
	{ "syslog_certificate", "keyExpired", SECURITY },
	{ "syslog_journal_behind", "queueSizeExceeded", "qualityOfServiceAlarm" },
	{ "temperature_critical", "temperatureUnacceptable", "environmentalAlarm" },
	{ "temperature_warning", "temperatureUnacceptable", "environmentalAlarm" },
	/* All others, by the letters of their MSGID. */
	{ "AC", "unauthorizedAccessAttempt", SECURITY },
	{ "AU", "unauthorizedAccessAttempt", SECURITY },
	{ "BD", "equipmentMalfunction", EQUIPMENT },
	{ "CF", "configurationOrCustomizationError", "processingErrorAlarm" },
	{ "DR", "equipmentMalfunction", EQUIPMENT },
	{ "EN", "equipmentMalfunction", "environmentalAlarm" },
	{ "IN", "inputDeviceError", EQUIPMENT },
	{ "LG", "storageCapacityProblem", "processingErrorAlarm" },
	{ "LS", "communicationsSubsystemFailure", "communicationsAlarm" },
	{ "MO", "inputOutputDeviceError", EQUIPMENT },
	{ "OU", "inputOutputDeviceError", EQUIPMENT },
	{ "PW", "powerProblem", EQUIPMENT },
	{ "RD", "inputDeviceError", EQUIPMENT },
	{ "SN", "communicationsSubsystemFailure", "communicationsAlarm" },
	{ "SY", "softwareError", "processingErrorAlarm" },
};

static const struct alarm_row other = { "", "other", "other" };

static const struct {
	const char *prefix;
	const char *page;
} pages[] = {
	{ "door", "doors" },	{ "reader", "readers" },     { "module", "modules" },
	{ "input", "io" },	{ "output", "io" },	     { "relay", "io" },
	{ "supply", "power" },	{ "rail", "power" },	     { "power", "power" },
	{ "person", "people" }, { "schedule", "schedules" }, { "credential", "credentials" },
};

const struct alarm_row *
alarm_find(const struct event_row *event)
{
	const struct alarm_row *found = &other;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!strcmp(rows[i].key, event->alarm))
			return &rows[i];
		if (!strncmp(rows[i].key, event->msgid, 2) && !rows[i].key[2])
			found = &rows[i];
	}
	return found;
}

const char *
alarm_severity(const struct event_row *event)
{
	static const char *const names[] = { "critical", "critical", "major", "minor", "warning" };

	if (event->alarm_change == ALARM_CLEAR)
		return "cleared";
	return event->severity < ARRAY_LEN(names) ? names[event->severity] : "indeterminate";
}

const char *
alarm_trend(const struct event_row *event)
{
	return event->alarm_change == ALARM_CLEAR ? "lessSevere" : "moreSevere";
}

const char *
alarm_page(const char *source, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		size_t length = strlen(pages[i].prefix);
		if (size >= length && !memcmp(source, pages[i].prefix, length))
			return pages[i].page;
	}
	return "events";
}
