/*
 * What a real board measures. Every device has a thread that reads those of its channels that are
 * due, so that one that hangs holds up nobody else; what comes of it is told from the loop.
 */
#include <event2/event.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hw/linux_private.h"
#include "hw/motion.h"
#include "hw/sysfs.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "lib/worker.h"

#define CHANNELS_MAX 32
#define HANG_US	     (2 * US_PER_S)
#define TOGETHER_US  (5 * US_PER_MS) /* what is due so soon is read in the same go */
#define VALUE_MAX    1e6
#define NOISE	     4 /* of the last digit of a converter, and of what it stands for */
#define NOISE_SHARE  64
#define NOISE_US     US_PER_S

struct sample {
	const struct inventory_row *row;
	enum profile_part part;
	struct probe probe;
	uint64_t period_us;
	uint64_t due_us;
	unsigned delay_ms; /* before it is tried again while it is broken */
	bool is_asked;
	bool is_broken;
	bool is_known; /* last has been told */
	int32_t last;
	uint64_t told_us;
	bool was_there; /* of a supply that says so by its voltage */
	struct motion motion;
};

struct linux_sampler {
	struct linux_sampler *next;
	struct linux_board *board;
	struct worker *worker;
	struct event *tick;
	uint64_t asked_us; /* 0 while the thread is idle */
	bool is_hanging;   /* and that has been told */
	unsigned count;
	struct sample samples[CHANNELS_MAX];
};

/* Inputs as often as a pulse of 50 ms needs it, the rest as often as somebody looks. */
static uint64_t
period_of(const struct inventory_row *row, enum profile_part part)
{
	if (part == PROFILE_TEMPERATURE)
		return 2 * US_PER_S;
	if (part == PROFILE_ACCELEROMETER)
		return 100 * US_PER_MS;
	return (inventory_input_number(row) && part == PROFILE_VOLTAGE ? 20 : 200) * US_PER_MS;
}

static enum hw_quantity
quantity_of(enum profile_part part)
{
	if (part == PROFILE_CURRENT)
		return HW_MA;
	return part == PROFILE_TEMPERATURE ? HW_MILLICELSIUS : HW_MV;
}

/* Whether its voltage says that a supply is there, when no line does. */
static void
take_supply(struct linux_board *board, struct sample *sample, int32_t mv)
{
	const struct profile_point *point = profile_point(board->profile, sample->row);
	int32_t half_mv = (int32_t) sample->row->max_mv / 2;
	bool is_there = mv >= half_mv - (sample->was_there ? half_mv / 8 : 0);

	if (sample->row->kind != INV_SUPPLY_IN || sample->part != PROFILE_VOLTAGE ||
	    point->parts & (PROFILE_LINE | PROFILE_PRESENT))
		return;
	if (!sample->is_known || is_there != sample->was_there)
		board->ops->on_state(sample->row, is_there ? HW_ACTIVE : HW_INACTIVE,
				     board->context);
	sample->was_there = is_there;
}

static void
take_motion(struct linux_board *board, struct sample *sample)
{
	bool is_moved = motion_add(&sample->motion, sample->probe.values, clock_mono_us());

	if (!sample->is_known || is_moved != (bool) sample->last)
		board->ops->on_state(sample->row, is_moved ? HW_ACTIVE : HW_INACTIVE,
				     board->context);
	sample->last = is_moved;
	sample->is_known = true;
}

/* A step is told at once, noise and creeping once a second: whoever hears of it has work to do. */
static bool
is_news(const struct sample *sample, int32_t value, uint64_t now_us)
{
	int32_t noise = MAX_OF(NOISE, abs(sample->last) / NOISE_SHARE);

	return abs(value - sample->last) > noise ||
	       (value != sample->last && now_us - sample->told_us >= NOISE_US);
}

static void
take_value(struct linux_board *board, struct sample *sample)
{
	if (sample->part == PROFILE_ACCELEROMETER) {
		take_motion(board, sample);
		return;
	}
	double real = sample->probe.values[0];
	int32_t value = (int32_t) lround(fmax(-VALUE_MAX, fmin(VALUE_MAX, real)));
	uint64_t now_us = clock_mono_us();
	if (sample->is_known && !is_news(sample, value, now_us))
		return;
	take_supply(board, sample, value);
	board->ops->on_measure(sample->row, quantity_of(sample->part), value, board->context);
	sample->last = value;
	sample->told_us = now_us;
	sample->is_known = true;
}

static void
take_sample(struct linux_sampler *sampler, struct sample *sample, uint64_t now_us)
{
	struct linux_board *board = sampler->board;

	if (sample->probe.error) {
		sample->due_us = now_us + sample->delay_ms * US_PER_MS;
		sample->delay_ms = MIN_OF(sample->delay_ms * 2, LINUX_RETRY_MS_MAX);
		sample->is_broken = true;
		sample->is_known = false;
		linux_tell_fault(board, sample->row, sample->part, sample->probe.why);
		return;
	}
	sample->due_us = now_us + sample->period_us;
	sample->delay_ms = LINUX_RETRY_MS;
	sample->is_broken = false;
	linux_tell_fault(board, sample->row, sample->part, NULL);
	take_value(board, sample);
}

