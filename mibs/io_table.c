/* Inputs, relays and outputs. */
#include "lib/util.h"
#include "mibs/table.h"

#define PULSE	    5 /* of cardeaOutputCommand */
#define PULSE_S_MAX 3600

#define INPUT(m)  offsetof(struct replica_input, m)
#define OUTPUT(m) offsetof(struct replica_output, m)

static const struct mib_column input_columns[] = {
	{ 2, "cardeaInputName", MIB_OCTETS, false, mib_get_text, INPUT(name) },
	{ 3, "cardeaInputPoint", MIB_OCTETS, false, mib_get_text, INPUT(point) },
	{ 4, "cardeaInputDoor", MIB_UNSIGNED, false, mib_get_count, INPUT(door) },
	{ 5, "cardeaInputState", MIB_INTEGER, false, mib_get_enum, INPUT(state) },
	{ 6, "cardeaInputActive", MIB_INTEGER, false, mib_get_truth, INPUT(is_active) },
	{ 7, "cardeaInputIsFaulty", MIB_INTEGER, false, mib_get_truth, INPUT(is_faulty) },
	{ 8, "cardeaInputSupervision", MIB_INTEGER, false, mib_get_enum, INPUT(supervision) },
	{ 9, "cardeaInputNormal", MIB_INTEGER, false, mib_get_enum, INPUT(normal) },
	{ 10, "cardeaInputResistance", MIB_UNSIGNED, false, mib_get_count, INPUT(ohms),
	  MIB_PURPOSE_MEASURE },
	{ 11, "cardeaInputVoltage", MIB_UNSIGNED, false, mib_get_count, INPUT(mv),
	  MIB_PURPOSE_MEASURE },
	{ 12, "cardeaInputDeviation", MIB_INTEGER, false, mib_get_number, INPUT(drift),
	  MIB_PURPOSE_MEASURE },
	{ 13, "cardeaInputDrifting", MIB_INTEGER, false, mib_get_truth, INPUT(is_drifting) },
	{ 14, "cardeaInputLastChange", MIB_OCTETS, false, mib_get_time, INPUT(changed_us) },
	{ 15, "cardeaInputLastChangeUpTime", MIB_TICKS, false, mib_get_stamp,
	  INPUT(stamp.mono_us) },
};

static const struct mib_column output_columns[] = {
	{ 2, "cardeaOutputName", MIB_OCTETS, false, mib_get_text, OUTPUT(name) },
	{ 3, "cardeaOutputPoint", MIB_OCTETS, false, mib_get_text, OUTPUT(point) },
	{ 4, "cardeaOutputDoor", MIB_UNSIGNED, false, mib_get_count, OUTPUT(door) },
	{ 5, "cardeaOutputActive", MIB_INTEGER, false, mib_get_truth, OUTPUT(is_active) },
	{ 6, "cardeaOutputClosed", MIB_INTEGER, false, mib_get_truth, OUTPUT(is_closed) },
	{ 7, "cardeaOutputNormal", MIB_INTEGER, false, mib_get_enum, OUTPUT(normal) },
	{ 8, "cardeaOutputWorks", MIB_INTEGER, false, mib_get_truth, OUTPUT(works) },
	{ 9, "cardeaOutputLastChange", MIB_OCTETS, false, mib_get_time, OUTPUT(changed_us) },
	{ 10, "cardeaOutputCommand", MIB_INTEGER, true, mib_get_enum, OUTPUT(command.command),
	  MIB_PURPOSE_COMMAND },
	{ 11, "cardeaOutputCommandSerial", MIB_INTEGER, true, mib_get_count, OUTPUT(command.serial),
	  MIB_PURPOSE_SERIAL },
	{ 12, "cardeaOutputCommandSeconds", MIB_UNSIGNED, true, mib_get_count,
	  OUTPUT(command.seconds), MIB_PURPOSE_SECONDS },
	{ 13, "cardeaOutputCommandNote", MIB_OCTETS, true, mib_get_text, OUTPUT(command.note),
	  MIB_PURPOSE_NOTE },
	{ 14, "cardeaOutputLastCommand", MIB_INTEGER, false, mib_get_enum, OUTPUT(command.last),
	  MIB_PURPOSE_OUTCOME },
	{ 15, "cardeaOutputCommandResult", MIB_INTEGER, false, mib_get_enum, OUTPUT(command.result),
	  MIB_PURPOSE_OUTCOME },
	{ 16, "cardeaOutputCommandRequester", MIB_OCTETS, false, mib_get_text,
	  OUTPUT(command.requester), MIB_PURPOSE_OUTCOME },
	{ 17, "cardeaOutputCommandReason", MIB_OCTETS, false, mib_get_text, OUTPUT(command.reason),
	  MIB_PURPOSE_OUTCOME },
	{ 18, "cardeaOutputCommandTime", MIB_OCTETS, false, mib_get_time, OUTPUT(command.at_us),
	  MIB_PURPOSE_OUTCOME },
	{ 19, "cardeaOutputCommandDeadline", MIB_OCTETS, false, mib_get_time,
	  OUTPUT(command.deadline_us), MIB_PURPOSE_OUTCOME },
	{ 20, "cardeaOutputRemaining", MIB_UNSIGNED, false, mib_get_count, OUTPUT(remaining_ms),
	  MIB_PURPOSE_MEASURE },
	{ 21, "cardeaOutputLastChangeUpTime", MIB_TICKS, false, mib_get_stamp,
	  OUTPUT(stamp.mono_us) },
};

static const char *const output_commands[] = { NULL, "activate", "deactivate", "toggle", "pulse" };

static const void *
find_input(const struct replica *replica, uint32_t row)
{
	return replica->inputs[row].is_there ? &replica->inputs[row] : NULL;
}

static const void *
find_output(const struct replica *replica, uint32_t row)
{
	return replica->outputs[row].is_there ? &replica->outputs[row] : NULL;
}

const struct mib_table mib_input_table = {
	.prefix = { 1, 6, 1, 1 },
	.prefix_length = 4,
	.columns = input_columns,
	.count = ARRAY_LEN(input_columns),
	.find = find_input,
	.first_row = 1,
	.last_row = INPUTS,
};

const struct mib_table mib_output_table = {
	.prefix = { 1, 7, 1, 1 },
	.prefix_length = 4,
	.columns = output_columns,
	.count = ARRAY_LEN(output_columns),
	.find = find_output,
	.first_row = 1,
	.last_row = OUTPUTS,
	.command_kind = "output",
	.commands = output_commands,
	.command_count = ARRAY_LEN(output_commands),
	.lasting_command = PULSE,
	.seconds_max = PULSE_S_MAX,
};
