/* What was said on a bus, and what was counted of its readers. */
#include <errno.h>
#include <string.h>

#include "hw/bus_private.h"
#include "hw/osdp/capture.h"
#include "lib/clock.h"
#include "lib/util.h"

_Static_assert(HW_TRACE_LINE_MAX >= OSDP_CAPTURE_LINE_MAX, "a line for each frame");

static void
record(struct bus *bus, bool is_output, uint64_t at_wall_us, const uint8_t *bytes, size_t size)
{
	/* A session under the default key carries the new one to anybody who reads it. */
	if (osdp_cp_is_installing(bus->cp))
		return;
	trace_add(bus->trace, &(struct trace_record){ .at_wall_us = at_wall_us,
						      .is_output = is_output,
						      .size = (uint16_t) size,
						      .bytes = bytes });
}

/* A reply comes in pieces; it is whole when the panel speaks again. */
static void
finish_heard(struct bus *bus)
{
	if (bus->heard_size)
		record(bus, false, bus->heard_wall_us, bus->heard, bus->heard_size);
	bus->heard_size = 0;
}

void
bus_trace_heard(struct bus *bus, const uint8_t *bytes, size_t size)
{
	while (size) {
		if (!bus->heard_size)
			bus->heard_wall_us = clock_wall_us();
		size_t taken = MIN_OF(size, sizeof(bus->heard) - bus->heard_size);
		memcpy(bus->heard + bus->heard_size, bytes, taken);
		bus->heard_size += taken;
		bytes += taken;
		size -= taken;
		if (bus->heard_size == sizeof(bus->heard))
			finish_heard(bus);
	}
}

void
bus_trace_said(struct bus *bus, const uint8_t *bytes, size_t size)
{
	finish_heard(bus);
	record(bus, true, clock_wall_us(), bytes, size);
}

int
bus_trace(const struct bus *bus, uint64_t after, char line[], uint64_t *ret_number)
{
	uint64_t number = MAX_OF(after + 1, trace_first(bus->trace));
	struct trace_record record;

	if (osdp_cp_is_installing(bus->cp))
		return -EACCES;
	if (trace_at(bus->trace, number, &record) < 0)
		return 0;
	*ret_number = number;
	return osdp_capture_line(bus->cp,
				 &(struct osdp_capture_record){ .at_wall_us = record.at_wall_us,
								.is_output = record.is_output,
								.bytes = record.bytes,
								.size = record.size },
				 line, HW_TRACE_LINE_MAX);
}

uint64_t
bus_trace_last(const struct bus *bus)
{
	return trace_last(bus->trace);
}

static const char *const states[] = {
	[OSDP_PD_OFFLINE] = "offline",
	[OSDP_PD_SUSPECT] = "suspect",
	[OSDP_PD_ONLINE] = "online",
	[OSDP_PD_KEY_MISMATCH] = "key_mismatch",
};

static const struct {
	const char *name;
	size_t offset;
} counts[] = {
	{ "busy", offsetof(struct osdp_counters, busy) },
	{ "cards", offsetof(struct osdp_counters, cards) },
	{ "frame_errors", offsetof(struct osdp_counters, frame_errors) },
	{ "mac_errors", offsetof(struct osdp_counters, mac_errors) },
	{ "mismatches", offsetof(struct osdp_counters, mismatches) },
	{ "naks", offsetof(struct osdp_counters, naks) },
	{ "odd", offsetof(struct osdp_counters, odd) },
	{ "plain", offsetof(struct osdp_counters, plain) },
	{ "plain_refused", offsetof(struct osdp_counters, plain_refused) },
	{ "polls", offsetof(struct osdp_counters, polls) },
	{ "restarts", offsetof(struct osdp_counters, restarts) },
	{ "retries", offsetof(struct osdp_counters, retries) },
	{ "sessions", offsetof(struct osdp_counters, sessions) },
	{ "stale", offsetof(struct osdp_counters, stale) },
	{ "timeouts", offsetof(struct osdp_counters, timeouts) },
	{ "unhandled", offsetof(struct osdp_counters, unhandled) },
};

