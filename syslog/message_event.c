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

/* Members of an event, and names of parameters, found by their size first. */
enum word {
	WORD_SEQ,
	WORD_KIND,
	WORD_CATEGORY,
	WORD_SOURCE,
	WORD_ACTOR,
	WORD_REASON,
	WORD_BOOT,
	WORD_MONO_US,
	WORD_HASH,
	WORD_CUT,
	WORD_MONO,
	WORD_DATA,
	WORD_TEXT,
	WORD_SYNCED,
	WORD_SEVERITY,
	WORD_NUMBER,
	WORD_TIME_US,
	WORDS
};

#define WORD(text)                     \
	{                              \
		text, sizeof(text) - 1 \
	}
static const struct {
	const char *bytes;
	size_t size;
} words[WORDS] = {
	[WORD_SEQ] = WORD("seq"),	    [WORD_KIND] = WORD("kind"),
	[WORD_CATEGORY] = WORD("category"), [WORD_SOURCE] = WORD("source"),
	[WORD_ACTOR] = WORD("actor"),	    [WORD_REASON] = WORD("reason"),
	[WORD_BOOT] = WORD("boot"),	    [WORD_MONO_US] = WORD("mono_us"),
	[WORD_HASH] = WORD("hash"),	    [WORD_CUT] = WORD("cut"),
	[WORD_MONO] = WORD("monoUs"),	    [WORD_DATA] = WORD("data"),
	[WORD_TEXT] = WORD("text"),	    [WORD_SYNCED] = WORD("synced"),
	[WORD_SEVERITY] = WORD("severity"), [WORD_NUMBER] = WORD("number"),
	[WORD_TIME_US] = WORD("time_us"),
};

static enum word
find_word(const struct slice *name)
{
	for (unsigned i = 0; i < WORDS; i++)
		if (words[i].size == name->size && !memcmp(words[i].bytes, name->bytes, name->size))
			return (enum word) i;
	return WORDS;
}

/* Names that parameters of the event itself have. */
static bool
is_fixed_name(const struct slice *name)
{
	enum word word = find_word(name);

	return word <= WORD_MONO && word != WORD_MONO_US;
}

static int
read_data(struct json_scan *scan, struct message *message)
{
	struct slice name;
	struct slice value;
	int r;

	if (json_scan_enter(scan) < 0)
		return -EBADMSG;
	while ((r = json_scan_member(scan, &name, &value)) > 0) {
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

static void
take_number(enum word word, uint64_t number, struct message *message)
{
	switch (word) {
	case WORD_SEQ:
		message->seq = number;
		break;
	case WORD_SEVERITY:
		message->severity = number > 7 ? 7 : (unsigned) number;
		break;
	case WORD_NUMBER:
		message->row = events_find((int64_t) number);
		break;
	case WORD_TIME_US:
		message->has_time = true;
		message->time_us = number;
		break;
	case WORD_MONO_US:
		message->has_uptime = true;
		message->uptime_us = number;
		break;
	default:
		break;
	}
}

static void
take_member(enum word word, const struct slice *value, struct message *message)
{
	uint64_t number;

	if (word < WORD_HASH)
		message->params[word].value = *value;
	switch (word) {
	case WORD_TEXT:
		message->text = *value;
		break;
	case WORD_SYNCED:
		message->is_synced = slice_is(value, "true");
		break;
	case WORD_CATEGORY:
		read_category(value, message);
		break;
	case WORD_SOURCE:
		message->source = *value;
		break;
	case WORD_BOOT:
		message->boot = *value;
		break;
	default:
		if (json_scan_number(value, &number) == 0)
			take_number(word, number, message);
		break;
	}
}

static int
read_event(struct json_scan *scan, struct message *message)
{
	struct slice name;
	struct slice value;
	int r;

	if (json_scan_enter(scan) < 0)
		return -EBADMSG;
	while ((r = json_scan_name(scan, &name)) > 0) {
		enum word word = find_word(&name);
		r = word == WORD_DATA ? read_data(scan, message) : json_scan_value(scan, &value);
		if (r < 0)
			return r;
		if (word < WORDS && word != WORD_DATA)
			take_member(word, &value, message);
	}
	return r;
}

static void
begin(struct message *message)
{
	static const struct message_param fixed[FIXED] = {
		[SEQ] = { "", { "seq", 3, false }, { 0 } },
		[KIND] = { "", { "kind", 4, false }, { 0 } },
		[CATEGORY] = { "", { "category", 8, false }, { 0 } },
		[SOURCE] = { "", { "source", 6, false }, { 0 } },
		[ACTOR] = { "", { "actor", 5, false }, { 0 } },
		[REASON] = { "", { "reason", 6, false }, { 0 } },
		[BOOT] = { "", { "boot", 4, false }, { 0 } },
		[MONO_US] = { "", { "monoUs", 6, false }, { 0 } },
		[HASH] = { "", { "hash", 4, false }, { 0 } },
	};

	/* Not all of it: it is large, and most is not used. */
	memset(message, 0, offsetof(struct message, params));
	memcpy(message->params, fixed, sizeof(fixed));
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
	while ((r = json_scan_name(&scan, &name)) > 0) {
		is_event |= slice_is(&name, "event");
		r = slice_is(&name, "event") ? read_event(&scan, ret)
					     : json_scan_value(&scan, &value);
		if (r < 0)
			return r;
		if (slice_is(&name, "hash") && value.size)
			ret->params[HASH].value = value;
	}
	if (r < 0 || !is_event || scan.at != scan.end)
		return -EBADMSG;
	if (ret->row)
		ret->msgid = slice_of(ret->row->msgid);
	return 0;
}
