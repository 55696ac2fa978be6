/* What readers show for each outcome, as an operator configures it. */
#include "lib/model_fields.h"

#include <errno.h>
#include <string.h>

#include "lib/feedback.h"
#include "lib/json.h"
#include "lib/util.h"

static const struct field fields[] = {
	{ .name = "beep_off",
	  .type = FIELD_INTEGER,
	  .max = 25500,
	  .fallback = "0",
	  .unit = "ms",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Pause between beeps",
	  .doc = "Readers count in steps of 100 ms." },
	{ .name = "beep_on",
	  .type = FIELD_INTEGER,
	  .max = 25500,
	  .fallback = "0",
	  .unit = "ms",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Length of a beep",
	  .doc = "Readers count in steps of 100 ms; 0 is silent." },
	{ .name = "beeps",
	  .type = FIELD_INTEGER,
	  .max = 255,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Beeps",
	  .doc = "How often; 255: as long as the state of the door lasts." },
	{ .name = "colour",
	  .type = FIELD_ENUM,
	  .choices = feedback_colours,
	  .fallback = "\"off\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Colour",
	  .doc = "What the LED of the reader shows." },
	{ .name = "colour_off",
	  .type = FIELD_ENUM,
	  .choices = feedback_colours,
	  .fallback = "\"off\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Other colour",
	  .doc = "What the LED shows in the pauses of a blinking." },
	{ .name = "duration",
	  .type = FIELD_INTEGER,
	  .max = 600000,
	  .fallback = "0",
	  .unit = "ms",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Duration",
	  .doc = "How long the LED and the text show it; a state of the door lasts as long as it "
		 "does." },
	{ .name = "off_time",
	  .type = FIELD_INTEGER,
	  .max = 25500,
	  .fallback = "0",
	  .unit = "ms",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Blinking, pause",
	  .doc = "Readers count in steps of 100 ms; 0: the LED is steady." },
	{ .name = "on_time",
	  .type = FIELD_INTEGER,
	  .max = 25500,
	  .fallback = "0",
	  .unit = "ms",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Blinking, lit",
	  .doc = "Readers count in steps of 100 ms; 0: the LED is left alone." },
	{ .name = "outcome",
	  .type = FIELD_STRING,
	  .flags = FIELD_READ_ONLY,
	  .max = 32,
	  .label = "Outcome",
	  .doc = "What happened, or the state of the door." },
	{ .name = "text",
	  .type = FIELD_STRING,
	  .max = 128,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Text",
	  .doc = "At most 32 characters for readers with a display, which have no accents." },
};

const struct model_kind model_feedback = {
	.name = "feedback",
	.plural = "feedback",
	.is_fixed = true,
	.fields = { fields, ARRAY_LEN(fields) },
};

static int
refuse(struct field_error *error, const char *field, const char *message)
{
	error->field = field;
	(void) copy_string(error->message, sizeof(error->message), message);
	return -EINVAL;
}

int
model_feedback_check(const json_t *object, struct field_error *error)
{
	char text[2 * 128 + 1];
	const char *outcome = json_string_or(object, "outcome", "");
	bool is_resting = false;

	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++)
		if (!strcmp(outcome, feedback_name(i)))
			is_resting = feedback_is_resting(i);
	feedback_ascii(json_string_or(object, "text", ""), text, sizeof(text));
	if (strlen(text) > FEEDBACK_TEXT_MAX)
		return refuse(error, "text", "at most 32 characters as the reader spells them");
	if (!is_resting && json_integer_or(object, "beeps", 0) == FEEDBACK_BEEPS_ENDLESS)
		return refuse(error, "beeps", "255 is for what lasts, such as held_open");
	if (!is_resting && json_integer_or(object, "duration", 0) < 100)
		return refuse(error, "duration", "100 ms or more");
	return 0;
}
