#include "agent/store_gate.h"
#include "agent/store_methods.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/table_text.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define EVERY_EDGE (EDGE_WWW | EDGE_SNMP | EDGE_SYSLOG)

static bool
is_one_of(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void
test_the_table_is_what_others_call(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < store_methods_count(); i++) {
		const struct store_method *method = store_methods_at(i);
		_cleanup_(freep) char *prefix = xasprintf("%s ", method->name);
		fprintf(out, "%s role=%s %s%s%s%s\n", method->name, role_name(method->role),
			method->is_mutating ? "mutating" : "reading",
			method->edges & EDGE_WWW ? " www" : "",
			method->edges & EDGE_SNMP ? " snmp" : "",
			method->edges & EDGE_SYSLOG ? " syslog" : "");
		table_write(out, prefix, &method->params);
	}
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("methods.txt", text));
	free(text);
}

static void
test_names_are_sorted_and_every_method_has_a_handler_and_a_word(void)
{
	for (size_t i = 0; i < store_methods_count(); i++) {
		const struct store_method *method = store_methods_at(i);
		CU_ASSERT(!i || strcmp(store_methods_at(i - 1)->name, method->name) < 0);
		CU_ASSERT_EQUAL(strspn(method->name, "abcdefghijklmnopqrstuvwxyz._"),
				strlen(method->name));
		CU_ASSERT_PTR_NOT_NULL(method->handle);
		CU_ASSERT(method->doc && strlen(method->doc) > 3);
	}
	CU_ASSERT_PTR_NULL(store_methods_at(store_methods_count()));
	CU_ASSERT(store_methods_count() > 20);
}

/* Secure by default: what is not known to read must ask for the CSRF token. */
static void
test_every_method_that_is_not_known_to_read_is_marked_mutating(void)
{
	static const char *const reading[] = {
		"access.explain",     "account.list",  "alarm.list",	   "certificate.material",
		"events.list",	      "firmware.list", "follow",	   "input.history",
		"import.status",      "inventory",     "log.key",	   "methods",
		"object.get",	      "object.list",   "power.history",	   "presence.list",
		"reader.diagnostics", "reader.trace",  "schedule.preview", "schema",
		"session.check",      "settings.get",  "setup.status",	   "snapshot",
		"snmp.config",	      "status",
	};
	/* These begin a session: there is no CSRF token yet. */
	static const char *const beginning[] = { "session.login", "setup.create" };

	for (size_t i = 0; i < store_methods_count(); i++) {
		const struct store_method *method = store_methods_at(i);
		bool is_reading = is_one_of(method->name, reading, ARRAY_LEN(reading));
		bool is_beginning = is_one_of(method->name, beginning, ARRAY_LEN(beginning));
		CU_ASSERT_EQUAL(method->is_mutating, !is_reading && !is_beginning);
	}
}

static void
test_roles_are_least_where_nothing_changes_and_no_less_where_it_does(void)
{
	static const char *const open[] = { "session.login", "setup.create", "setup.status" };
	static const char *const of_operators[] = { "alarm.end", "board.console", "door.command",
						    "fire.reset", "module.output", "output.command",
						    "presence.forget", "reader.output",
						    "reader.text", "threat.set",
						    /* each by its own role */
						    "settings.set" };

	for (size_t i = 0; i < store_methods_count(); i++) {
		const struct store_method *method = store_methods_at(i);
		bool is_open = is_one_of(method->name, open, ARRAY_LEN(open));
		CU_ASSERT_EQUAL(method->role == ROLE_NONE, is_open);
		/* Everybody may end what is his own. */
		if (!method->is_mutating || !strcmp(method->name, "session.logout"))
			continue;
		bool is_operators = is_one_of(method->name, of_operators, ARRAY_LEN(of_operators));
		CU_ASSERT_EQUAL(method->role, is_operators ? ROLE_OPERATOR : ROLE_ADMINISTRATOR);
	}
}

static void
test_accounts_are_for_administrators_only(void)
{
	for (size_t i = 0; i < store_methods_count(); i++)
		if (!strncmp(store_methods_at(i)->name, "account.", 8))
			CU_ASSERT_EQUAL(store_methods_at(i)->role, ROLE_ADMINISTRATOR);
}

