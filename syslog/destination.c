#include "syslog/destination.h"

#include <stdlib.h>

#include "lib/clock.h"
#include "lib/util.h"
#include "syslog/destination_private.h"

static void
tell_health(struct destination *destination, enum health_change change)
{
	destination->ops->on_health(change, destination->context);
}

static struct hold *
hold_at(struct destination *destination, unsigned index)
{
	return &destination->holds[(destination->first_hold + index) % HOLDS];
}

/* Receipts that come close together are one: the store writes each to disk. */
static void
hold(struct destination *destination, uint64_t seq)
{
	uint64_t now_us = clock_mono_us();
	unsigned count = destination->hold_count;
	struct hold *last = count ? hold_at(destination, count - 1) : NULL;

	if (!last || (count < HOLDS && now_us >= last->since_us + GROUP_US)) {
		last = hold_at(destination, destination->hold_count++);
		last->since_us = now_us;
	}
	last->seq = seq;
	last->at_us = now_us;
	last->total = destination->total;
}

static uint64_t
hold_due_us(const struct destination *destination)
{
	const struct hold *first = &destination->holds[destination->first_hold];

	if (!destination->hold_count)
		return UINT64_MAX;
	if (destination->total - first->total >= LOG_SERVER_WINDOW)
		return 0;
	return first->at_us + destination->target.hold_us;
}

/* The store is told of what has been confirmed for a while, or of all of it. */
static void
tell_confirmed(struct destination *destination, bool is_all)
{
	uint64_t told = destination->told;

	while (destination->hold_count && (is_all || clock_mono_us() >= hold_due_us(destination))) {
		destination->told = hold_at(destination, 0)->seq;
		destination->first_hold = (destination->first_hold + 1) % HOLDS;
		destination->hold_count--;
	}
	if (destination->told != told)
		destination->ops->on_confirmed(destination->told, destination->context);
}

/* What is not confirmed has to come again, and what has been only just now. */
static void
drop_window(struct destination *destination)
{
	destination->needs_rewind |= destination->window.count || destination->hold_count;
	destination->hold_count = 0;
	destination->counts.confirmed = destination->told;
	window_clear(&destination->window);
}

static void
close_links(struct destination *destination)
{
	link_close(active_link(destination));
	link_close(spare_link(destination));
}

/* From now on nothing has to do with the former peer. */
static void
move(struct destination *destination)
{
	close_links(destination);
	tell_confirmed(destination, true);
	drop_window(destination);
	destination->is_moving = false;
	destination->peer = destination->target;
	destination->health = (struct health){ 0 };
	destination->answers_itself = false;
	destination->is_try_due = true;
	destination->batch = LOG_SERVER_WINDOW;
	destination->pause_until_us = 0;
	destination->counts.expires_us = 0;
	back_off_reset(&destination->back_off);
	tell_health(destination, HEALTH_SAME);
}

void
destination_fail(struct destination *destination, const char *error)
{
	bool was_receipt = active_link(destination)->phase == LINK_RECEIPT;

	if (was_receipt)
		destination->batch = MAX_OF(destination->batch / 2, BATCH_LEAST);
	close_links(destination);
	drop_window(destination);
	if (destination->is_moving) {
		move(destination);
		return;
	}
	destination->is_try_due = true;
	destination->counts.errors++;
	destination->pause_until_us = clock_mono_us() + back_off_next_us(&destination->back_off);
	health_fail(&destination->health, clock_mono_us(), error);
	tell_health(destination, HEALTH_SAME);
}

void
destination_confirm(struct destination *destination, unsigned count)
{
	unsigned before = destination->window.count;
	uint64_t seq = window_confirm(&destination->window, count);

	destination->first_us = clock_mono_us();
	if (!seq)
		return;
	destination->total += before - destination->window.count;
	destination->counts.confirmed = seq;
	hold(destination, seq);
	tell_confirmed(destination, false);
}

