/*
 * Jansson behind one wrapper: bounded parsing of foreign text, the canonical form of RFC 8785,
 * and getters that say what was wrong.
 *
 * json_t ownership follows Jansson: what json_read() and json_pack() return is owned by the
 * caller; Jansson's json_decrefp() suits _cleanup_(). Numbers are integers within +-(2^53 - 1);
 * there are no reals in Cardea's documents, so that their canonical form needs no floating point.
 */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX	 16
#define JSON_INTEGER_MAX INT64_C(9007199254740991)

/*
 * Parses size bytes as one JSON object. -EBADMSG: not JSON, duplicate keys, invalid UTF-8, a NUL
 * in a string; -E2BIG: nested deeper than JSON_DEPTH_MAX; -EPROTO: not an object; -ERANGE: a real
 * or a number beyond +-(2^53 - 1).
 */
int json_read(const char *text, size_t size, json_t **ret);

/*
 * The canonical text of RFC 8785: sorted keys, no white space, shortest escapes. Keys are ASCII
 * in Cardea, where byte order and the UTF-16 order of section 3.2.3 agree. Free with free(). NULL,
 * what json_pack() returns for text that is no UTF-8, becomes null.
 */
char *json_canonical(const json_t *value);

/* A new string of as much of text as is UTF-8: a full buffer may end within a character. */
json_t *json_string_cut(char *text);

/* Lookups; the fallback is returned when the key is absent or of another type. */
const char *json_string_or(const json_t *object, const char *key, const char *fallback);
int64_t json_integer_or(const json_t *object, const char *key, int64_t fallback);
bool json_bool_or(const json_t *object, const char *key, bool fallback);
/* Which of the words a member is, from 0; 0 when it is none of them. */
size_t json_word(const json_t *object, const char *name, const char *const *words, size_t count);
/* The numbers from 1 to 64 of an array: bit n - 1 for n. Others are passed over. */
uint64_t json_bits(const json_t *object, const char *key);

/* Reads a whole file; -EFBIG above 16 MiB. */
int json_read_file(const char *path, json_t **ret);

#endif
