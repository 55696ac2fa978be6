/* Accounts: setup, login and what an administrator does with accounts. */
#include "agent/store_accounts.h"

#include <crypt.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_outbox.h"
#include "agent/store_sessions.h"
#include "agent/store_throttle.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

/* A password on its way through the worker thread. */
struct password_job {
	struct store *store;
	struct rpc_request *request;
	struct caller caller;
	char account[65];
	char role[16];
	char *password;
	char *hash; /* what it is compared with, or what was made */
	bool is_good;
	void (*finish)(struct password_job *job);
};

static void
free_job(struct password_job *job)
{
	if (job->password)
		explicit_bzero(job->password, strlen(job->password));
	free(job->password);
	free(job->hash);
	free(job);
}

static void
finish_job(void *context)
{
	struct password_job *job = context;

	job->finish(job);
	free_job(job);
}

static void
run_verify(void *context)
{
	struct password_job *job = context;
	struct crypt_data *data = xcalloc(1, sizeof(*data));
	const char *made = crypt_r(job->password, job->hash, data);
	size_t size = strlen(job->hash);

	job->is_good = made && strlen(made) == size && !CRYPTO_memcmp(made, job->hash, size);
	explicit_bzero(data, sizeof(*data));
	free(data);
}

static void
run_hash(void *context)
{
	struct password_job *job = context;
	struct crypt_data *data = xcalloc(1, sizeof(*data));
	_cleanup_(freep) char *salt = crypt_gensalt_ra("$y$", 0, NULL, 0);
	const char *made = salt ? crypt_r(job->password, salt, data) : NULL;

	job->is_good = made && made[0] == '$';
	if (job->is_good)
		job->hash = xstrdup(made);
	explicit_bzero(data, sizeof(*data));
	free(data);
}

/* request is answered by finish; it fails here when too many wait. */
static void
submit(struct store *store, struct rpc_request *request, const struct caller *caller,
       const char *hash, void (*run)(void *), void (*finish)(struct password_job *))
{
	struct password_job *job = xcalloc(1, sizeof(*job));

	job->store = store;
	job->request = request;
	job->caller = *caller;
	job->caller.csrf = NULL;
	job->finish = finish;
	(void) copy_string(job->account, sizeof(job->account),
			   json_string_or(request->params, "account", ""));
	(void) copy_string(job->role, sizeof(job->role),
			   json_string_or(request->params, "role", "administrator"));
	job->password = xstrdup(json_string_or(request->params, "password", ""));
	job->hash = hash ? xstrdup(hash) : NULL;
	if (worker_submit(store->worker, run, finish_job, job) < 0) {
		free_job(job);
		rpc_fail(request, RPC_TOO_MANY, "too many logins at once, try again");
	}
}

/* Answers request with a new session. */
static void
open_session(struct store *store, struct rpc_request *request, const char *account,
	     const char *address)
{
	char token[SESSION_TOKEN_SIZE];
	char actor[96];
	const struct session *session;

	if (sessions_create(store_auth_sessions(store), account, token, &session) < 0) {
		rpc_fail(request, RPC_TOO_MANY, "there are too many sessions");
		return;
	}
	(void) snprintf(actor, sizeof(actor), "account:%s", account);
	store_log_add(store->log, EV_LOGIN, "system", actor, NULL,
		      json_pack("{ss}", "address", address));
	rpc_reply(request,
		  json_pack("{ss,ss,ss,ss}", "token", token, "csrf", session->csrf, "account",
			    account, "role", role_name(store_auth_role(store, account))));
	explicit_bzero(token, sizeof(token));
}

static void
finish_login(struct password_job *job)
{
	struct store *store = job->store;
	const char *address = job->caller.address;

	/* The account may be gone by now. */
	if (job->is_good && store_auth_role(store, job->account) != ROLE_NONE) {
		throttle_note_success(store_auth_throttle(store), address);
		open_session(store, job->request, job->account, address);
		return;
	}
	throttle_note_failure(store_auth_throttle(store), address);
	store_log_add(store->log, EV_LOGIN_FAILED, "system", "nobody", "InvalidPassword",
		      json_pack("{ss,ss}", "account", job->account, "address", address));
	rpc_fail(job->request, RPC_UNAUTHENTICATED, "the account or the password is wrong");
}

void
store_login(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	/* Costs the same as a real one, so that time does not tell which accounts exist. */
	static const char nobody[] = "$y$j9T$RhCUuMv9aJtwM6tH7Kp0N.$"
				     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	const char *account = json_string_or(request->params, "account", "");
	unsigned wait_s = throttle_wait_s(store_auth_throttle(store), caller->address);

	if (wait_s) {
		rpc_fail(request, RPC_TOO_MANY, "too many failures, try again in %u s", wait_s);
		return;
	}
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config, "SELECT password FROM accounts WHERE name = ?", "t", account);
	submit(store, request, caller, db_next(&row) ? db_text(row, 0) : nobody, run_verify,
	       finish_login);
}

void
store_logout(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	sessions_end(store_auth_sessions(store), request->session);
	store_log_add(store->log, EV_LOGOUT, "system", caller->actor, NULL,
		      json_pack("{ss}", "address", caller->address));
	rpc_reply(request, NULL);
}

void
store_session_check(struct store *store UNUSED, struct rpc_request *request,
		    const struct caller *caller)
{
	const char *name = strchr(caller->actor, ':');

	rpc_reply(request, json_pack("{ss,ss,ss*}", "account", name ? name + 1 : caller->actor,
				     "role", role_name(caller->role), "csrf", caller->csrf));
}

