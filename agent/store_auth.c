#include "agent/store_auth.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_sessions.h"
#include "agent/store_throttle.h"
#include "lib/field.h"
#include "lib/json.h"
#include "lib/util.h"

struct edge_row {
	enum edge edge;
	const char *name;
	const char *user;
	uid_t uid;
	bool has_user;
};

struct store_auth {
	struct sessions *sessions;
	struct throttle *throttle;
	struct edge_row edges[3];
};

struct store_auth *
store_auth_new(struct store *store)
{
	struct store_auth *auth = xcalloc(1, sizeof(*auth));

	*auth = (struct store_auth){
		.sessions = sessions_load(store->config),
		.throttle = throttle_new(),
		.edges = { { EDGE_WWW, "www", "cardea-www" },
			   { EDGE_SNMP, "snmp", "cardea-snmp" },
			   { EDGE_SYSLOG, "syslog", "cardea-syslog" } },
	};
	for (size_t i = 0; i < ARRAY_LEN(auth->edges); i++) {
		const struct passwd *user = getpwnam(auth->edges[i].user);
		auth->edges[i].has_user = user;
		auth->edges[i].uid = user ? user->pw_uid : 0;
	}
	return auth;
}

void
store_auth_free(struct store_auth *auth)
{
	if (!auth)
		return;
	throttle_free(auth->throttle);
	sessions_free(auth->sessions);
	free(auth);
}

const char *
edge_name(enum edge edge)
{
	return edge == EDGE_WWW	     ? "www"
	       : edge == EDGE_SNMP   ? "snmp"
	       : edge == EDGE_SYSLOG ? "syslog"
				     : "";
}

/*
 * What the kernel says of the peer bounds what its hello may claim: an edge's user is that edge
 * and nothing else; root and the store's own user may be the local administrator or any edge.
 */
static void
identify_peer(struct store *store, const struct rpc_request *request, struct caller *ret)
{
	uid_t uid = rpc_peer_uid(request->connection);
	const char *name = rpc_peer_name(request->connection);
	bool is_local = uid == 0 || uid == geteuid();

	for (size_t i = 0; i < ARRAY_LEN(store->auth->edges); i++) {
		const struct edge_row *row = &store->auth->edges[i];
		if (strcmp(row->name, name))
			continue;
		if (is_local || (row->has_user && row->uid == uid)) {
			ret->edge = row->edge;
			(void) copy_string(ret->actor, sizeof(ret->actor), row->name);
		}
		return;
	}
	if (!is_local)
		return;
	const struct passwd *user = getpwuid(uid);
	ret->role = ROLE_ADMINISTRATOR;
	(void) snprintf(ret->actor, sizeof(ret->actor), "local:%s", user ? user->pw_name : "?");
}

struct sessions *
store_auth_sessions(struct store *store)
{
	return store->auth->sessions;
}

struct throttle *
store_auth_throttle(struct store *store)
{
	return store->auth->throttle;
}

enum role
store_auth_role(struct store *store, const char *account)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT role FROM accounts WHERE name = ?", "t", account);
	enum role role = ROLE_NONE;

	if (db_next(&row))
		(void) role_from_name(db_text(row, 0), &role);
	return role;
}

void
store_auth_identify(struct store *store, const struct rpc_request *request, bool is_use,
		    struct caller *ret)
{
	*ret = (struct caller){ .role = ROLE_NONE, .actor = "nobody", .is_identified = true };
	(void) copy_string(ret->address, sizeof(ret->address), request->address);
	identify_peer(store, request, ret);
	if (ret->edge != EDGE_WWW || !*request->session)
		return;
	unsigned idle_s = (unsigned) json_integer_or(store->settings, "web.session_idle", 1800);
	const struct session *session =
		sessions_find(store->auth->sessions, request->session, idle_s, is_use);
	if (!session)
		return;
	ret->role = store_auth_role(store, session->account);
	ret->csrf = session->csrf;
	(void) snprintf(ret->actor, sizeof(ret->actor), "account:%s", session->account);
}

/* Moves a parameter that is a line of text, or absent, out of params; -EINVAL. */
static int
take_line(json_t *params, const struct field *field, char *to, size_t size)
{
	struct field_error error;
	const json_t *value = json_object_get(params, field->name);
	int r = 0;

	*to = 0;
	if (!value)
		return 0;
	if (field_check(field, value, &error) == 0)
		(void) copy_string(to, size, json_string_value(value));
	else
		r = -EINVAL;
	(void) json_object_del(params, field->name);
	return r;
}

int
store_auth_take_requester(struct rpc_request *request, struct caller *caller,
			  const char **ret_field)
{
	static const struct field requester = { "requester", FIELD_STRING, .max = 80 };
	static const struct field note = { "note", FIELD_STRING, .max = sizeof(caller->note) - 1 };
	char name[81];

	if (caller->edge != EDGE_SNMP)
		return 0;
	*ret_field = note.name;
	if (take_line(request->params, &note, caller->note, sizeof(caller->note)) < 0)
		return -EINVAL;
	*ret_field = requester.name;
	if (take_line(request->params, &requester, name, sizeof(name)) < 0)
		return -EINVAL;
	caller->is_identified = *name;
	if (*name)
		(void) snprintf(caller->actor, sizeof(caller->actor), "snmp:%s", name);
	return 0;
}

void
store_auth_add_requester(const struct caller *caller, json_t *data)
{
	if (*caller->note)
		(void) json_object_set_new(data, "note", json_string(caller->note));
	if (!caller->is_identified)
		(void) json_object_set_new(data, "identity", json_string("unknown"));
}
