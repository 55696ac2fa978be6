/*
 * The line of network cameras and door stations, for servers that are set up for it:
 *
 *	<86>2026-09-21T14:13:20.000+00:00 door1 [ INFO    ] cardea[815]: Access: text
 *
 * No server takes it apart by itself.
 */
#include "syslog/record_private.h"

#define HOSTNAME_MAX 255
#define TAG_MAX	     48
#define PROCID_MAX   20

static void
put_time(struct text *text, const struct record_sender *sender, const struct message *message)
{
	struct record_time time;

	record_split_time(message->has_time ? message->time_us : 0, sender->zone, &time);
	unsigned minutes = (unsigned) (time.offset_s < 0 ? -time.offset_s : time.offset_s) / 60;
	record_put_time(text, &time);
	text_put_number(text, time.microsecond / 1000, 3);
	text_put(text, time.offset_s < 0 ? "-" : "+", TEXT_PLAIN);
	text_put_number(text, minutes / 60, 2);
	text_put_words(text, ":");
	text_put_number(text, minutes % 60, 2);
}

static const char *
topic(const struct message *message)
{
	if (!message->row)
		return "";
	if (!strncmp(message->row->name, "auth.", 5))
		return "Authentication: ";
	return message->category == EVENT_ACCESS  ? "Access: "
	       : message->category == EVENT_AUDIT ? "Audit: "
						  : "System: ";
}

void
record_vendor(struct text *text, const struct record_sender *sender, const struct message *message,
	      size_t max)
{
	static const char *const levels[] = { "EMERG   ", "ALERT   ", "CRITICAL", "ERR     ",
					      "WARNING ", "NOTICE  ", "INFO    ", "DEBUG   " };
	const struct slice hostname = slice_of(sender->hostname);
	const struct slice name =
		message->app_name.bytes ? message->app_name : slice_of(RECORD_APP_NAME);
	const struct slice procid = record_procid(sender, message);

	record_put_priority(text, sender, message);
	put_time(text, sender, message);
	text_put_words(text, " ");
	text_put_name(text, &hostname, MIN_OF(HOSTNAME_MAX, max / 4), "");
	text_put_words(text, " [ ");
	text_put(text, levels[message->severity & 7], TEXT_PLAIN);
	text_put_words(text, "] ");
	text_put_name(text, &name, TAG_MAX, "[]:");
	text_put_words(text, "[");
	text_put_name(text, &procid, PROCID_MAX, "[]:");
	text_put_words(text, "]: ");
	text_put(text, topic(message), TEXT_PLAIN);
	record_put_text(text, &message->text, max, false);
}
