/* sources: syslog/message_event.c syslog/json_scan.c syslog/record.c syslog/record_5424.c */
/* sources: syslog/record_3164.c syslog/record_vendor.c syslog/alarm.c syslog/text.c */
/* sources: lib/events.c lib/json.c lib/util.c lib/zone.c lib/zone_rule.c lib/calendar.c */
/* libs: jansson */
/* seeds: tests/fuzz/syslog_event.json */
/*
 * What the store pushes becomes records: whatever it is, they are no larger than they may be, and
 * are UTF-8 without control characters. The structured data of RFC 5424 ends where it should.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "syslog/message.h"
#include "syslog/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

/* Behind one element of structured data; NULL when it is none. */
static const char *
skip_element(const char *at, const char *end)
{
	bool is_quoted = false;

	if (at == end || *at++ != '[')
		return NULL;
	for (; at < end; at++) {
		if (is_quoted && *at == '\\')
			at++;
		else if (*at == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && *at == ']')
			return at + 1;
	}
	return NULL;
}

static void
check_structured_data(const char *record, size_t size)
{
	const char *end = record + size;
	const char *at = record;

	for (unsigned i = 0; i < 6; i++) {
		at = memchr(at, ' ', (size_t) (end - at));
		require(at != NULL);
		at++;
	}
	while (at < end && *at == '[') {
		at = skip_element(at, end);
		require(at != NULL);
	}
	require(at < end && *at == ' ');
}

static void
check(const char *record, size_t size, size_t max)
{
	_cleanup_(freep) char *copy = xcalloc(1, size + 1);

	require(size <= max);
	memcpy(copy, record, size);
	require(strlen(copy) == size);
	for (size_t i = 0; i < size; i++)
		require((unsigned char) copy[i] >= ' ' && copy[i] != 0x7f);
	json_t *string = json_string(copy);
	require(string != NULL);
	json_decref(string);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t limits[] = { RECORD_MIN, RECORD_DATAGRAM, RECORD_MAX };
	static const struct record_sender sender = {
		.hostname = "door1.example.org",
		.address = "192.0.2.7",
		.procid = "815",
		.version = "0.1.0",
		.boot = "",
		.facility = { 10, 10, 3 },
	};
	static struct message message;
	static char record[RECORD_MAX];

	size -= size && data[size - 1] == '\n';
	if (message_read_event((const char *) data, size, &message) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(limits) * RECORD_FORMATS; i++) {
		enum record_format format = (enum record_format)(i % RECORD_FORMATS);
		size_t max = limits[i / RECORD_FORMATS];
		size_t used = record_write(format, &sender, &message, max, record);
		check(record, used, max);
		if (format == RECORD_RFC5424)
			check_structured_data(record, used);
	}
	return 0;
}
