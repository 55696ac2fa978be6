/* RFC 5424, with the alarm element of RFC 5674. */
#include "syslog/record_private.h"

#include <stdlib.h>

#include "lib/enterprise.h"
#include "syslog/alarm.h"

#define HOSTNAME_MAX	255
#define APP_NAME_MAX	48
#define PROCID_MAX	128
#define MSGID_MAX	32
#define SD_NAME_MAX	32
#define SD_NAME_FOREIGN "= ]\"\\"
#define SEQUENCE_MAX	2147483647
#define TICKS_WRAP	(UINT64_C(1) << 32)
#define US_PER_TICK	10000
#define VALUE_CUT	"[...\\]"
/* How long after an event the clock's accuracy is still what it was. */
#define FRESH_US (10 * US_PER_S)
/* What the event's own element needs at least, and what ends it. */
#define EVENT_ROOM 120
#define END_ROOM   (sizeof(" cut=\"true\"]") - 1)
#define TO_TEXT(x) #x
#define PEN(x)	   TO_TEXT(x)

static void
put_timestamp(struct text *text, const struct message *message)
{
	struct record_time time;

	if (!message->has_time) {
		text_put_words(text, "-");
		return;
	}
	record_split_time(message->time_us, NULL, &time);
	record_put_time(text, &time);
	text_put_number(text, time.microsecond, 6);
	text_put_words(text, "Z");
}

static void
put_header(struct text *text, const struct record_sender *sender, const struct message *message,
	   size_t max)
{
	const struct slice hostname = slice_of(sender->hostname);
	const struct slice app_name =
		message->app_name.bytes ? message->app_name : slice_of(RECORD_APP_NAME);
	const struct slice procid = record_procid(sender, message);

	record_put_priority(text, sender, message);
	text_put_words(text, "1 ");
	put_timestamp(text, message);
	text_put_words(text, " ");
	text_put_name(text, &hostname, MIN_OF(HOSTNAME_MAX, max / 4), "");
	text_put_words(text, " ");
	text_put_name(text, &app_name, APP_NAME_MAX, "");
	text_put_words(text, " ");
	text_put_name(text, &procid, MIN_OF(PROCID_MAX, max / 16), "");
	text_put_words(text, " ");
	text_put_name(text, &message->msgid, MSGID_MAX, "");
	text_put_words(text, " ");
}

/* The clock's accuracy is that of now: it is told of what has only just happened. */
static bool
is_fresh(const struct record_sender *sender, const struct message *message)
{
	return message->has_uptime && slice_is(&message->boot, sender->boot) &&
	       message->uptime_us <= sender->mono_us &&
	       sender->mono_us - message->uptime_us < FRESH_US;
}

static void
put_time_quality(struct text *text, const struct record_sender *sender,
		 const struct message *message)
{
	text_put_words(text, "[timeQuality tzKnown=\"1\" isSynced=\"");
	text_put_number(text, message->is_synced, 1);
	if (message->is_synced && sender->accuracy_us && is_fresh(sender, message)) {
		text_put_words(text, "\" syncAccuracy=\"");
		text_put_number(text, sender->accuracy_us, 1);
	}
	text_put_words(text, "\"]");
}

static void
put_origin(struct text *text, const struct record_sender *sender,
	   const struct message *message UNUSED)
{
	text_put_words(text, "[origin");
	if (*sender->address) {
		text_put_words(text, " ip=\"");
		text_put(text, sender->address, TEXT_VALUE);
		text_put_words(text, "\"");
	}
	text_put_words(text, " enterpriseId=\"" PEN(CARDEA_ENTERPRISE) "\" software=\"Cardea\""
								       " swVersion=\"");
	text_put(text, sender->version, TEXT_VALUE);
	text_put_words(text, "\"]");
}

static void
put_meta(struct text *text, const struct record_sender *sender UNUSED,
	 const struct message *message)
{
	text_put_words(text, "[meta");
	/* From the event's own number: an event that is sent again carries the same id. */
	if (message->seq) {
		text_put_words(text, " sequenceId=\"");
		text_put_number(text, (message->seq - 1) % SEQUENCE_MAX + 1, 1);
		text_put_words(text, "\"");
	}
	if (message->has_uptime) {
		text_put_words(text, " sysUpTime=\"");
		text_put_number(text, message->uptime_us / US_PER_TICK % TICKS_WRAP, 1);
		text_put_words(text, "\"");
	}
	text_put_words(text, " language=\"en\"]");
}

static void
put_resource_uri(struct text *text, const struct record_sender *sender,
		 const struct message *message)
{
	if (!*sender->hostname)
		return;
	text_put_words(text, "\" resourceURI=\"https://");
	text_put(text, sender->hostname, TEXT_VALUE);
	text_put_words(text, "/#/");
	text_put(text, alarm_page(message->source.bytes, message->source.size), TEXT_VALUE);
	text_put_words(text, "/");
	text_put_slice(text, &message->source, TEXT_VALUE);
}

