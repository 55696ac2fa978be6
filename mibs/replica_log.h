/* The part of the replica about the event log, who follows it, and log servers; see replica.h. */
#ifndef MIBS_REPLICA_LOG_H
#define MIBS_REPLICA_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/model.h"
#include "mibs/changes.h"

#define REPLICA_FOLLOWERS     32
#define REPLICA_FOLLOWER_NAME 64
#define REPLICA_SERVER_TEXT   129

/* Enumerations as in CARDEA-MIB. */
enum replica_server_state {
	REPLICA_SERVER_UNKNOWN = 1,
	REPLICA_SERVER_OFF,
	REPLICA_SERVER_CONNECTING,
	REPLICA_SERVER_UP,
	REPLICA_SERVER_DOWN,
	REPLICA_SERVER_STOPPED,
};

struct replica_follower {
	char name[REPLICA_FOLLOWER_NAME];
	uint64_t seq;
	struct replica_stamp stamp; /* when seq last moved; its hash is not used */
};

/* The entries of the journal that a log server gets. */
struct replica_journal {
	unsigned char state;
	bool is_reading;
	bool is_behind;
	char error[REPLICA_SERVER_TEXT];
	uint32_t lag;
	uint32_t age_s;
	uint64_t sent;
	uint64_t errors;
	uint64_t success_us;
};

struct replica_server {
	bool is_there;
	unsigned snapshot;
	struct replica_stamp stamp;
	char name[REPLICA_SERVER_TEXT];
	char host[REPLICA_SERVER_TEXT];
	char transport[REPLICA_SERVER_TEXT];
	char error[REPLICA_SERVER_TEXT];
	unsigned char state;
	bool is_behind;
	uint32_t lag;
	uint32_t rate;
	uint32_t age_s;
	uint64_t confirmed;
	uint64_t sent;
	uint64_t errors;
	uint64_t success_us;
	uint64_t expires_us;
	struct replica_journal journal;
};

struct replica_log {
	uint64_t head;
	uint64_t first;
	uint64_t kept; /* how many events are there */
	uint32_t waiting;
	bool is_stored;
	bool is_signed;
	uint64_t signed_seq;
	size_t follower_count;
	struct replica_follower followers[REPLICA_FOLLOWERS]; /* by name */
	struct replica_server servers[LOG_SERVERS + 1];	      /* from 1 */
};

struct replica;

void replica_set_log(struct replica *replica, const json_t *value);
void replica_set_server(struct replica *replica, struct replica_server *server,
			const json_t *value);

#endif
