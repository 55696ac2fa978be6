/*
 * The live state in RAM, as the store's "state" stream tells it: parsed once when it changes, so
 * that a read is a lookup. What the stream says is checked and bounded here; an unknown word or a
 * missing member becomes "unknown", 0 or "".
 *
 * The caller lays it out (it is some hundred KiB) and sets it up with replica_init().
 */
#ifndef MIBS_REPLICA_H
#define MIBS_REPLICA_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/inventory.h"
#include "lib/model.h"
#include "mibs/changes.h"
#include "mibs/entity.h"
#include "mibs/health.h"
#include "mibs/replica_access.h"
#include "mibs/replica_alarm.h"
#include "mibs/replica_command.h"
#include "mibs/replica_event.h"
#include "mibs/replica_log.h"
#include "mibs/replica_notification.h"
#include "mibs/replica_power.h"
#include "mibs/standard_alarm.h"

#define REPLICA_READERS	   128
#define REPLICA_TEXT_SIZE  129
#define REPLICA_SMALL_SIZE 65
#define REPLICA_FAULT_SIZE 33

/* Enumerations as in CARDEA-MIB. */
struct replica_door {
	bool is_there;
	unsigned snapshot;
	char name[REPLICA_SMALL_SIZE];
	unsigned char mode;
	unsigned char reason;
	unsigned char position;
	unsigned char lock;
	unsigned char alarm;
	struct replica_command command;
	bool is_warning;
	bool is_rex;
	uint64_t changed_us;
	uint64_t changed_mono_us;
	uint64_t until_us;
	uint32_t granted;
	uint32_t denied;
	uint32_t forced;
};

struct replica_reader {
	bool is_there;
	struct replica_stamp stamp;
	unsigned snapshot;
	char name[REPLICA_SMALL_SIZE];
	uint32_t door;
	uint32_t bus;
	uint32_t address;
	bool is_online;
	bool is_tampered;
	unsigned char security;
	char vendor[REPLICA_SMALL_SIZE];
	char model[REPLICA_SMALL_SIZE];
	char serial[REPLICA_SMALL_SIZE];
	char firmware[REPLICA_SMALL_SIZE];
	bool has_failure;
	uint32_t baud;
	uint32_t reply_us;
	uint32_t reply_p99_us;
	uint64_t since_us;
	char cause[REPLICA_SMALL_SIZE];
	char device[REPLICA_SMALL_SIZE];
	uint32_t polls;
	uint32_t timeouts;
	uint32_t errors;
	uint32_t cards;
};

struct replica_input {
	bool is_there;
	struct replica_stamp stamp;
	unsigned snapshot;
	char name[REPLICA_SMALL_SIZE];
	char point[REPLICA_SMALL_SIZE];
	uint32_t door;
	unsigned char state;
	unsigned char supervision;
	unsigned char normal;
	bool is_active;
	bool is_faulty;
	bool is_measured;
	bool is_drifting;
	uint32_t ohms;
	uint32_t mv;
	uint64_t drift; /* per mille, two's complement */
	uint64_t changed_us;
};

struct replica_output {
	bool is_there;
	struct replica_stamp stamp;
	unsigned snapshot;
	char name[REPLICA_SMALL_SIZE];
	char point[REPLICA_SMALL_SIZE];
	uint32_t door;
	unsigned char normal;
	bool is_active;
	bool is_closed;
	bool works;
	struct replica_command command;
	uint32_t remaining_ms;
	uint64_t changed_us;
};

struct replica_module {
	bool is_there;
	struct replica_stamp stamp;
	unsigned snapshot;
	char name[REPLICA_SMALL_SIZE];
	uint32_t bus;
	uint32_t address;
	bool is_enabled;
	bool is_online;
	bool is_tampered;
	bool has_failure;
	unsigned char security;
	char vendor[REPLICA_SMALL_SIZE];
	char serial[REPLICA_SMALL_SIZE];
	char firmware[REPLICA_SMALL_SIZE];
	char model[REPLICA_SMALL_SIZE];
	char cause[REPLICA_TEXT_SIZE];
	char device[REPLICA_SMALL_SIZE];
	uint32_t polls;
	uint32_t timeouts;
	uint32_t errors;
	/* Words with blanks between, as many as fit. */
	char inputs[REPLICA_TEXT_SIZE];
	char outputs[REPLICA_TEXT_SIZE];
};

/* Outputs of all modules in one row of numbers, from 1. */
#define REPLICA_MODULE_OUTPUTS (MODULES * MODULE_POINTS)

struct replica_module_output {
	uint32_t module;
	uint32_t output;
	unsigned char state; /* cardeaModuleOutputState; 0: the module has none of this number */
	struct replica_stamp stamp;
	struct replica_command command;
};

struct replica_device {
	char name[REPLICA_TEXT_SIZE];
	char location[REPLICA_TEXT_SIZE];
	char version[REPLICA_SMALL_SIZE];
	char board[REPLICA_SMALL_SIZE];
	bool is_current;
	bool is_control_online;
	bool is_board_online;
	uint64_t log_head;
	uint64_t log_delivered;
	uint32_t sent;
	uint64_t doors_changed_mono_us;
	uint64_t started_us;
	uint64_t started_mono_us;
	char boot[REPLICA_SMALL_SIZE];
};

struct replica {
	unsigned snapshot;
	bool is_in_snapshot;
	bool is_known; /* a first snapshot has ended, so the settings are the device's */
	/* When the master's sysUpTime was 0; 0 while that is not known. */
	uint64_t uptime_start_us;
	struct replica_device device;
	struct replica_door doors[DOORS_MODEL + 1]; /* from 1 */
	struct replica_reader readers[REPLICA_READERS + 1];
	struct replica_input inputs[INPUTS + 1];
	struct replica_output outputs[OUTPUTS + 1];
	struct replica_module modules[MODULES + 1];
	struct replica_module_output module_outputs[REPLICA_MODULE_OUTPUTS + 1];
	bool is_faulty[INVENTORY_ROWS]; /* points that do not work */
	bool is_absent[INVENTORY_ROWS]; /* points that the board's profile lacks */
	char point_faults[INVENTORY_ROWS][REPLICA_FAULT_SIZE];
	struct replica_stamp point_stamps[INVENTORY_ROWS];
	uint64_t changed_mono_us[PARTS];
	struct replica_power power;
	struct replica_access access;
	struct replica_log log;
	struct replica_health health;
	struct entities entities;
	uint32_t heartbeat_min; /* 0: none */
	struct replica_alarms alarms;
	struct replica_events events;
	struct replica_notifications notifications;
	struct standard_alarms standard_alarms;
};

void replica_init(struct replica *replica);
/* The link to the store went down: values stay and are no longer current. */
void replica_lost(struct replica *replica);
/* A snapshot follows, or one has ended: rows that it did not mention are gone. */
void replica_begin(struct replica *replica);
void replica_end(struct replica *replica);
/* A live object is now value; NULL or JSON null when it is gone. Unknown keys are ignored. */
void replica_update(struct replica *replica, const char *key, const json_t *value);
/* What an answer of the master said of its sysUpTime, in hundredths of a second. */
void replica_set_uptime(struct replica *replica, uint32_t uptime_cs, uint64_t now_mono_us);

#endif
