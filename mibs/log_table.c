/* The event log, who follows it, and the log servers that it is sent to. */
#include <string.h>

#include "lib/util.h"
#include "mibs/table.h"

#define LOG(m)	      offsetof(struct replica, log.m)
#define FOLLOWER(m)   offsetof(struct replica_follower, m)
#define SERVER(m)     offsetof(struct replica_server, m)
#define JOURNAL(m)    offsetof(struct replica_server, journal.m)
#define CHANGED(part) offsetof(struct replica, changed_mono_us[part])

static const void *
find_all(const struct replica *replica, uint32_t row UNUSED)
{
	return replica;
}

/* How many events behind the newest one. */
static void
get_follower_lag(const struct replica *replica, const struct mib_column *column, const void *row,
		 struct mib_value *value)
{
	uint64_t seq = ((const struct replica_follower *) row)->seq;
	uint64_t head = replica->log.head;

	mib_set_number(value, column->type, head > seq ? MIN_OF(head - seq, UINT32_MAX) : 0);
}

static const struct mib_column log_columns[] = {
	{ 1, "cardeaLogLastSeq", MIB_COUNTER64, false, mib_get_number, LOG(head) },
	{ 2, "cardeaLogFirstSeq", MIB_COUNTER64, false, mib_get_number, LOG(first) },
	{ 3, "cardeaLogStored", MIB_COUNTER64, false, mib_get_number, LOG(kept) },
	{ 4, "cardeaLogWaiting", MIB_UNSIGNED, false, mib_get_count, LOG(waiting),
	  MIB_PURPOSE_MEASURE },
	{ 5, "cardeaLogIsStored", MIB_INTEGER, false, mib_get_truth, LOG(is_stored) },
	{ 6, "cardeaLogIsSigned", MIB_INTEGER, false, mib_get_truth, LOG(is_signed) },
	{ 7, "cardeaLogSignedSeq", MIB_COUNTER64, false, mib_get_number, LOG(signed_seq) },
};

const struct mib_table mib_log_scalars = {
	.prefix = { 1, 13 },
	.prefix_length = 2,
	.columns = log_columns,
	.count = ARRAY_LEN(log_columns),
	.find = find_all,
};

static const struct mib_column follower_columns[] = {
	{ 2, "cardeaFollowerSeq", MIB_COUNTER64, false, mib_get_number, FOLLOWER(seq) },
	{ 3, "cardeaFollowerLag", MIB_UNSIGNED, false, get_follower_lag, 0, MIB_PURPOSE_MEASURE },
	{ 4, "cardeaFollowerLastChange", MIB_TICKS, false, mib_get_stamp, FOLLOWER(stamp.mono_us) },
	{ 5, "cardeaFollowerLastChangeTime", MIB_OCTETS, false, mib_get_time,
	  FOLLOWER(stamp.wall_us) },
};

static size_t
count_followers(const struct replica *replica)
{
	return replica->log.follower_count;
}

static const void *
follower_at(const struct replica *replica, size_t position)
{
	return &replica->log.followers[position];
}

/* IMPLIED: the bytes alone. */
static void
follower_index(const void *row, struct mib_index *ret)
{
	const struct replica_follower *follower = row;

	ret->length = strlen(follower->name);
	for (size_t i = 0; i < ret->length; i++)
		ret->sub[i] = (unsigned char) follower->name[i];
}

static const struct mib_rows follower_rows = { count_followers, follower_at, follower_index };

const struct mib_table mib_follower_table = {
	.prefix = { 1, 13, 8, 1 },
	.prefix_length = 4,
	.columns = follower_columns,
	.count = ARRAY_LEN(follower_columns),
	.rows = &follower_rows,
};

static const struct mib_column follower_scalar_columns[] = {
	{ 9, "cardeaFollowerTableLastChange", MIB_TICKS, false, mib_get_stamp,
	  CHANGED(PART_FOLLOWERS) },
};

const struct mib_table mib_follower_scalars = {
	.prefix = { 1, 13 },
	.prefix_length = 2,
	.columns = follower_scalar_columns,
	.count = ARRAY_LEN(follower_scalar_columns),
	.find = find_all,
};

