/* Outputs of expansion modules. */
#include "lib/util.h"
#include "mibs/table.h"

#define PULSE	    5 /* of cardeaModuleOutputCommand */
#define PULSE_S_MAX 3600

#define MEMBER(m) offsetof(struct replica_module_output, m)

static const struct mib_column columns[] = {
	{ 2, "cardeaModuleOutputState", MIB_INTEGER, false, mib_get_enum, MEMBER(state) },
	{ 3, "cardeaModuleOutputCommand", MIB_INTEGER, true, mib_get_enum, MEMBER(command.command),
	  MIB_PURPOSE_COMMAND },
	{ 4, "cardeaModuleOutputCommandSerial", MIB_INTEGER, true, mib_get_count,
	  MEMBER(command.serial), MIB_PURPOSE_SERIAL },
	{ 5, "cardeaModuleOutputCommandSeconds", MIB_UNSIGNED, true, mib_get_count,
	  MEMBER(command.seconds), MIB_PURPOSE_SECONDS },
	{ 6, "cardeaModuleOutputCommandNote", MIB_OCTETS, true, mib_get_text, MEMBER(command.note),
	  MIB_PURPOSE_NOTE },
	{ 7, "cardeaModuleOutputLastCommand", MIB_INTEGER, false, mib_get_enum,
	  MEMBER(command.last), MIB_PURPOSE_OUTCOME },
	{ 8, "cardeaModuleOutputCommandResult", MIB_INTEGER, false, mib_get_enum,
	  MEMBER(command.result), MIB_PURPOSE_OUTCOME },
	{ 9, "cardeaModuleOutputCommandRequester", MIB_OCTETS, false, mib_get_text,
	  MEMBER(command.requester), MIB_PURPOSE_OUTCOME },
	{ 10, "cardeaModuleOutputCommandReason", MIB_OCTETS, false, mib_get_text,
	  MEMBER(command.reason), MIB_PURPOSE_OUTCOME },
	{ 11, "cardeaModuleOutputCommandTime", MIB_OCTETS, false, mib_get_time,
	  MEMBER(command.at_us), MIB_PURPOSE_OUTCOME },
	{ 12, "cardeaModuleOutputCommandDeadline", MIB_OCTETS, false, mib_get_time,
	  MEMBER(command.deadline_us), MIB_PURPOSE_OUTCOME },
	{ 13, "cardeaModuleOutputLastChange", MIB_TICKS, false, mib_get_stamp,
	  MEMBER(stamp.mono_us) },
	{ 14, "cardeaModuleOutputLastChangeTime", MIB_OCTETS, false, mib_get_time,
	  MEMBER(stamp.wall_us) },
};

static const char *const commands[] = { NULL, "activate", "deactivate", "toggle", "pulse" };

static size_t
outputs_of(const struct replica *replica, size_t module)
{
	const struct replica_module_output *first =
		&replica->module_outputs[module * MODULE_POINTS + 1];
	size_t count = 0;

	while (count < MODULE_POINTS && first[count].state)
		count++;
	return count;
}

static size_t
count_rows(const struct replica *replica)
{
	size_t count = 0;

	for (size_t i = 0; i < MODULES; i++)
		count += outputs_of(replica, i);
	return count;
}

static const void *
row_at(const struct replica *replica, size_t position)
{
	size_t module = 0;

	for (; position >= outputs_of(replica, module); module++)
		position -= outputs_of(replica, module);
	return &replica->module_outputs[module * MODULE_POINTS + position + 1];
}

static void
index_of(const void *row, struct mib_index *ret)
{
	const struct replica_module_output *output = row;

	*ret = (struct mib_index){ 2, { output->module, output->output } };
}

static const struct mib_rows rows = { count_rows, row_at, index_of };

static uint32_t
number_of(const void *row)
{
	const struct replica_module_output *output = row;

	return (output->module - 1) * MODULE_POINTS + output->output;
}

static const void *
find(const struct replica *replica, uint32_t row)
{
	return replica->module_outputs[row].state ? &replica->module_outputs[row] : NULL;
}

/* Door control would refuse it. */
static bool
is_impossible(const struct replica *replica, const void *row, uint32_t command)
{
	const struct replica_module_output *output = row;

	return command > 1 && !replica->modules[output->module].is_online;
}

const struct mib_table mib_module_output_table = {
	.prefix = { 1, 9, 3, 1 },
	.prefix_length = 4,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.rows = &rows,
	.find = find,
	.first_row = 1,
	.last_row = REPLICA_MODULE_OUTPUTS,
	.number = number_of,
	.command_kind = REPLICA_MODULE_OUTPUT_COMMAND,
	.commands = commands,
	.command_count = ARRAY_LEN(commands),
	.lasting_command = PULSE,
	.seconds_max = PULSE_S_MAX,
	.is_impossible = is_impossible,
};
