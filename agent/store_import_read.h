/*
 * Reads a file of objects that comes in pieces, CSV (RFC 4180) or JSON lines, into objects whose
 * members are each right by themselves. Pure: knows no database and no request, so that bytes of
 * strangers can be tried on it.
 *
 * Besides the fields of its kind an object may have "id", and a credential "person_reference".
 */
#ifndef AGENT_STORE_IMPORT_READ_H
#define AGENT_STORE_IMPORT_READ_H

#include <jansson.h>
#include <stdint.h>

#include "lib/model.h"

/* Bytes of one row at most. */
#define IMPORT_ROW_MAX 65536

enum import_format { IMPORT_CSV, IMPORT_JSONL };

struct import_error {
	int64_t line;	   /* from 1; where the row begins */
	unsigned column;   /* of CSV, from 1; 0: the whole row, or no CSV */
	const char *field; /* "" when none is at fault */
	const char *message;
};

struct import_reader_ops {
	/* object is borrowed. */
	void (*on_row)(int64_t line, json_t *object, void *context);
	void (*on_error)(const struct import_error *error, void *context);
};

struct import_reader;

struct import_reader *import_reader_new(enum import_format format, const struct model_kind *kind,
					const struct import_reader_ops *ops, void *context);
void import_reader_free(struct import_reader *reader);

/* -EBADMSG, told by on_error() once: what follows cannot be read. */
int import_reader_feed(struct import_reader *reader, const void *bytes, size_t size);
/* There is no more. */
int import_reader_end(struct import_reader *reader);
/* Lines so far. */
int64_t import_reader_lines(const struct import_reader *reader);
/* The column of a field, 0 without one. */
unsigned import_reader_column(const struct import_reader *reader, const char *field);

/* NULL when rows of this kind have no such member. */
const struct field *import_field(const struct model_kind *kind, const char *name);
/* What a cell of CSV says, a new reference; NULL for an empty one without a default. What cannot be
 * of the field's type is a string. */
json_t *import_cell(const struct field *field, const char *text);

#endif