void
destination_lose(struct destination *destination)
{
	close_links(destination);
	drop_window(destination);
	destination->is_try_due = true;
}

void
destination_succeed(struct destination *destination)
{
	destination->is_try_due = false;
	destination->counts.success_us = clock_wall_us();
	back_off_reset(&destination->back_off);
	enum health_change change = health_succeed(&destination->health);
	if (change != HEALTH_SAME)
		tell_health(destination, change);
}

void
destination_receipt(struct destination *destination)
{
	struct link *link = active_link(destination);
	unsigned count = link->sent;

	link_close(link);
	destination->active = !destination->active;
	destination->batch = MIN_OF(destination->batch * 2, LOG_SERVER_WINDOW);
	destination->receipt_us = clock_mono_us();
	destination_succeed(destination);
	destination_confirm(destination, count);
	if (destination->is_moving)
		move(destination);
	else
		tell_health(destination, HEALTH_SAME);
}

static unsigned
batch(const struct destination *destination)
{
	return MIN_OF(destination->batch, destination->target.receipt_records);
}

/* When the active connection is to be finished; UINT64_MAX while there is no reason. */
static uint64_t
receipt_due_us(const struct destination *destination)
{
	const struct link *link = &destination->links[destination->active];

	if (!link->transport || link->phase != LINK_OPEN)
		return UINT64_MAX;
	if (!link->sent)
		return destination->is_try_due ? link->since_us + IDLE_US : UINT64_MAX;
	if (link->transport->driver->confirms)
		return UINT64_MAX;
	if (link->sent >= batch(destination))
		return 0;
	/* When nothing more comes; though not with every one of many that come one by one. */
	uint64_t idle_us =
		MAX_OF(destination->added_us + IDLE_US, destination->receipt_us + PAUSE_US);
	return MIN_OF(idle_us, link->first_us + destination->target.receipt_us);
}

/* When events that are not sent are confirmed, as nothing before them is under way. */
static uint64_t
skip_due_us(const struct destination *destination)
{
	const struct window *window = &destination->window;

	if (!window->count || window->sent_count)
		return UINT64_MAX;
	if (window->count >= LOG_SERVER_WINDOW / 2)
		return 0;
	return MIN_OF(destination->added_us + IDLE_US, destination->first_us + PAUSE_US);
}

static void
finish_active(struct destination *destination)
{
	struct link *link = active_link(destination);

	if (link->transport->driver->confirms && !destination->is_moving) {
		/* Nothing was sent over it yet, and nobody has objected. */
		destination_succeed(destination);
		return;
	}
	link_finish(link);
	if (!destination->is_moving && !spare_link(destination)->transport)
		link_open(spare_link(destination));
}

static void
check_links(struct destination *destination)
{
	const char *wrong = link_check(active_link(destination));

	if (wrong)
		destination_fail(destination, wrong);
	if (link_check(spare_link(destination)))
		link_close(spare_link(destination));
}

static bool
wants_events(const struct destination *destination)
{
	const struct link *link = &destination->links[destination->active];

	return link->transport && link->phase == LINK_OPEN && !destination->is_moving &&
	       destination->window.count < LOG_SERVER_WINDOW &&
	       transport_queued(link->transport) < QUEUED_MAX &&
	       (link->transport->driver->confirms || link->sent < batch(destination));
}

static void
step(struct destination *destination)
{
	uint64_t now_us = clock_mono_us();
	struct link *link = active_link(destination);

	if (!link->transport && now_us >= destination->pause_until_us)
		link_open(link);
	check_links(destination);
	if (now_us >= receipt_due_us(destination))
		finish_active(destination);
	if (now_us >= skip_due_us(destination))
		destination_confirm(destination, 0);
	tell_confirmed(destination, false);
	if (link->transport && link->phase == LINK_OPEN && link->transport->certificate_expires_us)
		destination->counts.expires_us = link->transport->certificate_expires_us;
	if (destination->needs_rewind && wants_events(destination)) {
		destination->needs_rewind = false;
		destination->ops->on_rewind(destination->context);
	}
}

