/*
 * How good a line is. The panel goes on polling; a test counts what becomes of it, and moves a lone
 * reader from speed to speed as an operator would.
 *
 * Each step either waits for something until its time is over, or is the next one at once.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "hw/bus_private.h"
#include "lib/clock.h"
#include "lib/util.h"

#define TELL_US	    (250 * US_PER_MS)
#define MOVE_US	    (20 * US_PER_S) /* to send COMSET, and to hear the reader behind it */
#define SEEK_US	    (10 * US_PER_S) /* at one of the two places where a reader may be */
#define SEEKS_MAX   8
#define TRIES_MAX   3
#define PER_POLL_US (250 * US_PER_MS) /* a line that takes longer for each exchange is dead */
#define BAD_SHARE   10		      /* one lost of so many */

enum step { STEP_NEXT, STEP_MOVE, STEP_ATTACH, STEP_COUNT, STEP_SEEK };

struct bus_test {
	enum step step;
	bool is_going_home;
	unsigned seat;
	unsigned at;	 /* the speed under test */
	uint32_t target; /* of the move under way */
	uint32_t before; /* the speed before it */
	unsigned seeks;
	unsigned tries;	   /* to get to the speed under test */
	unsigned refusals; /* to go home */
	uint64_t until_us;
	uint64_t told_us;
	struct osdp_counters start; /* when the reader was there */
};

static const uint32_t speeds[HW_LINE_SPEEDS] = { 9600, 19200, 38400, 57600, 115200, 230400 };

const char *
hw_line_verdict_name(enum hw_line_verdict verdict)
{
	static const char *const names[] = { "waiting", "running", "tested",
					     "refused", "lost",	   "left_out" };

	return names[verdict];
}

bool
bus_is_busy(const struct bus *bus)
{
	return bus->scan || bus->test || bus->files || osdp_cp_is_installing(bus->cp);
}

static bool
is_shared(const struct bus *bus)
{
	unsigned count = bus->profile->count;

	for (unsigned i = bus->profile->count; i < ARRAY_LEN(bus->modules); i++)
		count += bus->modules[i].module != 0;
	return count > 1;
}

static void
tell(struct bus *bus, uint64_t now_us)
{
	bus->test->told_us = now_us;
	bus->ops->on_line_test(&bus->tested, bus->context);
}

static struct hw_line_speed *
current(struct bus *bus)
{
	return &bus->tested.speeds[bus->test->at];
}

/* One that was lost altogether has no share. */
static bool
is_better(const struct hw_line_speed *one, const struct hw_line_speed *other)
{
	uint64_t ones = (uint64_t) one->lost * other->asked;
	uint64_t others = (uint64_t) other->lost * one->asked;

	return ones < others || (ones == others && one->baud > other->baud);
}

static void
choose(struct hw_line_test *tested)
{
	const struct hw_line_speed *best = NULL;

	for (unsigned i = 0; i < tested->count; i++) {
		const struct hw_line_speed *speed = &tested->speeds[i];
		if (speed->verdict == HW_LINE_TESTED && speed->asked &&
		    (!best || is_better(speed, best)))
			best = speed;
	}
	tested->best = best ? best->baud : 0;
}

static void
go_home(struct bus *bus)
{
	bus->test->is_going_home = true;
	for (unsigned i = 0; i < bus->tested.count; i++)
		if (bus->tested.speeds[i].verdict == HW_LINE_WAITING ||
		    bus->tested.speeds[i].verdict == HW_LINE_RUNNING)
			bus->tested.speeds[i].verdict = HW_LINE_LEFT_OUT;
}

static void
finish(struct bus *bus, bool is_back)
{
	bus_test_drop(bus);
	bus->tested.is_running = false;
	bus->tested.is_back = is_back;
	bus->ops->on_line_test(&bus->tested, bus->context);
}

static void
enter(struct bus_test *test, enum step step, uint64_t until_us)
{
	test->step = step;
	test->until_us = until_us;
}