static bool
has_account(struct store *store)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT 1 FROM accounts LIMIT 1", "");
	return db_next(&row);
}

void
store_setup_status(struct store *store, struct rpc_request *request,
		   const struct caller *caller UNUSED)
{
	rpc_reply(request, json_pack("{sb}", "needed", !has_account(store)));
}

static int
write_account(struct password_job *job)
{
	struct store *store = job->store;
	int r = job->is_good ? store_outbox_begin(store) : -EIO;

	if (r < 0)
		return r;
	r = db_run(store->config, "INSERT INTO accounts VALUES (?, ?, ?, ?)", "ttti", job->account,
		   job->role, job->hash, (int64_t) clock_wall_us());
	if (r == 0)
		r = store_outbox_add(store, EV_ACCOUNT_CREATED, job->caller.actor, NULL,
				     json_pack("{ss,ss,ss}", "account", job->account, "role",
					       job->role, "address", job->caller.address));
	return store_outbox_end(store, r);
}

/* 0 or a negative errno; the request has been answered when it is negative. */
static int
insert_account(struct password_job *job)
{
	int r = write_account(job);

	if (r == -EEXIST)
		rpc_fail_field(job->request, RPC_CONFLICT, "account", "there is one of this name");
	else if (r < 0)
		rpc_fail(job->request, RPC_INTERNAL, "the account could not be stored");
	return r;
}

static void
finish_setup(struct password_job *job)
{
	/* Two browsers may have raced to be the first. */
	if (has_account(job->store)) {
		rpc_fail(job->request, RPC_CONFLICT, "the first administrator exists already");
		return;
	}
	(void) copy_string(job->role, sizeof(job->role), "administrator");
	(void) snprintf(job->caller.actor, sizeof(job->caller.actor), "account:%s", job->account);
	if (insert_account(job) == 0)
		open_session(job->store, job->request, job->account, job->caller.address);
}

void
store_setup_create(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	if (has_account(store))
		rpc_fail(request, RPC_CONFLICT, "the first administrator exists already");
	else
		submit(store, request, caller, NULL, run_hash, finish_setup);
}

void
store_account_list(struct store *store, struct rpc_request *request,
		   const struct caller *caller UNUSED)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		store->config, "SELECT name, role FROM accounts ORDER BY name LIMIT 500", "");
	json_t *accounts = json_array();

	while (db_next(&rows))
		(void) json_array_append_new(accounts,
					     json_pack("{ss,ss}", "account", db_text(rows, 0),
						       "role", db_text(rows, 1)));
	rpc_reply(request, json_pack("{so}", "accounts", accounts));
}

static void
finish_create(struct password_job *job)
{
	if (insert_account(job) == 0)
		rpc_reply(job->request, NULL);
}

void
store_account_create(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	submit(store, request, caller, NULL, run_hash, finish_create);
}

static bool
is_last_administrator(struct store *store, const char *account)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config,
		"SELECT 1 FROM accounts WHERE role = 'administrator' AND name <> ? LIMIT 1", "t",
		account);
	return store_auth_role(store, account) == ROLE_ADMINISTRATOR && !db_next(&row);
}

static int
delete_account(struct store *store, const char *account, const struct caller *caller)
{
	int r = store_outbox_begin(store);

	if (r < 0)
		return r;
	r = db_run(store->config, "DELETE FROM accounts WHERE name = ?", "t", account);
	if (r == 0)
		r = store_outbox_add(
			store, EV_ACCOUNT_REMOVED, caller->actor, NULL,
			json_pack("{ss,ss}", "account", account, "address", caller->address));
	return store_outbox_end(store, r);
}

void
store_account_remove(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const char *account = json_string_or(request->params, "account", "");

	if (store_auth_role(store, account) == ROLE_NONE) {
		rpc_fail_field(request, RPC_NOT_FOUND, "account", "there is no such account");
		return;
	}
	if (is_last_administrator(store, account)) {
		rpc_fail_field(request, RPC_CONFLICT, "account",
			       "the last administrator cannot be removed");
		return;
	}
	sessions_end_account(store_auth_sessions(store), account);
	if (delete_account(store, account, caller) < 0)
		rpc_fail(request, RPC_INTERNAL, "the account could not be removed");
	else
		rpc_reply(request, NULL);
}

static int
write_password(struct password_job *job)
{
	struct store *store = job->store;
	int r = job->is_good ? store_outbox_begin(store) : -EIO;

	if (r < 0)
		return r;
	r = db_run(store->config, "UPDATE accounts SET password = ? WHERE name = ?", "tt",
		   job->hash, job->account);
	if (r == 0)
		r = store_outbox_add(store, EV_PASSWORD_CHANGED, job->caller.actor, NULL,
				     json_pack("{ss,ss}", "account", job->account, "address",
					       job->caller.address));
	return store_outbox_end(store, r);
}

static void
finish_password(struct password_job *job)
{
	struct store *store = job->store;

	if (write_password(job) < 0) {
		rpc_fail(job->request, RPC_INTERNAL, "the password could not be stored");
		return;
	}
	sessions_end_account(store_auth_sessions(store), job->account);
	rpc_reply(job->request, NULL);
}

void
store_account_password(struct store *store, struct rpc_request *request,
		       const struct caller *caller)
{
	const char *account = json_string_or(request->params, "account", "");

	if (store_auth_role(store, account) == ROLE_NONE)
		rpc_fail_field(request, RPC_NOT_FOUND, "account", "there is no such account");
	else
		submit(store, request, caller, NULL, run_hash, finish_password);
}