static void
test_edges_follow_report_and_acknowledge_and_each_has_its_own(void)
{
	static const char *const of_edges[] = { "ack", "answer", "follow", "report", "snapshot" };
	static const char *const of_snmp[] = { "door.command",	 "fire.reset",	"module.output",
					       "output.command", "snmp.config", "threat.set" };

	for (size_t i = 0; i < store_methods_count(); i++) {
		const struct store_method *method = store_methods_at(i);
		unsigned expected = 0;
		if (is_one_of(method->name, of_edges, ARRAY_LEN(of_edges)))
			expected = EVERY_EDGE;
		else if (is_one_of(method->name, of_snmp, ARRAY_LEN(of_snmp)))
			expected = EDGE_SNMP;
		else if (!strcmp(method->name, "certificate.material"))
			expected = EDGE_SYSLOG;
		CU_ASSERT_EQUAL(method->edges, expected);
	}
}

static void
test_parameters_are_unique_and_passwords_are_secret(void)
{
	for (size_t i = 0; i < store_methods_count(); i++) {
		const struct field_table *params = &store_methods_at(i)->params;
		for (size_t k = 0; k < params->count; k++) {
			const struct field *field = &params->fields[k];
			CU_ASSERT_PTR_EQUAL(field_find(params, field->name), field);
			const char *method = store_methods_at(i)->name;
			/* "key" of a report is the name of a live object. */
			bool is_secret =
				!strcmp(field->name, "password") ||
				(!strcmp(field->name, "data") &&
				 (!strcmp(method, "keys.import") ||
				  !strcmp(method, "import.chunk"))) ||
				(!strcmp(field->name, "key") && strcmp(method, "report") != 0);
			CU_ASSERT_EQUAL(is_secret, (field->flags & FIELD_SECRET) != 0);
			/* Handlers know what is absent: nothing is filled in behind their back. */
			CU_ASSERT_PTR_NULL(field->fallback);
			CU_ASSERT_EQUAL(field->type == FIELD_ENUM, field->choices != NULL);
			CU_ASSERT(field->type == FIELD_ENUM || field->type == FIELD_OBJECT ||
				  field->type == FIELD_BOOL || field->type == FIELD_TIME ||
				  field->max > field->min ||
				  (is_secret && field->max == field->min));
		}
	}
}

static const struct field_table *
params_of(const char *name)
{
	for (size_t i = 0; i < store_methods_count(); i++)
		if (!strcmp(store_methods_at(i)->name, name))
			return &store_methods_at(i)->params;
	return NULL;
}

static bool
takes(const char *name, const char *params)
{
	_cleanup_(json_decrefp) json_t *object = json_loads(params, 0, NULL);
	struct field_error error;

	return object && field_check_object(params_of(name), object, &error) == 0;
}

