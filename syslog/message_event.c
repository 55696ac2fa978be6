#include "syslog/message.h"

#include <errno.h>

#include "lib/util.h"
#include "syslog/json_scan.h"

/* The parameters that have a name of their own, in their order; data come behind them. */
enum fixed { SEQ, KIND, CATEGORY, SOURCE, ACTOR, REASON, BOOT, MONO_US, HASH, FIXED };

const struct message_fixed message_fixed[] = {
	[SEQ] = { "seq", "seq", "number", "The event's number in the log: 1, 2, 3 and so on" },
	[KIND] = { "kind", "kind", "text", "What happened, as in the table below" },
	[CATEGORY] = { "category", "category", "`access`, `audit` or `system`",
		       "Which log it is of" },
	[SOURCE] = { "source", "source", "text",
		     "What it is about: `door.1`, `reader.3`, `system`" },
	[ACTOR] = { "actor", "actor", "text",
		    "Who did it: `account:admin`, `card:h10301:118:1603`, `schedule:2`" },
	[REASON] = { "reason", "reason", "text", "Why" },
	[BOOT] = { "boot", "boot", "UUID", "The start of the machine at which it happened" },
	[MONO_US] = { "monoUs", "mono_us", "number",
		      "Microseconds since that start: order and distance of events whatever the "
		      "clock did" },
	[HASH] = { "hash", "", "64 hexadecimal digits", "The event's link in the log's chain" },
};
const size_t message_fixed_count = ARRAY_LEN(message_fixed);

static void
add(struct message *message, const char *prefix, const struct slice *name,
    const struct slice *value)
{
	if (message->param_count == MESSAGE_PARAMS) {
		message->is_cut = true;
		return;
	}
	message->params[message->param_count++] = (struct message_param){ prefix, *name, *value };
}

void
message_add(struct message *message, const char *prefix, const struct slice *name,
	    const struct slice *value)
{
	add(message, prefix, name, value);
}

static bool
is_fixed_name(const struct slice *name)
{
	for (unsigned i = 0; i < FIXED; i++)
		if (slice_is(name, message_fixed[i].name))
			return true;
	return slice_is(name, "cut");
}

static int
read_data(const struct slice *object, struct message *message)
{
	struct json_scan scan = { object->bytes, object->bytes + object->size };
	struct slice name;
	struct slice value;
	int r;

	if (json_scan_enter(&scan) < 0)
		return -EBADMSG;
	while ((r = json_scan_member(&scan, &name, &value)) > 0) {
		/* null is what a parameter that is not there says as well. */
		if (!value.is_json && slice_is(&value, "null"))
			continue;
		add(message, is_fixed_name(&name) ? "data." : "", &name, &value);
	}
	return r;
}

static void
read_category(const struct slice *value, struct message *message)
{
	message->category = EVENT_SYSTEM;
	for (unsigned i = 0; i < MESSAGE_CATEGORIES; i++)
		if (slice_is(value, events_category_name((enum event_category) i)))
			message->category = (enum event_category) i;
}

/* Those members of an event that are no parameters, or more than that. */
static int
take_member(const struct slice *name, const struct slice *value, struct message *message)
{
	uint64_t number;
	bool is_number = json_scan_number(value, &number) == 0;

	if (slice_is(name, "data"))
		return read_data(value, message);
	if (slice_is(name, "text"))
		message->text = *value;
	else if (slice_is(name, "synced"))
		message->is_synced = slice_is(value, "true");
	else if (slice_is(name, "category"))
		read_category(value, message);
	else if (slice_is(name, "source"))
		message->source = *value;
	else if (slice_is(name, "boot"))
		message->boot = *value;
	else if (!is_number)
		return 0;
	else if (slice_is(name, "seq"))
		message->seq = number;
	else if (slice_is(name, "severity"))
		message->severity = number > 7 ? 7 : (unsigned) number;
	else if (slice_is(name, "number"))
		message->row = events_find((int64_t) number);
	else if (slice_is(name, "time_us"))
		message->has_time = true, message->time_us = number;
	else if (slice_is(name, "mono_us"))
		message->has_uptime = true, message->uptime_us = number;
	return 0;
}

static int
read_event(const struct slice *object, struct message *message)
{
	struct json_scan scan = { object->bytes, object->bytes + object->size };
	struct slice name;
	struct slice value;
	int r;

	if (json_scan_enter(&scan) < 0)
		return -EBADMSG;
	while ((r = json_scan_member(&scan, &name, &value)) > 0) {
		for (unsigned i = 0; i < HASH; i++)
			if (slice_is(&name, message_fixed[i].member))
				message->params[i].value = value;
		if (take_member(&name, &value, message) < 0)
			return -EBADMSG;
	}
	return r;
}

static void
begin(struct message *message)
{
	/* Not all of it: it is large, and most is not used. */
	memset(message, 0, offsetof(struct message, params));
	for (unsigned i = 0; i < FIXED; i++)
		message->params[i] = (struct message_param){
			.prefix = "",
			.name = slice_of(message_fixed[i].name),
		};
	message->param_count = FIXED;
	message->is_cut = message->has_facility = false;
	message->facility = 0;
	message->text = (struct slice){ "", 0, false };
	message->element = "cardeaEvent";
	message->severity = 7;
	message->category = EVENT_SYSTEM;
}

int
message_read_event(const char *line, size_t size, struct message *ret)
{
	struct json_scan scan = { line, line + size };
	struct slice name;
	struct slice value;
	bool is_event = false;
	int r;

	begin(ret);
	if (json_scan_enter(&scan) < 0)
		return -EBADMSG;
	while ((r = json_scan_member(&scan, &name, &value)) > 0) {
		if (slice_is(&name, "hash") && value.size)
			ret->params[HASH].value = value;
		if (!slice_is(&name, "event"))
			continue;
		is_event = true;
		if (read_event(&value, ret) < 0)
			return -EBADMSG;
	}
	if (r < 0 || !is_event || scan.at != scan.end)
		return -EBADMSG;
	if (ret->row)
		ret->msgid = slice_of(ret->row->msgid);
	return 0;
}
