#include "syslog/journal_outlet.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/model.h"
#include "syslog/journal_outlet_private.h"

#define SAVE_US	   US_PER_S
#define FILE_NAME  "journal.%u"
#define SEVERITIES 8

static char *
file_path(const struct journal_outlet *outlet)
{
	return xasprintf("%s/" FILE_NAME, outlet->world->state_dir, outlet->index);
}

static void
load(struct journal_outlet *outlet)
{
	_cleanup_(freep) char *path = file_path(outlet);
	char *cursor = outlet->places.cursor;
	int r = read_file(path, cursor, sizeof(outlet->places.cursor));

	if (r < 0)
		cursor[0] = 0;
	cursor[strcspn(cursor, "\n")] = 0;
	outlet->is_saved = true;
}

void
journal_outlet_save(struct journal_outlet *outlet)
{
	_cleanup_(freep) char *path = file_path(outlet);
	_cleanup_(freep) char *text = xasprintf("%s\n", outlet->places.cursor);

	if (outlet->is_saved)
		return;
	int r = write_file_atomic(path, text, strlen(text), 0600);
	if (r < 0)
		(void) log_warn(r,
				"cannot write '%s', entries of the journal come twice after a "
				"restart",
				path);
	outlet->is_saved = true;
}

static void
on_save(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	journal_outlet_save(context);
}

static void
on_confirmed(uint64_t number, void *context)
{
	struct journal_outlet *outlet = context;
	char here[JOURNAL_CURSOR_MAX];
	bool is_known = outlet->journal && journal_cursor(outlet->journal, here) == 0;
	uint64_t moved = journal_places_confirm(&outlet->places, number, is_known ? here : NULL);

	if (!moved)
		return;
	if (outlet->backlog)
		journal_backlog_take(outlet->backlog, moved, outlet->places.cursor);
	outlet->is_saved = false;
	if (!evtimer_pending(outlet->save, NULL))
		loop_arm_in(outlet->save, SAVE_US);
}

static void
remember(struct journal_outlet *outlet)
{
	uint64_t now_us = clock_mono_us();
	char cursor[JOURNAL_CURSOR_MAX];

	if (journal_places_is_due(&outlet->places, now_us) &&
	    journal_cursor(outlet->journal, cursor) == 0)
		journal_places_remember(&outlet->places, cursor, now_us);
}

void
journal_outlet_send(struct journal_outlet *outlet, const struct message *message)
{
	static char record[RECORD_MAX];
	const struct target *target = destination_target(outlet->destination);
	struct record_sender *sender = &outlet->world->identity->sender;
	size_t size = record_write(target->format, sender, message, target->record_size, record);

	uint64_t number = journal_places_send(&outlet->places, journal_time_us(outlet->journal));
	remember(outlet);
	destination_add(outlet->destination, number, record, size);
}

static void
on_flow(bool is_wanted, void *context)
{
	struct journal_outlet *outlet = context;
	bool is_new = is_wanted && !outlet->is_wanted;

	outlet->is_wanted = is_wanted;
	if (is_new && outlet->journal)
		event_active(outlet->turn, EV_TIMEOUT, 0);
}

static void
on_rewind(void *context)
{
	struct journal_outlet *outlet = context;

	journal_places_rewind(&outlet->places);
	outlet->is_at_end = false;
	if (!outlet->journal)
		return;
	int r = journal_seek(outlet->journal, outlet->places.cursor);
	if (r < 0)
		(void) log_warn(r, "cannot go back in the journal");
	event_active(outlet->turn, EV_TIMEOUT, 0);
}

static void
on_health(enum health_change change, void *context)
{
	const struct journal_outlet *outlet = context;
	const struct target *target = destination_target(outlet->destination);

	if (change == HEALTH_WENT_DOWN)
		(void) log_warn(0, "log server '%s' takes nothing of the journal: %s", target->name,
				destination_health(outlet->destination)->error);
	else if (change == HEALTH_CAME_UP)
		log_info("log server '%s' takes the journal", target->name);
}

static void
on_due(uint64_t due_us, void *context)
{
	struct journal_outlet *outlet = context;

	loop_arm_at(outlet->timer, due_us);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct journal_outlet *outlet = context;

	destination_wake(outlet->destination);
}

static struct transport *
open_transport(const struct target *target, const struct transport_events *events,
	       void *transport_context, void *context)
{
	const struct journal_outlet *outlet = context;

	return transport_open(&outlet->world->loop, target, events, transport_context);
}

static const struct destination_ops destination_ops = {
	.open = open_transport,
	.on_confirmed = on_confirmed,
	.on_health = on_health,
	.on_due = on_due,
	.on_flow = on_flow,
	.on_rewind = on_rewind,
};

struct journal_outlet *
journal_outlet_new(const struct outlet_world *world, unsigned index)
{
	struct journal_outlet *outlet = xcalloc(1, sizeof(*outlet));

	outlet->world = world;
	outlet->index = index;
	outlet->turn = evtimer_new(world->loop.base, journal_reading_turn, outlet);
	outlet->timer = evtimer_new(world->loop.base, on_timer, outlet);
	outlet->save = evtimer_new(world->loop.base, on_save, outlet);
	outlet->destination = destination_new(&destination_ops, outlet);
	load(outlet);
	journal_standing_start(outlet);
	return outlet;
}

void
journal_outlet_free(struct journal_outlet *outlet)
{
	if (!outlet)
		return;
	journal_outlet_save(outlet);
	destination_free(outlet->destination);
	journal_reading_close(outlet);
	journal_standing_stop(outlet);
	event_free(outlet->turn);
	event_free(outlet->timer);
	event_free(outlet->save);
	free(outlet);
}

/* False: nothing of the journal is wanted. */
static bool
read_filter(const json_t *object, struct journal_filter *ret)
{
	const char *least = json_string_or(object, "journal", "off");
	unsigned severity = 0;

	while (severity < SEVERITIES && strcmp(events_severity_name(severity), least) != 0)
		severity++;
	*ret = (struct journal_filter){ .severity = severity };
	(void) copy_string(ret->units, sizeof(ret->units),
			   json_string_or(object, "journal_units", ""));
	return severity < SEVERITIES;
}

void
journal_outlet_apply(struct journal_outlet *outlet, const json_t *object)
{
	struct target target;
	struct journal_filter filter;
	bool is_on = read_filter(object, &filter);

	target_read(object, &target);
	if (!is_on)
		target.transport = TARGET_OFF;
	bool is_same = !memcmp(&filter, &outlet->filter, sizeof(filter));
	destination_configure(outlet->destination, &target);
	if (target.transport != TARGET_OFF && outlet->journal && is_same)
		return;
	/* From the last confirmed entry on, by the new filter. */
	journal_reading_close(outlet);
	journal_places_rewind(&outlet->places);
	outlet->places.oldest_us = 0;
	outlet->filter = filter;
	if (target.transport == TARGET_OFF)
		return;
	if (journal_reading_open(outlet) == 0 && outlet->is_wanted)
		event_active(outlet->turn, EV_TIMEOUT, 0);
	destination_forget(outlet->destination);
}

void
journal_outlet_renew(struct journal_outlet *outlet)
{
	report_renew(outlet->report);
}
