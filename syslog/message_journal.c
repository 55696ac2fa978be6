#include "syslog/message_journal.h"

#include "lib/util.h"
#include "syslog/json_scan.h"

#define SEVERITY_INFO	6
#define FACILITY_DAEMON 3

const struct message_fixed message_journal_fixed[] = {
	{ "unit", "_SYSTEMD_UNIT", "text", "The unit that logged it" },
	{ "userUnit", "_SYSTEMD_USER_UNIT", "text", "... or the user's unit" },
	{ "uid", "_UID", "number", "The user that its process ran as" },
	{ "transport", "_TRANSPORT", "text",
	  "How it came: `journal`, `stdout`, `syslog`, `kernel`" },
	{ "messageId", "MESSAGE_ID", "128 bits in hexadecimal", "Which kind of message it is" },
	{ "errno", "ERRNO", "number", "The error that it tells of" },
	{ "boot", "_BOOT_ID", "128 bits in hexadecimal", "The start of the machine" },
	{ "cursor", "", "text", "The entry's place in the journal: the same when it comes twice" },
};
const size_t message_journal_fixed_count = ARRAY_LEN(message_journal_fixed);

void
message_journal_begin(struct message *message)
{
	memset(message, 0, offsetof(struct message, params));
	for (size_t i = 0; i < message_journal_fixed_count; i++)
		message->params[i] = (struct message_param){
			.prefix = "",
			.name = slice_of(message_journal_fixed[i].name),
		};
	message->param_count = (unsigned) message_journal_fixed_count;
	message->is_cut = false;
	message->text = slice_of("");
	message->element = "cardeaJournal";
	message->category = EVENT_SYSTEM;
	message->severity = SEVERITY_INFO;
	message->has_facility = true;
	message->facility = FACILITY_DAEMON;
	message->app_name = slice_of("-");
	message->procid = slice_of("");
}

/* Those that are no parameters. */
static const char *const members[] = { "MESSAGE",	    "PRIORITY",	   "SYSLOG_FACILITY",
				       "SYSLOG_IDENTIFIER", "_COMM",	   "_PID",
				       "SYSLOG_PID",	    "SYSLOG_MSGID" };

static bool
is_parameter(const struct slice *name)
{
	for (size_t i = 0; i < message_journal_fixed_count; i++)
		if (name->size && slice_is(name, message_journal_fixed[i].member))
			return true;
	return false;
}

bool
message_journal_wants(const char *bytes, size_t size)
{
	const char *equals = memchr(bytes, '=', size);
	const struct slice name = { .bytes = bytes,
				    .size = equals ? (size_t) (equals - bytes) : 0 };

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (slice_is(&name, members[i]))
			return true;
	return is_parameter(&name);
}

static void
take_number(const struct slice *value, unsigned max, unsigned *to)
{
	uint64_t number;

	if (json_scan_number(value, &number) == 0 && number <= max)
		*to = (unsigned) number;
}

void
message_journal_take(struct message *message, const char *bytes, size_t size)
{
	const char *equals = memchr(bytes, '=', size);

	if (!equals)
		return;
	const struct slice name = { .bytes = bytes, .size = (size_t) (equals - bytes) };
	const struct slice value = { .bytes = equals + 1, .size = size - name.size - 1 };
	for (size_t i = 0; i < message_journal_fixed_count; i++)
		if (name.size && slice_is(&name, message_journal_fixed[i].member))
			message->params[i].value = value;
	if (slice_is(&name, "MESSAGE"))
		message->text = value;
	else if (slice_is(&name, "PRIORITY"))
		take_number(&value, 7, &message->severity);
	else if (slice_is(&name, "SYSLOG_FACILITY"))
		take_number(&value, 23, &message->facility);
	else if (slice_is(&name, "SYSLOG_IDENTIFIER"))
		message->app_name = value;
	else if (slice_is(&name, "_COMM") && slice_is(&message->app_name, "-"))
		message->app_name = value;
	else if (slice_is(&name, "_PID") ||
		 (slice_is(&name, "SYSLOG_PID") && !message->procid.size))
		message->procid = value;
	else if (slice_is(&name, "SYSLOG_MSGID"))
		message->msgid = value;
	else if (slice_is(&name, "_BOOT_ID"))
		message->boot = value;
}
