#include "board/reader_private.h"

#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

#define UNIT_US (100 * US_PER_MS)

static const char *const colours[] = { "off",  "red",	  "green", "amber",
				       "blue", "magenta", "cyan",  "white" };

bool
reader_panel_take_led(struct reader_panel *panel, const struct osdp_led *led, uint64_t now_us)
{
	if (led->permanent.control == OSDP_LED_PERMANENT_SET) {
		panel->permanent = led->permanent;
		panel->permanent_since_us = now_us;
	}
	if (led->temporary.control == OSDP_LED_TEMPORARY_CANCEL)
		panel->temporary_until_us = now_us;
	if (led->temporary.control != OSDP_LED_TEMPORARY_SET)
		return false;
	panel->temporary = led->temporary;
	panel->temporary_since_us = now_us;
	panel->temporary_until_us = now_us + led->timer_100ms * UNIT_US;
	return true;
}

void
reader_panel_take_buzzer(struct reader_panel *panel, const struct osdp_buzzer *buzzer,
			 uint64_t now_us)
{
	panel->buzzer = *buzzer;
	panel->buzzer_since_us = now_us;
	panel->buzzes++;
}

void
reader_panel_take_text(struct reader_panel *panel, const struct osdp_text *text, uint64_t now_us)
{
	bool is_temporary =
		text->command == OSDP_TEXT_TEMPORARY || text->command == OSDP_TEXT_TEMPORARY_WRAP;
	char *to = is_temporary ? panel->temporary_text : panel->permanent_text;

	(void) snprintf(to, sizeof(panel->permanent_text), "%.*s", (int) text->size, text->text);
	panel->text_until_us = is_temporary ? now_us + text->seconds * US_PER_S : 0;
}

/* One that is never off or never on is steady. */
static unsigned
colour_of(const struct osdp_led_state *state, uint64_t since_us, uint64_t now_us)
{
	uint64_t on_us = state->on_100ms * UNIT_US;
	uint64_t period_us = on_us + state->off_100ms * UNIT_US;

	if (!state->off_100ms || !period_us)
		return state->on_colour;
	return (now_us - since_us) % period_us < on_us ? state->on_colour : state->off_colour;
}

static bool
is_sounding(const struct reader_panel *panel, uint64_t now_us)
{
	const struct osdp_buzzer *buzzer = &panel->buzzer;
	uint64_t on_us = buzzer->on_100ms * UNIT_US;
	uint64_t period_us = on_us + buzzer->off_100ms * UNIT_US;
	uint64_t spent_us = now_us - panel->buzzer_since_us;

	if (buzzer->tone <= OSDP_TONE_OFF || !period_us)
		return false;
	if (buzzer->count && spent_us >= buzzer->count * period_us)
		return false;
	return spent_us % period_us < on_us;
}

static const char *
name_of(unsigned colour, bool is_lit)
{
	return !is_lit || colour >= ARRAY_LEN(colours) ? "off" : colours[colour];
}

json_t *
reader_panel_show(const struct reader_panel *panel, bool is_lit, uint64_t now_us)
{
	bool is_temporary = now_us < panel->temporary_until_us;
	const struct osdp_led_state *state = is_temporary ? &panel->temporary : &panel->permanent;
	uint64_t since_us = is_temporary ? panel->temporary_since_us : panel->permanent_since_us;
	char text[sizeof(panel->permanent_text)];

	(void) snprintf(text, sizeof(text), "%s",
			!is_lit				? ""
			: now_us < panel->text_until_us ? panel->temporary_text
							: panel->permanent_text);
	return json_pack("{ss,ss,si,sb,so}", "led", name_of(state->on_colour, is_lit), "led_now",
			 name_of(colour_of(state, since_us, now_us), is_lit), "buzzes",
			 (int) panel->buzzes, "sounding", is_lit && is_sounding(panel, now_us),
			 "text", json_string_cut(text));
}
