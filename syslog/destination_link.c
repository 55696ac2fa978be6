#include "lib/clock.h"
#include "lib/util.h"
#include "syslog/destination_private.h"

static void
on_open(void *context)
{
	struct link *link = context;

	link->phase = LINK_OPEN;
	link->since_us = link->progress_us = clock_mono_us();
	destination_wake(link->destination);
}

static void
on_progress(void *context)
{
	struct link *link = context;

	link->progress_us = clock_mono_us();
	destination_wake(link->destination);
}

static void
on_confirmed(unsigned count, void *context)
{
	struct link *link = context;
	struct destination *destination = link->destination;

	link->progress_us = clock_mono_us();
	count = MIN_OF(count, link->sent);
	link->sent -= count;
	destination_confirm(destination, count);
	destination_succeed(destination);
	destination_wake(destination);
}

/* A receipt is one when it was asked for and is what this server gives otherwise. */
static const char *
objection(const struct link *link, enum transport_end end, const char *error)
{
	bool was_answering = link->destination->answers_itself;

	if (end != TRANSPORT_FAILED)
		link->destination->answers_itself = end == TRANSPORT_CONFIRMED;
	if (end == TRANSPORT_FAILED)
		return error;
	if (link->phase != LINK_RECEIPT)
		return "the log server closed the connection";
	if (end == TRANSPORT_CLOSED && was_answering)
		return "the log server ended the connection without a close_notify";
	return NULL;
}

static void
on_closed(enum transport_end end, const char *error, void *context)
{
	struct link *link = context;
	struct destination *destination = link->destination;
	bool is_idle = link->phase == LINK_OPEN && !link->sent &&
		       clock_mono_us() >= link->since_us + STEADY_US;

	if (link != active_link(destination)) {
		link_close(link);
		return;
	}
	const char *wrong = objection(link, end, error);
	if (!wrong) {
		destination_receipt(destination);
	} else if (is_idle) {
		/* Servers end what is not used; whether this one is still there shows at once. */
		destination_lose(destination);
	} else {
		destination_fail(destination, wrong);
	}
	destination_wake(destination);
}

static const struct transport_events events = {
	.on_open = on_open,
	.on_progress = on_progress,
	.on_confirmed = on_confirmed,
	.on_closed = on_closed,
};

void
link_open(struct link *link)
{
	struct destination *destination = link->destination;

	link->phase = LINK_CONNECTING;
	link->since_us = link->progress_us = clock_mono_us();
	link->sent = 0;
	link->transport =
		destination->ops->open(&destination->peer, &events, link, destination->context);
}

void
link_close(struct link *link)
{
	transport_free(steal(&link->transport));
	link->sent = 0;
}

void
link_finish(struct link *link)
{
	link->phase = LINK_RECEIPT;
	link->since_us = link->progress_us = clock_mono_us();
	transport_finish(link->transport);
}

static bool
is_stuck(const struct link *link)
{
	return transport_queued(link->transport) ||
	       (link->transport->driver->confirms && link->sent);
}

uint64_t
link_due_us(const struct link *link)
{
	if (!link->transport)
		return UINT64_MAX;
	if (link->phase == LINK_CONNECTING)
		return link->since_us + CONNECT_US;
	if (link->phase == LINK_RECEIPT)
		return link->progress_us +
		       (link->destination->is_moving ? LAST_WORD_US : RECEIPT_US);
	return is_stuck(link) ? link->progress_us + WRITE_US : UINT64_MAX;
}

const char *
link_check(const struct link *link)
{
	if (clock_mono_us() < link_due_us(link))
		return NULL;
	if (link->phase == LINK_CONNECTING)
		return "the log server does not answer";
	if (link->phase == LINK_RECEIPT)
		return "the log server does not confirm what it was sent";
	return "the log server takes nothing more";
}
