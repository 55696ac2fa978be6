#include "lib/util.h"
#include "mibs/table.h"

#define MEMBER(m) offsetof(struct replica_reader, m)

static const struct mib_column columns[] = {
	{ 2, "cardeaReaderDoor", MIB_UNSIGNED, false, mib_get_count, MEMBER(door) },
	{ 3, "cardeaReaderAnswers", MIB_INTEGER, false, mib_get_truth, MEMBER(is_online) },
	{ 4, "cardeaReaderTampered", MIB_INTEGER, false, mib_get_truth, MEMBER(is_tampered) },
	{ 5, "cardeaReaderVendor", MIB_OCTETS, false, mib_get_text, MEMBER(vendor) },
	{ 6, "cardeaReaderModel", MIB_OCTETS, false, mib_get_text, MEMBER(model) },
	{ 7, "cardeaReaderSerial", MIB_OCTETS, false, mib_get_text, MEMBER(serial) },
	{ 8, "cardeaReaderFirmware", MIB_OCTETS, false, mib_get_text, MEMBER(firmware) },
	{ 9, "cardeaReaderPolls", MIB_COUNTER32, false, mib_get_count, MEMBER(polls) },
	{ 10, "cardeaReaderTimeouts", MIB_COUNTER32, false, mib_get_count, MEMBER(timeouts) },
	{ 11, "cardeaReaderErrors", MIB_COUNTER32, false, mib_get_count, MEMBER(errors) },
	{ 12, "cardeaReaderCards", MIB_COUNTER32, false, mib_get_count, MEMBER(cards) },
	{ 13, "cardeaReaderSecurity", MIB_INTEGER, false, mib_get_enum, MEMBER(security) },
	{ 14, "cardeaReaderName", MIB_OCTETS, false, mib_get_text, MEMBER(name) },
	{ 15, "cardeaReaderSecurityReason", MIB_OCTETS, false, mib_get_text, MEMBER(cause) },
	{ 16, "cardeaReaderSecuritySince", MIB_OCTETS, false, mib_get_time, MEMBER(since_us) },
	{ 17, "cardeaReaderDeviceId", MIB_OCTETS, false, mib_get_text, MEMBER(device) },
	{ 18, "cardeaReaderPowerFails", MIB_INTEGER, false, mib_get_truth, MEMBER(has_failure) },
	{ 19, "cardeaReaderPort", MIB_UNSIGNED, false, mib_get_count, MEMBER(bus) },
	{ 20, "cardeaReaderAddress", MIB_UNSIGNED, false, mib_get_count, MEMBER(address) },
	{ 21, "cardeaReaderSpeed", MIB_UNSIGNED, false, mib_get_count, MEMBER(baud) },
	{ 22, "cardeaReaderReplyDelay", MIB_UNSIGNED, false, mib_get_count, MEMBER(reply_us),
	  MIB_PURPOSE_MEASURE },
	{ 23, "cardeaReaderReplyDelayP99", MIB_UNSIGNED, false, mib_get_count, MEMBER(reply_p99_us),
	  MIB_PURPOSE_MEASURE },
	{ 24, "cardeaReaderLastChange", MIB_TICKS, false, mib_get_stamp, MEMBER(stamp.mono_us) },
	{ 25, "cardeaReaderLastChangeTime", MIB_OCTETS, false, mib_get_time,
	  MEMBER(stamp.wall_us) },
};

static const void *
find(const struct replica *replica, uint32_t row)
{
	return replica->readers[row].is_there ? &replica->readers[row] : NULL;
}

const struct mib_table mib_reader_table = {
	.prefix = { 1, 3, 1, 1 },
	.prefix_length = 4,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.find = find,
	.first_row = 1,
	.last_row = REPLICA_READERS,
};
