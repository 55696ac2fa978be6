#include <errno.h>
#include <event2/event.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "syslog/journal_outlet_private.h"

/* Entries that are read before others get their turn. */
#define TURN	 64
#define RETRY_US (30 * US_PER_S)

void
journal_reading_close(struct journal_outlet *outlet)
{
	if (outlet->readable)
		event_free(steal(&outlet->readable));
	journal_free(steal(&outlet->journal));
	journal_standing_forget(outlet);
	outlet->error[0] = 0;
	outlet->is_at_end = false;
}

/* What stands in the way of reading is said once, and shown for as long as it lasts. */
static void
fail(struct journal_outlet *outlet, int r, const char *what)
{
	if (!*outlet->error)
		(void) log_warn(r, "%s, trying again", what);
	(void) snprintf(outlet->error, sizeof(outlet->error), "%s: %s", what, strerror(-r));
	loop_arm_in(outlet->turn, RETRY_US);
}

static void
on_readable(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct journal_outlet *outlet = context;

	if (!journal_process(outlet->journal))
		return;
	outlet->is_at_end = false;
	if (outlet->is_wanted)
		event_active(outlet->turn, EV_TIMEOUT, 0);
}

int
journal_reading_open(struct journal_outlet *outlet)
{
	bool is_first = !outlet->places.cursor[0];
	struct journal *journal;
	int r = journal_open(outlet->world->journal_dir, &outlet->filter, outlet->places.cursor,
			     &journal);

	if (r >= 0 && !journal_has_files(journal)) {
		journal_free(journal);
		r = -EACCES;
	}
	if (r < 0) {
		fail(outlet, r, "cannot open the journal");
		return r;
	}
	outlet->error[0] = 0;
	outlet->journal = journal;
	/* A place from the beginning on, so that nothing is missed before the first receipt. */
	if (is_first && journal_cursor(journal, outlet->places.cursor) == 0) {
		outlet->is_saved = !outlet->places.cursor[0];
		journal_outlet_save(outlet);
	}
	outlet->readable = event_new(outlet->world->loop.base, journal_fd(journal),
				     EV_READ | EV_PERSIST, on_readable, outlet);
	(void) event_add(outlet->readable, NULL);
	return 0;
}

/* Whether there was an entry. */
static int
read_entry(struct journal_outlet *outlet, bool is_synced)
{
	static struct message message;
	int r = journal_next(outlet->journal, is_synced, &message);

	if (r == 1)
		journal_outlet_send(outlet, &message);
	return r;
}

void
journal_reading_turn(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct journal_outlet *outlet = context;
	int r = 1;

	if (destination_target(outlet->destination)->transport == TARGET_OFF ||
	    (!outlet->journal && journal_reading_open(outlet) < 0))
		return;
	if (!outlet->is_wanted)
		return;
	identity_renew(outlet->world->identity);
	bool is_synced = outlet->world->identity->sender.accuracy_us > 0;
	for (unsigned i = 0; i < TURN && outlet->is_wanted && r == 1; i++)
		r = read_entry(outlet, is_synced);
	outlet->is_at_end = r == 0;
	if (r < 0 && r != -EAGAIN) {
		fail(outlet, r, "cannot read the journal");
		return;
	}
	outlet->error[0] = 0;
	if (r != 0 && outlet->is_wanted)
		event_active(outlet->turn, EV_TIMEOUT, 0);
}
