#include "tests/unit/osdp_line.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

enum {
	TURN_ROUND_US = 3000,
	LATE_US = 250000,
};

/* xorshift: the same in every run, and never the same number twice in one. */
static int
fill_random(void *context, uint8_t *bytes, size_t size)
{
	struct line *line = context;

	line->random_calls++;
	if (line->has_no_random)
		return -EIO;
	for (size_t i = 0; i < size; i++) {
		line->random ^= line->random << 13;
		line->random ^= line->random >> 7;
		line->random ^= line->random << 17;
		bytes[i] = (uint8_t) (line->random >> 32);
	}
	return 0;
}

static void
fill_pd(struct line *line, struct osdp_pd_config *config, unsigned pd)
{
	config->address = (uint8_t) (pd + 1);
	config->fill_random = fill_random;
	config->random_context = line;
	if (config->identity.serial == 0)
		config->identity = (struct osdp_pdid){ .vendor = { 0x00, 0x06, 0x8E },
						       .model = 7,
						       .serial = 1001 + pd };
	config->capabilities.compliance[OSDP_CAP_LED] = 4;
	config->capabilities.items[OSDP_CAP_LED] = 1;
	config->capabilities.compliance[OSDP_CAP_CHECK] = 1;
	config->capabilities.compliance[OSDP_CAP_SECURITY] = 1;
}

static void
send_reply(struct line *line, uint8_t *reply, size_t size)
{
	uint64_t turn_us = line->turn_round_ms ? line->turn_round_ms * US_PER_MS : TURN_ROUND_US;
	uint64_t at_us = line->now_us + turn_us;

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
	if (line->on_reply != NULL)
		line->on_reply(line, reply, &size);
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
	if (line->on_command != NULL)
		line->on_command(line, command.bytes, &command.size);
	if (line->has_echo)
		line_inject(line, command.bytes, command.size, line->now_us);
	for (unsigned i = 0; i < line->pd_count; i++) {
		uint8_t reply[1 + OSDP_FRAME_MAX];
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

	while (!line->is_deaf_to_events && osdp_cp_take_event(line->cp, &event)) {
		if (event.type == OSDP_EV_KEY_PENDING) {
			memcpy(line->last_key, event.key, sizeof(line->last_key));
			if (!line->keeps_keys_waiting)
				(void) osdp_cp_key_stored(line->cp, event.pd);
		}
		if (line->event_count < LINE_EVENTS_MAX)
			line->events[line->event_count++] = event;
	}
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
line_make(struct osdp_cp_config *config, struct osdp_pd_config *pds)
{
	struct line *line = xcalloc(1, sizeof(*line));

	line->pd_count = config->pd_count;
	line->random = 0x9E3779B97F4A7C15;
	line->now_us = 1000 * US_PER_S;
	line->char_us = 10 * US_PER_S / config->baud;
	line->arrival_us = UINT64_MAX;
	config->fill_random = fill_random;
	config->random_context = line;
	for (unsigned i = 0; i < config->pd_count; i++) {
		config->address[i] = (uint8_t) (i + 1);
		fill_pd(line, &pds[i], i);
		if (osdp_pd_new(&pds[i], &line->pd[i]) < 0)
			abort();
	}
	if (osdp_cp_new(config, &line->cp) < 0)
		abort();
	return line;
}

struct line *
line_new(unsigned pd_count, uint32_t baud)
{
	struct osdp_cp_config config = { .baud = baud, .pd_count = pd_count };
	struct osdp_pd_config pds[OSDP_CP_PDS_MAX] = { 0 };

	return line_make(&config, pds);
}

void
line_key(unsigned pd, uint8_t *ret_key)
{
	static const uint8_t base[OSDP_KEY_SIZE] = {
		0x9A, 0x1F, 0x4C, 0x77, 0xE3, 0xB0, 0x2D, 0x58,
		0x16, 0xCA, 0x8E, 0x63, 0x90, 0xF7, 0x24, 0x5B
	};

	memcpy(ret_key, base, sizeof(base));
	ret_key[0] = (uint8_t) (base[0] + pd);
}

struct line *
line_new_secure(unsigned pd_count, uint32_t baud)
{
	struct osdp_cp_config config = { .baud = baud, .pd_count = pd_count };
	struct osdp_pd_config pds[OSDP_CP_PDS_MAX] = { 0 };

	for (unsigned i = 0; i < pd_count; i++) {
		config.policy[i].protection = OSDP_SECURE_REQUIRED;
		config.policy[i].has_key = true;
		line_key(i, config.policy[i].key);
		pds[i].has_key = true;
		line_key(i, pds[i].key);
	}
	return line_make(&config, pds);
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
	struct osdp_pd_config config = {
		.identity = { .vendor = { 0x00, 0x06, 0x8E }, .model = 7, .serial = serial },
		.has_key = osdp_pd_is_secure(line->pd[pd]),
	};

	line_key(pd, config.key);
	fill_pd(line, &config, pd);
	osdp_pd_free(line->pd[pd]);
	if (osdp_pd_new(&config, &line->pd[pd]) < 0)
		abort();
}

const struct osdp_event *
line_last_event(const struct line *line, enum osdp_event_type type, unsigned pd)
{
	for (unsigned i = line->event_count; i-- > 0;)
		if (line->events[i].type == type && line->events[i].pd == pd)
			return &line->events[i];
	return NULL;
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

static struct line *
settle_online(struct line *line, uint64_t ms)
{
	line_run_ms(line, ms);
	line_settle(line);
	for (unsigned i = 0; i < line->pd_count; i++)
		CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, i), OSDP_PD_ONLINE);
	return line;
}

struct line *
line_online(unsigned pd_count, uint32_t baud)
{
	return settle_online(line_new(pd_count, baud), 1000);
}

struct line *
line_secure_online(unsigned pd_count, uint32_t baud)
{
	return settle_online(line_new_secure(pd_count, baud), 2000);
}

void
line_done(struct line *line)
{
	CU_ASSERT_EQUAL(line->collisions, 0);
	CU_ASSERT_EQUAL(line->spins, 0);
	line_free(line);
}
