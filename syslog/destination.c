#include "syslog/destination.h"

#include <stdlib.h>

#include "lib/clock.h"
#include "lib/util.h"
#include "syslog/back_off.h"
#include "syslog/window.h"

#define IDLE_US	   (200 * US_PER_MS)
#define BURST_US   US_PER_S
#define CONNECT_US (15 * US_PER_S)
#define RECEIPT_US (10 * US_PER_S)

enum phase { PHASE_OFF, PHASE_IDLE, PHASE_PAUSE, PHASE_CONNECTING, PHASE_BURST, PHASE_RECEIPT };

struct destination {
	const struct destination_ops *ops;
	void *context;
	struct target target;
	enum phase phase;
	struct transport *transport;
	struct window window;
	unsigned taken; /* how many of the window the connection has taken */
	uint64_t confirmed;
	uint64_t phase_since_us;
	uint64_t phase_limit_us;
	uint64_t added_us;
	struct back_off back_off;
	bool is_try_due;     /* a connection is wanted although there may be nothing to send */
	bool answers_itself; /* this server says close_notify: a bare end is no receipt */
	struct health health;
};

static void
enter(struct destination *destination, enum phase phase, uint64_t limit_us)
{
	destination->phase = phase;
	destination->phase_since_us = clock_mono_us();
	destination->phase_limit_us =
		limit_us == UINT64_MAX ? UINT64_MAX : destination->phase_since_us + limit_us;
}

static void
disconnect(struct destination *destination)
{
	transport_free(steal(&destination->transport));
	destination->taken = 0;
}

static void
fail(struct destination *destination, const char *error)
{
	disconnect(destination);
	destination->is_try_due = true;
	health_fail(&destination->health, clock_mono_us(), error);
	enter(destination, PHASE_PAUSE, back_off_next_us(&destination->back_off));
	destination->ops->on_health(HEALTH_SAME, destination->context);
}

static void
confirm(struct destination *destination, unsigned count)
{
	if (!count)
		return;
	destination->confirmed = window_drop(&destination->window, count);
	destination->ops->on_confirmed(destination->confirmed, destination->context);
}

/* When the burst, or what was only skipped, is to be confirmed. */
static uint64_t
burst_end_us(const struct destination *destination)
{
	bool is_all_taken = destination->taken == WINDOW_RECORDS || !destination->taken;
	uint64_t idle_us = destination->added_us + IDLE_US;
	uint64_t end_us = destination->phase_since_us + BURST_US;

	return is_all_taken ? 0 : MIN_OF(idle_us, end_us);
}

static void
send_more(struct destination *destination)
{
	for (; destination->taken < destination->window.count; destination->taken++) {
		const struct window_record *record =
			window_at(&destination->window, destination->taken);
		if (record->bytes)
			transport_send(destination->transport, record->bytes, record->size);
	}
	if (clock_mono_us() < burst_end_us(destination))
		return;
	enter(destination, PHASE_RECEIPT, RECEIPT_US);
	transport_finish(destination->transport);
}

static void
on_open(void *context)
{
	struct destination *destination = context;

	enter(destination, PHASE_BURST, UINT64_MAX);
	send_more(destination);
	destination_wake(destination);
}

static void
on_progress(void *context)
{
	struct destination *destination = context;

	if (destination->phase == PHASE_RECEIPT)
		enter(destination, PHASE_RECEIPT, RECEIPT_US);
}

static void
succeed(struct destination *destination)
{
	unsigned count = destination->taken;

	disconnect(destination);
	destination->is_try_due = false;
	back_off_reset(&destination->back_off);
	enter(destination, PHASE_IDLE, UINT64_MAX);
	enum health_change change = health_succeed(&destination->health);
	confirm(destination, count);
	destination->ops->on_health(change, destination->context);
}

static void
on_closed(enum transport_end end, const char *error, void *context)
{
	struct destination *destination = context;
	bool was_answering = destination->answers_itself;

	if (end != TRANSPORT_FAILED)
		destination->answers_itself = end == TRANSPORT_CONFIRMED;
	if (end == TRANSPORT_FAILED || destination->phase != PHASE_RECEIPT)
		fail(destination, error);
	else if (end == TRANSPORT_CLOSED && was_answering)
		fail(destination, "the log server ended the connection without a close_notify");
	else
		succeed(destination);
	destination_wake(destination);
}

