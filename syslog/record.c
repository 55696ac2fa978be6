#include "syslog/record.h"

#include "lib/zone.h"
#include "syslog/record_private.h"

#define FACILITY_MAX 23
#define DAY_S	     86400
#define BOM	     "\xef\xbb\xbf"

typedef void record_fn(struct text *text, const struct record_sender *sender,
		       const struct message *message, size_t max);

static const struct {
	const char *name;
	record_fn *write;
} formats[] = {
	[RECORD_RFC5424] = { "rfc5424", record_5424 },
	[RECORD_RFC3164] = { "rfc3164", record_3164 },
	[RECORD_VENDOR] = { "vendor", record_vendor },
};

enum record_format
record_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (!strcmp(formats[i].name, name))
			return (enum record_format) i;
	return RECORD_RFC5424;
}

size_t
record_write(enum record_format format, const struct record_sender *sender,
	     const struct message *message, size_t max, char *to)
{
	struct text text = { .bytes = to, .limit = MIN_OF(MAX_OF(max, RECORD_MIN), RECORD_MAX) };

	formats[format].write(&text, sender, message, text.limit);
	return text.size;
}

void
record_split_time(uint64_t time_us, const struct zone *zone, struct record_time *ret)
{
	/* The end of the year 9999. */
	int64_t at_s = (int64_t) MIN_OF(time_us / US_PER_S, UINT64_C(253402300799));
	int64_t until_s;
	int32_t offset_s = zone ? zone_offset(zone, at_s, &until_s) : 0;

	/* Offsets of seconds are of times before there was syslog. */
	offset_s -= offset_s % 60;
	at_s = MIN_OF(MAX_OF(at_s + offset_s, 0), INT64_C(253402300799));
	/* Days since 1 March of the year 0, so that a leap day is the last of its year. */
	unsigned days = (unsigned) (at_s / DAY_S) + 719468;
	unsigned second = (unsigned) (at_s % DAY_S);
	unsigned era = days / 146097;
	unsigned day = days % 146097;
	unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	unsigned month = (5 * day + 2) / 153;

	*ret = (struct record_time){
		.year = era * 400 + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = day - (153 * month + 2) / 5 + 1,
		.hour = second / 3600,
		.minute = second / 60 % 60,
		.second = second % 60,
		.microsecond = (unsigned) (time_us % US_PER_S),
		.offset_s = offset_s,
	};
}

void
record_put_time(struct text *text, const struct record_time *time)
{
	text_put_number(text, time->year, 4);
	text_put_words(text, "-");
	text_put_number(text, time->month, 2);
	text_put_words(text, "-");
	text_put_number(text, time->day, 2);
	text_put_words(text, "T");
	text_put_number(text, time->hour, 2);
	text_put_words(text, ":");
	text_put_number(text, time->minute, 2);
	text_put_words(text, ":");
	text_put_number(text, time->second, 2);
	text_put_words(text, ".");
}

void
record_put_priority(struct text *text, const struct record_sender *sender,
		    const struct message *message)
{
	unsigned facility =
		message->has_facility ? message->facility : sender->facility[message->category];

	text_put_words(text, "<");
	text_put_number(text, MIN_OF(facility, FACILITY_MAX) * 8 + message->severity, 1);
	text_put_words(text, ">");
}

void
record_put_text(struct text *text, const struct slice *message, size_t limit, bool with_bom)
{
	size_t start = text->size;

	text->is_cut = text->is_wide = false;
	/* Room for the two marks, whether they are needed or not. */
	text->limit = limit - strlen(RECORD_CUT_MARK) - (with_bom ? strlen(BOM) : 0);
	text_put_slice(text, message, TEXT_PLAIN);
	bool is_cut = text->is_cut;
	text->is_cut = false;
	text->limit = limit;
	if (with_bom && text->is_wide) {
		memmove(text->bytes + start + strlen(BOM), text->bytes + start, text->size - start);
		memcpy(text->bytes + start, BOM, strlen(BOM));
		text->size += strlen(BOM);
	}
	if (is_cut)
		text_put_words(text, RECORD_CUT_MARK);
}

struct slice
record_procid(const struct record_sender *sender, const struct message *message)
{
	return message->procid.bytes ? message->procid : slice_of(sender->procid);
}
