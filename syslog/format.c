#include "syslog/format.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/enterprise.h"
#include "lib/events.h"
#include "lib/json.h"
#include "syslog/text.h"

#define APP_NAME	"cardea"
#define SEVERITY_DEBUG	7
#define HOSTNAME_MAX	255
#define PROCID_MAX	128
#define SD_NAME_MAX	32
#define SD_NAME_FOREIGN "= ]\""
#define SEQUENCE_MAX	INT64_C(2147483647)
/* What one value and all of the structured data may take, so that room is left for the text. */
#define VALUE_MAX 1024
#define SD_MAX	  7000
#define CUT_MARK  "[...]"
#define BOM	  "\xef\xbb\xbf"

/* Members of the event that are parameters under a fixed name, in this order. */
static const struct {
	const char *name;
	const char *member;
} fixed[] = {
	{ "seq", "seq" },	{ "kind", "kind" },	 { "category", "category" },
	{ "source", "source" }, { "actor", "actor" },	 { "reason", "reason" },
	{ "boot", "boot" },	{ "monoUs", "mono_us" },
};

static void
put_header(struct text *text, const struct format_identity *identity, const struct target *target,
	   const json_t *event)
{
	const struct event_row *row = events_find(json_integer_or(event, "number", 0));
	unsigned facility = target->facility[target_category(event)];
	int64_t severity = json_integer_or(event, "severity", SEVERITY_DEBUG);
	int64_t time_us = json_integer_or(event, "time_us", -1);
	char timestamp[28] = "-";

	severity = severity < 0 || severity > SEVERITY_DEBUG ? SEVERITY_DEBUG : severity;
	if (time_us >= 0)
		clock_format_utc((uint64_t) time_us, timestamp);
	text_printf(text, "<%u>1 %s ", facility * 8 + (unsigned) severity, timestamp);
	text_put_name(text, identity->hostname, HOSTNAME_MAX, "");
	text_printf(text, " " APP_NAME " ");
	text_put_name(text, identity->procid, PROCID_MAX, "");
	text_printf(text, " %s ", row ? row->msgid : "-");
}

static void
put_standard_elements(struct text *text, const struct format_identity *identity,
		      const json_t *event)
{
	int64_t seq = json_integer_or(event, "seq", 1);

	text_printf(text, "[timeQuality tzKnown=\"1\" isSynced=\"%d\"]",
		    json_bool_or(event, "synced", false));
	text_printf(text, "[origin enterpriseId=\"%d\" software=\"" APP_NAME "\" swVersion=\"",
		    CARDEA_ENTERPRISE);
	text_put(text, identity->version, TEXT_VALUE);
	/* From the event's own number: an event that is sent again carries the same id. */
	text_printf(text, "\"][meta sequenceId=\"%lld\"]",
		    (long long) (seq > 0 ? (seq - 1) % SEQUENCE_MAX + 1 : 1));
}

/* What a JSON value is in a parameter: strings as they are, everything else as JSON text. */
static char *
value_text(const json_t *value)
{
	return json_is_string(value) ? xstrdup(json_string_value(value)) : json_canonical(value);
}

/* A parameter is there as a whole or not at all: a cut quote would spoil the record. */
static void
put_parameter(struct text *text, const char *prefix, const char *name, const json_t *value)
{
	if (!value || json_is_null(value) || text->is_cut)
		return;
	_cleanup_(freep) char *string = value_text(value);
	char bytes[VALUE_MAX];
	struct text escaped = { .bytes = bytes, .limit = sizeof(bytes) - 1 };
	text_put(&escaped, string, TEXT_VALUE);
	size_t end = text->size;
	text_printf(text, " %s", prefix);
	text_put_name(text, name, SD_NAME_MAX - strlen(prefix), SD_NAME_FOREIGN);
	text_printf(text, "=\"");
	bytes[escaped.size] = 0;
	text_put(text, bytes, TEXT_PLAIN);
	text_printf(text, "%s\"", escaped.is_cut ? "[...\\]" : "");
	if (text->is_cut)
		text->size = end;
}

static bool
is_fixed_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (!strcmp(fixed[i].name, name))
			return true;
	return !strcmp(name, "hash");
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void
put_data(struct text *text, const json_t *data)
{
	size_t count = json_object_size(data);
	_cleanup_(freep) const char **names = xcalloc(count + 1, sizeof(*names));
	const char *name;
	json_t *value;
	size_t n = 0;

	json_object_foreach ((json_t *) data, name, value)
		names[n++] = name;
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++)
		put_parameter(text, is_fixed_name(names[i]) ? "data." : "", names[i],
			      json_object_get(data, names[i]));
}

static void
put_event_element(struct text *text, const json_t *event, const char *hash)
{
	_cleanup_(json_decrefp) json_t *chain = json_string(hash);

	text_printf(text, "[cardeaEvent@%d", CARDEA_ENTERPRISE);
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		put_parameter(text, "", fixed[i].name, json_object_get(event, fixed[i].member));
	put_parameter(text, "", "hash", *hash ? chain : NULL);
	put_data(text, json_object_get(event, "data"));
	bool is_cut = text->is_cut;
	text->is_cut = false;
	text->limit = FORMAT_MAX - strlen(CUT_MARK);
	text_printf(text, "%s]", is_cut ? " cut=\"true\"" : "");
}

static void
put_message(struct text *text, const char *message)
{
	char bytes[FORMAT_MAX + 1];
	struct text clean = { .bytes = bytes, .limit = FORMAT_MAX };

	text_put(&clean, message, TEXT_PLAIN);
	bytes[clean.size] = 0;
	text_printf(text, " %s", text_is_ascii(bytes) ? "" : BOM);
	text_put(text, bytes, TEXT_PLAIN);
	if (!text->is_cut)
		return;
	text->is_cut = false;
	text->limit = FORMAT_MAX;
	text_printf(text, CUT_MARK);
}

size_t
format_record(const struct format_identity *identity, const struct target *target,
	      const json_t *event, const char *hash, char *to)
{
	struct text text = { .bytes = to, .limit = SD_MAX };

	put_header(&text, identity, target, event);
	put_standard_elements(&text, identity, event);
	put_event_element(&text, event, hash);
	put_message(&text, json_string_or(event, "text", ""));
	return text.size;
}
