#include "agent/snmp_set.h"

#include <string.h>

#include "lib/clock.h"
#include "lib/util.h"

static struct set_row *
find_row(struct set *set, const struct mib_write *write)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->rows[i].row == write->row && !strcmp(set->rows[i].kind, write->kind))
			return &set->rows[i];
	if (set->count == SET_ROWS_MAX)
		return NULL;
	set->rows[set->count] = (struct set_row){ .kind = write->kind, .row = write->row };
	return &set->rows[set->count++];
}

enum mib_error
set_add(struct set *set, const struct mib_write *write, size_t index)
{
	struct set_row *row = find_row(set, write);

	if (!row)
		return MIB_RESOURCE_UNAVAILABLE;
	/* RFC 3416 leaves it open what two values for one variable mean. */
	if (row->at[write->purpose])
		return MIB_INCONSISTENT_VALUE;
	row->at[write->purpose] = index;
	switch (write->purpose) {
	case MIB_PURPOSE_COMMAND:
		row->command = write->number;
		row->name = write->name;
		row->takes_seconds = write->takes_seconds;
		break;
	case MIB_PURPOSE_SERIAL:
		row->serial = write->number;
		break;
	case MIB_PURPOSE_SECONDS:
		row->seconds = write->number;
		break;
	default:
		(void) copy_string(row->note, sizeof(row->note), write->note);
	}
	return MIB_NO_ERROR;
}

static bool
is_serial_right(const struct set_row *row, struct replica *replica)
{
	return !row->at[MIB_PURPOSE_SERIAL] ||
	       row->serial == replica_command_of(replica, row->kind, row->row)->serial;
}

static enum mib_error
check_row(const struct set_row *row, struct replica *replica, bool can_command, size_t *ret_index)
{
	*ret_index = row->at[MIB_PURPOSE_SERIAL];
	if (!is_serial_right(row, replica))
		return MIB_INCONSISTENT_VALUE;
	*ret_index = row->at[MIB_PURPOSE_SECONDS];
	if (row->at[MIB_PURPOSE_SECONDS] &&
	    (!row->at[MIB_PURPOSE_COMMAND] || (row->seconds && !row->takes_seconds)))
		return MIB_INCONSISTENT_VALUE;
	*ret_index = row->at[MIB_PURPOSE_NOTE];
	if (row->at[MIB_PURPOSE_NOTE] && !row->at[MIB_PURPOSE_COMMAND])
		return MIB_INCONSISTENT_VALUE;
	*ret_index = row->at[MIB_PURPOSE_COMMAND];
	/* What this process does itself waits for nobody. */
	bool is_own = !strcmp(row->kind, REPLICA_ALARM_COMMAND);
	return row->name && !can_command && !is_own ? MIB_RESOURCE_UNAVAILABLE : MIB_NO_ERROR;
}

enum mib_error
set_check(const struct set *set, struct replica *replica, bool can_command, size_t *ret_index)
{
	for (size_t i = 0; i < set->count; i++) {
		enum mib_error error = check_row(&set->rows[i], replica, can_command, ret_index);
		if (error)
			return error;
	}
	return MIB_NO_ERROR;
}

static void
write_row(struct set_row *row, struct replica_command *command, const char *requester)
{
	row->before = *command;
	if (row->name || row->at[MIB_PURPOSE_SERIAL])
		replica_command_advance(command);
	row->serial = command->serial;
	if (!row->name)
		return;
	command->last = (unsigned char) row->command;
	command->result = REPLICA_RESULT_PENDING;
	command->seconds = row->seconds;
	command->at_us = clock_wall_us();
	command->deadline_us = command->at_us + SET_DEADLINE_MS * US_PER_MS;
	command->reason[0] = 0;
	(void) copy_string(command->note, sizeof(command->note), row->note);
	(void) copy_string(command->requester, sizeof(command->requester), requester);
}

enum mib_error
set_commit(struct set *set, struct replica *replica, bool can_command, const char *requester)
{
	size_t index;

	/* Another SET may have taken the serial, or the store may have gone, since it was tested.
	 */
	if (set->is_committed || set_check(set, replica, can_command, &index))
		return MIB_COMMIT_FAILED;
	for (size_t i = 0; i < set->count; i++) {
		struct set_row *row = &set->rows[i];
		write_row(row, replica_command_of(replica, row->kind, row->row), requester);
	}
	set->is_committed = true;
	return MIB_NO_ERROR;
}

void
set_undo(struct set *set, struct replica *replica)
{
	for (size_t i = 0; set->is_committed && i < set->count; i++) {
		struct set_row *row = &set->rows[i];
		*replica_command_of(replica, row->kind, row->row) = row->before;
	}
	set->is_committed = false;
}

void
set_carry_out(struct set *set, struct replica *replica,
	      void (*command)(const struct set_command *command, void *context), void *context)
{
	for (size_t i = 0; set->is_committed && i < set->count; i++) {
		const struct set_row *row = &set->rows[i];
		const struct set_command wanted = {
			.kind = row->kind,
			.row = row->row,
			.name = row->name,
			.seconds = row->seconds,
			.serial = row->serial,
			.note = row->note,
			.requester = replica_command_of(replica, row->kind, row->row)->requester,
		};
		if (row->name)
			command(&wanted, context);
	}
	set->is_committed = false;
}
