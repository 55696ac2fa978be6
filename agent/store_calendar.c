#include "agent/store_calendar.h"

#include <errno.h>
#include <libical/ical.h>
#include <stdarg.h>
#include <string.h>

#include "agent/store_calendar_lines.h"
#include "lib/calendar.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/rrule.h"
#include "lib/util.h"

#define REASONS_MAX 100
#define LENGTH_MAX  366
#define DAYS_MAX    366
#define LABEL_SIZE  49
#define EXCEPT_SIZE 1001

/* An event of the file on its way to a day of the group. */
struct holiday {
	int32_t day;
	int32_t length;
	char label[LABEL_SIZE];
	char rule[RRULE_SIZE_MAX + 1];
	char except[EXCEPT_SIZE];
	char reason[120]; /* why it is passed over */
};

static int PRINTF(2, 3) pass_over(struct holiday *holiday, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void) vsnprintf(holiday->reason, sizeof(holiday->reason), format, args);
	va_end(args);
	return -EINVAL;
}

/* A day that there is, within the years of lib/calendar.h. */
static int
day_of(struct icaltimetype time, int32_t *ret_day)
{
	char text[16];

	if (time.year < 0 || time.year > 9999 || time.month < 0 || time.month > 99 ||
	    time.day < 0 || time.day > 99)
		return -EINVAL;
	(void) snprintf(text, sizeof(text), "%04d-%02d-%02d", time.year, time.month, time.day);
	return calendar_parse_date(text, ret_day);
}

static int
read_start(icalcomponent *event, struct holiday *holiday)
{
	icalproperty *start = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);

	if (!start)
		return pass_over(holiday, "it has no DTSTART");
	struct icaltimetype time = icalproperty_get_dtstart(start);
	if (!time.is_date)
		return pass_over(holiday, "it is not of whole days: DTSTART has a time");
	if (day_of(time, &holiday->day) < 0)
		return pass_over(holiday, "DTSTART is no date from %d to %d", CALENDAR_YEAR_MIN,
				 CALENDAR_YEAR_MAX);
	return 0;
}

static int
read_length(icalcomponent *event, struct holiday *holiday)
{
	icalproperty *end = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
	icalproperty *duration = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
	int32_t last;

	holiday->length = 1;
	if (end) {
		struct icaltimetype time = icalproperty_get_dtend(end);
		if (!time.is_date || day_of(time, &last) < 0)
			return pass_over(holiday, "DTEND is no date");
		holiday->length = last - holiday->day;
		/* Exclusive by the standard; there are programs that mean the same day. */
		holiday->length += !holiday->length;
	} else if (duration) {
		struct icaldurationtype length = icalproperty_get_duration(duration);
		if (length.hours || length.minutes || length.seconds || length.is_neg ||
		    length.days > LENGTH_MAX || length.weeks > LENGTH_MAX)
			return pass_over(holiday, "DURATION is not of whole days");
		holiday->length = (int32_t) (length.weeks * 7 + length.days);
	}
	if (holiday->length < 1 || holiday->length > LENGTH_MAX)
		return pass_over(holiday, "it lasts for less than 1 or more than %d days",
				 LENGTH_MAX);
	return 0;
}

static int
read_rule(icalcomponent *event, struct holiday *holiday)
{
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
	char message[RRULE_MESSAGE_SIZE];
	struct rrule parsed;

	if (!property)
		return 0;
	if (icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY))
		return pass_over(holiday, "it has several RRULEs");
	struct icalrecurrencetype rule = icalproperty_get_rrule(property);
	/* Whole days end with a day, whatever time of UTC the program thought of. */
	rule.until.is_date = 1;
	_cleanup_(freep) char *text = icalrecurrencetype_as_string_r(&rule);
	if (!text || !copy_string(holiday->rule, sizeof(holiday->rule), text))
		return pass_over(holiday, "RRULE is too long");
	if (rrule_parse(holiday->rule, &parsed, message) < 0)
		return pass_over(holiday, "RRULE, %s", message);
	if (parsed.frequency != RRULE_YEARLY)
		return pass_over(holiday, "RRULE: special days come yearly");
	return 0;
}

static int
read_exceptions(icalcomponent *event, struct holiday *holiday)
{
	size_t used = 0;

	for (icalproperty *property = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
	     property; property = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
		char date[11];
		int32_t day;
		if (day_of(icalproperty_get_exdate(property), &day) < 0)
			return pass_over(holiday, "EXDATE is no date");
		if (used + 12 > sizeof(holiday->except))
			return pass_over(holiday, "it has more EXDATEs than fit");
		calendar_format_date(day, date);
		used += (size_t) snprintf(holiday->except + used, sizeof(holiday->except) - used,
					  "%s%s", used ? "," : "", date);
	}
	return 0;
}

static void
read_label(icalcomponent *event, char label[static LABEL_SIZE])
{
	const char *summary = icalcomponent_get_summary(event);

	(void) copy_string(label, LABEL_SIZE, summary ? summary : "");
	for (char *c = label; *c; c++)
		if ((unsigned char) *c < ' ' || *c == 0x7f)
			*c = ' ';
}

