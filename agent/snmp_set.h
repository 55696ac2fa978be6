/*
 * One SET of the master, from TestSet to CleanupSet: its variables gathered by row, checked against
 * each other and against what is known, and written, all or none. That a row is commanded is told
 * to the store only when the master says that all of the SET holds; what has been written can be
 * undone until then.
 */
#ifndef AGENT_SNMP_SET_H
#define AGENT_SNMP_SET_H

#include "mibs/mib.h"
#include "mibs/replica.h"

#define SET_ROWS_MAX 32
/* For how long a command may be carried out. */
#define SET_DEADLINE_MS 2000

/* A row to be commanded. */
struct set_command {
	const char *kind; /* "door", "output" */
	uint32_t row;
	const char *name;
	uint32_t seconds; /* 0: none */
	uint32_t serial;  /* for replica_command_end() */
	const char *note;
	const char *requester; /* "" when the master did not say */
};

struct set_row {
	const char *kind;
	uint32_t row;
	size_t at[MIB_PURPOSES]; /* which variable, from 1; 0: none */
	uint32_t command;
	const char *name; /* of the command; NULL for none(1) */
	bool takes_seconds;
	uint32_t serial;
	uint32_t seconds;
	char note[MIB_NOTE_MAX + 1];
	struct replica_command before; /* what an undo brings back */
};

struct set {
	bool is_used;
	bool is_committed;
	long transaction;
	long session;
	size_t count;
	struct set_row rows[SET_ROWS_MAX];
};

/* One more variable of the SET, the index-th. */
enum mib_error set_add(struct set *set, const struct mib_write *write, size_t index);
/* Whether the variables go together; which one does not is in ret_index. */
enum mib_error set_check(const struct set *set, struct replica *replica, bool can_command,
			 size_t *ret_index);
/* Writes all of it; MIB_COMMIT_FAILED when it no longer holds, and then nothing is written. */
enum mib_error set_commit(struct set *set, struct replica *replica, bool can_command,
			  const char *requester);
void set_undo(struct set *set, struct replica *replica);
/* Calls command() for each row that is commanded. */
void set_carry_out(struct set *set, struct replica *replica,
		   void (*command)(const struct set_command *command, void *context),
		   void *context);

#endif