/* The speed under test is done with. */
static void
conclude(struct bus *bus, enum hw_line_verdict verdict, uint64_t now_us)
{
	struct bus_test *test = bus->test;
	struct hw_line_speed *speed = current(bus);

	speed->verdict = verdict;
	choose(&bus->tested);
	test->at++;
	test->tries = 0;
	bool is_bad = verdict == HW_LINE_LOST ||
		      (verdict == HW_LINE_TESTED && speed->lost * BAD_SHARE >= speed->asked);
	if (is_bad || test->at == bus->tested.count)
		go_home(bus);
	enter(test, STEP_NEXT, now_us + MOVE_US);
	tell(bus, now_us);
}

static void
seek(struct bus_test *test, uint64_t now_us)
{
	test->seeks = 0;
	enter(test, STEP_SEEK, now_us + SEEK_US);
}

static bool
is_heard(const struct bus *bus)
{
	return osdp_cp_pd_state(bus->cp, bus->test->seat) == OSDP_PD_ONLINE;
}

static void
next(struct bus *bus, uint64_t now_us)
{
	struct bus_test *test = bus->test;
	uint32_t here = osdp_cp_baud(bus->cp);
	uint32_t target = test->is_going_home ? bus->tested.baud : current(bus)->baud;
	struct osdp_comset order = { .address = osdp_cp_address(bus->cp, test->seat),
				     .baud = target };

	test->target = target;
	test->before = here;
	if (!test->is_going_home)
		current(bus)->verdict = HW_LINE_RUNNING;
	if (here == target) {
		enter(test, STEP_ATTACH, now_us + MOVE_US);
		return;
	}
	int r = osdp_cp_comset(bus->cp, test->seat, &order);
	if (r == 0)
		enter(test, STEP_MOVE, now_us + MOVE_US);
	else if (r == -ENOTSUP && !test->is_going_home)
		conclude(bus, HW_LINE_REFUSED, now_us);
	else if (now_us >= test->until_us)
		seek(test, now_us);
}

static void
attach(struct bus *bus, uint64_t now_us)
{
	struct bus_test *test = bus->test;

	bool is_home = osdp_cp_baud(bus->cp) == bus->tested.baud;
	if (is_heard(bus) && test->is_going_home && is_home) {
		finish(bus, true);
	} else if (is_heard(bus) && test->is_going_home) {
		enter(test, STEP_NEXT, now_us + MOVE_US);
	} else if (is_heard(bus)) {
		test->start = *osdp_cp_pd_counters(bus->cp, test->seat);
		enter(test, STEP_COUNT, now_us + bus->tested.wanted * PER_POLL_US);
	} else if (now_us >= test->until_us) {
		seek(test, now_us);
	}
}

static void
count(struct bus *bus, uint64_t now_us)
{
	const struct bus_test *test = bus->test;
	const struct osdp_counters *now = osdp_cp_pd_counters(bus->cp, test->seat);
	struct osdp_delay delay = osdp_delay_since(&now->delay, &test->start.delay);
	struct hw_line_speed *speed = current(bus);

	/* Each retry is an exchange that failed; so is the last one of a session that is lost. */
	speed->retries = now->retries - test->start.retries;
	speed->lost = speed->retries + (now->restarts - test->start.restarts);
	speed->asked = now->polls - test->start.polls + speed->retries;
	speed->lost = MIN_OF(speed->lost, speed->asked);
	speed->mean_us = osdp_delay_mean_us(&delay);
	speed->p99_us = osdp_delay_p99_us(&delay);
	if (speed->asked >= bus->tested.wanted || now_us >= test->until_us)
		conclude(bus, HW_LINE_TESTED, now_us);
	else if (now_us >= test->told_us + TELL_US)
		tell(bus, now_us);
}

static void
move(struct bus *bus, uint64_t now_us)
{
	if (now_us >= bus->test->until_us)
		seek(bus->test, now_us);
}