static const struct mib_column server_columns[] = {
	{ 2, "cardeaServerName", MIB_OCTETS, false, mib_get_text, SERVER(name) },
	{ 3, "cardeaServerHost", MIB_OCTETS, false, mib_get_text, SERVER(host) },
	{ 4, "cardeaServerTransport", MIB_OCTETS, false, mib_get_text, SERVER(transport) },
	{ 5, "cardeaServerState", MIB_INTEGER, false, mib_get_enum, SERVER(state) },
	{ 6, "cardeaServerReason", MIB_OCTETS, false, mib_get_text, SERVER(error) },
	{ 7, "cardeaServerSeq", MIB_COUNTER64, false, mib_get_number, SERVER(confirmed) },
	{ 8, "cardeaServerLag", MIB_UNSIGNED, false, mib_get_count, SERVER(lag),
	  MIB_PURPOSE_MEASURE },
	{ 9, "cardeaServerSent", MIB_COUNTER64, false, mib_get_number, SERVER(sent) },
	{ 10, "cardeaServerErrors", MIB_COUNTER64, false, mib_get_number, SERVER(errors) },
	{ 11, "cardeaServerRate", MIB_UNSIGNED, false, mib_get_count, SERVER(rate),
	  MIB_PURPOSE_MEASURE },
	{ 12, "cardeaServerLastSuccess", MIB_OCTETS, false, mib_get_time, SERVER(success_us) },
	{ 13, "cardeaServerCertificateExpires", MIB_OCTETS, false, mib_get_time,
	  SERVER(expires_us) },
	{ 14, "cardeaServerLastChange", MIB_TICKS, false, mib_get_stamp, SERVER(stamp.mono_us) },
	{ 15, "cardeaServerLastChangeTime", MIB_OCTETS, false, mib_get_time,
	  SERVER(stamp.wall_us) },
	{ 16, "cardeaServerAge", MIB_UNSIGNED, false, mib_get_count, SERVER(age_s),
	  MIB_PURPOSE_MEASURE },
	{ 17, "cardeaServerIsBehind", MIB_INTEGER, false, mib_get_truth, SERVER(is_behind) },
	{ 18, "cardeaServerJournalState", MIB_INTEGER, false, mib_get_enum, JOURNAL(state) },
	{ 19, "cardeaServerJournalIsReading", MIB_INTEGER, false, mib_get_truth,
	  JOURNAL(is_reading) },
	{ 20, "cardeaServerJournalReason", MIB_OCTETS, false, mib_get_text, JOURNAL(error) },
	{ 21, "cardeaServerJournalLag", MIB_UNSIGNED, false, mib_get_count, JOURNAL(lag),
	  MIB_PURPOSE_MEASURE },
	{ 22, "cardeaServerJournalAge", MIB_UNSIGNED, false, mib_get_count, JOURNAL(age_s),
	  MIB_PURPOSE_MEASURE },
	{ 23, "cardeaServerJournalIsBehind", MIB_INTEGER, false, mib_get_truth,
	  JOURNAL(is_behind) },
	{ 24, "cardeaServerJournalSent", MIB_COUNTER64, false, mib_get_number, JOURNAL(sent) },
	{ 25, "cardeaServerJournalErrors", MIB_COUNTER64, false, mib_get_number, JOURNAL(errors) },
	{ 26, "cardeaServerJournalLastSuccess", MIB_OCTETS, false, mib_get_time,
	  JOURNAL(success_us) },
};

static const void *
find_server(const struct replica *replica, uint32_t row)
{
	return replica->log.servers[row].is_there ? &replica->log.servers[row] : NULL;
}

const struct mib_table mib_server_table = {
	.prefix = { 1, 14, 1, 1 },
	.prefix_length = 4,
	.columns = server_columns,
	.count = ARRAY_LEN(server_columns),
	.find = find_server,
	.first_row = 1,
	.last_row = LOG_SERVERS,
};

static const struct mib_column server_scalar_columns[] = {
	{ 2, "cardeaServerTableLastChange", MIB_TICKS, false, mib_get_stamp,
	  CHANGED(PART_SERVERS) },
};

const struct mib_table mib_server_scalars = {
	.prefix = { 1, 14 },
	.prefix_length = 2,
	.columns = server_scalar_columns,
	.count = ARRAY_LEN(server_scalar_columns),
	.find = find_all,
};
