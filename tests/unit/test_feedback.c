#include "hw/osdp/message.h"
#include "lib/feedback.h"
#include "lib/model.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

static void
test_every_default_survives_the_model_unchanged(void)
{
	const struct model_kind *kind = model_find("feedback");

	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++) {
		_cleanup_(json_decrefp) json_t *object = feedback_object(i);
		struct field_error error = { .message = "" };
		struct feedback feedback;
		CU_ASSERT_EQUAL(field_check_object(&kind->fields, object, &error), 0);
		CU_ASSERT_EQUAL(model_check(kind, object, &error), 0);
		CU_ASSERT_STRING_EQUAL(error.message, "");
		CU_ASSERT_EQUAL(json_object_size(object), kind->fields.count);
		feedback_compile(object, &feedback);
		CU_ASSERT_EQUAL(memcmp(&feedback, feedback_default(i), sizeof(feedback)), 0);
		CU_ASSERT_TRUE(feedback_is_sound(&feedback));
	}
}

static void
test_every_default_is_what_osdp_allows(void)
{
	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++) {
		const struct feedback *row = feedback_default(i);
		uint8_t bytes[64];
		struct osdp_led led = { .temporary = { .control = OSDP_LED_TEMPORARY_SET,
						       .on_100ms = row->on,
						       .off_100ms = row->off,
						       .on_colour = row->colour,
						       .off_colour = row->colour_off } };
		struct osdp_buzzer buzzer = { .tone = OSDP_TONE_DEFAULT,
					      .on_100ms = row->beep_on,
					      .off_100ms = row->beep_off };
		CU_ASSERT_EQUAL(osdp_pack_led(&led, bytes, sizeof(bytes)), OSDP_LED_SIZE);
		if (row->beeps)
			CU_ASSERT_EQUAL(osdp_pack_buzzer(&buzzer, bytes, sizeof(bytes)),
					OSDP_BUZZER_SIZE);
		CU_ASSERT(feedback_is_resting(i) || row->duration > 0);
	}
}

/* What model_check() says of a field's value in this outcome: "" or the field at fault. */
static const char *
check(enum feedback_outcome outcome, const char *field, json_t *value)
{
	_cleanup_(json_decrefp) json_t *object = feedback_object(outcome);
	struct field_error error = { .field = "" };

	(void) json_object_set_new(object, field, value);
	return model_check(model_find("feedback"), object, &error) == 0 ? "" : error.field;
}

static void
test_only_what_lasts_may_sound_for_ever(void)
{
	CU_ASSERT_STRING_EQUAL(check(FEEDBACK_FORCED, "beeps", json_integer(255)), "");
	CU_ASSERT_STRING_EQUAL(check(FEEDBACK_GRANTED, "beeps", json_integer(255)), "beeps");
	CU_ASSERT_STRING_EQUAL(check(FEEDBACK_GRANTED, "beeps", json_integer(254)), "");
	CU_ASSERT_STRING_EQUAL(check(FEEDBACK_GRANTED, "duration", json_integer(0)), "duration");
	CU_ASSERT_STRING_EQUAL(check(FEEDBACK_IDLE_LOCKED, "duration", json_integer(0)), "");
}

static void
test_a_text_is_as_long_as_the_reader_spells_it(void)
{
	CU_ASSERT_STRING_EQUAL(
		check(FEEDBACK_DENIED, "text", json_string("12345678901234567890123456789012")),
		"");
	CU_ASSERT_STRING_EQUAL(
		check(FEEDBACK_DENIED, "text", json_string("123456789012345678901234567890123")),
		"text");
	CU_ASSERT_STRING_EQUAL(
		check(FEEDBACK_DENIED, "text", json_string("1234567890123456789012345678901Ä")),
		"text");
}

static void
test_times_are_rounded_up_to_what_readers_count(void)
{
	_cleanup_(json_decrefp) json_t *object =
		json_pack("{ss,ss,si,si,si,si,si,si,ss}", "colour", "blue", "colour_off", "white",
			  "duration", 1, "on_time", 150, "off_time", 25500, "beep_on", 100,
			  "beep_off", 0, "beeps", 3, "text", "Bitte warten");
	struct feedback feedback;

	feedback_compile(object, &feedback);
	CU_ASSERT_EQUAL(feedback.colour, OSDP_COLOUR_BLUE);
	CU_ASSERT_EQUAL(feedback.colour_off, OSDP_COLOUR_WHITE);
	CU_ASSERT_EQUAL(feedback.duration, 1);
	CU_ASSERT_EQUAL(feedback.on, 2);
	CU_ASSERT_EQUAL(feedback.off, 255);
	CU_ASSERT_EQUAL(feedback.beep_on, 1);
	CU_ASSERT_EQUAL(feedback.beep_off, 0);
	CU_ASSERT_EQUAL(feedback.beeps, 3);
	CU_ASSERT_STRING_EQUAL(feedback.text, "Bitte warten");
}

static void
test_letters_become_those_of_a_reader(void)
{
	static const struct {
		const char *utf8;
		const char *ascii;
	} rows[] = {
		{ "Tür öffnen", "Tuer oeffnen" },
		{ "Größe ẞ", "Groesse ?" },
		{ "Accès refusé", "Acces refuse" },
		{ "Łódź", "Lodz" },
		{ "Ŷ ž", "Y z" },
		{ "门 €", "? ?" },
		{ "😀!", "?!" },
		{ "a\tb\x7f", "a?b?" },
		{ "\xc3", "?" },
		{ "\x81\x81x", "?x" },
	};
	char text[40];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		feedback_ascii(rows[i].utf8, text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, rows[i].ascii);
	}
	feedback_ascii("ÄÄÄ", text, 4);
	CU_ASSERT_STRING_EQUAL(text, "AeA");
}

static void
test_rows_that_nobody_compiled_are_refused(void)
{
	struct feedback feedback = *feedback_default(FEEDBACK_GRANTED);

	feedback.colour = 8;
	CU_ASSERT_FALSE(feedback_is_sound(&feedback));
	feedback = *feedback_default(FEEDBACK_GRANTED);
	feedback.text[0] = '\n';
	CU_ASSERT_FALSE(feedback_is_sound(&feedback));
	memset(feedback.text, 'x', sizeof(feedback.text));
	CU_ASSERT_FALSE(feedback_is_sound(&feedback));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_every_default_survives_the_model_unchanged),
		TAP(test_every_default_is_what_osdp_allows),
		TAP(test_only_what_lasts_may_sound_for_ever),
		TAP(test_a_text_is_as_long_as_the_reader_spells_it),
		TAP(test_times_are_rounded_up_to_what_readers_count),
		TAP(test_letters_become_those_of_a_reader),
		TAP(test_rows_that_nobody_compiled_are_refused),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
