/* cardeactl log-server: how they are, and tests of them. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

/* A test may take as long as a connection does. */
#define TEST_MS 12000

static int
misused(void)
{
	(void) fprintf(stderr, "cardeactl: log-server [list], or log-server test "
			       "[FIELD=VALUE...]\n");
	return 2;
}

/* rate is -1 when nobody reckons it. */
static void
print_row(const char *id, const char *name, const json_t *server, json_int_t rate)
{
	_cleanup_(freep) char *per_s =
		rate < 0 ? xstrdup("-") : xasprintf("%lld", (long long) rate);

	printf("%-3s %-16s %-24s %-5s %-10s %8lld %7lld %8s  %s\n", id, name,
	       json_string_or(server, "host", ""), json_string_or(server, "transport", ""),
	       json_string_or(server, "state", "?"), (long long) json_integer_or(server, "lag", 0),
	       (long long) json_integer_or(server, "age_s", 0), per_s,
	       json_string_or(server, "last_error", ""));
}

static void
print_server(const struct ctl *ctl, int id, const json_t *server)
{
	const json_t *journal = json_object_get(server, "journal");
	char number[12];

	if (ctl->is_json) {
		_cleanup_(json_decrefp) json_t *row = json_copy((json_t *) server);
		(void) json_object_set_new(row, "id", json_integer(id));
		(void) ctl_print_json(row);
		return;
	}
	(void) snprintf(number, sizeof(number), "%d", id);
	print_row(number, json_string_or(server, "name", "?"), server,
		  json_integer_or(server, "rate", 0));
	if (strcmp(json_string_or(journal, "state", "off"), "off") != 0)
		print_row("", "  its journal", journal, -1);
}

static int
list(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "snapshot", NULL, &result))
		return 1;
	if (!ctl->is_json)
		printf("%-3s %-16s %-24s %-5s %-10s %8s %7s %8s  %s\n", "ID", "NAME", "HOST", "BY",
		       "STATE", "WAITING", "FOR s", "PER s", "LAST ERROR");
	for (int id = 1; id <= LOG_SERVERS; id++) {
		_cleanup_(freep) char *key = xasprintf("syslog.%d", id);
		const json_t *server = json_object_get(json_object_get(result, "objects"), key);
		if (json_is_object(server))
			print_server(ctl, id, server);
	}
	return 0;
}

/* Returns whether it is good. */
static bool
print_result(const struct ctl *ctl, const json_t *result)
{
	bool is_good = json_bool_or(result, "good", false);
	json_t *step;
	size_t i;

	if (ctl->is_json) {
		(void) ctl_print_json(result);
		return is_good;
	}
	printf("%s (%s, %s port %lld): %s\n", json_string_or(result, "name", "?"),
	       json_string_or(result, "host", "?"), json_string_or(result, "transport", "?"),
	       (long long) json_integer_or(result, "port", 0), is_good ? "good" : "failed");
	json_array_foreach (json_object_get(result, "steps"), i, step)
		printf("  %-12s %-7s %5lld ms  %s\n", json_string_or(step, "step", "?"),
		       json_string_or(step, "result", "?"),
		       (long long) json_integer_or(step, "ms", 0),
		       json_string_or(step, "detail", ""));
	return is_good;
}

static int
test(struct ctl *ctl)
{
	json_t *params = json_object();
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *one;
	size_t i;
	bool are_good = true;

	if (ctl->argc > 1) {
		json_t *server =
			ctl_pairs(ctl->argc - 1, ctl->argv + 1, &model_find("log_server")->fields);
		if (!server) {
			json_decref(params);
			return misused();
		}
		if (!json_object_get(server, "name"))
			(void) json_object_set_new(server, "name", json_string("test"));
		(void) json_object_set_new(params, "servers", json_pack("[o]", server));
	}
	if (ctl_call_slow(ctl, "syslog.test", params, TEST_MS, &result))
		return 1;
	json_array_foreach (json_object_get(result, "servers"), i, one)
		are_good &= print_result(ctl, one);
	return are_good ? 0 : 1;
}

int
ctl_log_server(struct ctl *ctl)
{
	if (!ctl->argc || (!strcmp(ctl->argv[0], "list") && ctl->argc == 1))
		return list(ctl);
	return !strcmp(ctl->argv[0], "test") ? test(ctl) : misused();
}
