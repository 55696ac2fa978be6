#include "hw/profile.h"
#include "lib/inventory.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct profile profile;

/* Reads a profile with this list of inputs; the reason of a refusal is printed and kept. */
static char why_text[256];

static int
read_inputs(const char *inputs)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "board.conf");
	_cleanup_(freep) char *why = NULL;
	_cleanup_(freep) char *text = xasprintf(
		"board = { name = \"b\"; driver = \"virtual\"; };\ninputs = %s;\n", inputs);

	CU_ASSERT_EQUAL_FATAL(write_file_atomic(path, text, strlen(text), 0600), 0);
	int r = profile_read(path, &profile, &why);
	why_text[0] = 0;
	if (why)
		(void) copy_string(why_text, sizeof(why_text), why + strlen(path));
	unit_dir_free(dir);
	return r;
}

static void
test_inputs_are_measured_as_the_profile_says(void)
{
	CU_ASSERT_EQUAL(read_inputs("( { point = \"input2\"; },\n"
				    "{ point = \"aux2\"; supervision = \"serial_10k\"; } )"),
			0);
	for (unsigned i = 0; i < INPUTS; i++)
		CU_ASSERT_EQUAL(profile.inputs[i].is_measured, i == 1 || i == INPUTS - 1);
	CU_ASSERT_EQUAL(profile.inputs[1].scheme, SUPERVISE_OFF);
	CU_ASSERT_EQUAL(profile.inputs[INPUTS - 1].scheme, SUPERVISE_SERIAL_10K);
	CU_ASSERT_EQUAL(read_inputs("()"), 0);
}

static void
test_mistakes_are_refused_with_their_line(void)
{
	static const struct {
		const char *inputs;
		const char *why;
	} wrong[] = {
		{ "( { point = \"input4\"; } )", ":2: 'input4' is no input that can be measured" },
		{ "( { point = \"door1.lock\"; } )",
		  ":2: 'door1.lock' is no input that can be measured" },
		{ "( { point = \"input1\"; },\n{ point = \"input1\"; } )",
		  ":3: 'input1' is there twice" },
		{ "( { point = \"input1\"; supervision = \"serial_3k3\"; } )",
		  ":2: there is no supervision 'serial_3k3'" },
		{ "( { supervision = \"none\"; } )", ":2: 'point' is missing" },
		{ "{ point = \"input1\"; }", ":2: 'inputs' must be a list" },
		{ "\"input1\"", ":2: 'inputs' must be a list" },
		{ "( \"input1\" )", ":2: 'point' is missing" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		CU_ASSERT_EQUAL(read_inputs(wrong[i].inputs), -EBADMSG);
		CU_ASSERT_STRING_EQUAL(why_text, wrong[i].why);
	}
}

static void
test_every_scheme_can_be_configured_and_nothing_else(void)
{
	const struct field *field = field_find(&model_find("input")->fields, "supervision");
	unsigned count = 0;

	CU_ASSERT_STRING_EQUAL(field->choices[0], "board");
	while (field->choices[count + 1]) {
		enum supervise_scheme scheme;
		CU_ASSERT_EQUAL(supervise_scheme_find(field->choices[count + 1], &scheme), 0);
		CU_ASSERT_EQUAL(scheme, count);
		count++;
	}
	CU_ASSERT_EQUAL(count, SUPERVISE_SCHEMES);
	CU_ASSERT_EQUAL(field_find(&model_find("input")->fields, "debounce")->max,
			SUPERVISE_DEBOUNCE_MS_MAX);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_inputs_are_measured_as_the_profile_says),
		TAP(test_mistakes_are_refused_with_their_line),
		TAP(test_every_scheme_can_be_configured_and_nothing_else),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
