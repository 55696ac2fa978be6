/*
 * What a reader shows and sounds for each outcome of an access and each state of its door: one row
 * an outcome, and an operator edits what it does (model kind "feedback", the outcome's place from
 * 1 is the id).
 *
 * Resting outcomes last as long as the state of the door does; the others take their time, and
 * then the reader shows again what it showed before. Pure; no allocation but of JSON.
 */
#ifndef LIB_FEEDBACK_H
#define LIB_FEEDBACK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum feedback_outcome {
	FEEDBACK_IDLE_LOCKED,
	FEEDBACK_IDLE_UNLOCKED,
	FEEDBACK_PRE_ALARM,
	FEEDBACK_HELD_OPEN,
	FEEDBACK_FORCED,
	FEEDBACK_WAITING_FOR_PIN,
	FEEDBACK_BUSY,
	FEEDBACK_GRANTED,
	FEEDBACK_DENIED,
	FEEDBACK_UNKNOWN_CARD,
	FEEDBACK_KEY_DIGIT,
	FEEDBACK_ERROR,
	FEEDBACK_WAITING_FOR_CARD,
	FEEDBACK_OUTCOMES,
};

enum {
	FEEDBACK_TEXT_MAX = 32,
	FEEDBACK_BEEPS_ENDLESS = 255, /* As long as a resting outcome lasts. */
};

/* As a reader takes it: times in units of 100 ms, colours of enum osdp_colour. */
struct feedback {
	uint16_t duration; /* Of what is not resting. */
	uint8_t colour;
	uint8_t colour_off;
	uint8_t on;
	uint8_t off; /* 0: steady. */
	uint8_t beep_on;
	uint8_t beep_off;
	uint8_t beeps;			  /* 0: silent. */
	char text[FEEDBACK_TEXT_MAX + 1]; /* Printable ASCII; empty: none. */
};

/* "off", "red" ...: the choices of a colour, in the order of enum osdp_colour, NULL at the end. */
extern const char *const feedback_colours[];

/* "granted", "idle_locked". */
const char *feedback_name(enum feedback_outcome outcome);
bool feedback_is_resting(enum feedback_outcome outcome);
/* What it does unless somebody says otherwise. */
const struct feedback *feedback_default(enum feedback_outcome outcome);
/* A new reference: the same as an object of the model. */
json_t *feedback_object(enum feedback_outcome outcome);
/* An object of the model as a reader takes it: times rounded up, text in ASCII. */
void feedback_compile(const json_t *object, struct feedback *ret);
/* Whether another process's bytes are what feedback_compile() makes. */
bool feedback_is_sound(const struct feedback *feedback);

/*
 * The letters that a reader's display has: accents are left out, ligatures spelled, the rest
 * becomes '?'. Cut at size, which counts the NUL.
 */
void feedback_ascii(const char *utf8, char *to, size_t size);

#endif