static uint64_t
due_us(const struct destination *destination)
{
	const struct link *active = &destination->links[destination->active];
	const struct link *spare = &destination->links[!destination->active];
	uint64_t due_us = MIN_OF(receipt_due_us(destination), skip_due_us(destination));

	due_us = MIN_OF(due_us, MIN_OF(link_due_us(active), link_due_us(spare)));
	due_us = MIN_OF(due_us, health_due_us(&destination->health));
	if (!active->transport)
		due_us = MIN_OF(due_us, destination->pause_until_us);
	return MIN_OF(due_us, hold_due_us(destination));
}

void
destination_wake(struct destination *destination)
{
	if (destination_is_off(destination)) {
		destination->ops->on_flow(false, destination->context);
		destination->ops->on_due(UINT64_MAX, destination->context);
		return;
	}
	step(destination);
	enum health_change change = health_check(&destination->health, clock_mono_us());
	if (change != HEALTH_SAME)
		tell_health(destination, change);
	destination->ops->on_flow(wants_events(destination), destination->context);
	destination->ops->on_due(due_us(destination), destination->context);
}

struct destination *
destination_new(const struct destination_ops *ops, void *context)
{
	struct destination *destination = xcalloc(1, sizeof(*destination));

	destination->ops = ops;
	destination->context = context;
	destination->links[0].destination = destination->links[1].destination = destination;
	return destination;
}

void
destination_free(struct destination *destination)
{
	if (!destination)
		return;
	close_links(destination);
	free(destination);
}

void
destination_configure(struct destination *destination, const struct target *target)
{
	struct link *link = active_link(destination);
	bool is_same = target_is_same_peer(&destination->peer, target);

	destination->target = *target;
	if (is_same && !destination->is_moving) {
		destination_wake(destination);
		return;
	}
	link_close(spare_link(destination));
	bool is_under_way = link->transport && link->sent && link->phase != LINK_CONNECTING;
	if (is_under_way && !destination->is_moving) {
		destination->is_moving = true;
		if (link->phase == LINK_OPEN)
			link_finish(link);
	} else if (!is_under_way) {
		move(destination);
	}
	destination_wake(destination);
}

void
destination_add(struct destination *destination, uint64_t seq, const char *record, size_t size)
{
	struct link *link = active_link(destination);
	uint64_t now_us = clock_mono_us();

	if (destination->needs_rewind || !wants_events(destination) ||
	    window_add(&destination->window, seq, record) < 0) {
		destination->needs_rewind = true;
		return;
	}
	destination->added_us = now_us;
	if (destination->window.count == 1)
		destination->first_us = now_us;
	if (record) {
		if (!transport_queued(link->transport))
			link->progress_us = now_us;
		if (!link->sent++)
			link->first_us = link->progress_us = now_us;
		destination->counts.sent++;
		transport_send(link->transport, record, size);
	}
	/* While there is room a timer is all that one more can move. */
	if (destination->window.count == 1 || !wants_events(destination))
		destination_wake(destination);
}

void
destination_forget(struct destination *destination)
{
	window_clear(&destination->window);
	destination->hold_count = 0;
	destination->counts.confirmed = destination->told;
	if (destination->is_moving)
		move(destination);
	else if (active_link(destination)->sent)
		close_links(destination);
	/* The store begins anew by itself. */
	destination->needs_rewind = false;
	destination_wake(destination);
}

const struct target *
destination_target(const struct destination *destination)
{
	return &destination->target;
}

const struct health *
destination_health(const struct destination *destination)
{
	return &destination->health;
}

bool
destination_is_off(const struct destination *destination)
{
	return destination->target.transport == TARGET_OFF && !destination->is_moving;
}

struct destination_counts
destination_counts(const struct destination *destination)
{
	return destination->counts;
}
