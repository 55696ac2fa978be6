/* Compiles objects as an operator writes them, for tests and programs of tests. */
#ifndef TESTS_UNIT_ACCESS_OBJECTS_H
#define TESTS_UNIT_ACCESS_OBJECTS_H

#include <jansson.h>

#include "lib/access_build.h"

/*
 * Adds every object of {"kind": {"id": {...}}}, as the store would compile them; "settings" and
 * "schedule" {"id": [[from, to], ...]} may be among them, PINs are digits. Changes the objects.
 * -EINVAL for what is not of its model, else as the builder.
 */
int access_objects_add(struct access_build *build, json_t *kinds);

#endif
