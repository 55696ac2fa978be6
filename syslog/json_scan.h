/*
 * Reads JSON text member by member where it lies: nothing is copied, nothing allocated. For the
 * one place where hundreds of thousands of lines a second are read; all else uses lib/json.h.
 * Foreign bytes are safe: what is no JSON is -EBADMSG, what nests too deep as well.
 */
#ifndef SYSLOG_JSON_SCAN_H
#define SYSLOG_JSON_SCAN_H

#include <stdint.h>

#include "syslog/slice.h"

struct json_scan {
	const char *at;
	const char *end;
};

/* Enters the object that begins at scan->at. */
int json_scan_enter(struct json_scan *scan);
/*
 * The next member of the object: 1 with its name and value, 0 at its end, which is passed. The
 * value of a string is what stands between its quotes; of all else, its text.
 */
int json_scan_member(struct json_scan *scan, struct slice *ret_name, struct slice *ret_value);
/*
 * The same in two steps: what comes behind a name is its value, or json_scan_enter() and then the
 * members of the object that it is, up to its end.
 */
int json_scan_name(struct json_scan *scan, struct slice *ret);
int json_scan_value(struct json_scan *scan, struct slice *ret);

/* A whole number that is not negative; -EBADMSG. */
int json_scan_number(const struct slice *value, uint64_t *ret);

#endif
