#include "lib/util.h"
#include "mibs/table.h"

#define MEMBER(m) offsetof(struct replica_module, m)

static const struct mib_column columns[] = {
	{ 2, "cardeaModuleName", MIB_OCTETS, false, mib_get_text, MEMBER(name) },
	{ 3, "cardeaModulePort", MIB_UNSIGNED, false, mib_get_count, MEMBER(bus) },
	{ 4, "cardeaModuleAddress", MIB_UNSIGNED, false, mib_get_count, MEMBER(address) },
	{ 5, "cardeaModuleAnswers", MIB_INTEGER, false, mib_get_truth, MEMBER(is_online) },
	{ 6, "cardeaModuleSecurity", MIB_INTEGER, false, mib_get_enum, MEMBER(security) },
	{ 7, "cardeaModuleTampered", MIB_INTEGER, false, mib_get_truth, MEMBER(is_tampered) },
	{ 8, "cardeaModulePowerFails", MIB_INTEGER, false, mib_get_truth, MEMBER(has_failure) },
	{ 9, "cardeaModuleVendor", MIB_OCTETS, false, mib_get_text, MEMBER(vendor) },
	{ 10, "cardeaModuleSerial", MIB_OCTETS, false, mib_get_text, MEMBER(serial) },
	{ 11, "cardeaModuleFirmware", MIB_OCTETS, false, mib_get_text, MEMBER(firmware) },
	{ 12, "cardeaModuleInputs", MIB_OCTETS, false, mib_get_text, MEMBER(inputs) },
	{ 13, "cardeaModuleOutputs", MIB_OCTETS, false, mib_get_text, MEMBER(outputs) },
	{ 14, "cardeaModuleEnabled", MIB_INTEGER, false, mib_get_truth, MEMBER(is_enabled) },
	{ 15, "cardeaModuleReason", MIB_OCTETS, false, mib_get_text, MEMBER(cause) },
	{ 16, "cardeaModuleModel", MIB_OCTETS, false, mib_get_text, MEMBER(model) },
	{ 17, "cardeaModuleDeviceId", MIB_OCTETS, false, mib_get_text, MEMBER(device) },
	{ 18, "cardeaModulePolls", MIB_COUNTER32, false, mib_get_count, MEMBER(polls) },
	{ 19, "cardeaModuleTimeouts", MIB_COUNTER32, false, mib_get_count, MEMBER(timeouts) },
	{ 20, "cardeaModuleErrors", MIB_COUNTER32, false, mib_get_count, MEMBER(errors) },
	{ 21, "cardeaModuleLastChange", MIB_TICKS, false, mib_get_stamp, MEMBER(stamp.mono_us) },
	{ 22, "cardeaModuleLastChangeTime", MIB_OCTETS, false, mib_get_time,
	  MEMBER(stamp.wall_us) },
};

static const void *
find(const struct replica *replica, uint32_t row)
{
	return replica->modules[row].is_there ? &replica->modules[row] : NULL;
}

const struct mib_table mib_module_table = {
	.prefix = { 1, 9, 1, 1 },
	.prefix_length = 4,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.find = find,
	.first_row = 1,
	.last_row = MODULES,
};