static void
test_parameters_are_taken_just_within_their_bounds(void)
{
	CU_ASSERT_TRUE(takes("door.command", "{\"door\":1,\"command\":\"grant\"}"));
	CU_ASSERT_TRUE(takes("door.command", "{\"door\":4,\"command\":\"lock\"}"));
	CU_ASSERT_FALSE(takes("door.command", "{\"door\":0,\"command\":\"grant\"}"));
	CU_ASSERT_FALSE(takes("door.command", "{\"door\":5,\"command\":\"grant\"}"));
	CU_ASSERT_FALSE(takes("door.command", "{\"door\":1,\"command\":\"open\"}"));
	CU_ASSERT_FALSE(takes("door.command", "{\"door\":1}"));
	CU_ASSERT_TRUE(takes("door.command", "{\"doors\":[1,4],\"command\":\"lockdown\"}"));
	CU_ASSERT_FALSE(takes("door.command", "{\"doors\":[1,5],\"command\":\"lockdown\"}"));
	CU_ASSERT_TRUE(takes("door.command", "{\"door\":1,\"command\":\"unlock\",\"seconds\":60}"));
	CU_ASSERT_FALSE(takes("door.command", "{\"door\":1,\"command\":\"unlock\",\"seconds\":0}"));
	CU_ASSERT_FALSE(takes("door.command", "{\"door\":1,\"command\":\"lock\",\"force\":true}"));
	CU_ASSERT_TRUE(takes("account.password", "{\"account\":\"a\",\"password\":\"12345678\"}"));
	CU_ASSERT_FALSE(takes("account.password", "{\"account\":\"a\",\"password\":\"1234567\"}"));
	CU_ASSERT_FALSE(takes("account.password", "{\"account\":\"\",\"password\":\"12345678\"}"));
	CU_ASSERT_FALSE(takes("account.create", "{\"account\":\"a\",\"password\":\"12345678\","
						"\"role\":\"none\"}"));
	CU_ASSERT_TRUE(takes("events.list", "{}"));
	CU_ASSERT_TRUE(takes("events.list", "{\"before\":9007199254740991,\"limit\":200}"));
	CU_ASSERT_FALSE(takes("events.list", "{\"limit\":201}"));
	CU_ASSERT_FALSE(takes("events.list", "{\"limit\":0}"));
	CU_ASSERT_TRUE(takes("events.list", "{\"after\":0,\"kind\":\"door.\",\"severity\":7,"
					    "\"category\":\"audit\",\"person\":2147483647}"));
	CU_ASSERT_FALSE(takes("events.list", "{\"severity\":8}"));
	CU_ASSERT_FALSE(takes("events.list", "{\"category\":\"all\"}"));
	CU_ASSERT_FALSE(takes("events.list", "{\"text\":\"\"}"));
	CU_ASSERT_FALSE(takes("follow", "{\"stream\":\"secrets\"}"));
	CU_ASSERT_FALSE(takes("follow", "{\"stream\":\"events\",\"window\":100001}"));
	CU_ASSERT_FALSE(takes("ack", "{\"name\":\"syslog.1\",\"seq\":-1}"));
	CU_ASSERT_FALSE(takes("settings.set", "{\"values\":[]}"));
	CU_ASSERT_TRUE(takes("access.explain",
			     "{\"point\":8,\"person\":1,\"at\":\"2031-01-01T00:00:00Z\"}"));
	CU_ASSERT_FALSE(takes("access.explain", "{\"point\":1,\"at\":\"tomorrow\"}"));
	/* Whoever could give one could try them all. */
	CU_ASSERT_FALSE(takes("access.explain", "{\"point\":1,\"pin\":\"1234\"}"));
}

/* A method that is new has to be put on one side: in store_gate.c, or here. */
static void
test_what_writes_to_the_configuration_is_kept_out_while_an_import_does(void)
{
	static const char *const passing[] = {
		"alarm.end",
		"answer",
		"ack",
		"board.console",
		"door.command",
		"fire.reset",
		"firmware.begin",
		"firmware.bundled",
		"firmware.chunk",
		"firmware.drop",
		"import.begin",
		"import.cancel",
		"import.chunk",
		"import.end",
		"keys.export",
		"module.install",
		"module.output",
		"module.upgrade",
		"module.upgrade_cancel",
		"output.command",
		"reader.accept",
		"reader.comset",
		"reader.install",
		"reader.install_cancel",
		"reader.line_test",
		"reader.line_test_stop",
		"reader.output",
		"reader.rotate",
		"reader.scan",
		"reader.scan_stop",
		"reader.text",
		"reader.upgrade",
		"reader.upgrade_cancel",
		"report",
		"syslog.test",
	};
	struct store store = { 0 };

	for (size_t i = 0; i < store_methods_count(); i++) {
		const struct store_method *method = store_methods_at(i);
		bool is_writing = method->is_mutating || method->role == ROLE_NONE;
		bool passes = !is_writing || !strcmp(method->name, "setup.status") ||
			      is_one_of(method->name, passing, ARRAY_LEN(passing));
		store.is_storing = false;
		CU_ASSERT(store_gate_allows(&store, method->name));
		store.is_storing = true;
		if (store_gate_allows(&store, method->name) != passes)
			(void) fprintf(stderr, "# %s\n", method->name);
		CU_ASSERT_EQUAL(store_gate_allows(&store, method->name), passes);
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_table_is_what_others_call),
		TAP(test_names_are_sorted_and_every_method_has_a_handler_and_a_word),
		TAP(test_every_method_that_is_not_known_to_read_is_marked_mutating),
		TAP(test_roles_are_least_where_nothing_changes_and_no_less_where_it_does),
		TAP(test_accounts_are_for_administrators_only),
		TAP(test_edges_follow_report_and_acknowledge_and_each_has_its_own),
		TAP(test_parameters_are_unique_and_passwords_are_secret),
		TAP(test_parameters_are_taken_just_within_their_bounds),
		TAP(test_what_writes_to_the_configuration_is_kept_out_while_an_import_does),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
