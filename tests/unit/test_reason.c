#include "lib/reason.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
test_names_are_those_that_others_know(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (int reason = REASON_NONE + 1; reason < REASON_COUNT; reason++)
		fprintf(out, "%d %s %s\n", reason, reason_name((enum reason) reason),
			reason_qname((enum reason) reason));
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("reasons.txt", text));
	free(text);
}

static void
test_every_reason_has_a_name_of_its_own_and_a_clause(void)
{
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		const char *name = reason_name((enum reason) i);
		const char *qname = reason_qname((enum reason) i);
		const char *text = reason_text((enum reason) i);
		const char *colon = strchr(qname, ':');
		/* A QName is the name, in a name space or in none. */
		CU_ASSERT_STRING_EQUAL(colon ? colon + 1 : qname, name);
		CU_ASSERT(!colon || !strncmp(qname, "pt:", 3) || !strncmp(qname, "odc:", 4));
		CU_ASSERT(isupper((unsigned char) name[0]));
		CU_ASSERT(strlen(text) > 10 && text[strlen(text) - 1] != '.');
		for (int k = REASON_NONE + 1; k < i; k++) {
			CU_ASSERT_STRING_NOT_EQUAL(name, reason_name((enum reason) k));
			CU_ASSERT_STRING_NOT_EQUAL(text, reason_text((enum reason) k));
		}
	}
}

static void
test_no_reason_has_no_name(void)
{
	CU_ASSERT_PTR_NULL(reason_name(REASON_NONE));
	CU_ASSERT_PTR_NULL(reason_qname(REASON_NONE));
	CU_ASSERT_STRING_EQUAL(reason_text(REASON_NONE), "");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_names_are_those_that_others_know),
		TAP(test_every_reason_has_a_name_of_its_own_and_a_clause),
		TAP(test_no_reason_has_no_name),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
