#include "lib/feedback.h"

#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

enum { OFF, RED, GREEN, AMBER };

enum { LATIN_FIRST = 0xc0, LATIN_COUNT = 0x180 - LATIN_FIRST };

const char *const feedback_colours[] = { "off",	    "red",  "green", "amber", "blue",
					 "magenta", "cyan", "white", NULL };

static const struct {
	const char *name;
	bool is_resting;
	struct feedback standard;
} rows[FEEDBACK_OUTCOMES] = {
	[FEEDBACK_IDLE_LOCKED] = { "idle_locked", true, { .colour = RED, .on = 10 } },
	[FEEDBACK_IDLE_UNLOCKED] = { "idle_unlocked", true, { .colour = GREEN, .on = 10 } },
	[FEEDBACK_PRE_ALARM] = { "pre_alarm",
				 true,
				 { .colour = AMBER,
				   .on = 5,
				   .off = 5,
				   .beep_on = 1,
				   .beep_off = 9,
				   .beeps = FEEDBACK_BEEPS_ENDLESS,
				   .text = "Close the door" } },
	[FEEDBACK_HELD_OPEN] = { "held_open",
				 true,
				 { .colour = RED,
				   .colour_off = AMBER,
				   .on = 5,
				   .off = 5,
				   .beep_on = 5,
				   .beep_off = 5,
				   .beeps = FEEDBACK_BEEPS_ENDLESS,
				   .text = "Close the door" } },
	[FEEDBACK_FORCED] = { "forced",
			      true,
			      { .colour = RED,
				.on = 2,
				.off = 2,
				.beep_on = 5,
				.beep_off = 1,
				.beeps = FEEDBACK_BEEPS_ENDLESS } },
	[FEEDBACK_WAITING_FOR_PIN] = { "waiting_for_pin",
				       true,
				       { .colour = AMBER, .on = 5, .off = 2, .text = "Code?" } },
	[FEEDBACK_BUSY] = { "busy",
			    true,
			    { .colour = AMBER, .on = 1, .off = 9, .text = "Please wait" } },
	[FEEDBACK_GRANTED] = { "granted",
			       false,
			       { .duration = 20,
				 .colour = GREEN,
				 .on = 10,
				 .beep_on = 1,
				 .beep_off = 1,
				 .beeps = 1,
				 .text = "Welcome" } },
	[FEEDBACK_DENIED] = { "denied",
			      false,
			      { .duration = 12,
				.colour = RED,
				.on = 2,
				.off = 2,
				.beep_on = 1,
				.beep_off = 1,
				.beeps = 3,
				.text = "No access" } },
	[FEEDBACK_UNKNOWN_CARD] = { "unknown_card",
				    false,
				    { .duration = 12,
				      .colour = RED,
				      .on = 2,
				      .off = 2,
				      .beep_on = 1,
				      .beep_off = 1,
				      .beeps = 3,
				      .text = "Unknown card" } },
	[FEEDBACK_KEY_DIGIT] = { "key_digit",
				 false,
				 { .duration = 2,
				   .colour = AMBER,
				   .on = 2,
				   .beep_on = 1,
				   .beeps = 1 } },
	[FEEDBACK_ERROR] = { "error",
			     false,
			     { .duration = 20,
			       .colour = AMBER,
			       .colour_off = RED,
			       .on = 2,
			       .off = 2,
			       .beep_on = 3,
			       .beep_off = 1,
			       .beeps = 2,
			       .text = "Out of order" } },
	[FEEDBACK_WAITING_FOR_CARD] = { "waiting_for_card",
					true,
					{ .colour = AMBER, .on = 5, .off = 2, .text = "Card?" } },
};

const char *
feedback_name(enum feedback_outcome outcome)
{
	return rows[outcome].name;
}

bool
feedback_is_resting(enum feedback_outcome outcome)
{
	return rows[outcome].is_resting;
}

const struct feedback *
feedback_default(enum feedback_outcome outcome)
{
	return &rows[outcome].standard;
}

json_t *
feedback_object(enum feedback_outcome outcome)
{
	const struct feedback *row = &rows[outcome].standard;

	return json_pack("{ss,ss,ss,si,si,si,si,si,si,ss}", "outcome", rows[outcome].name, "colour",
			 feedback_colours[row->colour], "colour_off",
			 feedback_colours[row->colour_off], "duration", row->duration * 100,
			 "on_time", row->on * 100, "off_time", row->off * 100, "beep_on",
			 row->beep_on * 100, "beep_off", row->beep_off * 100, "beeps", row->beeps,
			 "text", row->text);
}

static uint8_t
colour_of(const json_t *object, const char *name)
{
	const char *colour = json_string_or(object, name, "off");

	for (uint8_t i = 0; feedback_colours[i]; i++)
		if (!strcmp(feedback_colours[i], colour))
			return i;
	return OFF;
}

