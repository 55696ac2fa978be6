/*
 * Who a caller is: what the kernel says of the peer, what it called itself, and its session.
 */
#ifndef AGENT_STORE_AUTH_H
#define AGENT_STORE_AUTH_H

#include "agent/store.h"
#include "lib/role.h"

enum edge {
	EDGE_NONE = 0,
	EDGE_WWW = 1 << 0,
	EDGE_SNMP = 1 << 1,
	EDGE_SYSLOG = 1 << 2,
};

/* Who calls, as far as the kernel, hello and the session say. */
struct caller {
	enum role role;
	enum edge edge;
	char actor[96];
	char address[64];
	const char *csrf; /* the session's; NULL without a session */
	/* By SNMP: whether the master has said who it is, and why in that one's words; or "". */
	bool is_identified;
	char note[65];
};

struct sessions;
struct throttle;

struct store_auth *store_auth_new(struct store *store);
void store_auth_free(struct store_auth *auth);

/*
 * Never fails: a stranger is a caller with no role. is_use: the call shows that somebody is there;
 * what a page does by itself must not keep a session alive.
 */
void store_auth_identify(struct store *store, const struct rpc_request *request, bool is_use,
			 struct caller *ret);
/*
 * The snmp edge says for whom it asks, and why: takes "requester" and "note" out of the parameters
 * and into the caller, whose actor becomes "snmp:REQUESTER". Others have no such parameters.
 * -EINVAL when they are not fit for the log, which ret_field tells.
 */
int store_auth_take_requester(struct rpc_request *request, struct caller *caller,
			      const char **ret_field);
/* To the data of what the caller has done: why, and whether it is known who; by SNMP it need not
 * be. */
void store_auth_add_requester(const struct caller *caller, json_t *data);
/* "www", "snmp", "syslog" or "". */
const char *edge_name(enum edge edge);

/* ROLE_NONE when there is no such account. */
enum role store_auth_role(struct store *store, const char *account);
struct sessions *store_auth_sessions(struct store *store);
struct throttle *store_auth_throttle(struct store *store);

#endif
