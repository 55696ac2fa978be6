#include "tests/unit/osdp_line.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

enum {
	TURN_ROUND_US = 3000,
	LATE_US = 250000,
};

static struct osdp_pd *
make_pd(unsigned pd, uint32_t serial)
{
	struct osdp_pd_config config = {
		.address = (uint8_t) (pd + 1),
		.identity = { .vendor = { 0x00, 0x06, 0x8E }, .model = 7, .serial = serial },
	};
	config.capabilities.compliance[OSDP_CAP_LED] = 4;
	config.capabilities.items[OSDP_CAP_LED] = 1;
	config.capabilities.compliance[OSDP_CAP_CHECK] = 1;

	struct osdp_pd *made = NULL;
	return osdp_pd_new(&config, &made) == 0 ? made : NULL;
}

static void
send_reply(struct line *line, uint8_t *reply, size_t size)
{
	uint64_t at_us = line->now_us + TURN_ROUND_US;

	if (line->lost_replies > 0) {
		line->lost_replies--;
		return;
	}
	if (line->late_replies > 0) {
		line->late_replies--;
		at_us = line->now_us + LATE_US;
	}
	if (line->corrupt_replies > 0) {
		line->corrupt_replies--;
		reply[size - 3] ^= 0x10;
	}
	line_inject(line, line->noise, line->noise_size, at_us);
	at_us += line->noise_size * line->char_us;
	if (line->forged != NULL) {
		line_inject(line, line->forged, line->forged_size, at_us);
		line->forged = NULL;
	} else {
		line_inject(line, reply, size, at_us);
	}
}

static void
deliver_command(struct line *line)
{
	struct line_command command = line->in_flight;

	line->arrival_us = UINT64_MAX;
	if (line->corrupt_commands > 0) {
		line->corrupt_commands--;
		command.bytes[command.size - 2] ^= 0x01;
	}
	if (line->has_echo)
		line_inject(line, command.bytes, command.size, line->now_us);
	for (unsigned i = 0; i < line->pd_count; i++) {
		uint8_t reply[256];
		if (line->is_unplugged[i])
			continue;
		osdp_pd_receive(line->pd[i], command.bytes, command.size, line->now_us);
		size_t size = osdp_pd_take_output(line->pd[i], reply, sizeof(reply));
		if (size > 0)
			send_reply(line, reply, size);
	}
}

static void
deliver_bytes(struct line *line)
{
	while (line->fifo_count > 0 && line->fifo[line->fifo_first].at_us <= line->now_us) {
		osdp_cp_receive(line->cp, &line->fifo[line->fifo_first].byte, 1, line->now_us);
		line->last_activity_us = line->now_us;
		line->fifo_first = (line->fifo_first + 1) % LINE_FIFO_MAX;
		line->fifo_count--;
	}
}

static void
take_command(struct line *line)
{
	struct line_command command = { .at_us = line->now_us };

	command.size = osdp_cp_take_output(line->cp, command.bytes, sizeof(command.bytes));
	if (command.size == 0)
		return;

	bool is_too_soon = line->now_us < line->last_activity_us + 2 * line->char_us;
	bool is_talked_over =
		line->fifo_count > 0 &&
		line->fifo[line->fifo_first].at_us < line->now_us + line->char_us * command.size;
	if (is_too_soon || is_talked_over)
		line->collisions++;

	line->in_flight = command;
	line->arrival_us = line->now_us + command.size * line->char_us;
	line->last_activity_us = line->arrival_us;
	if (line->command_count < LINE_COMMANDS_MAX)
		line->commands[line->command_count++] = command;
}

static void
take_events(struct line *line)
{
	struct osdp_event event;

	while (!line->is_deaf_to_events && osdp_cp_take_event(line->cp, &event))
		if (line->event_count < LINE_EVENTS_MAX)
			line->events[line->event_count++] = event;
}

