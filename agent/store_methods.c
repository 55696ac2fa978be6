#include "agent/store_methods.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "agent/store_accounts.h"
#include "agent/store_alarms_method.h"
#include "agent/store_certificates.h"
#include "agent/store_door.h"
#include "agent/store_edge.h"
#include "agent/store_events.h"
#include "agent/store_explain.h"
#include "agent/store_factory.h"
#include "agent/store_firmware.h"
#include "agent/store_follow.h"
#include "agent/store_gate.h"
#include "agent/store_import.h"
#include "agent/store_inventory.h"
#include "agent/store_keys.h"
#include "agent/store_log_test.h"
#include "agent/store_module.h"
#include "agent/store_objects.h"
#include "agent/store_presence.h"
#include "agent/store_preview.h"
#include "agent/store_readers.h"
#include "agent/store_settings.h"
#include "agent/store_snmp.h"
#include "agent/store_special_days.h"
#include "agent/store_status.h"
#include "lib/door_command.h"
#include "lib/json.h"
#include "lib/model_fields.h"
#include "lib/util.h"

static void list_methods(struct store *store, struct rpc_request *request,
			 const struct caller *caller);

static void
follow(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	store_follow(store, request, caller);
}

/* An edge may move its own cursors only: those that begin with its name. */
static void
ack(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const char *name = json_string_or(request->params, "name", "");
	const char *edge = edge_name(caller->edge);

	if (caller->edge && strncmp(name, edge, strlen(edge)))
		rpc_fail_field(request, RPC_FORBIDDEN, "name", "this cursor is not yours");
	else
		store_ack(store, request);
}

static const char *const streams[] = { "events", "state", NULL };
static const char *const output_commands[] = { "activate", "deactivate", "pulse", "toggle", NULL };
static const char *const categories[] = { "access", "audit", "system", NULL };
static const char *const removals[] = { "credentials", NULL };
static const char *const import_formats[] = { "csv", "jsonl", NULL };
static const char *const import_modes[] = { "create", "upsert", NULL };
static const char *const roles[] = { "viewer", "operator", "administrator", NULL };

#define PARAMS(...)                                                                          \
	{                                                                                    \
		(const struct field[]){ __VA_ARGS__ },                                       \
			sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field) \
	}
#define TEXT(n, least, most, f)                                                        \
	{                                                                              \
		.name = n, .type = FIELD_STRING, .min = least, .max = most, .flags = f \
	}
#define LINES(n, least, most, f)                                                     \
	{                                                                            \
		.name = n, .type = FIELD_TEXT, .min = least, .max = most, .flags = f \
	}
#define NUMBER(n, least, most, f)                                                       \
	{                                                                               \
		.name = n, .type = FIELD_INTEGER, .min = least, .max = most, .flags = f \
	}
#define NUMBERS(n, most, f)                                               \
	{                                                                 \
		.name = n, .type = FIELD_NUMBERS, .max = most, .flags = f \
	}
#define FLAG(n, f)                                        \
	{                                                 \
		.name = n, .type = FIELD_BOOL, .flags = f \
	}
#define CHOICE(n, c, f)                                                 \
	{                                                               \
		.name = n, .type = FIELD_ENUM, .choices = c, .flags = f \
	}
#define OBJECT(n, f)                                        \
	{                                                   \
		.name = n, .type = FIELD_OBJECT, .flags = f \
	}
#define INSTANT(n)                            \
	{                                     \
		.name = n, .type = FIELD_TIME \
	}
#define ACCOUNT	     TEXT("account", 1, 64, FIELD_REQUIRED)
#define PASSWORD     TEXT("password", 8, 128, FIELD_REQUIRED | FIELD_SECRET)
#define OBJECT_ID(n) NUMBER(n, 1, INT32_MAX, 0)
#define READER	     NUMBER("reader", 1, READERS, FIELD_REQUIRED)
#define SPEED	     NUMBER("baud", 9600, 230400, 0)
#define JOB	     NUMBER("job", 1, JSON_INTEGER_MAX, FIELD_REQUIRED)
#define MODULE	     NUMBER("module", 1, MODULES, FIELD_REQUIRED)
#define EVERY_EDGE   (EDGE_WWW | EDGE_SNMP | EDGE_SYSLOG)

