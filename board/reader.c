#include "board/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "board/polls.h"
#include "hw/osdp/pd.h"
#include "lib/cardformat.h"
#include "lib/util.h"

struct reader {
	unsigned number;
	char *path; /* what survives a power cut: its serial number and key */
	struct osdp_pd_config config;
	struct osdp_pd *pd;
	struct polls polls;
	bool is_plugged;
	bool is_tampered;
	unsigned waiting; /* cards in the PD's queue */
	unsigned sent;
	unsigned answered;
	unsigned buzzes;
	uint8_t permanent_colour;
	uint8_t temporary_colour;
	uint64_t temporary_until_us;
	uint64_t storm_until_us;
	uint32_t storm_made; /* the last number badged */
	uint32_t last_sent;  /* the number of the last card on the line */
	uint8_t answers[STORM_CARDS_MAX / 8 + 1];
};

static int
fill_random(void *context UNUSED, uint8_t *bytes, size_t size)
{
	return getrandom(bytes, size, 0) == (ssize_t) size ? 0 : -EIO;
}

static void
set_tamper(struct reader *reader, bool is_tampered)
{
	struct osdp_lstatr status = { .is_tampered = is_tampered };

	reader->is_tampered = is_tampered;
	osdp_pd_set_status(reader->pd, &status);
}

/* The device itself: power up with what it has kept. */
void
reader_power_up(struct reader *reader)
{
	osdp_pd_free(reader->pd);
	reader->pd = NULL;
	if (osdp_pd_new(&reader->config, &reader->pd) < 0)
		abort();
	set_tamper(reader, reader->is_tampered);
	reader->waiting = 0;
	reader->permanent_colour = OSDP_COLOUR_BLACK;
	reader->temporary_until_us = 0;
}

struct memory {
	uint32_t serial;
	uint32_t has_key;
	uint8_t key[OSDP_KEY_SIZE];
};

static void
keep(const struct reader *reader)
{
	struct memory memory = {
		.serial = reader->config.identity.serial,
		.has_key = reader->config.has_key,
	};

	memcpy(memory.key, reader->config.key, sizeof(memory.key));
	(void) write_file_atomic(reader->path, &memory, sizeof(memory), 0600);
}

static void
remember(struct reader *reader)
{
	struct memory memory;
	_cleanup_(closep) int fd = open(reader->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, &memory, sizeof(memory)) != (ssize_t) sizeof(memory))
		return;
	reader->config.identity.serial = memory.serial;
	reader->config.has_key = memory.has_key;
	memcpy(reader->config.key, memory.key, sizeof(memory.key));
}

struct reader *
reader_new(const char *run_dir, unsigned number, uint8_t address)
{
	struct reader *reader = xcalloc(1, sizeof(*reader));
	struct osdp_pdcap *capabilities = &reader->config.capabilities;

	reader->number = number;
	reader->path = xasprintf("%s/reader%u.memory", run_dir, number);
	reader->is_plugged = true;
	reader->config.address = address;
	reader->config.fill_random = fill_random;
	reader->config.identity = (struct osdp_pdid){ .vendor = { 0x02, 0xca, 0x2d },
						      .model = 1,
						      .version = 1,
						      .serial = 1000 + number,
						      .firmware = { 1, 0, 0 } };
	capabilities->compliance[OSDP_CAP_CARD_FORMAT] = 1;
	capabilities->compliance[OSDP_CAP_LED] = 4;
	capabilities->items[OSDP_CAP_LED] = 1;
	capabilities->compliance[OSDP_CAP_BUZZER] = 2;
	capabilities->compliance[OSDP_CAP_CHECK] = 1;
	capabilities->compliance[OSDP_CAP_SECURITY] = 1;
	capabilities->compliance[OSDP_CAP_VERSION] = 2;
	remember(reader);
	reader_power_up(reader);
	return reader;
}

void
reader_free(struct reader *reader)
{
	if (!reader)
		return;
	osdp_pd_free(reader->pd);
	free(reader->path);
	free(reader);
}

int
reader_badge(struct reader *reader, unsigned bit_count, const uint8_t *data)
{
	int r = osdp_pd_badge(reader->pd, bit_count, data);

	if (r == 0)
		reader->waiting++;
	return r;
}

static void
refill(struct reader *reader, uint64_t now_us)
{
	uint8_t data[8];
	const struct cardformat *format = cardformat_by_name("h10301");

	/* Two are enough to have one ready at every poll. */
	while (now_us < reader->storm_until_us && reader->waiting < 2 &&
	       reader->storm_made < STORM_CARDS_MAX) {
		int bits = cardformat_encode(format, reader->number, reader->storm_made + 1, data,
					     sizeof(data));
		if (bits < 0 || reader_badge(reader, (unsigned) bits, data) < 0)
			return;
		reader->storm_made++;
	}
}

