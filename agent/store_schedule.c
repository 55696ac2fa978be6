#include "agent/store_schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/json.h"
#include "lib/rrule.h"
#include "lib/util.h"

#define SPECIAL_NONE UINT8_MAX
/* Offsets of zones are less than two days, and what is longer than a day is an event. */
#define MARGIN_DAYS 2
#define EVENT_DAYS  367

/* A time by the clock on the wall. */
struct span {
	int64_t from_s;
	int64_t to_s;
};

struct expansion {
	int32_t first_day; /* from which an event may still last */
	int32_t begin_day; /* from which all else may */
	int32_t last_day;
	/* Of each day from first_day: which entry of the schedule's special days counts. */
	uint8_t *special;
	struct span *spans;
	size_t count;
	size_t room;
};

struct event {
	struct expansion *expansion;
	const char *except;
	int32_t from_s; /* of the day */
	int64_t length_s;
};

struct special_day {
	struct expansion *expansion;
	const char *except;
	uint8_t entry;
	int32_t days;
};

static uint8_t *
special_at(struct expansion *expansion, int32_t day)
{
	return &expansion->special[day - expansion->first_day];
}

static void
add_span(struct expansion *expansion, int32_t day, int32_t from_s, int64_t length_s)
{
	if (expansion->count == expansion->room) {
		expansion->room = MAX_OF(expansion->room * 2, 256);
		expansion->spans =
			xrealloc(expansion->spans, expansion->room * sizeof(*expansion->spans));
	}
	struct span *span = &expansion->spans[expansion->count++];
	span->from_s = (int64_t) day * CALENDAR_DAY_S + from_s;
	span->to_s = span->from_s + length_s;
}

/* The from and to of an entry; across midnight when to is not behind from. */
static int
read_times(const json_t *entry, int32_t *ret_from_s, int64_t *ret_length_s)
{
	int32_t to_s;

	if (calendar_parse_time(json_string_or(entry, "from", ""), ret_from_s) < 0 ||
	    calendar_parse_time(json_string_or(entry, "to", ""), &to_s) < 0 || *ret_from_s == to_s)
		return -EINVAL;
	*ret_length_s = to_s - *ret_from_s + (to_s < *ret_from_s ? CALENDAR_DAY_S : 0);
	return 0;
}

/* The days of an entry's rule, or its first day alone without one. */
static int
each_day(const json_t *entry, const struct rrule_window *window,
	 void (*each)(int32_t day, void *context), void *context)
{
	const char *text = json_string_or(entry, "rule", "");
	int32_t start_day = (int32_t) (window->start_s / CALENDAR_DAY_S);
	char message[RRULE_MESSAGE_SIZE];
	struct rrule rule;

	if (*text) {
		int r = rrule_parse(text, &rule, message);
		if (r == 0)
			rrule_each(&rule, window, each, context);
		return r;
	}
	if (start_day >= window->first_day && start_day <= window->last_day)
		each(start_day, context);
	return 0;
}

static bool
is_excepted(const char *except, int32_t day)
{
	char date[11];

	if (!*except)
		return false;
	calendar_format_date(day, date);
	return strstr(except, date);
}

static void
mark_special(int32_t day, void *context)
{
	const struct special_day *special = context;
	struct expansion *expansion = special->expansion;
	int32_t end = MIN_OF(day + special->days - 1, expansion->last_day);

	if (is_excepted(special->except, day))
		return;
	for (day = MAX_OF(day, expansion->first_day); day <= end; day++)
		if (*special_at(expansion, day) == SPECIAL_NONE)
			*special_at(expansion, day) = special->entry;
}

