/*
 * Runs CUnit tests one by one and prints TAP, so that the test driver counts each of them.
 */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <CUnit/CUnit.h>
#include <stddef.h>

struct tap_test {
	const char *name;
	void (*run)(void);
};

#define TAP(f)        \
	{             \
#f, f \
	}

/* The exit status for main(). */
int tap_main(const struct tap_test *tests, size_t count);

#endif