static void
take_led(struct reader *reader, const struct osdp_led *led, uint64_t now_us)
{
	if (led->permanent.control == OSDP_LED_PERMANENT_SET)
		reader->permanent_colour = led->permanent.on_colour;
	if (led->temporary.control != OSDP_LED_TEMPORARY_SET)
		return;
	reader->temporary_colour = led->temporary.on_colour;
	reader->temporary_until_us = now_us + led->timer_100ms * 100 * US_PER_MS;
	reader->answered++;
	if (reader->last_sent)
		reader->answers[reader->last_sent / 8] |= (uint8_t) (1 << reader->last_sent % 8);
}

static void
take_sent(struct reader *reader, const struct osdp_raw *raw)
{
	struct cardformat_card card;

	reader->waiting -= reader->waiting > 0;
	reader->sent++;
	reader->last_sent = 0;
	if (cardformat_decode(raw->bit_count, raw->data, &card) == 0 &&
	    card.facility == reader->number && card.number <= STORM_CARDS_MAX)
		reader->last_sent = (uint32_t) card.number;
}

static void
take_events(struct reader *reader, uint64_t now_us)
{
	struct osdp_pd_event event;

	while (osdp_pd_take_event(reader->pd, &event)) {
		switch (event.type) {
		case OSDP_PD_EV_LED:
			take_led(reader, &event.led, now_us);
			break;
		case OSDP_PD_EV_BUZZER:
			reader->buzzes++;
			break;
		case OSDP_PD_EV_CARD_SENT:
			take_sent(reader, &event.card);
			break;
		case OSDP_PD_EV_KEY:
			reader->config.has_key = true;
			memcpy(reader->config.key, event.key, sizeof(event.key));
			keep(reader);
			break;
		case OSDP_PD_EV_CARDS_DISCARDED:
			reader->waiting -= MIN_OF(reader->waiting, event.cards);
			break;
		default:
			break;
		}
	}
}

size_t
reader_exchange(struct reader *reader, const uint8_t *bytes, size_t size, uint64_t now_us,
		uint8_t *reply, size_t reply_size)
{
	if (!reader->is_plugged)
		return 0;
	polls_note(&reader->polls, reader->config.address, bytes, size, now_us);
	osdp_pd_receive(reader->pd, bytes, size, now_us);
	size_t used = osdp_pd_take_output(reader->pd, reply, reply_size);
	take_events(reader, now_us);
	refill(reader, now_us);
	return used;
}

static void
set_plugged(struct reader *reader, bool is_plugged)
{
	if (is_plugged && !reader->is_plugged)
		reader_power_up(reader);
	reader->is_plugged = is_plugged;
}

/* Another device of the same kind, as it comes from its maker, or given the same key before. */
static int
swap(struct reader *reader, const char *argument)
{
	if (*argument && strcmp(argument, "keyed"))
		return -EINVAL;
	reader->config.identity.serial += 1000;
	if (!*argument)
		reader->config.has_key = false;
	keep(reader);
	reader_power_up(reader);
	return 0;
}

static int
set_key(struct reader *reader, const char *which)
{
	if (!strcmp(which, "wrong")) {
		reader->config.has_key = true;
		(void) fill_random(NULL, reader->config.key, sizeof(reader->config.key));
	} else if (!strcmp(which, "default") || !strcmp(which, "forget")) {
		reader->config.has_key = false;
	} else {
		return -EINVAL;
	}
	keep(reader);
	reader_power_up(reader);
	return 0;
}

int
reader_set(struct reader *reader, const char *state, const char *argument)
{
	if (!strcmp(state, "plugged") || !strcmp(state, "unplugged"))
		set_plugged(reader, !strcmp(state, "plugged"));
	else if (!strcmp(state, "tampered") || !strcmp(state, "untampered"))
		set_tamper(reader, !strcmp(state, "tampered"));
	else if (!strcmp(state, "swap"))
		return swap(reader, argument);
	else if (!strcmp(state, "key"))
		return set_key(reader, argument);
	else
		return -EINVAL;
	return 0;
}

void
reader_storm(struct reader *reader, uint64_t until_us)
{
	reader->storm_until_us = until_us;
}

json_t *
reader_show(const struct reader *reader, uint64_t now_us)
{
	static const char *const colours[] = { "off",  "red",	  "green", "amber",
					       "blue", "magenta", "cyan",  "white" };
	uint8_t colour = now_us < reader->temporary_until_us ? reader->temporary_colour
							     : reader->permanent_colour;

	return json_pack(
		"{ss,si,si,si,si,sb,sb}", "led",
		!reader->is_plugged || colour >= ARRAY_LEN(colours) ? "off" : colours[colour],
		"buzzes", (int) reader->buzzes, "waiting", (int) reader->waiting, "sent",
		(int) reader->sent, "answered", (int) reader->answered, "plugged",
		reader->is_plugged, "secure", reader->is_plugged && osdp_pd_is_secure(reader->pd));
}

struct polls *
reader_polls(struct reader *reader)
{
	return &reader->polls;
}

json_t *
reader_answered(const struct reader *reader)
{
	json_t *numbers = json_array();

	for (uint32_t i = 1; i <= reader->storm_made; i++)
		if (reader->answers[i / 8] & 1 << i % 8)
			(void) json_array_append_new(numbers, json_integer(i));
	return numbers;
}