static unsigned
tenths(const json_t *object, const char *name, unsigned most)
{
	int64_t ms = json_integer_or(object, name, 0);

	if (ms <= 0)
		return 0;
	return (unsigned) MIN_OF((ms + 99) / 100, (int64_t) most);
}

void
feedback_compile(const json_t *object, struct feedback *ret)
{
	int64_t beeps = json_integer_or(object, "beeps", 0);

	*ret = (struct feedback){
		.duration = (uint16_t) tenths(object, "duration", UINT16_MAX),
		.colour = colour_of(object, "colour"),
		.colour_off = colour_of(object, "colour_off"),
		.on = (uint8_t) tenths(object, "on_time", UINT8_MAX),
		.off = (uint8_t) tenths(object, "off_time", UINT8_MAX),
		.beep_on = (uint8_t) tenths(object, "beep_on", UINT8_MAX),
		.beep_off = (uint8_t) tenths(object, "beep_off", UINT8_MAX),
		.beeps = beeps > 0 ? (uint8_t) MIN_OF(beeps, FEEDBACK_BEEPS_ENDLESS) : 0,
	};
	feedback_ascii(json_string_or(object, "text", ""), ret->text, sizeof(ret->text));
}

bool
feedback_is_sound(const struct feedback *feedback)
{
	const char *end = memchr(feedback->text, '\0', sizeof(feedback->text));

	if (!end || feedback->colour >= ARRAY_LEN(feedback_colours) - 1 ||
	    feedback->colour_off >= ARRAY_LEN(feedback_colours) - 1)
		return false;
	for (const char *c = feedback->text; c < end; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return true;
}

/* From U+00C0 to U+017F, as a German, French or Polish reader would spell them; two for a ligature.
 */
static const char *const latin[LATIN_COUNT] = {
	"A", "A", "A",	"A",  "Ae", "A", "AE", "C", "E", "E", "E",  "E",  "I",	"I", "I",  "I",
	"D", "N", "O",	"O",  "O",  "O", "Oe", "x", "O", "U", "U",  "U",  "Ue", "Y", "Th", "ss",
	"a", "a", "a",	"a",  "ae", "a", "ae", "c", "e", "e", "e",  "e",  "i",	"i", "i",  "i",
	"d", "n", "o",	"o",  "o",  "o", "oe", "/", "o", "u", "u",  "u",  "ue", "y", "th", "y",
	"A", "a", "A",	"a",  "A",  "a", "C",  "c", "C", "c", "C",  "c",  "C",	"c", "D",  "d",
	"D", "d", "E",	"e",  "E",  "e", "E",  "e", "E", "e", "E",  "e",  "G",	"g", "G",  "g",
	"G", "g", "G",	"g",  "H",  "h", "H",  "h", "I", "i", "I",  "i",  "I",	"i", "I",  "i",
	"I", "i", "IJ", "ij", "J",  "j", "K",  "k", "k", "L", "l",  "L",  "l",	"L", "l",  "L",
	"l", "L", "l",	"N",  "n",  "N", "n",  "N", "n", "n", "NG", "ng", "O",	"o", "O",  "o",
	"O", "o", "OE", "oe", "R",  "r", "R",  "r", "R", "r", "S",  "s",  "S",	"s", "S",  "s",
	"S", "s", "T",	"t",  "T",  "t", "T",  "t", "U", "u", "U",  "u",  "U",	"u", "U",  "u",
	"U", "u", "U",	"u",  "W",  "w", "Y",  "y", "Y", "Z", "z",  "Z",  "z",	"Z", "z",  "s",
};

/* Takes one character and writes what stands for it; what is no UTF-8 is a byte nobody knows. */
static void
take_character(const char **utf8, char letters[3])
{
	const unsigned char *bytes = (const unsigned char *) *utf8;
	uint32_t point = '?';
	unsigned size = 1;

	if (bytes[0] < 0x80) {
		point = bytes[0];
	} else if ((bytes[0] & 0xe0) == 0xc0 && (bytes[1] & 0xc0) == 0x80) {
		point = (uint32_t) (bytes[0] & 0x1f) << 6 | (bytes[1] & 0x3f);
		size = 2;
	} else {
		while ((bytes[size] & 0xc0) == 0x80)
			size++;
	}
	*utf8 += size;
	if (point >= LATIN_FIRST && point < LATIN_FIRST + ARRAY_LEN(latin))
		(void) copy_string(letters, 3, latin[point - LATIN_FIRST]);
	else
		(void) snprintf(letters, 3, "%c", point >= ' ' && point <= '~' ? (int) point : '?');
}

void
feedback_ascii(const char *utf8, char *to, size_t size)
{
	char letters[3];
	size_t used = 0;

	while (*utf8) {
		take_character(&utf8, letters);
		for (const char *c = letters; *c && used + 1 < size; c++)
			to[used++] = *c;
	}
	to[used] = '\0';
}