static int
mark_group(struct expansion *expansion, const json_t *group, uint8_t entry)
{
	json_t *day;
	size_t i;

	json_array_foreach (json_object_get(group, "days"), i, day) {
		struct special_day special = {
			.expansion = expansion,
			.entry = entry,
			.except = json_string_or(day, "except", ""),
			.days = (int32_t) json_integer_or(day, "days", 1),
		};
		struct rrule_window window = {
			.first_day = expansion->first_day - special.days + 1,
			.last_day = expansion->last_day,
		};
		int32_t start_day;
		if (special.days < 1 || special.days > 366 ||
		    calendar_parse_date(json_string_or(day, "date", ""), &start_day) < 0)
			return -EINVAL;
		window.start_s = (int64_t) start_day * CALENDAR_DAY_S;
		int r = each_day(day, &window, mark_special, &special);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
mark_groups(struct expansion *expansion, const json_t *schedule, const json_t *groups)
{
	json_t *entry;
	size_t i;
	int r = 0;

	json_array_foreach (json_object_get(schedule, "special"), i, entry) {
		char id[24];
		(void) snprintf(id, sizeof(id), "%lld",
				(long long) json_integer_or(entry, "group", 0));
		if (i >= SPECIAL_NONE)
			r = -EINVAL;
		if (r == 0)
			r = mark_group(expansion, json_object_get(groups, id), (uint8_t) i);
	}
	return r;
}

/* The times of one entry on every day of its own. */
static int
add_special(struct expansion *expansion, const json_t *entry, uint8_t index)
{
	int32_t from_s;
	int64_t length_s;
	json_t *times;
	size_t i;

	json_array_foreach (json_object_get(entry, "times"), i, times) {
		if (read_times(times, &from_s, &length_s) < 0)
			return -EINVAL;
		for (int32_t day = expansion->begin_day; day <= expansion->last_day; day++)
			if (*special_at(expansion, day) == index)
				add_span(expansion, day, from_s, length_s);
	}
	return 0;
}

static int
add_weekly(struct expansion *expansion, const json_t *entry)
{
	unsigned days = 0;
	int32_t from_s;
	int64_t length_s;
	json_t *day_of_week;
	size_t i;

	if (read_times(entry, &from_s, &length_s) < 0)
		return -EINVAL;
	json_array_foreach (json_object_get(entry, "days"), i, day_of_week)
		days |= 1U << (json_integer_value(day_of_week) & 7);
	for (int32_t day = expansion->begin_day; day <= expansion->last_day; day++)
		if (days & 1U << calendar_weekday(day) &&
		    *special_at(expansion, day) == SPECIAL_NONE)
			add_span(expansion, day, from_s, length_s);
	return 0;
}

static void
add_occurrence(int32_t day, void *context)
{
	const struct event *event = context;

	if (*special_at(event->expansion, day) == SPECIAL_NONE && !is_excepted(event->except, day))
		add_span(event->expansion, day, event->from_s, event->length_s);
}

static int
add_event(struct expansion *expansion, const json_t *entry)
{
	struct event event = {
		.expansion = expansion,
		.except = json_string_or(entry, "except", ""),
	};
	struct rrule_window window = {
		.first_day = expansion->first_day,
		.last_day = expansion->last_day,
	};
	int64_t end_s;

	if (calendar_parse_wall(json_string_or(entry, "start", ""), &window.start_s) < 0 ||
	    calendar_parse_wall(json_string_or(entry, "end", ""), &end_s) < 0 ||
	    end_s <= window.start_s)
		return -EINVAL;
	event.from_s = (int32_t) (window.start_s % CALENDAR_DAY_S);
	event.length_s = end_s - window.start_s;
	return each_day(entry, &window, add_occurrence, &event);
}

static int
collect(struct expansion *expansion, const json_t *schedule, const json_t *groups)
{
	json_t *entry;
	size_t i;
	int r = mark_groups(expansion, schedule, groups);

	json_array_foreach (json_object_get(schedule, "special"), i, entry)
		if (r == 0)
			r = add_special(expansion, entry, (uint8_t) i);
	json_array_foreach (json_object_get(schedule, "weekly"), i, entry)
		if (r == 0)
			r = add_weekly(expansion, entry);
	json_array_foreach (json_object_get(schedule, "events"), i, entry)
		if (r == 0)
			r = add_event(expansion, entry);
	return r;
}

static int
compare_spans(const void *one, const void *other)
{
	const struct span *a = one;
	const struct span *b = other;

	return a->from_s < b->from_s ? -1 : a->from_s > b->from_s;
}

/* Sorts, and makes one of what overlaps or touches. */
static void
merge(struct expansion *expansion)
{
	size_t kept = 0;

	if (!expansion->count)
		return;
	qsort(expansion->spans, expansion->count, sizeof(*expansion->spans), compare_spans);
	for (size_t i = 1; i < expansion->count; i++) {
		struct span *last = &expansion->spans[kept];
		const struct span *span = &expansion->spans[i];
		if (span->from_s <= last->to_s)
			last->to_s = MAX_OF(last->to_s, span->to_s);
		else
			expansion->spans[++kept] = *span;
	}
	expansion->count = kept + 1;
}

struct result {
	struct schedule_interval *intervals;
	size_t count;
};

static int
append(struct result *result, int64_t from_s, int64_t to_s)
{
	struct schedule_interval *last =
		result->count ? &result->intervals[result->count - 1] : NULL;

	/* A change of the zone cuts nothing in two. */
	if (last && last->to_s == from_s) {
		last->to_s = (uint32_t) to_s;
		return 0;
	}
	if (result->count == SCHEDULE_INTERVALS_MAX)
		return -E2BIG;
	result->intervals[result->count++] =
		(struct schedule_interval){ (uint32_t) from_s, (uint32_t) to_s };
	return 0;
}

/* From the wall to UTC: a piece of constant offset after the other. */
static int
convert(const struct expansion *expansion, const struct zone *zone, int64_t from_s, int64_t to_s,
	struct result *result)
{
	int64_t until_s;

	for (int64_t at_s = from_s; at_s < to_s; at_s = until_s) {
		int32_t offset_s = zone_offset(zone, at_s, &until_s);
		until_s = MIN_OF(until_s, to_s);
		for (size_t i = 0; i < expansion->count; i++) {
			int64_t begin_s = MAX_OF(expansion->spans[i].from_s - offset_s, at_s);
			int64_t end_s = MIN_OF(expansion->spans[i].to_s - offset_s, until_s);
			if (begin_s < end_s && append(result, begin_s, end_s) < 0)
				return -E2BIG;
		}
	}
	return 0;
}

int
store_schedule_expand(const json_t *schedule, const struct store_schedule_world *world,
		      struct schedule_interval **ret, size_t *ret_count)
{
	int64_t from_s = MAX_OF(world->from_s, 0);
	int64_t to_s = MIN_OF(MAX_OF(world->to_s, from_s), UINT32_MAX);
	struct expansion expansion = {
		.begin_day = (int32_t) (from_s / CALENDAR_DAY_S) - MARGIN_DAYS,
		.last_day = (int32_t) (to_s / CALENDAR_DAY_S) + MARGIN_DAYS,
	};
	_cleanup_(zone_freep) struct zone *zone = NULL;

	int r = zone_load(world->zone, &zone);
	if (r < 0)
		return r;
	expansion.first_day = expansion.begin_day - EVENT_DAYS;
	size_t days = (size_t) (expansion.last_day - expansion.first_day) + 1;
	_cleanup_(freep) uint8_t *special = xcalloc(days, 1);
	memset(special, SPECIAL_NONE, days);
	expansion.special = special;
	r = collect(&expansion, schedule, world->special_days);
	_cleanup_(freep) struct span *owned UNUSED = expansion.spans;
	if (r < 0)
		return r;
	merge(&expansion);
	/* Each change of the zone may cut some in two before append() mends them. */
	_cleanup_(freep) struct schedule_interval *intervals =
		xcalloc(SCHEDULE_INTERVALS_MAX, sizeof(*intervals));
	struct result result = { .intervals = intervals };
	r = convert(&expansion, zone, from_s, to_s, &result);
	if (r < 0)
		return r;
	*ret = xrealloc(steal(&intervals), MAX_OF(result.count, 1) * sizeof(*intervals));
	*ret_count = result.count;
	return 0;
}

void
store_schedule_zone(const json_t *settings, char name[static ZONE_NAME_SIZE])
{
	const char *set = json_string_or(settings, "time.zone", "");

	if (*set)
		(void) copy_string(name, ZONE_NAME_SIZE, set);
	else
		zone_of_machine(name);
}
