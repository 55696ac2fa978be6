#include "tests/unit/tap.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <stdbool.h>
#include <stdio.h>

static void
print_failures(void)
{
	for (CU_pFailureRecord at = CU_get_failure_list(); at; at = at->pNext)
		printf("#   %s:%u: %s\n", at->strFileName, at->uiLineNumber,
		       at->strCondition ? at->strCondition : "");
}

int
tap_main(const struct tap_test *tests, size_t count)
{
	unsigned failed = 0;

	(void) setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		if (CU_initialize_registry() != CUE_SUCCESS)
			return 99;
		CU_pSuite suite = CU_add_suite("suite", NULL, NULL);
		(void) CU_add_test(suite, tests[i].name, tests[i].run);
		(void) CU_run_all_tests();
		/* A test that asserts nothing proves nothing. */
		bool is_good = !CU_get_number_of_failures() && CU_get_number_of_asserts();
		printf("%sok %zu - %s\n", is_good ? "" : "not ", i + 1, tests[i].name);
		if (!is_good)
			failed++;
		print_failures();
		CU_cleanup_registry();
	}
	return failed ? 1 : 0;
}