static const struct transport_events events = {
	.on_open = on_open,
	.on_progress = on_progress,
	.on_closed = on_closed,
};

static void
connect_now(struct destination *destination)
{
	enter(destination, PHASE_CONNECTING, CONNECT_US);
	destination->transport = destination->ops->open(&destination->target, &events, destination,
							destination->context);
}

/* Between connections: opens the next one when there is a reason, or confirms what is skipped. */
static void
idle(struct destination *destination)
{
	const struct window *window = &destination->window;

	if (window->record_count || destination->is_try_due)
		connect_now(destination);
	else if (window->count == WINDOW_RECORDS ||
		 clock_mono_us() >= destination->added_us + IDLE_US)
		confirm(destination, window->count);
}

static void
step(struct destination *destination)
{
	bool is_late = clock_mono_us() >= destination->phase_limit_us;

	if (destination->phase == PHASE_PAUSE && is_late)
		enter(destination, PHASE_IDLE, UINT64_MAX);
	if (destination->phase == PHASE_CONNECTING && is_late)
		fail(destination, "the log server does not answer");
	else if (destination->phase == PHASE_RECEIPT && is_late)
		fail(destination, "the log server does not confirm what it was sent");
	else if (destination->phase == PHASE_BURST)
		send_more(destination);
	else if (destination->phase == PHASE_IDLE)
		idle(destination);
}

static uint64_t
due_us(const struct destination *destination)
{
	uint64_t due_us = MIN_OF(destination->phase_limit_us, health_due_us(&destination->health));

	if (destination->phase == PHASE_BURST)
		return MIN_OF(due_us, burst_end_us(destination));
	if (destination->phase == PHASE_IDLE && destination->window.count)
		return MIN_OF(due_us, destination->added_us + IDLE_US);
	return due_us;
}

void
destination_wake(struct destination *destination)
{
	if (destination->phase == PHASE_OFF)
		return;
	step(destination);
	enum health_change change = health_check(&destination->health, clock_mono_us());
	if (change != HEALTH_SAME)
		destination->ops->on_health(change, destination->context);
	destination->ops->on_due(due_us(destination), destination->context);
}

struct destination *
destination_new(const struct destination_ops *ops, void *context)
{
	struct destination *destination = xcalloc(1, sizeof(*destination));

	destination->ops = ops;
	destination->context = context;
	return destination;
}

void
destination_free(struct destination *destination)
{
	if (!destination)
		return;
	disconnect(destination);
	(void) window_drop(&destination->window, destination->window.count);
	free(destination);
}

void
destination_configure(struct destination *destination, const struct target *target)
{
	bool is_same = target_is_same_peer(&destination->target, target);

	destination->target = *target;
	if (is_same)
		return;
	disconnect(destination);
	destination->health = (struct health){ 0 };
	back_off_reset(&destination->back_off);
	destination->answers_itself = false;
	destination->is_try_due = true;
	enter(destination, PHASE_IDLE, UINT64_MAX);
	if (target->transport == TARGET_OFF) {
		(void) window_drop(&destination->window, destination->window.count);
		enter(destination, PHASE_OFF, UINT64_MAX);
		destination->ops->on_due(UINT64_MAX, destination->context);
	}
	destination->ops->on_health(HEALTH_SAME, destination->context);
	destination_wake(destination);
}

int
destination_add(struct destination *destination, uint64_t seq, const char *record, size_t size)
{
	int r = window_add(&destination->window, seq, record, size);

	if (r < 0)
		return r;
	destination->added_us = clock_mono_us();
	if (destination->phase == PHASE_BURST || destination->phase == PHASE_IDLE)
		destination_wake(destination);
	return 0;
}

void
destination_forget(struct destination *destination)
{
	(void) window_drop(&destination->window, destination->window.count);
	if (!destination->transport)
		return;
	disconnect(destination);
	enter(destination, PHASE_IDLE, UINT64_MAX);
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

uint64_t
destination_confirmed(const struct destination *destination)
{
	return destination->confirmed;
}
