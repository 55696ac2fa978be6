#include "tests/unit/destination_rig.h"

#include "lib/clock.h"
#include "lib/model.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

struct rig rig;
uint64_t now_us;
bool is_confirming;

static uint64_t
test_clock(void)
{
	return now_us;
}

static void
fake_send(struct transport *transport, const char *record, size_t size)
{
	const struct connection *connection = (const struct connection *) transport;
	char text[16] = "";

	memcpy(text, record, MIN_OF(size, sizeof(text) - 1));
	CU_ASSERT_FATAL(rig.sent_count < SENT_MAX);
	CU_ASSERT_TRUE(connection->is_there && !connection->is_finished);
	rig.sent[rig.sent_count++] = (unsigned) strtoul(text, NULL, 10);
}

static void
fake_finish(struct transport *transport)
{
	((struct connection *) transport)->is_finished = true;
}

static void
fake_free(struct transport *transport)
{
	((struct connection *) transport)->is_there = false;
}

static size_t
fake_queued(const struct transport *transport UNUSED)
{
	return rig.queued;
}

static const struct transport_driver fake_driver = {
	false, fake_send, fake_finish, fake_free, fake_queued,
};
static const struct transport_driver fake_confirming_driver = {
	true, fake_send, fake_finish, fake_free, fake_queued,
};

static struct transport *
fake_open(const struct target *target, const struct transport_events *events,
	  void *transport_context, void *context UNUSED)
{
	CU_ASSERT_FATAL(rig.opened < LINKS);
	struct connection *connection = &rig.connections[rig.opened++];
	*connection = (struct connection){
		.transport = { .driver = is_confirming ? &fake_confirming_driver : &fake_driver },
		.events = events,
		.context = transport_context,
		.is_there = true,
		.target = *target,
	};
	return &connection->transport;
}

static void
on_confirmed(uint64_t seq, void *context UNUSED)
{
	CU_ASSERT_TRUE(seq > rig.confirmed);
	rig.confirmed = seq;
	rig.confirmations++;
}

static void
on_health(enum health_change change, void *context UNUSED)
{
	rig.ups += change == HEALTH_CAME_UP;
	rig.downs += change == HEALTH_WENT_DOWN;
}

static void
on_due(uint64_t due_us, void *context UNUSED)
{
	rig.due_us = due_us;
}

static void
on_flow(bool is_wanted, void *context UNUSED)
{
	rig.is_wanted = is_wanted;
}

static void
on_rewind(void *context UNUSED)
{
	rig.rewinds++;
}

static const struct destination_ops ops = {
	.open = fake_open,
	.on_confirmed = on_confirmed,
	.on_health = on_health,
	.on_due = on_due,
	.on_flow = on_flow,
	.on_rewind = on_rewind,
};

const struct target server = {
	.transport = TARGET_TCP,
	.host = "192.0.2.1",
	.port = 601,
	.severity = 7,
	.receipt_records = LOG_SERVER_WINDOW,
	.receipt_us = 2 * US_PER_S,
};

struct connection *
last(void)
{
	CU_ASSERT_FATAL(rig.opened > 0);
	return &rig.connections[rig.opened - 1];
}

struct connection *
former(void)
{
	CU_ASSERT_FATAL(rig.opened > 1);
	return &rig.connections[rig.opened - 2];
}

void
opens(struct connection *connection)
{
	connection->events->on_open(connection->context);
}

void
ends(struct connection *connection, enum transport_end end)
{
	CU_ASSERT_TRUE_FATAL(connection->is_there);
	connection->events->on_closed(end, end == TRANSPORT_FAILED ? "it died" : "",
				      connection->context);
}

bool
pass(uint64_t limit_us)
{
	uint64_t end_us = now_us + limit_us;

	if (rig.due_us > end_us) {
		now_us = end_us;
		return false;
	}
	now_us = MAX_OF(now_us, rig.due_us);
	destination_wake(rig.destination);
	return true;
}

void
pass_all(uint64_t limit_us)
{
	uint64_t end_us = now_us + limit_us;

	while (now_us < end_us && pass(end_us - now_us))
		continue;
	now_us = end_us;
}

void
add(uint64_t seq)
{
	char text[16];
	int size = snprintf(text, sizeof(text), "%u", (unsigned) seq);

	destination_add(rig.destination, seq, text, (size_t) size);
}

void
start(void)
{
	rig = (struct rig){ .due_us = UINT64_MAX };
	now_us = 1000 * US_PER_S;
	clock_set_source(test_clock);
	rig.destination = destination_new(&ops, NULL);
	destination_configure(rig.destination, &server);
}

void
start_up(void)
{
	start();
	opens(last());
	pass_all(US_PER_S);
	CU_ASSERT_TRUE(former()->is_finished);
	opens(last());
	ends(former(), TRANSPORT_CLOSED);
	CU_ASSERT_TRUE(rig.is_wanted);
	now_us += 10 * US_PER_S;
}

void
stop(void)
{
	destination_free(rig.destination);
	clock_set_source(NULL);
	is_confirming = false;
}