/* One jump of the clock, to until_us at most. */
static void
step(struct line *line, uint64_t until_us)
{
	take_events(line);
	osdp_cp_tick(line->cp, line->now_us);
	take_command(line);

	uint64_t next_us = MIN_OF(osdp_cp_deadline_us(line->cp), line->arrival_us);
	if (line->fifo_count > 0)
		next_us = MIN_OF(next_us, line->fifo[line->fifo_first].at_us);
	if (next_us <= line->now_us) {
		line->spins++;
		next_us = line->now_us + 1;
	}
	line->now_us = MIN_OF(next_us, until_us);
	if (line->now_us >= line->arrival_us)
		deliver_command(line);
	deliver_bytes(line);
	take_events(line);
}

struct line *
line_new(unsigned pd_count, uint32_t baud)
{
	struct osdp_cp_config config = { .baud = baud, .pd_count = pd_count };
	struct line *line = xcalloc(1, sizeof(*line));

	line->pd_count = pd_count;
	line->now_us = 1000 * US_PER_S;
	line->char_us = 10 * US_PER_S / baud;
	line->arrival_us = UINT64_MAX;
	for (unsigned i = 0; i < pd_count; i++) {
		config.address[i] = (uint8_t) (i + 1);
		line->pd[i] = make_pd(i, 1001 + i);
	}
	if (osdp_cp_new(&config, &line->cp) < 0)
		abort();
	return line;
}

void
line_free(struct line *line)
{
	for (unsigned i = 0; i < line->pd_count; i++)
		osdp_pd_free(line->pd[i]);
	osdp_cp_free(line->cp);
	free(line);
}

void
line_run_ms(struct line *line, uint64_t ms)
{
	uint64_t until_us = line->now_us + ms * US_PER_MS;

	while (line->now_us < until_us)
		step(line, until_us);
}

void
line_settle(struct line *line)
{
	while (line->arrival_us != UINT64_MAX || line->fifo_count > 0)
		line_run_ms(line, 1);
}

bool
line_wait(struct line *line, enum osdp_event_type type, unsigned pd, uint64_t timeout_ms,
	  struct osdp_event *ret_event)
{
	uint64_t until_us = line->now_us + timeout_ms * US_PER_MS;
	unsigned seen = line->event_count;

	while (line->now_us < until_us) {
		step(line, until_us);
		for (; seen < line->event_count; seen++) {
			if (line->events[seen].type != type || line->events[seen].pd != pd)
				continue;
			*ret_event = line->events[seen];
			return true;
		}
	}
	return false;
}

unsigned
line_count_events(const struct line *line, enum osdp_event_type type, unsigned pd)
{
	unsigned count = 0;

	for (unsigned i = 0; i < line->event_count; i++)
		if (line->events[i].type == type && line->events[i].pd == pd)
			count++;
	return count;
}

void
line_inject(struct line *line, const uint8_t *bytes, size_t size, uint64_t at_us)
{
	for (size_t i = 0; i < size && line->fifo_count < LINE_FIFO_MAX; i++) {
		at_us += line->char_us;
		line->fifo[(line->fifo_first + line->fifo_count) % LINE_FIFO_MAX] =
			(struct line_byte){ .at_us = at_us, .byte = bytes[i] };
		line->fifo_count++;
	}
}

void
line_replace_pd(struct line *line, unsigned pd, uint32_t serial)
{
	osdp_pd_free(line->pd[pd]);
	line->pd[pd] = make_pd(pd, serial);
}

struct osdp_frame
line_command_frame(const struct line *line, unsigned n)
{
	struct osdp_frame frame = { 0 };

	if (n < line->command_count)
		(void) osdp_frame_decode(line->commands[n].bytes + 1, line->commands[n].size - 1,
					 &frame);
	return frame;
}

struct line *
line_online(unsigned pd_count, uint32_t baud)
{
	struct line *line = line_new(pd_count, baud);

	line_run_ms(line, 1000);
	line_settle(line);
	for (unsigned i = 0; i < pd_count; i++)
		CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, i), OSDP_PD_ONLINE);
	return line;
}

void
line_done(struct line *line)
{
	CU_ASSERT_EQUAL(line->collisions, 0);
	CU_ASSERT_EQUAL(line->spins, 0);
	line_free(line);
}