/* Of an alarm that nothing clears, what would have cleared it; NULL when there is no alarm. */
static const struct event_row *
alarm_change_of(const struct message *message)
{
	const struct event_row *row = message->row;

	if (!row || row->alarm_change != ALARM_NONE)
		return row;
	for (unsigned i = 0; row->kind == EV_ALARM_ENDED && i < message->param_count; i++) {
		const struct message_param *param = &message->params[i];
		if (slice_is(&param->name, "name"))
			return events_find_clear(param->value.bytes, param->value.size);
	}
	return NULL;
}

static void
put_alarm(struct text *text, const struct record_sender *sender, const struct message *message)
{
	const struct event_row *change = alarm_change_of(message);

	if (!change)
		return;
	const struct alarm_row *row = alarm_find(change);
	text_put_words(text, "[alarm resource=\"");
	text_put_slice(text, &message->source, TEXT_VALUE);
	text_put_words(text, "\" probableCause=\"");
	text_put(text, row->probable_cause, TEXT_VALUE);
	text_put_words(text, "\" perceivedSeverity=\"");
	text_put(text, alarm_severity(change), TEXT_VALUE);
	text_put_words(text, "\" eventType=\"");
	text_put(text, row->event_type, TEXT_VALUE);
	text_put_words(text, "\" trendIndication=\"");
	text_put(text, alarm_trend(change), TEXT_VALUE);
	put_resource_uri(text, sender, message);
	text_put_words(text, "\"]");
}

/* Each of the standard's elements is there as a whole or not at all. */
static void
put_standard_elements(struct text *text, const struct record_sender *sender,
		      const struct message *message)
{
	static void (*const elements[])(struct text * text, const struct record_sender *sender,
					const struct message *message) = {
		put_time_quality,
		put_origin,
		put_meta,
		put_alarm,
	};

	for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
		size_t end = text->size;
		elements[i](text, sender, message);
		if (text->is_cut)
			text->size = end;
		text->is_cut = false;
	}
}

/* A parameter is there as a whole or not at all: a cut quote would spoil the record. */
static void
put_parameter(struct text *text, const struct message_param *param, size_t value_max)
{
	size_t start = text->size;
	size_t limit = text->limit;

	if (!param->value.bytes || text->is_cut)
		return;
	text_put_words(text, " ");
	text_put(text, param->prefix, TEXT_PLAIN);
	text_put_name(text, &param->name, SD_NAME_MAX - strlen(param->prefix), SD_NAME_FOREIGN);
	text_put_words(text, "=\"");
	size_t value_limit = text->size + value_max;
	text->limit = MIN_OF(value_limit, limit);
	text_put_slice(text, &param->value, TEXT_VALUE);
	text->limit = limit;
	if (text->is_cut && value_limit < limit) {
		text->is_cut = false;
		text_put_words(text, VALUE_CUT);
	}
	text_put_words(text, "\"");
	if (text->is_cut)
		text->size = start;
}

static void
put_all_of(struct text *text, const struct message *message, size_t value_max)
{
	for (unsigned i = 0; i < message->param_count; i++)
		put_parameter(text, &message->params[i], value_max);
}

static void
put_parameters(struct text *text, const struct message *message, size_t max)
{
	size_t limit = text->limit;

	text_put_words(text, "[");
	text_put(text, message->element, TEXT_PLAIN);
	text_put_words(text, "@" PEN(CARDEA_ENTERPRISE));
	size_t start = text->size;
	text->limit -= END_ROOM;
	put_all_of(text, message, max);
	/* Rather all of them, and those that are long cut, than one at the cost of the others. */
	if (text->is_cut) {
		text->size = start;
		text->is_cut = false;
		put_all_of(text, message, MAX_OF(max / 8, 64));
	}
	bool is_cut = text->is_cut || message->is_cut;
	text->is_cut = false;
	text->limit = limit;
	if (is_cut)
		text_put_words(text, " cut=\"true\"");
	text_put_words(text, "]");
}

void
record_5424(struct text *text, const struct record_sender *sender, const struct message *message,
	    size_t max)
{
	/* A part of the record is the text's, as far as it needs one. */
	size_t text_room = MIN_OF(message->text.size + 16, max / 4);

	put_header(text, sender, message, max);
	text->limit = max - text_room - EVENT_ROOM;
	put_standard_elements(text, sender, message);
	text->limit = max - text_room;
	put_parameters(text, message, max);
	text->limit = max;
	text_put_words(text, " ");
	record_put_text(text, &message->text, max, true);
}