/* It is where it was, or where it was sent to: the panel listens here and there in turn. */
static void
look(struct bus *bus, uint64_t now_us)
{
	struct bus_test *test = bus->test;
	struct osdp_comset place = { .address = osdp_cp_address(bus->cp, test->seat) };

	if (is_heard(bus) && test->is_going_home) {
		enter(test, STEP_NEXT, now_us + MOVE_US);
		return;
	}
	/* The order may have been lost with a session. */
	bool has_stayed = osdp_cp_baud(bus->cp) == test->before && !test->seeks;
	if (is_heard(bus) && has_stayed && ++test->tries < TRIES_MAX) {
		enter(test, STEP_NEXT, now_us + MOVE_US);
		return;
	}
	if (is_heard(bus)) {
		conclude(bus, has_stayed ? HW_LINE_REFUSED : HW_LINE_LOST, now_us);
		return;
	}
	if (now_us < test->until_us)
		return;
	bool is_over = ++test->seeks == SEEKS_MAX;
	place.baud = osdp_cp_baud(bus->cp) == test->before ? test->target : test->before;
	if (is_over) {
		go_home(bus);
		place.baud = bus->tested.baud;
	}
	(void) osdp_cp_place(bus->cp, test->seat, &place, now_us);
	if (is_over)
		finish(bus, false);
	else
		test->until_us = now_us + SEEK_US;
}

void
bus_test_serve(struct bus *bus, uint64_t now_us)
{
	static void (*const steps[])(struct bus * bus, uint64_t now_us) = {
		[STEP_NEXT] = next,   [STEP_MOVE] = move, [STEP_ATTACH] = attach,
		[STEP_COUNT] = count, [STEP_SEEK] = look,
	};

	if (bus->test)
		steps[bus->test->step](bus, now_us);
}

void
bus_test_on_moved(struct bus *bus, bool is_done)
{
	uint64_t now_us = clock_mono_us();
	struct bus_test *test = bus->test;

	if (is_done)
		enter(test, STEP_ATTACH, now_us + MOVE_US);
	else if (test->is_going_home && ++test->refusals == SEEKS_MAX)
		finish(bus, false);
	else
		seek(test, now_us);
}

void
bus_test_drop(struct bus *bus)
{
	free(steal(&bus->test));
}

int
bus_test(struct bus *bus, unsigned seat, unsigned exchanges)
{
	bool is_single = is_shared(bus) || !bus->driver->set_baud;

	if (exchanges < HW_LINE_TEST_MIN || exchanges > HW_LINE_TEST_MAX)
		return -EINVAL;
	if (bus_is_busy(bus))
		return -EBUSY;
	if (osdp_cp_pd_state(bus->cp, seat) != OSDP_PD_ONLINE)
		return -ENOTCONN;
	bus->tested = (struct hw_line_test){
		.reader = bus->profile->readers[seat].reader,
		.bus = bus->number,
		.is_running = true,
		.is_back = true,
		.wanted = exchanges,
		.baud = osdp_cp_baud(bus->cp),
		.count = is_single ? 1 : HW_LINE_SPEEDS,
	};
	for (unsigned i = 0; i < bus->tested.count; i++)
		bus->tested.speeds[i].baud = is_single ? bus->tested.baud : speeds[i];
	uint64_t now_us = clock_mono_us();
	bus->test = xcalloc(1, sizeof(*bus->test));
	bus->test->seat = seat;
	enter(bus->test, STEP_NEXT, now_us + MOVE_US);
	tell(bus, now_us);
	event_active(bus->timer, 0, 0);
	return 0;
}

int
bus_test_stop(struct bus *bus, unsigned seat)
{
	struct bus_test *test = bus->test;

	if (!test || test->seat != seat || test->is_going_home)
		return -EALREADY;
	go_home(bus);
	/* A move goes to its end first. */
	if (test->step == STEP_COUNT || test->step == STEP_ATTACH)
		enter(test, STEP_NEXT, clock_mono_us() + MOVE_US);
	event_active(bus->timer, 0, 0);
	return 0;
}

int
bus_tested(const struct bus *bus, struct hw_line_test *ret)
{
	if (!bus->tested.count)
		return -ENOENT;
	*ret = bus->tested;
	return 0;
}
