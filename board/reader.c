#include "board/reader_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/util.h"

#define RECEIVE_BUFFER 1024 /* bytes, as its capability says */

static void
set_capabilities(struct osdp_pdcap *capabilities)
{
	static const struct {
		uint8_t function;
		uint8_t compliance;
		uint8_t items;
	} rows[] = {
		{ OSDP_CAP_CARD_FORMAT, 1, 0 },
		{ OSDP_CAP_LED, 4, 1 },
		{ OSDP_CAP_BUZZER, 2, 0 },
		{ OSDP_CAP_TEXT, 1, 1 },
		{ OSDP_CAP_CHECK, 1, 0 },
		{ OSDP_CAP_SECURITY, 1, 0 },
		{ OSDP_CAP_VERSION, 2, 0 },
		{ OSDP_CAP_RECEIVE_BUFFER, RECEIVE_BUFFER & 0xFF, RECEIVE_BUFFER >> 8 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		capabilities->compliance[rows[i].function] = rows[i].compliance;
		capabilities->items[rows[i].function] = rows[i].items;
	}
}

struct reader *
reader_new(const char *memory_dir, unsigned number, uint8_t address)
{
	struct reader *reader = xcalloc(1, sizeof(*reader));
	char name[16];

	reader->number = number;
	reader->peripheral.config.address = address;
	reader->peripheral.config.identity = (struct osdp_pdid){ .vendor = { 0x02, 0xca, 0x2d },
								 .model = 1,
								 .version = 1,
								 .serial = 1000 + number,
								 .firmware = { 1, 0, 0 } };
	set_capabilities(&reader->peripheral.config.capabilities);
	(void) snprintf(name, sizeof(name), "reader%u", number);
	peripheral_init(&reader->peripheral, memory_dir, name);
	return reader;
}

void
reader_free(struct reader *reader)
{
	if (!reader)
		return;
	peripheral_done(&reader->peripheral);
	free(reader);
}

/* After a start nothing is lit and nobody waits. */
static void
begin(struct reader *reader)
{
	unsigned buzzes = reader->panel.buzzes;

	reader->panel = (struct reader_panel){ .buzzes = buzzes };
	reader->waiting = 0;
}

void
reader_power_up(struct reader *reader)
{
	peripheral_power_up(&reader->peripheral);
	begin(reader);
}

int
reader_set(struct reader *reader, const char *word, const char *argument)
{
	unsigned before = reader->peripheral.power_ups;
	int r = peripheral_set(&reader->peripheral, word, argument);

	if (reader->peripheral.power_ups != before)
		begin(reader);
	return r;
}

struct peripheral *
reader_peripheral(struct reader *reader)
{
	return &reader->peripheral;
}

int
reader_badge(struct reader *reader, unsigned bit_count, const uint8_t *data)
{
	int r = osdp_pd_badge(reader->peripheral.pd, bit_count, data);

	if (r == 0)
		reader->waiting++;
	return r;
}

int
reader_type(struct reader *reader, const char *keys)
{
	struct osdp_keys typed = { .count = (uint8_t) MIN_OF(strlen(keys), sizeof(typed.keys)) };
	uint8_t data[OSDP_KEYS_MAX + 2];

	memcpy(typed.keys, keys, typed.count);
	int size = osdp_pack_keys(&typed, data, sizeof(data));
	if (size < 0)
		return size;
	return osdp_pd_queue_reply(reader->peripheral.pd, OSDP_REPLY_KEYPAD, data, (size_t) size);
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
	if (!reader_panel_take_led(&reader->panel, led, now_us))
		return;
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

	while (osdp_pd_take_event(reader->peripheral.pd, &event)) {
		switch (event.type) {
		case OSDP_PD_EV_LED:
			take_led(reader, &event.led, now_us);
			break;
		case OSDP_PD_EV_BUZZER:
			reader_panel_take_buzzer(&reader->panel, &event.buzzer, now_us);
			break;
		case OSDP_PD_EV_TEXT:
			reader_panel_take_text(&reader->panel, &event.text, now_us);
			break;
		case OSDP_PD_EV_CARD_SENT:
			take_sent(reader, &event.card);
			break;
		case OSDP_PD_EV_CARDS_DISCARDED:
			reader->waiting -= MIN_OF(reader->waiting, event.cards);
			break;
		default:
			peripheral_take_event(&reader->peripheral, &event);
			break;
		}
	}
}

size_t
reader_exchange(struct reader *reader, const uint8_t *bytes, size_t size, uint64_t now_us,
		uint8_t *reply, size_t reply_size)
{
	struct peripheral *peripheral = &reader->peripheral;

	if (!peripheral->is_plugged)
		return 0;
	polls_note(&reader->polls, peripheral->config.address, bytes, size, now_us);
	osdp_pd_receive(peripheral->pd, bytes, size, now_us);
	size_t used = osdp_pd_take_output(peripheral->pd, reply, reply_size);
	take_events(reader, now_us);
	if (peripheral->is_to_restart)
		reader_power_up(reader);
	refill(reader, now_us);
	return used;
}

void
reader_storm(struct reader *reader, uint64_t until_us)
{
	reader->storm_until_us = until_us;
}

json_t *
reader_show(const struct reader *reader, uint64_t now_us)
{
	json_t *shown = reader_panel_show(&reader->panel, reader->peripheral.is_plugged, now_us);
	_cleanup_(json_decrefp) json_t *cards =
		json_pack("{si,si,si}", "waiting", (int) reader->waiting, "sent",
			  (int) reader->sent, "answered", (int) reader->answered);

	(void) json_object_update(shown, cards);
	peripheral_show(&reader->peripheral, shown);
	return shown;
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