/* In the thread: between asking and done() the probes that are asked are its own. */
static void
read_all(void *job)
{
	struct linux_sampler *sampler = job;

	for (unsigned i = 0; i < sampler->count; i++)
		if (sampler->samples[i].is_asked)
			probe_read(&sampler->samples[i].probe);
}

static void
done(void *job)
{
	struct linux_sampler *sampler = job;
	uint64_t now_us = clock_mono_us();
	uint64_t next_us = UINT64_MAX;

	sampler->asked_us = 0;
	sampler->is_hanging = false;
	for (unsigned i = 0; i < sampler->count; i++) {
		struct sample *sample = &sampler->samples[i];
		if (sample->is_asked)
			take_sample(sampler, sample, now_us);
		sample->is_asked = false;
		next_us = MIN_OF(next_us, sample->due_us);
	}
	loop_arm_at(sampler->tick, next_us);
}

static void
tell_hanging(struct linux_sampler *sampler)
{
	sampler->is_hanging = true;
	for (unsigned i = 0; i < sampler->count; i++) {
		struct sample *sample = &sampler->samples[i];
		sample->is_known = false;
		linux_tell_fault(sampler->board, sample->row, sample->part,
				 "the device does not answer");
	}
}

static void
on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct linux_sampler *sampler = context;
	uint64_t now_us = clock_mono_us();

	if (sampler->asked_us) {
		tell_hanging(sampler);
		return;
	}
	for (unsigned i = 0; i < sampler->count; i++)
		sampler->samples[i].is_asked = sampler->samples[i].due_us <= now_us + TOGETHER_US;
	sampler->asked_us = now_us;
	loop_arm_in(sampler->tick, HANG_US);
	(void) worker_submit(sampler->worker, read_all, done, sampler);
}

/* Channels of one device are read one after another, devices beside each other. */
static struct linux_sampler *
sampler_for(struct linux_board *board, const struct probe *probe)
{
	for (struct linux_sampler *at = board->samplers; at; at = at->next) {
		const struct probe *first = &at->samples[0].probe;
		if (at->count < CHANNELS_MAX && first->is_hwmon == probe->is_hwmon &&
		    !strcmp(first->device, probe->device) && !strcmp(first->at, probe->at))
			return at;
	}
	struct linux_sampler *sampler = xcalloc(1, sizeof(*sampler));
	sampler->board = board;
	sampler->worker = worker_new(board->base, 1);
	sampler->tick = evtimer_new(board->base, on_tick, sampler);
	sampler->next = board->samplers;
	board->samplers = sampler;
	event_active(sampler->tick, 0, 0);
	return sampler;
}

static void
add(struct linux_board *board, const struct inventory_row *row, enum profile_part part,
    const struct probe *probe)
{
	struct linux_sampler *sampler = sampler_for(board, probe);
	struct sample *sample = &sampler->samples[sampler->count++];

	*sample = (struct sample){
		.row = row,
		.part = part,
		.probe = *probe,
		.period_us = period_of(row, part),
		.delay_ms = LINUX_RETRY_MS,
	};
	if (part == PROFILE_ACCELEROMETER)
		motion_init(&sample->motion,
			    profile_point(board->profile, row)->accelerometer.threshold_mg);
}

static void
add_channel(struct linux_board *board, const struct inventory_row *row, enum profile_part part,
	    const struct profile_channel *channel)
{
	struct probe probe;

	if (!(profile_point(board->profile, row)->parts & part))
		return;
	probe_init(&probe, board->root, channel);
	add(board, row, part, &probe);
}

void
linux_sample_open(struct linux_board *board)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *row = inventory_at(i);
		const struct profile_point *point = profile_point(board->profile, row);
		struct probe probe;
		add_channel(board, row, PROFILE_VOLTAGE, &point->voltage);
		add_channel(board, row, PROFILE_CURRENT, &point->current);
		add_channel(board, row, PROFILE_TEMPERATURE, &point->temperature);
		if (!(point->parts & PROFILE_ACCELEROMETER))
			continue;
		probe_init_accelerometer(&probe, board->root, &point->accelerometer);
		add(board, row, PROFILE_ACCELEROMETER, &probe);
	}
}

void
linux_sample_close(struct linux_board *board)
{
	for (struct linux_sampler *next, *at = board->samplers; at; at = next) {
		next = at->next;
		/* Waits for the read under way. */
		worker_free(at->worker);
		event_free(at->tick);
		for (unsigned i = 0; i < at->count; i++)
			probe_close(&at->samples[i].probe);
		free(at);
	}
	board->samplers = NULL;
}

void
linux_sample_refresh(struct linux_board *board, const struct inventory_row *row)
{
	for (struct linux_sampler *at = board->samplers; at; at = at->next)
		for (unsigned i = 0; i < at->count; i++)
			if (at->samples[i].row == row)
				at->samples[i].is_known = false;
}
