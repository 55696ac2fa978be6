#include "mibs/replica_log.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"
#include "mibs/replica_private.h"

static const char *const server_states[] = {
	"unknown", "off", "connecting", "up", "down", "stopped"
};

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct replica_follower *) a)->name,
		      ((const struct replica_follower *) b)->name);
}

static const struct replica_follower *
find(const struct replica_log *log, const char *name)
{
	for (size_t i = 0; i < log->follower_count; i++)
		if (!strcmp(log->followers[i].name, name))
			return &log->followers[i];
	return NULL;
}

/* What followers are called is an index: longer names than OIDs can hold are not shown. */
static void
set_followers(struct replica *replica, const json_t *value)
{
	struct replica_log *log = &replica->log;
	struct replica_log before = *log;
	uint64_t now_us = clock_mono_us();
	const char *name;
	json_t *seq;

	log->follower_count = 0;
	json_object_foreach ((json_t *) value, name, seq) {
		struct replica_follower *follower = &log->followers[log->follower_count];
		const struct replica_follower *was = find(&before, name);
		if (log->follower_count == REPLICA_FOLLOWERS ||
		    !copy_string(follower->name, sizeof(follower->name), name))
			continue;
		log->follower_count++;
		follower->seq = (uint64_t) MAX_OF(json_integer_value(seq), 0);
		follower->stamp = was ? was->stamp : (struct replica_stamp){ 0 };
		if (was && was->seq == follower->seq)
			continue;
		follower->stamp.mono_us = now_us;
		follower->stamp.wall_us = clock_wall_us();
		replica->changed_mono_us[PART_FOLLOWERS] = now_us;
	}
	if (log->follower_count < before.follower_count)
		replica->changed_mono_us[PART_FOLLOWERS] = now_us;
	qsort(log->followers, log->follower_count, sizeof(log->followers[0]), compare);
}

void
replica_set_log(struct replica *replica, const json_t *value)
{
	struct replica_log *log = &replica->log;

	log->head = replica_number(value, "head");
	log->first = replica_number(value, "first");
	log->kept = log->first && log->first <= log->head ? log->head - log->first + 1 : 0;
	log->waiting = replica_counter(value, "waiting");
	log->is_stored = json_bool_or(value, "stored", false);
	log->is_signed = json_bool_or(value, "signed", false);
	log->signed_seq = replica_number(value, "signed_seq");
	set_followers(replica, json_object_get(value, "followers"));
}

static void
set_journal(struct replica_journal *journal, const json_t *value)
{
	*journal = (struct replica_journal){
		.state = replica_word(value, "state", server_states, ARRAY_LEN(server_states)),
		.is_reading = json_bool_or(value, "is_reading", false),
		.is_behind = json_bool_or(value, "is_behind", false),
		.lag = replica_counter(value, "lag"),
		.age_s = replica_counter(value, "age_s"),
		.sent = replica_number(value, "sent"),
		.errors = replica_number(value, "errors"),
		.success_us = replica_number(value, "last_success_us"),
	};
	replica_text(value, "last_error", journal->error, sizeof(journal->error));
}

void
replica_set_server(struct replica *replica, struct replica_server *server, const json_t *value)
{
	*server = (struct replica_server){
		.stamp = server->stamp,
		.is_there = json_is_object(value),
		.snapshot = replica->snapshot,
		.state = replica_word(value, "state", server_states, ARRAY_LEN(server_states)),
		.is_behind = json_bool_or(value, "is_behind", false),
		.lag = replica_counter(value, "lag"),
		.rate = replica_counter(value, "rate"),
		.age_s = replica_counter(value, "age_s"),
		.confirmed = replica_number(value, "confirmed"),
		.sent = replica_number(value, "sent"),
		.errors = replica_number(value, "errors"),
		.success_us = replica_number(value, "last_success_us"),
		.expires_us = replica_number(value, "certificate_expires_us"),
	};
	replica_text(value, "name", server->name, sizeof(server->name));
	replica_text(value, "host", server->host, sizeof(server->host));
	replica_text(value, "transport", server->transport, sizeof(server->transport));
	replica_text(value, "last_error", server->error, sizeof(server->error));
	set_journal(&server->journal, json_object_get(value, "journal"));
}
