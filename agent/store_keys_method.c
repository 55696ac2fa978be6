/* keys.export and keys.import: scrypt in the worker thread, the database in the loop. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store.h"
#include "agent/store_door.h"
#include "agent/store_keys.h"
#include "agent/store_module.h"
#include "lib/json.h"
#include "lib/util.h"

struct keys_job {
	struct store *store;
	struct rpc_request *request;
	struct caller caller;
	char *password;
	bool is_replacing;
	struct store_keys_export keys;
	uint8_t blob[STORE_KEYS_BLOB + 1]; /* a byte more: what is too long is seen to be */
	size_t size;
	int r;
};

static struct keys_job *
job_new(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct keys_job *job = xcalloc(1, sizeof(*job));

	job->store = store;
	job->request = request;
	job->caller = *caller;
	job->caller.csrf = NULL;
	job->password = xstrdup(json_string_or(request->params, "password", ""));
	job->is_replacing = json_bool_or(request->params, "replace", false);
	return job;
}

static void
job_free(struct keys_job *job)
{
	explicit_bzero(job->password, strlen(job->password));
	free(job->password);
	explicit_bzero(job, sizeof(*job));
	free(job);
}

static void
submit(struct keys_job *job, void (*run)(void *), void (*done)(void *))
{
	if (worker_submit(job->store->worker, run, done, job) == 0)
		return;
	rpc_fail(job->request, RPC_TOO_MANY, "too many passwords are being worked on, try again");
	job_free(job);
}

/* Steals readers. */
static void
audit(struct keys_job *job, const char *reason, json_t *readers, bool has_host_key)
{
	store_log_add(job->store->log, EV_COMMAND, "system", job->caller.actor, reason,
		      json_pack("{ss,ss,so,sb,sb}", "command", job->request->method, "address",
				job->caller.address, "readers", readers, "host_key", has_host_key,
				"replace", job->is_replacing));
}

/* Which reader has or got which device's key, as the log is to show it: number and cUID. */
static json_t *
list_readers(const struct store_keys_export *keys, const bool *only)
{
	json_t *list = json_array();
	char cuid[2 * READER_CUID_BYTES + 1];

	for (unsigned i = 0; i < READERS; i++) {
		const struct reader_key *key = &keys->readers[i];
		if (only ? !only[i] : !key->has_key)
			continue;
		json_t *row = json_pack("{si}", "reader", (int) i + 1);
		hex_encode(key->cuid, sizeof(key->cuid), cuid);
		if (key->has_device)
			(void) json_object_set_new(row, "cuid", json_string(cuid));
		(void) json_array_append_new(list, row);
	}
	return list;
}

static void
run_export(void *context)
{
	struct keys_job *job = context;

	job->r = store_keys_export_wrap(&job->keys, job->password, job->blob);
}

static void
done_export(void *context)
{
	struct keys_job *job = context;
	char hex[STORE_KEYS_HEX];

	if (job->r < 0) {
		audit(job, "Failed", json_array(), false);
		rpc_fail(job->request, RPC_INTERNAL, "the keys could not be wrapped");
	} else {
		json_t *readers = list_readers(&job->keys, NULL);
		hex_encode(job->blob, STORE_KEYS_BLOB, hex);
		audit(job, NULL, json_incref(readers), job->keys.has_host_key);
		rpc_reply(job->request, json_pack("{ss,so,sb}", "data", hex, "readers", readers,
						  "host_key", job->keys.has_host_key));
	}
	job_free(job);
}

void
store_keys_export_method(struct store *store, struct rpc_request *request,
			 const struct caller *caller)
{
	struct keys_job *job = job_new(store, request, caller);
	int r = store_keys_export(store, &job->keys);

	if (r == 0) {
		submit(job, run_export, done_export);
		return;
	}
	/* An export with gaps would be believed to be whole. */
	rpc_fail(request, RPC_CONFLICT,
		 r == -ENOKEY || r == -EBADMSG
			 ? "a key does not open with this device's key: put the right device.key "
			   "back first"
			 : "the keys cannot be read");
	job_free(job);
}

static void
run_import(void *context)
{
	struct keys_job *job = context;

	job->r = store_keys_export_unwrap(job->blob, job->size, job->password, &job->keys);
}

static const struct {
	int r;
	const char *field;
	const char *reason; /* of the audit event */
	const char *text;
} refusals[] = {
	{ -EBADMSG, "data", "NoExport", "this is no export of keys, or a part of it is missing" },
	{ -EPROTONOSUPPORT, "data", "OtherVersion",
	  "this export was made by another version, which is not known here" },
	{ -EKEYREJECTED, "password", "InvalidPassword",
	  "the password is wrong, or the export was damaged" },
};

static void
refuse(struct keys_job *job)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (refusals[i].r != job->r)
			continue;
		audit(job, refusals[i].reason, json_array(), false);
		rpc_fail_field(job->request, RPC_BAD_PARAMS, refusals[i].field, "%s",
			       refusals[i].text);
		return;
	}
	audit(job, "Failed", json_array(), false);
	rpc_fail(job->request, RPC_INTERNAL, "the keys could not be stored, nothing has changed");
}

static void
done_import(void *context)
{
	struct keys_job *job = context;
	struct store_keys_imported imported = { 0 };

	if (job->r == 0)
		job->r = store_keys_import(job->store, &job->keys, job->is_replacing, &imported);
	if (job->r < 0) {
		refuse(job);
	} else {
		json_t *readers = list_readers(&job->keys, imported.readers);
		audit(job, NULL, json_incref(readers), imported.has_host_key);
		store_door_tell(job->store, "keys.load", store_keys_read(job->store));
		if (imported.has_host_key)
			store_module_key_imported(job->store, &job->caller);
		rpc_reply(job->request, json_pack("{so,sb}", "readers", readers, "host_key",
						  imported.has_host_key));
	}
	job_free(job);
}

void
store_keys_import_method(struct store *store, struct rpc_request *request,
			 const struct caller *caller)
{
	struct keys_job *job = job_new(store, request, caller);
	int size = hex_decode(json_string_or(request->params, "data", ""), job->blob,
			      sizeof(job->blob));

	/* What is no hex, or too long, is no export; the worker says so. */
	job->size = size < 0 ? 0 : (size_t) size;
	submit(job, run_import, done_import);
}
