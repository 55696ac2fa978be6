#include "agent/store_log_test.h"

#include <stdlib.h>

#include "agent/store_certificates.h"
#include "agent/store_edge.h"
#include "agent/store_objects_write.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

/* The forwarder gives up before that. */
#define TEST_MS 9500

struct log_test {
	struct rpc_request *request;
	char actor[96];
	char address[64];
};

/* Those that are saved, a new reference. */
static json_t *
saved(struct store *store)
{
	const struct model_kind *kind = model_find("log_server");
	json_t *servers = json_array();

	for (int64_t id = 1; id <= LOG_SERVERS; id++) {
		json_t *doc = store_object_load(store, kind, id);
		if (doc)
			(void) json_array_append_new(servers, doc);
	}
	return servers;
}

/* Fills in defaults and what the forwarder has to know; -EINVAL when one of them would not be saved
 * either. */
static int
complete(struct store *store, json_t *servers, struct field_error *error)
{
	const struct model_kind *kind = model_find("log_server");
	json_t *server;
	size_t i;

	json_array_foreach (servers, i, server) {
		field_fill(&kind->fields, server);
		/* One that is off is tested before it is switched on. */
		(void) json_object_set_new(server, "enabled", json_true());
		int r = model_check(kind, server, error);
		if (r < 0)
			return r;
		store_certificates_mark(store, server);
	}
	return 0;
}

/* The events of what was done, one each. */
static void
audit(struct store *store, const struct log_test *test, const json_t *results)
{
	json_t *result;
	size_t i;

	json_array_foreach (results, i, result)
		store_log_add(store->log, EV_SYSLOG_TESTED, "syslog", test->actor, NULL,
			      json_pack("{ss,ss,sb,ss,ss}", "name",
					json_string_or(result, "name", "?"), "host",
					json_string_or(result, "host", "?"), "good",
					json_bool_or(result, "good", false), "outcome",
					json_string_or(result, "outcome", "?"), "address",
					test->address));
}

static void
on_tested(struct store *store, const json_t *result, const char *message, void *context)
{
	struct log_test *test = context;

	if (result) {
		audit(store, test, json_object_get(result, "servers"));
		rpc_reply(test->request, json_incref((json_t *) result));
	} else {
		rpc_fail(test->request, RPC_UNAVAILABLE, "the forwarder: %s", message);
	}
	free(test);
}

void
store_log_test(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const json_t *given = json_object_get(request->params, "servers");
	json_t *servers = given ? json_deep_copy(given) : saved(store);
	struct field_error error;

	if (complete(store, servers, &error) < 0) {
		json_decref(servers);
		rpc_fail_field(request, RPC_BAD_PARAMS, error.field, "%s", error.message);
		return;
	}
	struct log_test *test = xcalloc(1, sizeof(*test));
	test->request = request;
	(void) copy_string(test->actor, sizeof(test->actor), caller->actor);
	(void) copy_string(test->address, sizeof(test->address), caller->address);
	store_edge_call(store, EDGE_SYSLOG, "syslog.test",
			json_pack("{so,ss}", "servers", servers, "actor", caller->actor), TEST_MS,
			on_tested, test);
}
