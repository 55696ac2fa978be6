/*
 * The events table: the one place that knows every kind of event. Numbers and names are frozen by
 * tests/golden/events.txt; a new kind is one new row at the end of its hundred.
 *
 * Columns: enumerator, number (also the notification's sub-identifier in CARDEA-MIB and the digits
 * of its MSGID), wire name, MSGID prefix, severity (RFC 5424 table 2), category, alarm (raise or
 * clear, and which), whether it is an SNMP notification, ONVIF topic, text. Words in braces are
 * members of the event's data, {reason} is the event's own.
 */
#ifndef LIB_EVENTS_H
#define LIB_EVENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_category { EVENT_ACCESS, EVENT_AUDIT, EVENT_SYSTEM };

enum event_alarm_change { ALARM_NONE, ALARM_RAISE, ALARM_CLEAR };

#define EVENTS(X)                                                                                  \
	X(EV_ACCESS_GRANTED, 100, "access.granted", "AC", 6, EVENT_ACCESS, ALARM_NONE, "", true,   \
	  "tns1:AccessControl/AccessGranted/Credential",                                           \
	  "Access granted to {holder} at {door_name}")                                             \
	X(EV_ACCESS_TAKEN, 110, "access.taken", "AC", 6, EVENT_ACCESS, ALARM_NONE, "", true,       \
	  "tns1:AccessControl/AccessTaken/Credential", "Access taken by {holder} at {door_name}")  \
	X(EV_ACCESS_NOT_TAKEN, 120, "access.not_taken", "AC", 5, EVENT_ACCESS, ALARM_NONE, "",     \
	  true, "tns1:AccessControl/AccessNotTaken/Credential",                                    \
	  "Access not taken by {holder} at {door_name}")                                           \
	X(EV_ACCESS_DENIED, 130, "access.denied", "AC", 5, EVENT_ACCESS, ALARM_NONE, "", true,     \
	  "tns1:AccessControl/Denied/Credential",                                                  \
	  "Access denied to {holder} at {door_name}: {reason}")                                    \
	X(EV_ACCESS_UNKNOWN, 133, "access.unknown", "AC", 4, EVENT_ACCESS, ALARM_NONE, "", true,   \
	  "tns1:AccessControl/Denied/CredentialNotFound/Card",                                     \
	  "Access denied at {door_name}: {reason}")                                                \
	X(EV_ACCESS_UNKNOWN_PIN, 134, "access.unknown_pin", "AC", 4, EVENT_ACCESS, ALARM_NONE, "", \
	  true, "tns1:AccessControl/Denied/CredentialNotFound/PIN",                                \
	  "Access denied at {point_name}: nobody has this code")                                   \
	X(EV_ACCESS_PIN_LOCKED, 135, "access.pin_locked", "AC", 4, EVENT_ACCESS, ALARM_NONE, "",   \
	  true, "tns1:AccessControl/Denied/Credential",                                            \
	  "Too many wrong PINs at {point_name}: locked out for {seconds} s")                       \
	X(EV_ACCESS_DURESS, 140, "access.duress", "AC", 1, EVENT_ACCESS, ALARM_NONE, "", true,     \
	  "tns1:AccessControl/Duress", "{holder} was let in at {point_name} under duress")         \
	X(EV_ACCESS_TIMEOUT, 153, "access.timeout", "AC", 6, EVENT_ACCESS, ALARM_NONE, "", false,  \
	  "tns1:AccessControl/Request/Timeout",                                                    \
	  "{holder} did not show the {wanted} at "                                                 \
	  "{point_name} in time")                                                                  \
	X(EV_APB_VIOLATION, 160, "access.apb_violation", "AC", 4, EVENT_ACCESS, ALARM_NONE, "",    \
	  true, "tns1:Credential/State/ApbViolation",                                              \
	  "{holder} was let in at {point_name} in spite of anti-passback")                         \
	X(EV_APB_RESET, 161, "access.apb_reset", "AC", 5, EVENT_AUDIT, ALARM_NONE, "", false,      \
	  "tns1:Credential/State/ApbViolation", "{actor} has forgotten where {who} is")            \
	X(EV_ACCESS_DEGRADED, 170, "access.degraded", "AC", 1, EVENT_ACCESS, ALARM_RAISE,          \
	  "degraded", true, "tns1:Device/HardwareFailure", "Credentials cannot be read: {what}")   \
	X(EV_ACCESS_DEGRADED_CLEARED, 171, "access.degraded_cleared", "AC", 5, EVENT_ACCESS,       \
	  ALARM_CLEAR, "degraded", true, "tns1:Device/HardwareFailure",                            \
	  "Credentials can be read again")                                                         \
	X(EV_DOOR_MODE, 200, "door.mode", "DR", 6, EVENT_ACCESS, ALARM_NONE, "", true,             \
	  "tns1:Door/State/DoorMode", "{door_name} is {state}: {reason}")                          \
	X(EV_DOOR_POSITION, 201, "door.position", "DR", 6, EVENT_ACCESS, ALARM_NONE, "", true,     \
	  "tns1:Door/State/DoorPhysicalState", "{door_name} is {state}")                           \
	X(EV_DOOR_LOCK, 202, "door.lock", "DR", 6, EVENT_ACCESS, ALARM_NONE, "", true,             \
	  "tns1:Door/State/LockPhysicalState", "The lock of {door_name} is {state}")               \
	X(EV_DOOR_REX, 203, "door.rex", "DR", 6, EVENT_ACCESS, ALARM_NONE, "", false,              \
	  "tns1:IdPoint/Request/REX", "Request to exit at {door_name}")                            \
	X(EV_DOOR_FORCED, 210, "door.forced", "DR", 1, EVENT_ACCESS, ALARM_RAISE, "door_forced",   \
	  true, "tns1:Door/State/DoorAlarm", "{door_name} was forced open")                        \
	X(EV_DOOR_FORCED_CLEARED, 211, "door.forced_cleared", "DR", 5, EVENT_ACCESS, ALARM_CLEAR,  \
	  "door_forced", true, "tns1:Door/State/DoorAlarm",                                        \
	  "{door_name} is no longer forced open")                                                  \
	X(EV_DOOR_HELD, 212, "door.held", "DR", 4, EVENT_ACCESS, ALARM_RAISE, "door_held", true,   \
	  "tns1:Door/State/DoorAlarm", "{door_name} has been open for too long")                   \
	X(EV_DOOR_HELD_CLEARED, 213, "door.held_cleared", "DR", 5, EVENT_ACCESS, ALARM_CLEAR,      \
	  "door_held", true, "tns1:Door/State/DoorAlarm", "{door_name} is no longer held open")    \
	X(EV_DOOR_HELD_WARNING, 214, "door.held_warning", "DR", 5, EVENT_ACCESS, ALARM_NONE, "",   \
	  true, "tns1:Door/State/DoorWarning",                                                     \
	  "{door_name} will soon have been open for too long")                                     \
	X(EV_DOOR_COMMAND, 220, "door.command", "DR", 5, EVENT_AUDIT, ALARM_NONE, "", false,       \
	  "tns1:Door/State/Command", "{actor} commanded {door_name}: {command}")                   \
	X(EV_DOOR_DOUBLE_LOCK, 221, "door.double_lock", "DR", 6, EVENT_ACCESS, ALARM_NONE, "",     \
	  true, "tns1:Door/State/DoubleLockPhysicalState",                                         \
	  "The second lock of {door_name} is {state}")                                             \
	X(EV_DOOR_LOCK_FAULT, 222, "door.lock_fault", "DR", 2, EVENT_ACCESS, ALARM_RAISE,          \
	  "door_lock_fault", true, "tns1:Door/State/DoorFault",                                    \
	  "The lock of {door_name} does not obey: its monitor says {state}")                       \
	X(EV_DOOR_LOCK_FAULT_CLEARED, 223, "door.lock_fault_cleared", "DR", 5, EVENT_ACCESS,       \
	  ALARM_CLEAR, "door_lock_fault", true, "tns1:Door/State/DoorFault",                       \
	  "The lock of {door_name} obeys again")                                                   \
	X(EV_FIRE, 230, "fire.raised", "DR", 1, EVENT_ACCESS, ALARM_RAISE, "fire", true,           \
	  "tns1:Device/Trigger/DigitalInput",                                                      \
	  "Fire alarm at input {name}: the doors that are set so are unlocked")                    \
	X(EV_FIRE_CLEARED, 231, "fire.cleared", "DR", 5, EVENT_ACCESS, ALARM_CLEAR, "fire", true,  \
	  "tns1:Device/Trigger/DigitalInput", "The fire alarm was reset by {actor}")               \
	X(EV_READER_ONLINE, 300, "reader.online", "RD", 5, EVENT_SYSTEM, ALARM_CLEAR,              \
	  "reader_offline", true, "tns1:IdPoint/Status/Device", "Reader {reader} is online")       \
	X(EV_READER_OFFLINE, 301, "reader.offline", "RD", 3, EVENT_SYSTEM, ALARM_RAISE,            \
	  "reader_offline", true, "tns1:IdPoint/Status/Device", "Reader {reader} does not answer") \
	X(EV_READER_REPLACED, 302, "reader.replaced", "RD", 4, EVENT_SYSTEM, ALARM_NONE, "", true, \
	  "tns1:IdPoint/Status/Device",                                                            \
	  "Reader {reader} is another device than before: serial {serial}")                        \
	X(EV_READER_FRAME_ERROR, 303, "reader.frame_error", "RD", 4, EVENT_SYSTEM, ALARM_NONE, "", \
	  false, "tns1:IdPoint/Status/Device",                                                     \
	  "Malformed frames on the bus of {door_name}: {count}")                                   \
	X(EV_READER_TAMPER, 304, "reader.tamper", "RD", 2, EVENT_SYSTEM, ALARM_RAISE,              \
	  "reader_tamper", true, "tns1:IdPoint/Request/Tampering",                                 \
	  "Reader {reader} reports tampering")                                                     \
	X(EV_READER_TAMPER_CLEARED, 305, "reader.tamper_cleared", "RD", 5, EVENT_SYSTEM,           \
	  ALARM_CLEAR, "reader_tamper", true, "tns1:IdPoint/Request/Tampering",                    \
	  "Reader {reader} no longer reports tampering")                                           \
	X(EV_READER_SECURED, 306, "reader.secured", "RD", 5, EVENT_SYSTEM, ALARM_CLEAR,            \
	  "reader_security", true, "tns1:IdPoint/Status/Device",                                   \
	  "Reader {reader} speaks encrypted, under its own key")                                   \
	X(EV_READER_UNSECURED, 307, "reader.unsecured", "RD", 5, EVENT_SYSTEM, ALARM_NONE, "",     \
	  false, "tns1:IdPoint/Status/Device",                                                     \
	  "The encrypted session of reader {reader} has ended: {why}")                             \
	X(EV_READER_KEY_MISMATCH, 308, "reader.key_mismatch", "RD", 2, EVENT_SYSTEM, ALARM_RAISE,  \
	  "reader_security", true, "tns1:IdPoint/Status/Device",                                   \
	  "Reader {reader} is refused: {why}")                                                     \
	X(EV_READER_DEFAULT_KEY, 309, "reader.default_key", "RD", 2, EVENT_SYSTEM, ALARM_NONE, "", \
	  true, "tns1:IdPoint/Status/Device",                                                      \
	  "Reader {reader} claims the key of a new device; it was given none")                     \
	X(EV_READER_DOWNGRADE, 310, "reader.downgrade", "RD", 2, EVENT_SYSTEM, ALARM_NONE, "",     \
	  true, "tns1:IdPoint/Status/Device",                                                      \
	  "Reader {reader} says that it cannot encrypt, or somebody does for it")                  \
	X(EV_READER_MAC_ERROR, 311, "reader.mac_error", "RD", 3, EVENT_SYSTEM, ALARM_NONE, "",     \
	  false, "tns1:IdPoint/Status/Device",                                                     \
	  "Forged or damaged messages from reader {reader}: {count}")                              \
	X(EV_READER_PLAIN_DATA, 312, "reader.plain_data", "RD", 3, EVENT_SYSTEM, ALARM_NONE, "",   \
	  false, "tns1:IdPoint/Status/Device",                                                     \
	  "Data of reader {reader} that were not encrypted were refused: {count}")                 \
	X(EV_READER_INTERFERENCE, 313, "reader.interference", "RD", 2, EVENT_SYSTEM, ALARM_NONE,   \
	  "", true, "tns1:IdPoint/Status/Device",                                                  \
	  "Somebody disturbs the line of reader {reader}: {why}")                                  \
	X(EV_READER_FOREIGN_TALKER, 314, "reader.foreign_talker", "RD", 3, EVENT_SYSTEM,           \
	  ALARM_NONE, "", true, "tns1:IdPoint/Status/Device",                                      \
	  "Messages that nobody had asked for on the line of reader {reader}: {count}")            \
	X(EV_READER_INSTALL, 315, "reader.install", "RD", 5, EVENT_SYSTEM, ALARM_NONE, "", false,  \
	  "tns1:IdPoint/Status/Device", "Installation of reader {reader}: {state}")                \
	X(EV_READER_PAIRED, 316, "reader.paired", "RD", 5, EVENT_SYSTEM, ALARM_NONE, "", true,     \
	  "tns1:IdPoint/Status/Device", "Reader {reader} has a new key")                           \
	X(EV_READER_DIFFERS, 317, "reader.differs", "RD", 3, EVENT_SYSTEM, ALARM_NONE, "", true,   \
	  "tns1:IdPoint/Status/Device", "Reader {reader} is not what it was: {why}")               \
	X(EV_READER_CLEAR, 318, "reader.clear", "RD", 4, EVENT_SYSTEM, ALARM_RAISE,                \
	  "reader_clear", true, "tns1:IdPoint/Status/Device",                                      \
	  "{actor} lets reader {reader} speak unencrypted")                                        \
	X(EV_READER_CLEAR_ENDED, 319, "reader.clear_ended", "RD", 5, EVENT_SYSTEM, ALARM_CLEAR,    \
	  "reader_clear", true, "tns1:IdPoint/Status/Device",                                      \
	  "{actor} has reader {reader} speak encrypted")                                           \
	X(EV_READER_CODE, 320, "reader.code", "RD", 6, EVENT_ACCESS, ALARM_NONE, "", false,        \
	  "tns1:IdPoint/Request/PIN", "A code of {digits} digits was entered at reader {reader}")  \
	X(EV_READER_CODE_ABANDONED, 321, "reader.code_abandoned", "RD", 6, EVENT_ACCESS,           \
	  ALARM_NONE, "", false, "tns1:IdPoint/Request/PIN",                                       \
	  "A code was not ended at reader {reader}: {digits} digits")                              \
	X(EV_READER_CODE_TOO_LONG, 322, "reader.code_too_long", "RD", 5, EVENT_ACCESS, ALARM_NONE, \
	  "", false, "tns1:IdPoint/Request/PIN",                                                   \
	  "A code entered at reader {reader} has more than {digits} digits")                       \
	X(EV_READER_POWER, 323, "reader.power", "RD", 3, EVENT_SYSTEM, ALARM_RAISE,                \
	  "reader_power", true, "tns1:IdPoint/Status/Device",                                      \
	  "Reader {reader} reports a power failure")                                               \
	X(EV_READER_POWER_CLEARED, 324, "reader.power_cleared", "RD", 5, EVENT_SYSTEM,             \
	  ALARM_CLEAR, "reader_power", true, "tns1:IdPoint/Status/Device",                         \
	  "Reader {reader} no longer reports a power failure")                                     \
	X(EV_READER_MOVED, 325, "reader.moved", "RD", 5, EVENT_SYSTEM, ALARM_NONE, "", false,      \
	  "tns1:IdPoint/Status/Device",                                                            \
	  "Reader {reader} answers at address {address} with {baud} baud now")                     \
	X(EV_READER_NOT_MOVED, 326, "reader.not_moved", "RD", 4, EVENT_SYSTEM, ALARM_NONE, "",     \
	  false, "tns1:IdPoint/Status/Device",                                                     \
	  "Reader {reader} did not take its new address or speed: it is at {address} with {baud} " \
	  "baud as before")                                                                        \
	X(EV_LINE_SCANNED, 327, "line.scanned", "RD", 6, EVENT_SYSTEM, ALARM_NONE, "", false,      \
	  "tns1:IdPoint/Status/Device", "Reader bus {bus} was searched: {count} devices")          \
	X(EV_LINE_TESTED, 328, "line.tested", "RD", 6, EVENT_SYSTEM, ALARM_NONE, "", false,        \
	  "tns1:IdPoint/Status/Device",                                                            \
	  "The line of reader {reader} was tested, best with {best} baud; lost: {lost}")           \
	X(EV_LINE_TEST_LOST, 329, "line.test_lost", "RD", 3, EVENT_SYSTEM, ALARM_NONE, "", false,  \
	  "tns1:IdPoint/Status/Device",                                                            \
	  "Reader {reader} did not come back to {baud} baud after a test of its line")             \
	X(EV_READER_UPGRADE, 330, "reader.upgrade", "RD", 5, EVENT_SYSTEM, ALARM_NONE, "", false,  \
	  "tns1:Device/OperationMode", "Reader {reader} is given the firmware '{name}'")           \
	X(EV_READER_UPGRADE_DONE, 331, "reader.upgrade_done", "RD", 5, EVENT_SYSTEM, ALARM_NONE,   \
	  "", true, "tns1:Device/OperationMode",                                                   \
	  "Reader {reader} has taken the firmware '{name}'")                                       \
	X(EV_READER_UPGRADE_FAILED, 332, "reader.upgrade_failed", "RD", 4, EVENT_SYSTEM,           \
	  ALARM_NONE, "", true, "tns1:Device/OperationMode",                                       \
	  "Reader {reader} has not taken the firmware '{name}': {why}")                            \
	X(EV_MODULE_ONLINE, 350, "module.online", "MO", 5, EVENT_SYSTEM, ALARM_CLEAR,              \
	  "module_offline", true, "tns1:Device/IO/Module", "Module {name} is online")              \
	X(EV_MODULE_OFFLINE, 351, "module.offline", "MO", 3, EVENT_SYSTEM, ALARM_RAISE,            \
	  "module_offline", true, "tns1:Device/IO/Module", "Module {name} does not answer")        \
	X(EV_MODULE_TAMPER, 352, "module.tamper", "MO", 2, EVENT_SYSTEM, ALARM_RAISE,              \
	  "module_tamper", true, "tns1:Device/IO/Module", "Module {name} reports tampering")       \
	X(EV_MODULE_TAMPER_CLEARED, 353, "module.tamper_cleared", "MO", 5, EVENT_SYSTEM,           \
	  ALARM_CLEAR, "module_tamper", true, "tns1:Device/IO/Module",                             \
	  "Module {name} no longer reports tampering")                                             \
	X(EV_MODULE_POWER, 354, "module.power", "MO", 3, EVENT_SYSTEM, ALARM_RAISE,                \
	  "module_power", true, "tns1:Device/IO/Module",                                           \
	  "Module {name} reports that its power fails")                                            \
	X(EV_MODULE_POWER_CLEARED, 355, "module.power_cleared", "MO", 5, EVENT_SYSTEM,             \
	  ALARM_CLEAR, "module_power", true, "tns1:Device/IO/Module",                              \
	  "The power of module {name} is good again")                                              \
	X(EV_MODULE_SECURED, 356, "module.secured", "MO", 5, EVENT_SYSTEM, ALARM_CLEAR,            \
	  "module_security", true, "tns1:Device/IO/Module", "Module {name} has proved its key")    \
	X(EV_MODULE_KEY_MISMATCH, 357, "module.key_mismatch", "MO", 2, EVENT_SYSTEM, ALARM_RAISE,  \
	  "module_security", true, "tns1:Device/IO/Module", "Module {name} is refused: {why}")     \
	X(EV_MODULE_REPLACED, 358, "module.replaced", "MO", 4, EVENT_SYSTEM, ALARM_NONE, "", true, \
	  "tns1:Device/IO/Module", "Module {name} is another device than before: serial {serial}") \
	X(EV_MODULE_TROUBLE, 359, "module.trouble", "MO", 3, EVENT_SYSTEM, ALARM_NONE, "", true,   \
	  "tns1:Device/IO/Module", "On the line of module {name}: {why}")                          \
	X(EV_MODULE_INPUT, 360, "module.input", "MO", 6, EVENT_SYSTEM, ALARM_NONE, "", false,      \
	  "tns1:Device/Trigger/DigitalInput", "Input {input} of module {name} is {state}")         \
	X(EV_MODULE_OUTPUT, 361, "module.output", "MO", 6, EVENT_SYSTEM, ALARM_NONE, "", false,    \
	  "tns1:Device/Trigger/Relay", "Output {output} of module {name} is {state}")              \
	X(EV_MODULE_INSTALL, 362, "module.install", "MO", 5, EVENT_SYSTEM, ALARM_NONE, "", false,  \
	  "tns1:Device/IO/Module", "Pairing module {name}: {state}")                               \
	X(EV_MODULE_HOST_KEY, 363, "module.host_key", "MO", 4, EVENT_AUDIT, ALARM_NONE, "", false, \
	  "tns1:Device/IO/Module", "{actor} {what} the key of the modules, {fingerprint}")         \
	X(EV_MODULE_UPGRADE, 364, "module.upgrade", "MO", 5, EVENT_SYSTEM, ALARM_NONE, "", false,  \
	  "tns1:Device/OperationMode", "Module {name} is given the firmware '{file}'")             \
	X(EV_MODULE_UPGRADE_DONE, 365, "module.upgrade_done", "MO", 5, EVENT_SYSTEM, ALARM_NONE,   \
	  "", true, "tns1:Device/OperationMode", "Module {name} has taken the firmware '{file}'")  \
	X(EV_FLOOR_GRANTED, 366, "floor.granted", "FL", 6, EVENT_ACCESS, ALARM_NONE, "", true,     \
	  "tns1:AccessControl/AccessGranted/Credential",                                           \
	  "Floors {floor_names} enabled for {holder}")                                             \
	X(EV_FLOOR_DENIED, 367, "floor.denied", "FL", 5, EVENT_ACCESS, ALARM_NONE, "", true,       \
	  "tns1:AccessControl/Denied/Credential",                                                  \
	  "No floor enabled at cabin reader {reader}: {reason}")                                   \
	X(EV_MODULE_UPGRADE_FAILED, 368, "module.upgrade_failed", "MO", 4, EVENT_SYSTEM,           \
	  ALARM_NONE, "", true, "tns1:Device/OperationMode",                                       \
	  "Module {name} has not taken the firmware '{file}': {why}")                              \
	X(EV_BOARD_ONLINE, 400, "board.online", "BD", 5, EVENT_SYSTEM, ALARM_CLEAR,                \
	  "board_offline", true, "tns1:Device/HardwareFailure", "The board '{board}' answers")     \
	X(EV_BOARD_OFFLINE, 401, "board.offline", "BD", 2, EVENT_SYSTEM, ALARM_RAISE,              \
	  "board_offline", true, "tns1:Device/HardwareFailure",                                    \
	  "The board '{board}' does not answer")                                                   \
	X(EV_INPUT_STATE, 402, "input.state", "IN", 6, EVENT_SYSTEM, ALARM_NONE, "", false,        \
	  "tns1:Device/IO/SupervisedPort", "{name} is {state}")                                    \
	X(EV_INPUT_FAULT, 403, "input.fault", "IN", 1, EVENT_SYSTEM, ALARM_RAISE, "input_fault",   \
	  true, "tns1:Device/IO/SupervisedPort",                                                   \
	  "The line of {name} is wrong: {state}, {ohms} ohms")                                     \
	X(EV_INPUT_FAULT_CLEARED, 404, "input.fault_cleared", "IN", 5, EVENT_SYSTEM, ALARM_CLEAR,  \
	  "input_fault", true, "tns1:Device/IO/SupervisedPort",                                    \
	  "The line of {name} is right again: {state}")                                            \
	X(EV_INPUT_DRIFT, 405, "input.drift", "IN", 4, EVENT_SYSTEM, ALARM_RAISE, "input_drift",   \
	  true, "tns1:Device/IO/SupervisedPort", "The resistance of {name} drifts: {ohms} ohms")   \
	X(EV_INPUT_DRIFT_CLEARED, 406, "input.drift_cleared", "IN", 5, EVENT_SYSTEM, ALARM_CLEAR,  \
	  "input_drift", true, "tns1:Device/IO/SupervisedPort",                                    \
	  "The resistance of {name} no longer drifts")                                             \
	X(EV_POINT_FAULT, 410, "point.fault", "BD", 2, EVENT_SYSTEM, ALARM_RAISE, "point_fault",   \
	  true, "tns1:Device/HardwareFailure", "{name} ({point}) does not work: {error}")          \
	X(EV_POINT_FAULT_CLEARED, 411, "point.fault_cleared", "BD", 5, EVENT_SYSTEM, ALARM_CLEAR,  \
	  "point_fault", true, "tns1:Device/HardwareFailure", "{name} ({point}) works again")      \
	X(EV_OUTPUT_STATE, 420, "output.state", "OU", 6, EVENT_SYSTEM, ALARM_NONE, "", true,       \
	  "tns1:Device/Trigger/Relay", "{name} is {state}")                                        \
	X(EV_POWER_SOURCE, 430, "power.source", "PW", 5, EVENT_SYSTEM, ALARM_NONE, "", true,       \
	  "tns1:Device/OperationMode",                                                             \
	  "The controller is powered by {supply}, before by {previous}")                           \
	X(EV_POWER_LOST, 431, "power.lost", "PW", 1, EVENT_SYSTEM, ALARM_NONE, "", true,           \
	  "tns1:Device/HardwareFailure/PowerSupplyFailure",                                        \
	  "The last supply of the controller is gone: it goes off")                                \
	X(EV_POWER_RESTARTED, 432, "power.restarted", "PW", 4, EVENT_SYSTEM, ALARM_NONE, "", true, \
	  "tns1:Device/OperationMode", "The board has restarted: {why}")                           \
	X(EV_POWER_DOORS_LOST, 433, "power.doors_lost", "PW", 1, EVENT_SYSTEM, ALARM_RAISE,        \
	  "doors_power", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",                   \
	  "{name} is without power: locks and readers are dead")                                   \
	X(EV_POWER_DOORS_BACK, 434, "power.doors_back", "PW", 5, EVENT_SYSTEM, ALARM_CLEAR,        \
	  "doors_power", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",                   \
	  "{name} has power again")                                                                \
	X(EV_SUPPLY_LOST, 435, "power.supply_lost", "PW", 4, EVENT_SYSTEM, ALARM_NONE, "", true,   \
	  "tns1:Device/HardwareFailure/PowerSupplyFailure", "{name} is no longer there")           \
	X(EV_SUPPLY_BACK, 436, "power.supply_back", "PW", 5, EVENT_SYSTEM, ALARM_NONE, "", true,   \
	  "tns1:Device/HardwareFailure/PowerSupplyFailure", "{name} is there")                     \
	X(EV_POWER_LOW, 437, "power.low", "PW", 4, EVENT_SYSTEM, ALARM_RAISE, "power_low", true,   \
	  "tns1:Device/HardwareFailure/PowerSupplyFailure",                                        \
	  "Power runs short: {mw} of {capacity} mW of {supply} are used")                          \
	X(EV_POWER_LOW_CLEARED, 438, "power.low_cleared", "PW", 5, EVENT_SYSTEM, ALARM_CLEAR,      \
	  "power_low", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",                     \
	  "There is enough power again: {mw} of {capacity} mW of {supply} are used")               \
	X(EV_POWER_SHED, 439, "power.shed", "PW", 3, EVENT_SYSTEM, ALARM_RAISE, "power_shed",      \
	  true, "tns1:Device/HardwareFailure/PowerSupplyFailure",                                  \
	  "{name} was switched off: {supply} cannot feed it")                                      \
	X(EV_POWER_RESTORED, 440, "power.restored", "PW", 5, EVENT_SYSTEM, ALARM_CLEAR,            \
	  "power_shed", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",                    \
	  "{name} is switched on again")                                                           \
	X(EV_RAIL_FAULT, 441, "power.rail_fault", "PW", 2, EVENT_SYSTEM, ALARM_RAISE,              \
	  "rail_fault", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",                    \
	  "{name} was switched off, {fault}: {ma} mA of {limit} mA at {mv} mV")                    \
	X(EV_RAIL_FAULT_CLEARED, 442, "power.rail_fault_cleared", "PW", 5, EVENT_SYSTEM,           \
	  ALARM_CLEAR, "rail_fault", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",       \
	  "{name} is sound again")                                                                 \
	X(EV_SUPPLY_OVERLOAD, 443, "power.supply_overload", "PW", 2, EVENT_SYSTEM, ALARM_RAISE,    \
	  "supply_overload", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",               \
	  "{name} gives {mw} mW, more than {limit} mW")                                            \
	X(EV_SUPPLY_OVERLOAD_CLEARED, 444, "power.supply_overload_cleared", "PW", 5, EVENT_SYSTEM, \
	  ALARM_CLEAR, "supply_overload", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",  \
	  "{name} gives no more than it may: {mw} mW")                                             \
	X(EV_SUPPLY_VOLTAGE, 445, "power.supply_voltage", "PW", 3, EVENT_SYSTEM, ALARM_RAISE,      \
	  "supply_voltage", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",                \
	  "{name} has {mv} mV, outside of {low} to {high} mV")                                     \
	X(EV_SUPPLY_VOLTAGE_CLEARED, 446, "power.supply_voltage_cleared", "PW", 5, EVENT_SYSTEM,   \
	  ALARM_CLEAR, "supply_voltage", true, "tns1:Device/HardwareFailure/PowerSupplyFailure",   \
	  "{name} has the right voltage again: {mv} mV")                                           \
	X(EV_POINT_OVERLOAD, 447, "power.point_overload", "PW", 2, EVENT_SYSTEM, ALARM_RAISE,      \
	  "point_overload", true, "tns1:Device/HardwareFailure",                                   \
	  "{name} ({point}) carries {ma} mA, more than {limit} mA")                                \
	X(EV_POINT_OVERLOAD_CLEARED, 448, "power.point_overload_cleared", "PW", 5, EVENT_SYSTEM,   \
	  ALARM_CLEAR, "point_overload", true, "tns1:Device/HardwareFailure",                      \
	  "{name} ({point}) carries no more than it may: {ma} mA")                                 \
	X(EV_TEMPERATURE_WARNING, 450, "temperature.warning", "EN", 4, EVENT_SYSTEM, ALARM_RAISE,  \
	  "temperature_warning", true, "tns1:Device/HardwareFailure/TemperatureCritical",          \
	  "It is warm inside: {celsius} degrees Celsius, more than {limit}")                       \
	X(EV_TEMPERATURE_WARNING_CLEARED, 451, "temperature.warning_cleared", "EN", 5,             \
	  EVENT_SYSTEM, ALARM_CLEAR, "temperature_warning", true,                                  \
	  "tns1:Device/HardwareFailure/TemperatureCritical",                                       \
	  "It is no longer warm inside: {celsius} degrees Celsius")                                \
	X(EV_TEMPERATURE_CRITICAL, 452, "temperature.critical", "EN", 1, EVENT_SYSTEM,             \
	  ALARM_RAISE, "temperature_critical", true,                                               \
	  "tns1:Device/HardwareFailure/TemperatureCritical",                                       \
	  "It is too hot inside: {celsius} degrees Celsius, more than {limit}")                    \
	X(EV_TEMPERATURE_CRITICAL_CLEARED, 453, "temperature.critical_cleared", "EN", 5,           \
	  EVENT_SYSTEM, ALARM_CLEAR, "temperature_critical", true,                                 \
	  "tns1:Device/HardwareFailure/TemperatureCritical",                                       \
	  "It is no longer too hot inside: {celsius} degrees Celsius")                             \
	X(EV_CASING_OPEN, 460, "casing.open", "EN", 2, EVENT_SYSTEM, ALARM_RAISE, "casing", true,  \
	  "tns1:Device/Casing/Open", "The casing is open")                                         \
	X(EV_CASING_CLOSED, 461, "casing.closed", "EN", 5, EVENT_SYSTEM, ALARM_CLEAR, "casing",    \
	  true, "tns1:Device/Casing/Open", "The casing is closed")                                 \
	X(EV_MOTION, 462, "motion.detected", "EN", 2, EVENT_SYSTEM, ALARM_RAISE, "motion", true,   \
	  "tns1:Device/Motion", "The controller is moved")                                         \
	X(EV_MOTION_CLEARED, 463, "motion.cleared", "EN", 5, EVENT_SYSTEM, ALARM_CLEAR, "motion",  \
	  true, "tns1:Device/Motion", "The controller is at rest")                                 \
	X(EV_TAMPER, 464, "tamper.external", "EN", 1, EVENT_SYSTEM, ALARM_RAISE,                   \
	  "external_tamper", true, "tns1:Device/Tampering",                                        \
	  "The external tamper contact is {state}")                                                \
	X(EV_TAMPER_CLEARED, 465, "tamper.external_cleared", "EN", 5, EVENT_SYSTEM, ALARM_CLEAR,   \
	  "external_tamper", true, "tns1:Device/Tampering",                                        \
	  "The external tamper contact is {state} again")                                          \
	X(EV_BUTTON_RESET, 466, "button.reset", "EN", 3, EVENT_SYSTEM, ALARM_NONE, "", true,       \
	  "tns1:Device/OperationMode", "The control button asks for the factory default")          \
	X(EV_FACTORY_DEFAULT, 467, "system.factory_default", "EN", 3, EVENT_AUDIT, ALARM_NONE, "", \
	  true, "tns1:Device/OperationMode",                                                       \
	  "{actor} reset the controller to its factory default: settings, accounts, cards and "    \
	  "sessions are gone, the log stays")                                                      \
	X(EV_SETTING_CHANGED, 500, "setting.changed", "CF", 5, EVENT_AUDIT, ALARM_NONE, "", false, \
	  "tns1:Configuration/Setting/Changed", "{actor} changed {setting} from {old} to {new}")   \
	X(EV_OBJECT_CREATED, 501, "object.created", "CF", 5, EVENT_AUDIT, ALARM_NONE, "", false,   \
	  "tns1:Configuration/Object/Changed", "{actor} created {object} {id}")                    \
	X(EV_OBJECT_CHANGED, 502, "object.changed", "CF", 5, EVENT_AUDIT, ALARM_NONE, "", false,   \
	  "tns1:Configuration/Object/Changed",                                                     \
	  "{actor} changed {field} of {object} {id} from {old} to {new}")                          \
	X(EV_OBJECT_REMOVED, 503, "object.removed", "CF", 5, EVENT_AUDIT, ALARM_NONE, "", false,   \
	  "tns1:Configuration/Object/Removed", "{actor} removed {object} {id}")                    \
	X(EV_LOGIN, 600, "auth.login", "AU", 6, EVENT_AUDIT, ALARM_NONE, "", false,                \
	  "tns1:Device/Authentication", "{actor} logged in from {address}")                        \
	X(EV_LOGIN_FAILED, 601, "auth.failed", "AU", 4, EVENT_AUDIT, ALARM_NONE, "", false,        \
	  "tns1:Device/Authentication", "Login of {account} failed from {address}")                \
	X(EV_LOGOUT, 602, "auth.logout", "AU", 6, EVENT_AUDIT, ALARM_NONE, "", false,              \
	  "tns1:Device/Authentication", "{actor} logged out")                                      \
	X(EV_REFUSED, 603, "auth.refused", "AU", 4, EVENT_AUDIT, ALARM_NONE, "", false,            \
	  "tns1:Device/Authentication", "{actor} was refused {method}: {reason}")                  \
	X(EV_ACCOUNT_CREATED, 604, "account.created", "AU", 5, EVENT_AUDIT, ALARM_NONE, "", false, \
	  "tns1:Device/Authentication", "{actor} created the account {account} as {role}")         \
	X(EV_ACCOUNT_REMOVED, 605, "account.removed", "AU", 5, EVENT_AUDIT, ALARM_NONE, "", false, \
	  "tns1:Device/Authentication", "{actor} removed the account {account}")                   \
	X(EV_PASSWORD_CHANGED, 606, "account.password", "AU", 5, EVENT_AUDIT, ALARM_NONE, "",      \
	  false, "tns1:Device/Authentication", "{actor} changed the password of {account}")        \
	X(EV_TIME_CHANGED, 607, "time.changed", "AU", 4, EVENT_AUDIT, ALARM_NONE, "", false,       \
	  "tns1:Device/OperationMode", "The clock was set from {old} to {new}")                    \
	X(EV_EVENTS_LOST, 700, "events.lost", "LG", 3, EVENT_SYSTEM, ALARM_NONE, "", true,         \
	  "tns1:Device/Log", "{count} events were lost: the log could not take them in time")      \
	X(EV_SNMP_UP, 710, "snmp.master_up", "SN", 5, EVENT_SYSTEM, ALARM_CLEAR, "snmp_down",      \
	  true, "tns1:Device/Log", "The SNMP master agent answers")                                \
	X(EV_SNMP_DOWN, 711, "snmp.master_down", "SN", 4, EVENT_SYSTEM, ALARM_RAISE, "snmp_down",  \
	  true, "tns1:Device/Log", "The SNMP master agent does not answer")                        \
	X(EV_SNMP_LEFT_OUT, 712, "snmp.left_out", "SN", 4, EVENT_SYSTEM, ALARM_NONE, "", true,     \
	  "tns1:Device/Log", "{count} notifications of {which} were left out: too many at a time") \
	X(EV_SNMP_HEARTBEAT, 713, "snmp.heartbeat", "SN", 6, EVENT_SYSTEM, ALARM_NONE, "", true,   \
	  "tns1:Device/Log", "SNMP notifications work: {sent} sent, {suppressed} left out")        \
	X(EV_SNMP_DENIED, 714, "snmp.denied", "SN", 4, EVENT_AUDIT, ALARM_NONE, "", true,          \
	  "tns1:Device/Authentication", "A SET of {oid} by {who} from {address} was refused")      \
	X(EV_SNMP_COMMAND, 715, "snmp.command", "SN", 5, EVENT_AUDIT, ALARM_NONE, "", true,        \
	  "tns1:Device/Command", "{who} commanded {what} by SNMP, {command}: {outcome}")           \
	X(EV_SYSLOG_UP, 720, "syslog.up", "LS", 5, EVENT_SYSTEM, ALARM_CLEAR, "syslog_down", true, \
	  "tns1:Device/Log", "Log server {destination} takes events")                              \
	X(EV_SYSLOG_DOWN, 721, "syslog.down", "LS", 4, EVENT_SYSTEM, ALARM_RAISE, "syslog_down",   \
	  true, "tns1:Device/Log", "Log server {destination} takes no events: {error}")            \
	X(EV_SYSLOG_CAUGHT_UP, 722, "syslog.caught_up", "LS", 5, EVENT_SYSTEM, ALARM_CLEAR,        \
	  "syslog_behind", true, "tns1:Device/Log", "Log server {name} has caught up")             \
	X(EV_SYSLOG_BEHIND, 723, "syslog.behind", "LS", 4, EVENT_SYSTEM, ALARM_RAISE,              \
	  "syslog_behind", true, "tns1:Device/Log",                                                \
	  "Log server {name} is behind: {lag} events wait, the oldest for {age} s")                \
	X(EV_SYSLOG_CERTIFICATE_OK, 724, "syslog.certificate_ok", "LS", 5, EVENT_SYSTEM,           \
	  ALARM_CLEAR, "syslog_certificate", true, "tns1:Device/Log",                              \
	  "Certificate of log server {name} is valid until {expires}")                             \
	X(EV_SYSLOG_CERTIFICATE_EXPIRING, 725, "syslog.certificate_expiring", "LS", 4,             \
	  EVENT_SYSTEM, ALARM_RAISE, "syslog_certificate", true, "tns1:Device/Log",                \
	  "Certificate of log server {name} expires at {expires}")                                 \
	X(EV_SYSLOG_TESTED, 726, "syslog.tested", "LS", 6, EVENT_AUDIT, ALARM_NONE, "", false,     \
	  "tns1:Device/Log", "{actor} has tested log server {name}: {outcome}")                    \
	X(EV_SYSLOG_JOURNAL_CAUGHT_UP, 727, "syslog.journal_caught_up", "LS", 5, EVENT_SYSTEM,     \
	  ALARM_CLEAR, "syslog_journal_behind", true, "tns1:Device/Log",                           \
	  "Log server {name} has caught up with the journal")                                      \
	X(EV_SYSLOG_JOURNAL_BEHIND, 728, "syslog.journal_behind", "LS", 4, EVENT_SYSTEM,           \
	  ALARM_RAISE, "syslog_journal_behind", true, "tns1:Device/Log",                           \
	  "Log server {name} is behind with the journal: {lag} entries wait, the oldest for "      \
	  "{age} s")                                                                               \
	X(EV_LOG_CHECKPOINT, 730, "log.checkpoint", "LG", 6, EVENT_SYSTEM, ALARM_NONE, "", false,  \
	  "tns1:Device/Log", "The log is signed up to event {upto}")                               \
	X(EV_LOG_TRIMMED, 731, "log.trimmed", "LG", 5, EVENT_SYSTEM, ALARM_NONE, "", false,        \
	  "tns1:Device/Log", "Events {from} to {to} are deleted from the log: {why}")              \
	X(EV_LOG_GAP, 732, "log.gap", "LG", 3, EVENT_SYSTEM, ALARM_NONE, "", true,                 \
	  "tns1:Device/Log", "Events {from} to {to} were deleted before {follower} had them")      \
	X(EV_ALARM_ENDED, 740, "alarm.ended", "AL", 5, EVENT_SYSTEM, ALARM_NONE, "", true,         \
	  "tns1:Device/HardwareFailure",                                                           \
	  "The alarm {name} of {source} was ended by {actor}: {why}")                              \
	X(EV_STARTED, 800, "system.started", "SY", 5, EVENT_SYSTEM, ALARM_NONE, "", true,          \
	  "tns1:Device/OperationMode", "Cardea {version} started")                                 \
	X(EV_CONTROL_UP, 801, "control.up", "SY", 5, EVENT_SYSTEM, ALARM_CLEAR, "control_down",    \
	  true, "tns1:Device/HardwareFailure", "Door control answers")                             \
	X(EV_CONTROL_DOWN, 802, "control.down", "SY", 1, EVENT_SYSTEM, ALARM_RAISE,                \
	  "control_down", true, "tns1:Device/HardwareFailure", "Door control does not answer")     \
	X(EV_CONTROL_STARTED, 803, "control.started", "SY", 5, EVENT_SYSTEM, ALARM_NONE, "",       \
	  false, "tns1:Device/OperationMode", "Door control started")                              \
	X(EV_COMMAND, 810, "control.command", "SY", 5, EVENT_AUDIT, ALARM_NONE, "", false,         \
	  "tns1:Device/Command", "{actor} commanded {command}")

#define EVENTS_ENUM(symbol, number, ...) symbol = number,
enum event_kind { EVENTS(EVENTS_ENUM) };
#undef EVENTS_ENUM

#define EVENTS_COUNT(...) +1
enum { EVENT_KINDS = 0 EVENTS(EVENTS_COUNT) };
#undef EVENTS_COUNT

struct event_row {
	enum event_kind kind;
	const char *name;
	char msgid[8];
	unsigned severity;
	enum event_category category;
	enum event_alarm_change alarm_change;
	const char *alarm;
	bool is_notified;
	const char *topic;
	const char *text;
};

size_t events_count(void);
const struct event_row *events_at(size_t index);
/* NULL when there is no such kind. */
const struct event_row *events_find(int64_t number);
const struct event_row *events_find_name(const char *name);
/* What clears the alarm of this name, of so many bytes. */
const struct event_row *events_find_clear(const char *alarm, size_t size);
/* Of a row, for events_at(). */
size_t events_index(const struct event_row *row);
/* Whether the name is in a list of names with commas between. */
bool events_list_has(const char *list, const char *name);
/* "access", "audit", "system". */
const char *events_category_name(enum event_category category);
/* RFC 5424 table 2: "emergency" .. "debug". */
const char *events_severity_name(unsigned severity);

/*
 * The text of an event in English: the row's text with the members of data, reason and actor in
 * place of the words in braces. text is cut at size.
 */
void events_text(const struct event_row *row, const json_t *event, char *text, size_t size);

#endif
