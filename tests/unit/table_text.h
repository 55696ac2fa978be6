/*
 * A field table as text, one line a field, for golden files; and the rules that hold for every
 * table.
 */
#ifndef TESTS_UNIT_TABLE_TEXT_H
#define TESTS_UNIT_TABLE_TEXT_H

#include <stdio.h>

#include "lib/field.h"

/* "NAME type min max flags default unit role choices" behind the prefix. */
void table_write(FILE *out, const char *prefix, const struct field_table *table);
/* Asserts what is true of every table: names, order, ranges, defaults, words. */
void table_check(const struct field_table *table);

#endif
