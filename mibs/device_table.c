#include "lib/util.h"
#include "mibs/table.h"

#define MEMBER(m) offsetof(struct replica_device, m)

static const struct mib_column columns[] = {
	{ 1, "cardeaDeviceName", MIB_OCTETS, false, mib_get_text, MEMBER(name) },
	{ 2, "cardeaDeviceLocation", MIB_OCTETS, false, mib_get_text, MEMBER(location) },
	{ 3, "cardeaDeviceVersion", MIB_OCTETS, false, mib_get_text, MEMBER(version) },
	{ 4, "cardeaStateCurrent", MIB_INTEGER, false, mib_get_truth, MEMBER(is_current) },
	{ 5, "cardeaControlAnswers", MIB_INTEGER, false, mib_get_truth, MEMBER(is_control_online) },
	{ 6, "cardeaBoardAnswers", MIB_INTEGER, false, mib_get_truth, MEMBER(is_board_online) },
	{ 7, "cardeaActiveAlarms", MIB_UNSIGNED, false, mib_get_count, MEMBER(active_alarms) },
	{ 8, "cardeaLogHead", MIB_COUNTER64, false, mib_get_number, MEMBER(log_head) },
	{ 9, "cardeaLogDelivered", MIB_COUNTER64, false, mib_get_number, MEMBER(log_delivered) },
	{ 10, "cardeaNotificationsSent", MIB_COUNTER32, false, mib_get_count, MEMBER(sent) },
	{ 11, "cardeaBoardName", MIB_OCTETS, false, mib_get_text, MEMBER(board) },
};

static const struct mib_column door_columns[] = {
	{ 2, "cardeaDoorTableLastChange", MIB_TICKS, false, mib_get_stamp,
	  MEMBER(doors_changed_mono_us) },
};

static const void *
find_device(const struct replica *replica, uint32_t row UNUSED)
{
	return &replica->device;
}

const struct mib_table mib_device_table = {
	.prefix = { 1, 1 },
	.prefix_length = 2,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.find = find_device,
};

const struct mib_table mib_door_scalars = {
	.prefix = { 1, 2 },
	.prefix_length = 2,
	.columns = door_columns,
	.count = ARRAY_LEN(door_columns),
	.find = find_device,
};
