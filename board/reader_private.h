/*
 * What the files of a reader share; nobody else includes this. reader.c is its line and its cards,
 * reader_panel.c what a person sees, hears and types.
 */
#ifndef BOARD_READER_PRIVATE_H
#define BOARD_READER_PRIVATE_H

#include "board/peripheral.h"
#include "board/polls.h"
#include "board/reader.h"

struct reader_panel {
	struct osdp_led_state permanent;
	struct osdp_led_state temporary;
	uint64_t permanent_since_us;
	uint64_t temporary_since_us;
	uint64_t temporary_until_us;
	struct osdp_buzzer buzzer;
	uint64_t buzzer_since_us;
	unsigned buzzes;
	char permanent_text[OSDP_TEXT_MAX + 1];
	char temporary_text[OSDP_TEXT_MAX + 1];
	uint64_t text_until_us;
};

struct reader {
	unsigned number;
	struct peripheral peripheral;
	struct polls polls;
	struct reader_panel panel;
	unsigned waiting; /* cards in the PD's queue */
	unsigned sent;
	unsigned answered;
	uint64_t storm_until_us;
	uint32_t storm_made; /* the last number badged */
	uint32_t last_sent;  /* the number of the last card on the line */
	uint8_t answers[STORM_CARDS_MAX / 8 + 1];
};

/* True for a temporary light: what a reader shows when a card was answered. */
bool reader_panel_take_led(struct reader_panel *panel, const struct osdp_led *led, uint64_t now_us);
void reader_panel_take_buzzer(struct reader_panel *panel, const struct osdp_buzzer *buzzer,
			      uint64_t now_us);
void reader_panel_take_text(struct reader_panel *panel, const struct osdp_text *text,
			    uint64_t now_us);
/* A new reference: {"led", "led_now", "buzzes", "sounding", "text"}. */
json_t *reader_panel_show(const struct reader_panel *panel, bool is_lit, uint64_t now_us);

#endif