static const struct store_method methods[] = {
	{ "access.explain", ROLE_ADMINISTRATOR, 0, false, "what would be decided, and why",
	  store_access_explain,
	  PARAMS(NUMBER("point", 1, READERS, FIELD_REQUIRED), OBJECT_ID("person"),
		 OBJECT_ID("credential"), TEXT("format", 1, 32, 0),
		 NUMBER("facility", 0, UINT32_MAX, 0), NUMBER("card", 0, JSON_INTEGER_MAX, 0),
		 OBJECT_ID("companion"), INSTANT("at")) },
	{ "account.create", ROLE_ADMINISTRATOR, 0, true, "make an account", store_account_create,
	  PARAMS(ACCOUNT, PASSWORD, CHOICE("role", roles, FIELD_REQUIRED)) },
	{ "account.list", ROLE_ADMINISTRATOR, 0, false, "all accounts", store_account_list },
	{ "account.password", ROLE_ADMINISTRATOR, 0, true, "set an account's password",
	  store_account_password, PARAMS(ACCOUNT, PASSWORD) },
	{ "account.remove", ROLE_ADMINISTRATOR, 0, true, "remove an account", store_account_remove,
	  PARAMS(ACCOUNT) },
	{ "ack", ROLE_ADMINISTRATOR, EVERY_EDGE, true, "move a follower's cursor", ack,
	  PARAMS(TEXT("name", 1, 63, FIELD_REQUIRED),
		 NUMBER("seq", 0, JSON_INTEGER_MAX, FIELD_REQUIRED)) },
	{ "alarm.end", ROLE_OPERATOR, 0, true, "end an alarm that nothing clears", store_alarm_end,
	  PARAMS(NUMBER("alarm", 1, JSON_INTEGER_MAX, FIELD_REQUIRED)) },
	{ "alarm.list", ROLE_VIEWER, 0, false, "the alarms that stand, by id", store_alarm_list,
	  PARAMS(NUMBER("after", 0, JSON_INTEGER_MAX, 0), NUMBER("limit", 1, 50, 0)) },
	{ "answer", ROLE_ADMINISTRATOR, EVERY_EDGE, true, "an edge's answer to a call of the store",
	  store_edge_answer,
	  PARAMS(NUMBER("id", 1, JSON_INTEGER_MAX, FIELD_REQUIRED), OBJECT("result", 0),
		 TEXT("error", 1, 400, 0)) },
	{ "board.console", ROLE_OPERATOR, 0, true, "ask the board's own console",
	  store_board_console, PARAMS(OBJECT("request", FIELD_REQUIRED)) },
	{ "certificate.material", ROLE_ADMINISTRATOR, EDGE_SYSLOG, false,
	  "a certificate with its key, for the forwarder", store_certificate_material,
	  PARAMS(NUMBER("id", 1, CERTIFICATES, FIELD_REQUIRED)) },
	{ "door.command", ROLE_OPERATOR, EDGE_SNMP, true, "command a door, or doors",
	  store_door_command,
	  PARAMS(NUMBER("door", 1, DOORS, 0), NUMBERS("doors", DOORS, 0),
		 CHOICE("command", door_command_names, FIELD_REQUIRED),
		 NUMBER("seconds", 1, DOOR_UNLOCK_S_MAX, 0)) },
	{ "events.list", ROLE_VIEWER, 0, false, "events, newest first or behind one",
	  store_events_list,
	  PARAMS(NUMBER("after", 0, JSON_INTEGER_MAX, 0), NUMBER("before", 1, JSON_INTEGER_MAX, 0),
		 NUMBER("limit", 1, 200, 0), NUMBER("from_us", 0, JSON_INTEGER_MAX, 0),
		 NUMBER("to_us", 0, JSON_INTEGER_MAX, 0), TEXT("kind", 1, 64, 0),
		 NUMBER("severity", 0, 7, 0), CHOICE("category", categories, 0), OBJECT_ID("door"),
		 OBJECT_ID("reader"), OBJECT_ID("person"), OBJECT_ID("credential"),
		 TEXT("actor", 1, 96, 0), TEXT("text", 1, 256, 0)) },
	{ "factory.default", ROLE_ADMINISTRATOR, 0, true,
	  "remove settings, accounts, objects and keys", store_factory_method },
	{ "fire.reset", ROLE_OPERATOR, EDGE_SNMP, true,
	  "end a fire alarm whose input is normal again", store_door_forward },
	{ "firmware.begin", ROLE_ADMINISTRATOR, 0, true, "begin to hand over a reader's firmware",
	  store_door_forward,
	  PARAMS(TEXT("name", 1, 64, FIELD_REQUIRED),
		 NUMBER("size", 1, 4 * 1024 * 1024, FIELD_REQUIRED)) },
	{ "firmware.bundled", ROLE_ADMINISTRATOR, 0, true,
	  "take firmware that came with the controller", store_firmware_bundled,
	  PARAMS(TEXT("name", 1, 64, FIELD_REQUIRED)) },
	{ "firmware.chunk", ROLE_ADMINISTRATOR, 0, true, "the next piece of it, in hex",
	  store_door_pass,
	  PARAMS(NUMBER("offset", 0, 4 * 1024 * 1024, FIELD_REQUIRED),
		 TEXT("data", 2, 60000, FIELD_REQUIRED)) },
	{ "firmware.drop", ROLE_ADMINISTRATOR, 0, true, "forget it", store_door_forward },
	{ "firmware.list", ROLE_VIEWER, 0, false, "firmware that came with the controller",
	  store_firmware_list },
	{ "follow", ROLE_VIEWER, EVERY_EDGE, false, "stream events or the live state", follow,
	  PARAMS(CHOICE("stream", streams, FIELD_REQUIRED), TEXT("name", 0, 63, 0),
		 NUMBER("after", 0, JSON_INTEGER_MAX, 0), NUMBER("window", 1, 100000, 0),
		 NUMBER("last", 0, 10000, 0)) },
	{ "import.begin", ROLE_ADMINISTRATOR, 0, true, "begin an import of objects",
	  store_import_begin,
	  PARAMS(TEXT("kind", 1, 32, FIELD_REQUIRED), CHOICE("format", import_formats, 0),
		 CHOICE("mode", import_modes, 0), FLAG("dry_run", 0)) },
	{ "import.cancel", ROLE_ADMINISTRATOR, 0, true, "end it, nothing is stored",
	  store_import_cancel, PARAMS(JOB) },
	{ "import.chunk", ROLE_ADMINISTRATOR, 0, true, "the next piece of the file, in base64",
	  store_import_chunk, PARAMS(JOB, TEXT("data", 4, 60000, FIELD_REQUIRED | FIELD_SECRET)) },
	{ "import.end", ROLE_ADMINISTRATOR, 0, true, "the file is whole: store it",
	  store_import_end, PARAMS(JOB) },
	{ "import.status", ROLE_ADMINISTRATOR, 0, false, "how far an import has come",
	  store_import_status, PARAMS(JOB) },
	{ "input.history", ROLE_VIEWER, 0, false, "how an input's resistors have aged",
	  store_door_forward,
	  PARAMS(NUMBER("input", 1, INPUTS, FIELD_REQUIRED),
		 NUMBER("seconds", 60, 366 * 86400, 0)) },
	{ "inventory", ROLE_VIEWER, 0, false, "everything that the controller has",
	  store_inventory },
	{ "keys.export", ROLE_ADMINISTRATOR, 0, true, "all readers' keys under a password",
	  store_keys_export_method, PARAMS(PASSWORD) },
	{ "keys.import", ROLE_ADMINISTRATOR, 0, true, "take readers' keys from an export",
	  store_keys_import_method,
	  PARAMS(TEXT("password", 1, 128, FIELD_REQUIRED | FIELD_SECRET),
		 TEXT("data", 2, 8192, FIELD_REQUIRED | FIELD_SECRET), FLAG("replace", 0)) },
	{ "log.key", ROLE_VIEWER, 0, false, "the public key that the log is signed with",
	  store_log_key_method },
	{ "methods", ROLE_VIEWER, 0, false, "this table", list_methods },
	{ "module.install", ROLE_ADMINISTRATOR, 0, true, "let a new module be paired",
	  store_door_forward, PARAMS(MODULE, FLAG("cancel", 0)) },
	{ "module.key_export", ROLE_ADMINISTRATOR, 0, true, "the modules' host key, once",
	  store_module_key_export },
	{ "module.key_generate", ROLE_ADMINISTRATOR, 0, true, "make the modules' host key",
	  store_module_key_generate, PARAMS(FLAG("replace", 0)) },
	{ "module.key_set", ROLE_ADMINISTRATOR, 0, true, "enter the modules' host key",
	  store_module_key_set,
	  PARAMS(TEXT("key", 32, 32, FIELD_REQUIRED | FIELD_SECRET), FLAG("replace", 0)) },
	{ "module.output", ROLE_OPERATOR, EDGE_SNMP, true, "switch an output of a module",
	  store_door_forward,
	  PARAMS(MODULE, NUMBER("output", 1, MODULE_POINTS, FIELD_REQUIRED),
		 CHOICE("command", output_commands, FIELD_REQUIRED),
		 NUMBER("seconds", 0, 3600, 0)) },
	{ "module.upgrade", ROLE_ADMINISTRATOR, 0, true, "give a module the firmware",
	  store_door_forward, PARAMS(MODULE) },
	{ "module.upgrade_cancel", ROLE_ADMINISTRATOR, 0, true, "stop giving it",
	  store_door_forward, PARAMS(MODULE) },
	{ "object.change", ROLE_ADMINISTRATOR, 0, true, "change fields of an object",
	  store_object_change,
	  PARAMS(TEXT("kind", 1, 32, FIELD_REQUIRED), NUMBER("id", 1, INT32_MAX, FIELD_REQUIRED),
		 OBJECT("object", FIELD_REQUIRED)) },
	{ "object.create", ROLE_ADMINISTRATOR, 0, true, "make an object", store_object_create,
	  PARAMS(TEXT("kind", 1, 32, FIELD_REQUIRED), OBJECT("object", FIELD_REQUIRED)) },
	{ "object.get", ROLE_VIEWER, 0, false, "one object", store_object_get,
	  PARAMS(TEXT("kind", 1, 32, FIELD_REQUIRED), NUMBER("id", 1, INT32_MAX, FIELD_REQUIRED)) },
	{ "object.list", ROLE_VIEWER, 0, false, "objects of a kind, by id", store_object_list,
	  PARAMS(TEXT("kind", 1, 32, FIELD_REQUIRED), NUMBER("after", 0, INT32_MAX, 0),
		 NUMBER("limit", 1, 200, 0), TEXT("search", 1, 64, 0), OBJECT("filter", 0)) },
	{ "object.remove", ROLE_ADMINISTRATOR, 0, true, "remove an object", store_object_remove,
	  PARAMS(TEXT("kind", 1, 32, FIELD_REQUIRED), NUMBER("id", 1, INT32_MAX, FIELD_REQUIRED),
		 CHOICE("with", removals, 0)) },
	{ "output.command", ROLE_OPERATOR, EDGE_SNMP, true, "switch a relay or output",
	  store_door_forward,
	  PARAMS(NUMBER("output", 1, OUTPUTS, FIELD_REQUIRED),
		 CHOICE("command", output_commands, FIELD_REQUIRED),
		 NUMBER("seconds", 0, 3600, 0)) },
	{ "power.history", ROLE_VIEWER, 0, false, "what a branch took, or the temperature",
	  store_door_forward,
	  PARAMS(TEXT("what", 1, 32, FIELD_REQUIRED), NUMBER("seconds", 60, 366 * 86400, 0)) },
	{ "presence.forget", ROLE_OPERATOR, 0, true, "forget where a person is, or all of them",
	  store_presence_forget, PARAMS(NUMBER("person", 1, INT32_MAX, 0)) },
	{ "presence.list", ROLE_VIEWER, 0, false, "who is in which area", store_presence_list,
	  PARAMS(NUMBER("area", 0, AREAS, 0), NUMBER("after", 0, INT32_MAX, 0),
		 NUMBER("limit", 1, 500, 0)) },
	{ "reader.accept", ROLE_ADMINISTRATOR, 0, true, "a reader's replaced device is right",
	  store_door_forward, PARAMS(READER) },
	{ "reader.adopt", ROLE_ADMINISTRATOR, 0, true, "the device at this address is this reader",
	  store_reader_adopt, PARAMS(READER, NUMBER("address", 0, 126, FIELD_REQUIRED), SPEED) },
	{ "reader.comset", ROLE_ADMINISTRATOR, 0, true, "tell a reader its new address or speed",
	  store_door_forward, PARAMS(READER, NUMBER("address", 0, 126, 0), SPEED) },
	{ "reader.diagnostics", ROLE_VIEWER, 0, false, "everything that is counted of a reader",
	  store_door_forward, PARAMS(READER) },
	{ "reader.install", ROLE_ADMINISTRATOR, 0, true, "open a reader's install window",
	  store_door_forward,
	  PARAMS(READER, FLAG("replacement", 0), TEXT("key", 32, 32, FIELD_SECRET)) },
	{ "reader.install_cancel", ROLE_ADMINISTRATOR, 0, true, "close a reader's install window",
	  store_door_forward, PARAMS(READER) },
	{ "reader.line_test", ROLE_ADMINISTRATOR, 0, true,
	  "count what is lost on a reader's line at each speed", store_door_forward,
	  PARAMS(READER, NUMBER("exchanges", 10, 10000, 0)) },
	{ "reader.line_test_stop", ROLE_ADMINISTRATOR, 0, true, "end the test of a reader's line",
	  store_door_forward, PARAMS(READER) },
	{ "reader.output", ROLE_OPERATOR, 0, true, "switch an output of a reader",
	  store_door_forward,
	  PARAMS(READER, NUMBER("output", 1, 32, FIELD_REQUIRED), FLAG("on", FIELD_REQUIRED),
		 NUMBER("ms", 0, 6553500, 0)) },
	{ "reader.rotate", ROLE_ADMINISTRATOR, 0, true, "give a reader a new key",
	  store_door_forward, PARAMS(READER, TEXT("key", 32, 32, FIELD_SECRET)) },
	{ "reader.scan", ROLE_ADMINISTRATOR, 0, true, "search a reader bus", store_door_forward,
	  PARAMS(NUMBER("bus", 1, 8, FIELD_REQUIRED), NUMBER("last_address", 0, 126, 0),
		 FLAG("single", 0)) },
	{ "reader.scan_stop", ROLE_ADMINISTRATOR, 0, true, "end the search of a reader bus",
	  store_door_forward, PARAMS(NUMBER("bus", 1, 8, FIELD_REQUIRED)) },
	{ "reader.text", ROLE_OPERATOR, 0, true, "show a text on a reader's display",
	  store_door_forward,
	  PARAMS(READER, TEXT("text", 0, 128, FIELD_REQUIRED), NUMBER("seconds", 0, 255, 0)) },
	{ "reader.trace", ROLE_ADMINISTRATOR, 0, false, "what was said on a reader's line",
	  store_door_forward,
	  PARAMS(READER, NUMBER("after", 0, JSON_INTEGER_MAX, 0), FLAG("new", 0)) },
	{ "reader.upgrade", ROLE_ADMINISTRATOR, 0, true, "give a reader the firmware",
	  store_door_forward, PARAMS(READER) },
	{ "reader.upgrade_cancel", ROLE_ADMINISTRATOR, 0, true, "stop giving it",
	  store_door_forward, PARAMS(READER) },
	{ "report", ROLE_ADMINISTRATOR, EVERY_EDGE, true, "an edge's own state and events",
	  store_report,
	  PARAMS(TEXT("key", 1, 32, 0), OBJECT("value", 0), TEXT("event", 1, 32, 0),
		 OBJECT("data", 0)) },
	{ "schedule.preview", ROLE_VIEWER, 0, false, "when a schedule is next active",
	  store_schedule_preview,
	  PARAMS(NUMBER("id", 1, SCHEDULES, FIELD_REQUIRED), TEXT("from", 1, 10, 0),
		 NUMBER("days", 1, 400, 0)) },
	{ "schema", ROLE_VIEWER, 0, false, "settings and objects as JSON Schema", store_schema },
	{ "session.check", ROLE_VIEWER, 0, false, "who this session is", store_session_check },
	{ "session.login", ROLE_NONE, 0, false, "begin a session", store_login,
	  PARAMS(ACCOUNT, TEXT("password", 1, 128, FIELD_REQUIRED | FIELD_SECRET)) },
	{ "session.logout", ROLE_VIEWER, 0, true, "end this session", store_logout },
	{ "settings.get", ROLE_VIEWER, 0, false, "settings", store_settings_get,
	  PARAMS(TEXT("name", 1, 64, 0)) },
	{ "settings.set", ROLE_OPERATOR, 0, true, "change settings, all or none",
	  store_settings_set, PARAMS(OBJECT("values", FIELD_REQUIRED)) },
	{ "setup.create", ROLE_NONE, 0, false, "make the first administrator", store_setup_create,
	  PARAMS(ACCOUNT, PASSWORD) },
	{ "setup.status", ROLE_NONE, 0, false, "whether there is an administrator",
	  store_setup_status },
	{ "snapshot", ROLE_VIEWER, EVERY_EDGE, false, "the live state", store_snapshot },
	{ "snmp.config", ROLE_ADMINISTRATOR, EDGE_SNMP, false, "how snmpd is to be configured",
	  store_snmp_config },
	{ "special_days.import", ROLE_ADMINISTRATOR, 0, true,
	  "take the holidays of an iCalendar file", store_special_days_import,
	  PARAMS(NUMBER("group", 1, SPECIAL_DAYS, 0), TEXT("name", 1, 64, 0),
		 LINES("text", 0, 48 * 1024, FIELD_REQUIRED), NUMBER("offset", 0, 512 * 1024, 0),
		 FLAG("more", 0)) },
	{ "status", ROLE_VIEWER, 0, false, "version, log and followers", store_status },
	{ "syslog.test", ROLE_ADMINISTRATOR, 0, true, "send a test message to log servers",
	  store_log_test,
	  PARAMS({ .name = "servers",
		   .type = FIELD_LIST,
		   .max = LOG_SERVERS,
		   .items = &model_log_server.fields }) },
	{ "threat.set", ROLE_OPERATOR, EDGE_SNMP, true, "set the threat level of the site",
	  store_settings_set_threat, PARAMS(NUMBER("level", 0, THREATS, FIELD_REQUIRED)) },
};

