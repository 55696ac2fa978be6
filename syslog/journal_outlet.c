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
#include "syslog/destination.h"
#include "syslog/journal.h"
#include "syslog/outlet.h"

/* Entries that are read before others get their turn. */
#define TURN 64
/* Every so many entries a place is remembered; so many may come twice after a restart. */
#define STRIDE	   32
#define PLACES	   (5 * LOG_SERVER_WINDOW / 2 / STRIDE + 2)
#define SAVE_US	   US_PER_S
#define RETRY_US   (30 * US_PER_S)
#define FILE_NAME  "journal.%u"
#define SEVERITIES 8

struct place {
	uint64_t number;
	char cursor[JOURNAL_CURSOR_MAX];
};

struct journal_outlet {
	const struct outlet_world *world;
	unsigned index;
	struct journal_filter filter;
	struct destination *destination;
	struct journal *journal; /* only while something of it is wanted */
	struct event *readable;
	struct event *turn;  /* to read */
	struct event *timer; /* of the destination */
	struct event *save;
	bool is_wanted;	 /* entries are */
	uint64_t number; /* of the last entry that was read: ours, from 1 */
	struct place places[PLACES];
	unsigned first;
	unsigned count;
	char confirmed[JOURNAL_CURSOR_MAX]; /* the place behind which nothing is */
	bool is_saved;
};

static char *
file_path(const struct journal_outlet *outlet)
{
	return xasprintf("%s/" FILE_NAME, outlet->world->state_dir, outlet->index);
}

static void
load(struct journal_outlet *outlet)
{
	_cleanup_(freep) char *path = file_path(outlet);
	int r = read_file(path, outlet->confirmed, sizeof(outlet->confirmed));

	if (r < 0)
		outlet->confirmed[0] = 0;
	outlet->confirmed[strcspn(outlet->confirmed, "\n")] = 0;
	outlet->is_saved = true;
}

static void
save(struct journal_outlet *outlet)
{
	_cleanup_(freep) char *path = file_path(outlet);
	_cleanup_(freep) char *text = xasprintf("%s\n", outlet->confirmed);

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
	save(context);
}

static void
remember(struct journal_outlet *outlet)
{
	if (outlet->count == PLACES)
		return;
	struct place *place = &outlet->places[(outlet->first + outlet->count) % PLACES];
	if (journal_cursor(outlet->journal, place->cursor) < 0)
		return;
	place->number = outlet->number;
	outlet->count++;
}

static void
on_confirmed(uint64_t number, void *context)
{
	struct journal_outlet *outlet = context;
	const struct place *last = NULL;

	while (outlet->count && outlet->places[outlet->first].number <= number) {
		last = &outlet->places[outlet->first];
		outlet->first = (outlet->first + 1) % PLACES;
		outlet->count--;
	}
	bool is_all = number == outlet->number && outlet->journal;
	if (is_all)
		is_all = journal_cursor(outlet->journal, outlet->confirmed) == 0;
	if (!is_all && !last)
		return;
	if (!is_all)
		(void) copy_string(outlet->confirmed, sizeof(outlet->confirmed), last->cursor);
	outlet->is_saved = false;
	if (!evtimer_pending(outlet->save, NULL))
		loop_arm_in(outlet->save, SAVE_US);
}

static void
send_entry(struct journal_outlet *outlet, const struct message *message)
{
	static char record[RECORD_MAX];
	const struct target *target = destination_target(outlet->destination);
	struct record_sender *sender = &outlet->world->identity->sender;
	size_t size = record_write(target->format, sender, message, target->record_size, record);

	if (++outlet->number % STRIDE == 0)
		remember(outlet);
	destination_add(outlet->destination, outlet->number, record, size);
}

static void
close_journal(struct journal_outlet *outlet)
{
	if (outlet->readable)
		event_free(steal(&outlet->readable));
	journal_free(steal(&outlet->journal));
}

static void
on_turn(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	static struct message message;
	struct journal_outlet *outlet = context;
	int r = 1;

	identity_renew(outlet->world->identity);
	bool is_synced = outlet->world->identity->sender.accuracy_us > 0;
	for (unsigned i = 0; i < TURN && outlet->is_wanted && outlet->journal && r == 1; i++) {
		r = journal_next(outlet->journal, is_synced, &message);
		if (r == 1)
			send_entry(outlet, &message);
	}
	if (r < 0 && r != -EAGAIN) {
		(void) log_warn(r, "cannot read the journal, trying again");
		loop_arm_in(outlet->turn, RETRY_US);
	} else if (r != 0 && outlet->is_wanted) {
		event_active(outlet->turn, EV_TIMEOUT, 0);
	}
}

static void
on_readable(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct journal_outlet *outlet = context;

	if (journal_process(outlet->journal) && outlet->is_wanted)
		event_active(outlet->turn, EV_TIMEOUT, 0);
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

	outlet->count = 0;
	if (!outlet->journal)
		return;
	int r = journal_seek(outlet->journal, outlet->confirmed);
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
	outlet->turn = evtimer_new(world->loop.base, on_turn, outlet);
	outlet->timer = evtimer_new(world->loop.base, on_timer, outlet);
	outlet->save = evtimer_new(world->loop.base, on_save, outlet);
	outlet->destination = destination_new(&destination_ops, outlet);
	load(outlet);
	return outlet;
}

void
journal_outlet_free(struct journal_outlet *outlet)
{
	if (!outlet)
		return;
	save(outlet);
	destination_free(outlet->destination);
	close_journal(outlet);
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

static void
open_journal(struct journal_outlet *outlet)
{
	bool is_first = !outlet->confirmed[0];
	int r = journal_open(outlet->world->journal_dir, &outlet->filter, outlet->confirmed,
			     &outlet->journal);

	if (r < 0) {
		(void) log_warn(r, "cannot open the journal, nothing of it is sent");
		return;
	}
	/* A place from the beginning on, so that nothing is missed before the first receipt. */
	if (is_first && journal_cursor(outlet->journal, outlet->confirmed) == 0) {
		outlet->is_saved = !outlet->confirmed[0];
		save(outlet);
	}
	outlet->readable = event_new(outlet->world->loop.base, journal_fd(outlet->journal),
				     EV_READ | EV_PERSIST, on_readable, outlet);
	(void) event_add(outlet->readable, NULL);
	if (outlet->is_wanted)
		event_active(outlet->turn, EV_TIMEOUT, 0);
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
	close_journal(outlet);
	outlet->count = 0;
	outlet->filter = filter;
	if (target.transport == TARGET_OFF)
		return;
	open_journal(outlet);
	destination_forget(outlet->destination);
}
