#include "mibs/replica_command.h"

#include <string.h>
#include <sys/random.h>

#include "lib/util.h"
#include "mibs/replica.h"

void
replica_command_init(struct replica_command *command)
{
	uint32_t serial = 0;

	/* Without a source of chance it begins at 0, which RFC 2579 can live with. */
	if (getrandom(&serial, sizeof(serial), GRND_NONBLOCK) != sizeof(serial))
		serial = 0;
	*command = (struct replica_command){
		.serial = serial & INT32_MAX,
		.command = 1,
		.last = 1,
		.result = REPLICA_RESULT_NONE,
	};
}

struct replica_command *
replica_command_of(struct replica *replica, const char *kind, uint32_t row)
{
	if (!strcmp(kind, "door") && row < ARRAY_LEN(replica->doors))
		return &replica->doors[row].command;
	if (!strcmp(kind, "output") && row < ARRAY_LEN(replica->outputs))
		return &replica->outputs[row].command;
	if (!strcmp(kind, REPLICA_MODULE_OUTPUT_COMMAND) &&
	    row < ARRAY_LEN(replica->module_outputs))
		return &replica->module_outputs[row].command;
	if (!strcmp(kind, REPLICA_THREAT_COMMAND))
		return &replica->access.threat_command;
	if (!strcmp(kind, REPLICA_ALARM_COMMAND))
		return &replica->alarms.command;
	return strcmp(kind, "fire") ? NULL : &replica->access.fire.command;
}

void
replica_command_advance(struct replica_command *command)
{
	command->serial = command->serial == INT32_MAX ? 0 : command->serial + 1;
}

void
replica_command_end(struct replica_command *command, uint32_t serial, enum replica_result result,
		    const char *reason)
{
	if (command->result != REPLICA_RESULT_PENDING || command->serial != serial)
		return;
	command->result = (unsigned char) result;
	(void) copy_string(command->reason, sizeof(command->reason), reason);
}