static int
read_event(icalcomponent *event, struct holiday *holiday)
{
	icalproperty *error = icalcomponent_get_first_property(event, ICAL_XLICERROR_PROPERTY);

	read_label(event, holiday->label);
	if (error)
		return pass_over(holiday, "%.100s", icalproperty_get_xlicerror(error));
	if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED)
		return pass_over(holiday, "it is cancelled");
	if (icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY))
		return pass_over(holiday, "it moves one day of another event");
	int r = read_start(event, holiday);
	if (r == 0)
		r = read_length(event, holiday);
	if (r == 0)
		r = read_rule(event, holiday);
	return r == 0 ? read_exceptions(event, holiday) : r;
}

static json_t *
label_of(const struct holiday *holiday)
{
	char label[LABEL_SIZE];

	memcpy(label, holiday->label, sizeof(label));
	return json_string_cut(label);
}

static void
add_day(struct store_calendar *calendar, const struct holiday *holiday, int32_t day,
	const char *rule)
{
	char date[11];

	calendar_format_date(day, date);
	(void) json_array_append_new(calendar->days,
				     json_pack("{ss,si,ss,so,ss}", "date", date, "days",
					       (int) holiday->length, "except", holiday->except,
					       "label", label_of(holiday), "rule", rule));
}

/* Further days of an event without a rule of their own; how many. */
static size_t
add_more(struct store_calendar *calendar, icalcomponent *event, const struct holiday *holiday,
	 int32_t since_day)
{
	size_t count = 0;
	int32_t day;

	for (icalproperty *property = icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY);
	     property; property = icalcomponent_get_next_property(event, ICAL_RDATE_PROPERTY)) {
		struct icaldatetimeperiodtype more = icalproperty_get_rdate(property);
		if (icaltime_is_null_time(more.time) || day_of(more.time, &day) < 0 ||
		    day + holiday->length <= since_day)
			continue;
		add_day(calendar, holiday, day, "");
		count++;
	}
	return count;
}

static void
take(struct store_calendar *calendar, icalcomponent *event, unsigned line, int32_t since_day)
{
	struct holiday holiday = { 0 };

	if (read_event(event, &holiday) == 0) {
		bool is_over = !*holiday.rule && holiday.day + holiday.length <= since_day;
		if (!is_over)
			add_day(calendar, &holiday, holiday.day, holiday.rule);
		if (add_more(calendar, event, &holiday, since_day) || !is_over) {
			calendar->taken++;
			return;
		}
		(void) pass_over(&holiday, "it is over");
	}
	calendar->passed_over++;
	if (json_array_size(calendar->reasons) < REASONS_MAX)
		(void) json_array_append_new(calendar->reasons,
					     json_pack("{sI,so,so}", "line", (json_int_t) line,
						       "summary", label_of(&holiday), "reason",
						       json_string_cut(holiday.reason)));
}

/* One calendar, or a file of several. */
static void
take_all(struct store_calendar *calendar, icalcomponent *root, const struct calendar_lines *lines,
	 int32_t since_day)
{
	bool is_one = icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT;
	icalcomponent *each =
		is_one ? root : icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);
	size_t count = 0;

	while (each) {
		for (icalcomponent *event =
			     icalcomponent_get_first_component(each, ICAL_VEVENT_COMPONENT);
		     event; event = icalcomponent_get_next_component(each, ICAL_VEVENT_COMPONENT)) {
			unsigned line = count < lines->count ? lines->events[count] : 0;
			take(calendar, event, line, since_day);
			count++;
		}
		each = is_one ? NULL
			      : icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT);
	}
}

int
store_calendar_read(const char *text, int32_t since_day, struct store_calendar *ret,
		    struct store_calendar_error *error)
{
	struct store_calendar calendar = { 0 };
	_cleanup_(freep) struct calendar_lines *lines = xcalloc(1, sizeof(*lines));

	/* Some programs put a byte order mark first. */
	if (!strncmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	if (calendar_lines_check(text, lines, error) < 0)
		return -EINVAL;
	icalcomponent *root = icalparser_parse_string(text);
	if (!root) {
		*error = (struct store_calendar_error){ 1, "no calendar" };
		return -EINVAL;
	}
	calendar.days = json_array();
	calendar.reasons = json_array();
	take_all(&calendar, root, lines, since_day);
	icalcomponent_free(root);
	if (json_array_size(calendar.days) > DAYS_MAX) {
		store_calendar_done(&calendar);
		error->line = 0;
		(void) snprintf(error->message, sizeof(error->message),
				"more than %d days, which a group has at most", DAYS_MAX);
		return -EINVAL;
	}
	*ret = calendar;
	return 0;
}

void
store_calendar_done(struct store_calendar *calendar)
{
	json_decref(calendar->days);
	json_decref(calendar->reasons);
	*calendar = (struct store_calendar){ 0 };
}