static json_t *
counters_of(const struct osdp_counters *counters)
{
	json_t *all = json_object();

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		uint32_t value;
		memcpy(&value, (const char *) counters + counts[i].offset, sizeof(value));
		(void) json_object_set_new(all, counts[i].name, json_integer(value));
	}
	return all;
}

/* {"1": 3}: only those that there were; "other" are all that the standard does not have. */
static json_t *
naks_of(const struct osdp_counters *counters)
{
	json_t *naks = json_object();
	char code[12];

	for (unsigned i = 0; i < OSDP_NAK_CODES; i++) {
		(void) snprintf(code, sizeof(code), "%u", i);
		if (counters->naks_by_code[i])
			(void) json_object_set_new(naks, i == OSDP_NAK_CODES - 1 ? "other" : code,
						   json_integer(counters->naks_by_code[i]));
	}
	return naks;
}

/* The last bucket has no limit. */
static json_t *
delay_of(const struct osdp_delay *delay)
{
	json_t *buckets = json_array();

	for (unsigned i = 0; i < OSDP_DELAY_BUCKETS; i++)
		(void) json_array_append_new(
			buckets,
			json_pack("{so,sI}", "up_to_ms",
				  i < OSDP_DELAY_BUCKETS - 1 ? json_integer(osdp_delay_limits_ms[i])
							     : json_null(),
				  "count", (json_int_t) delay->buckets[i]));
	return json_pack("{sI,sI,sI,sI,sI,so}", "count", (json_int_t) delay->count, "min_us",
			 (json_int_t) delay->min_us, "mean_us",
			 (json_int_t) osdp_delay_mean_us(delay), "p99_us",
			 (json_int_t) osdp_delay_p99_us(delay), "max_us",
			 (json_int_t) delay->max_us, "histogram", buckets);
}

static json_t *
capabilities_of(const struct osdp_pdcap *capabilities)
{
	static const struct {
		const char *name;
		enum osdp_capability function;
	} rows[] = {
		{ "card_format", OSDP_CAP_CARD_FORMAT },
		{ "inputs", OSDP_CAP_INPUTS },
		{ "led", OSDP_CAP_LED },
		{ "buzzer", OSDP_CAP_BUZZER },
		{ "outputs", OSDP_CAP_OUTPUTS },
		{ "readers", OSDP_CAP_READERS },
		{ "security", OSDP_CAP_SECURITY },
		{ "smart_card", OSDP_CAP_SMART_CARD },
		{ "text", OSDP_CAP_TEXT },
		{ "version", OSDP_CAP_VERSION },
	};
	json_t *all = json_object();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		(void) json_object_set_new(
			all, rows[i].name,
			json_pack("{si,si}", "compliance",
				  (int) capabilities->compliance[rows[i].function], "items",
				  (int) capabilities->items[rows[i].function]));
	return all;
}

json_t *
bus_diagnostics(const struct bus *bus, unsigned seat)
{
	const struct osdp_counters *counters = osdp_cp_pd_counters(bus->cp, seat);

	return json_pack("{si,ss,sI,si,so,so,so,so,so,sI,sI}", "bus", (int) bus->number, "state",
			 states[osdp_cp_pd_state(bus->cp, seat)], "baud",
			 (json_int_t) osdp_cp_baud(bus->cp), "address",
			 (int) osdp_cp_address(bus->cp, seat), "counters", counters_of(counters),
			 "naks_by_code", naks_of(counters), "reply_delay",
			 delay_of(&counters->delay), "poll_interval", delay_of(&counters->interval),
			 "capabilities", capabilities_of(&bus->seats[seat].capabilities),
			 "trace_first", (json_int_t) trace_first(bus->trace), "trace_last",
			 (json_int_t) trace_last(bus->trace));
}
