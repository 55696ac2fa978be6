#include <event2/event.h>

#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "syslog/journal_outlet_private.h"

#define PERIOD_US US_PER_S
/* Counting a long backlog takes its time, and nothing from others. */
#define PAUSE_US (20 * US_PER_MS)

static bool
is_off(const struct journal_outlet *outlet)
{
	return destination_target(outlet->destination)->transport == TARGET_OFF;
}

static const char *
state_name(const struct journal_outlet *outlet)
{
	const struct health *health = destination_health(outlet->destination);

	if (is_off(outlet))
		return "off";
	if (health->is_up)
		return "up";
	return health->is_told_down ? "down" : "connecting";
}

static uint64_t
waiting(const struct journal_outlet *outlet)
{
	uint64_t under_way = journal_places_under_way(&outlet->places);

	return outlet->backlog ? MAX_OF(journal_backlog_waiting(outlet->backlog), under_way)
			       : under_way;
}

static void
tell(struct journal_outlet *outlet)
{
	struct destination_counts counts = destination_counts(outlet->destination);
	const char *error = destination_health(outlet->destination)->error;
	uint64_t lag = waiting(outlet);
	uint64_t oldest_us = lag ? outlet->places.oldest_us : 0;

	report_set_value(outlet->report,
			 json_pack("{ss,sb,sI,sI,sI,sI,ss,sI}", "state", state_name(outlet),
				   "is_reading", outlet->journal && !*outlet->error, "lag",
				   (json_int_t) lag, "oldest_us", (json_int_t) oldest_us, "sent",
				   (json_int_t) counts.sent, "errors", (json_int_t) counts.errors,
				   "last_error", *error ? error : outlet->error, "last_success_us",
				   (json_int_t) counts.success_us));
}

/* Counted on from the place that is confirmed; anew when the first that waits is not known. */
static bool
count(struct journal_outlet *outlet)
{
	struct journal_places *places = &outlet->places;
	struct journal_backlog **backlog = &outlet->backlog;
	bool is_lost = *backlog && !places->oldest_us && !journal_places_under_way(places) &&
		       journal_backlog_waiting(*backlog) && !journal_backlog_oldest_us(*backlog);

	if (is_lost)
		journal_standing_forget(outlet);
	if (!*backlog && journal_backlog_open(outlet->world->journal_dir, &outlet->filter,
					      places->cursor, backlog) < 0)
		return false;
	bool is_more = journal_backlog_count(*backlog);
	if (journal_backlog_waiting(*backlog))
		journal_places_wait(places, journal_backlog_oldest_us(*backlog));
	return is_more;
}

static void
on_measure(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct journal_outlet *outlet = context;
	bool is_more = false;

	if (is_off(outlet) || !outlet->journal || outlet->is_at_end)
		journal_standing_forget(outlet);
	else
		is_more = count(outlet);
	tell(outlet);
	loop_arm_in(outlet->measure, is_more ? PAUSE_US : PERIOD_US);
}

void
journal_standing_start(struct journal_outlet *outlet)
{
	_cleanup_(freep) char *key = xasprintf("syslog.%u.journal", outlet->index);

	outlet->report = report_new(outlet->world->loop.base, outlet->world->client, key);
	outlet->measure = evtimer_new(outlet->world->loop.base, on_measure, outlet);
	loop_arm_in(outlet->measure, PERIOD_US);
}

void
journal_standing_stop(struct journal_outlet *outlet)
{
	journal_standing_forget(outlet);
	report_free(outlet->report);
	event_free(outlet->measure);
}

void
journal_standing_forget(struct journal_outlet *outlet)
{
	journal_backlog_free(steal(&outlet->backlog));
}
