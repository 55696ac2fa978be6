/*
 * RFC 3164, which describes what was seen and prescribes nothing: as rsyslog and syslog-ng read
 * it. Local time, the host without its domain, the process as TAG. What RFC 5424 has structured
 * data for, kind and number of the event, stands behind the text: by the number one knows an event
 * that came twice.
 */
#include "syslog/record_private.h"

#define HOSTNAME_MAX 63
#define TAG_MAX	     32
#define PROCID_MAX   20
#define TAG_FOREIGN  "[]:"

static void
put_time(struct text *text, const struct record_sender *sender, const struct message *message)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct record_time time;

	/* There is no nil value: what has no time is of 1970. */
	record_split_time(message->has_time ? message->time_us : 0, sender->zone, &time);
	text_put_bytes(text, months + (time.month - 1) * 3, 3);
	if (time.day < 10)
		text_put_words(text, " ");
	text_put_words(text, " ");
	text_put_number(text, time.day, 1);
	text_put_words(text, " ");
	text_put_number(text, time.hour, 2);
	text_put_words(text, ":");
	text_put_number(text, time.minute, 2);
	text_put_words(text, ":");
	text_put_number(text, time.second, 2);
	text_put_words(text, " ");
}

static void
put_host_and_tag(struct text *text, const struct record_sender *sender,
		 const struct message *message)
{
	const char *name = *sender->hostname ? sender->hostname : sender->address;
	bool is_address = !*sender->hostname;
	const struct slice host = {
		.bytes = *name ? name : "localhost",
		.size = *name ? (is_address ? strlen(name) : strcspn(name, ".")) : 9,
	};
	const struct slice tag =
		message->app_name.bytes ? message->app_name : slice_of(RECORD_APP_NAME);
	const struct slice procid = record_procid(sender, message);

	text_put_name(text, &host, HOSTNAME_MAX, "");
	text_put_words(text, " ");
	text_put_name(text, &tag, TAG_MAX, TAG_FOREIGN);
	if (procid.size) {
		text_put_words(text, "[");
		text_put_name(text, &procid, PROCID_MAX, TAG_FOREIGN);
		text_put_words(text, "]");
	}
	text_put_words(text, ": ");
}

static void
put_number(struct text *text, const struct message *message)
{
	if (!message->seq || !message->row)
		return;
	text_put_words(text, " [");
	text_put(text, message->row->name, TEXT_PLAIN);
	text_put_words(text, " #");
	text_put_number(text, message->seq, 1);
	text_put_words(text, "]");
}

void
record_3164(struct text *text, const struct record_sender *sender, const struct message *message,
	    size_t max)
{
	char bytes[128];
	struct text number = { .bytes = bytes, .limit = sizeof(bytes) };

	put_number(&number, message);
	record_put_priority(text, sender, message);
	put_time(text, sender, message);
	put_host_and_tag(text, sender, message);
	record_put_text(text, &message->text, max - number.size, false);
	text->limit = max;
	text_put_bytes(text, number.bytes, number.size);
}
