/*
 * One row type for everything that is set: settings, object fields and method parameters. A row
 * is the only place that knows a field's type, range, default, role and meaning; checks, forms,
 * JSON schema and man pages are made from it.
 */
#ifndef LIB_FIELD_H
#define LIB_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/role.h"

enum field_type {
	FIELD_BOOL,
	FIELD_INTEGER, /* min..max */
	FIELD_STRING,  /* min..max bytes of UTF-8 without control characters */
	FIELD_ENUM,    /* one of choices */
	FIELD_HOST,    /* a host name, an IPv4 or an IPv6 address; empty when min is 0 */
	FIELD_PATH,    /* an absolute path; empty when min is 0 */
	FIELD_NUMBERS, /* an array of distinct numbers of doors, or of what the name says */
	FIELD_OBJECT,  /* an object that the handler checks itself */
	FIELD_REF,     /* the number of an object of kind; 0 for none unless it is required */
	FIELD_LIST,    /* an array of at most max objects that items describes */
	FIELD_TEXT,    /* min..max bytes of UTF-8, of several lines */
	FIELD_TIME, /* an instant, RFC 3339 to the second; empty for none unless it is required */
};

enum field_flag {
	FIELD_REQUIRED = 1 << 0, /* no default: it must be given */
	FIELD_SECRET = 1 << 1,	 /* never shown, never in an event */
	FIELD_READ_ONLY = 1 << 2,
	FIELD_UNIQUE = 1 << 3,
	FIELD_ONCE = 1 << 4, /* once it has a value, only the factory default takes it back */
};

struct field_table;

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	int64_t min;
	int64_t max;
	const char *const *choices; /* NULL-terminated */
	const char *kind; /* REF, NUMBERS: of which kind there must be such objects; NULL: none */
	const struct field_table *items; /* LIST */
	const char *fallback; /* the default as JSON text; NULL when required or optional */
	const char *unit;     /* "s", "ms", ...; NULL without one */
	enum role role;	      /* who may change it; ROLE_NONE: whoever may call the method */
	const char *label;
	const char *doc;
};

struct field_table {
	const struct field *fields;
	size_t count;
};

/* The most numbers that one array may have. */
#define FIELD_NUMBERS_MAX 256

/* What was wrong with a value: the field and one sentence. */
struct field_error {
	const char *field;
	char message[160];
};

/* NULL when there is no such field. */
const struct field *field_find(const struct field_table *table, const char *name);
/* Whether value suits the field; fills error when it returns -EINVAL. */
int field_check(const struct field *field, const json_t *value, struct field_error *error);
/* Every member known and right, every required one there. -EINVAL fills error. */
int field_check_object(const struct field_table *table, const json_t *object,
		       struct field_error *error);
/* A new reference: the default, or JSON null without one. */
json_t *field_default(const struct field *field);
/* Puts defaults where members are absent. */
void field_fill(const struct field_table *table, json_t *object);
/*
 * Calls each() for every number of an object that object refers to by its fields, nested ones
 * included, until it returns something else than 0, which is returned. field is the outermost one.
 */
typedef int field_ref_fn(const struct field *field, const char *kind, int64_t id, void *context);
int field_each_ref(const struct field_table *table, const json_t *object, field_ref_fn *each,
		   void *context);
/* A new reference: JSON Schema (2020-12) of the whole table. */
json_t *field_schema(const struct field_table *table);

#endif