size_t
store_methods_count(void)
{
	return ARRAY_LEN(methods);
}

const struct store_method *
store_methods_at(size_t index)
{
	return index < ARRAY_LEN(methods) ? &methods[index] : NULL;
}

const struct store_method *
store_methods_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (!strcmp(methods[i].name, name))
			return &methods[i];
	return NULL;
}

static void
list_methods(struct store *store UNUSED, struct rpc_request *request,
	     const struct caller *caller UNUSED)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		json_t *names = json_array();
		for (size_t k = 0; k < methods[i].params.count; k++)
			(void) json_array_append_new(names,
						     json_string(methods[i].params.fields[k].name));
		(void) json_array_append_new(list,
					     json_pack("{ss,ss,ss,so}", "method", methods[i].name,
						       "role", role_name(methods[i].role), "doc",
						       methods[i].doc, "params", names));
	}
	rpc_reply(request, json_pack("{so}", "methods", list));
}

static void
audit_refusal(struct store *store, const struct rpc_request *request, const struct caller *caller,
	      const char *reason)
{
	store_log_add(store->log, EV_REFUSED, "system", caller->actor, reason,
		      json_pack("{ss,ss}", "method", request->method, "address", caller->address));
}

/* Returns false when the request was refused. Strangers are told so and are not logged. */
static bool
may_call(struct store *store, const struct store_method *method, struct rpc_request *request,
	 const struct caller *caller)
{
	if (method->edges & caller->edge && !*request->session)
		return true;
	if (caller->role < method->role) {
		if (caller->role == ROLE_NONE) {
			rpc_fail(request, RPC_UNAUTHENTICATED, "log in first");
			return false;
		}
		audit_refusal(store, request, caller, "role");
		rpc_fail(request, RPC_FORBIDDEN, "this needs the role %s", role_name(method->role));
		return false;
	}
	if (!method->is_mutating || !caller->csrf)
		return true;
	if (strlen(request->csrf) == strlen(caller->csrf) &&
	    !CRYPTO_memcmp(request->csrf, caller->csrf, strlen(caller->csrf)))
		return true;
	audit_refusal(store, request, caller, "csrf");
	rpc_fail(request, RPC_FORBIDDEN, "the CSRF token is missing or wrong");
	return false;
}

/* A page checks its session and watches the board's console by itself. */
static bool
is_background(const struct store_method *method)
{
	return method->handle == store_session_check || method->handle == store_board_console;
}

void
store_dispatch(struct rpc_request *request, void *context)
{
	struct store *store = context;
	const struct store_method *method = store_methods_find(request->method);
	struct field_error error;
	struct caller caller;

	if (!method) {
		rpc_fail(request, RPC_UNKNOWN_METHOD, "there is no method of this name");
		return;
	}
	store_auth_identify(store, request, !is_background(method), &caller);
	if (!may_call(store, method, request, &caller))
		return;
	if (store_auth_take_requester(request, &caller, &error.field) < 0)
		rpc_fail_field(request, RPC_BAD_PARAMS, error.field, "one line of text");
	else if (field_check_object(&method->params, request->params, &error) < 0)
		rpc_fail_field(request, RPC_BAD_PARAMS, error.field, "%s", error.message);
	else if (!store_gate_allows(store, method->name))
		rpc_fail(request, RPC_UNAVAILABLE,
			 "an import is being stored: try again in a moment");
	else
		method->handle(store, request, &caller);
}
