/* What the readers of a bus show and sound: LED, buzzer, display. */
#include <errno.h>
#include <string.h>

#include "hw/bus_private.h"
#include "lib/util.h"

/* What one line of the smallest display holds. */
#define LINE_CHARS 16

/* OSDP forbids a state that is neither on nor off for some time. */
static struct osdp_led_state
led_state(uint8_t control, const struct feedback *feedback)
{
	return (struct osdp_led_state){
		.control = control,
		.on_100ms = feedback->on,
		.off_100ms = feedback->off,
		.on_colour = feedback->colour,
		.off_colour = feedback->off ? feedback->colour_off : feedback->colour,
	};
}

int
bus_text(struct bus *bus, unsigned seat, const char *text, unsigned seconds)
{
	size_t size = strlen(text);
	bool wraps = size > LINE_CHARS;
	struct osdp_text command = {
		.command = wraps ? OSDP_TEXT_PERMANENT_WRAP : OSDP_TEXT_PERMANENT,
		.row = 1,
		.column = 1,
		.size = (uint8_t) size,
	};

	if (!bus->seats[seat].capabilities.compliance[OSDP_CAP_TEXT])
		return -ENOTSUP;
	if (size > sizeof(command.text))
		return -EINVAL;
	if (seconds) {
		command.command = wraps ? OSDP_TEXT_TEMPORARY_WRAP : OSDP_TEXT_TEMPORARY;
		command.seconds = (uint8_t) MIN_OF(seconds, (unsigned) UINT8_MAX);
	}
	memcpy(command.text, text, size);
	return osdp_cp_text(bus->cp, seat, &command);
}

static int
send_beeps(struct bus *bus, unsigned seat, const struct feedback *feedback)
{
	struct osdp_buzzer buzzer = {
		.tone = OSDP_TONE_DEFAULT,
		.on_100ms = feedback->beep_on,
		.off_100ms = feedback->beep_off,
		.count = feedback->beeps == FEEDBACK_BEEPS_ENDLESS ? 0 : feedback->beeps,
	};

	if (!feedback->beeps || !feedback->beep_on)
		return 0;
	return osdp_cp_buzzer(bus->cp, seat, &buzzer);
}

static void
rest(struct bus *bus, unsigned number)
{
	struct bus_seat *seat = &bus->seats[number];
	const struct feedback *resting = &seat->resting;
	struct osdp_led led = { .permanent = led_state(OSDP_LED_PERMANENT_SET, resting) };
	struct osdp_buzzer silence = { .tone = OSDP_TONE_OFF };
	bool has_text = *resting->text;
	bool has_room = true;

	if (resting->on)
		has_room = osdp_cp_led(bus->cp, number, &led) != -ENOSPC;
	if (seat->is_sounding && has_room)
		has_room = osdp_cp_buzzer(bus->cp, number, &silence) != -ENOSPC;
	if (has_room)
		has_room = send_beeps(bus, number, resting) != -ENOSPC;
	if (has_room && (has_text || seat->has_text))
		has_room = bus_text(bus, number, has_text ? resting->text : " ", 0) != -ENOSPC;
	seat->is_stale = !has_room;
	if (!has_room)
		return;
	seat->is_sounding = resting->beeps == FEEDBACK_BEEPS_ENDLESS && resting->beep_on;
	seat->has_text = has_text;
}

void
bus_show_stale(struct bus *bus)
{
	for (unsigned i = 0; i < bus->profile->count; i++)
		if (bus->seats[i].is_stale)
			rest(bus, i);
}

void
bus_show_again(struct bus *bus, unsigned number)
{
	bus->seats[number].is_sounding = false;
	bus->seats[number].has_text = false;
	rest(bus, number);
}

void
bus_show(struct bus *bus, unsigned number, const struct feedback *resting)
{
	struct bus_seat *seat = &bus->seats[number];

	if (!memcmp(&seat->resting, resting, sizeof(*resting)))
		return;
	seat->resting = *resting;
	rest(bus, number);
}

void
bus_signal(struct bus *bus, unsigned number, const struct feedback *feedback)
{
	struct osdp_led led = {
		.temporary = led_state(OSDP_LED_TEMPORARY_SET, feedback),
		.timer_100ms = feedback->duration,
	};

	if (feedback->on && feedback->duration)
		(void) osdp_cp_led(bus->cp, number, &led);
	/* An alarm that sounds is not silenced by a card. */
	if (!bus->seats[number].is_sounding)
		(void) send_beeps(bus, number, feedback);
	if (*feedback->text)
		(void) bus_text(bus, number, feedback->text, (feedback->duration + 9u) / 10);
}
