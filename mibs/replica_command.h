/*
 * What was commanded by SNMP, and what became of it: it is known to the subagent alone and outlives
 * the row that it belongs to; see replica.h.
 */
#ifndef MIBS_REPLICA_COMMAND_H
#define MIBS_REPLICA_COMMAND_H

#include <stdint.h>

#define REPLICA_REQUESTER_SIZE 97
#define REPLICA_REASON_SIZE    129
#define REPLICA_NOTE_SIZE      65

/* A kind of commands that the subagent carries out itself. */
#define REPLICA_ALARM_COMMAND "alarm"
/* Those that the store has methods of their own for. */
#define REPLICA_MODULE_OUTPUT_COMMAND "module_output"
#define REPLICA_THREAT_COMMAND	      "threat"

/* CardeaCommandResult */
enum replica_result {
	REPLICA_RESULT_NONE = 1,
	REPLICA_RESULT_PENDING,
	REPLICA_RESULT_DONE,
	REPLICA_RESULT_REFUSED,
	REPLICA_RESULT_EXPIRED,
	REPLICA_RESULT_FAILED,
};

struct replica;

struct replica_command {
	uint32_t serial;       /* of the next SET; TestAndIncr */
	unsigned char command; /* always none(1) */
	unsigned char last;
	unsigned char result;
	uint32_t seconds;
	char note[REPLICA_NOTE_SIZE];
	char requester[REPLICA_REQUESTER_SIZE];
	char reason[REPLICA_REASON_SIZE];
	uint64_t at_us;
	uint64_t deadline_us;
};

/* Serials begin anywhere: what a manager has read before a restart must not fit by chance. */
void replica_command_init(struct replica_command *command);
/* NULL when nothing of this kind is commanded. */
struct replica_command *replica_command_of(struct replica *replica, const char *kind, uint32_t row);
void replica_command_advance(struct replica_command *command);
/* The outcome of the last command; nothing happens when another one has come since. */
void replica_command_end(struct replica_command *command, uint32_t serial,
			 enum replica_result result, const char *reason);

#endif
