#include "hw/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

struct slot {
	uint64_t at_wall_us;
	uint64_t start; /* position of its first byte, counted since the beginning */
	uint16_t size;
	bool is_output;
};

struct trace {
	uint64_t first;
	uint64_t next;
	uint64_t written; /* bytes since the beginning */
	struct slot slots[TRACE_RECORDS];
	/* A record is in one piece: the end is skipped when it does not fit there. */
	uint8_t bytes[TRACE_BYTES];
};

struct trace *
trace_new(void)
{
	struct trace *trace = xcalloc(1, sizeof(*trace));

	trace->first = trace->next = 1;
	return trace;
}

void
trace_free(struct trace *trace)
{
	if (!trace)
		return;
	trace_wipe(trace);
	free(trace);
}

void
trace_wipe(struct trace *trace)
{
	explicit_bzero(trace->bytes, sizeof(trace->bytes));
	trace->first = trace->next;
}

static struct slot *
slot_of(struct trace *trace, uint64_t number)
{
	return &trace->slots[number % TRACE_RECORDS];
}

void
trace_add(struct trace *trace, const struct trace_record *record)
{
	size_t at = trace->written % TRACE_BYTES;

	if (!record->size)
		return;
	if (at + record->size > TRACE_BYTES)
		trace->written += TRACE_BYTES - at;
	struct slot slot = {
		.at_wall_us = record->at_wall_us,
		.start = trace->written,
		.size = record->size,
		.is_output = record->is_output,
	};
	memcpy(trace->bytes + trace->written % TRACE_BYTES, record->bytes, record->size);
	trace->written += record->size;
	while (trace->first < trace->next &&
	       (trace->next - trace->first == TRACE_RECORDS ||
		slot_of(trace, trace->first)->start + TRACE_BYTES < trace->written))
		trace->first++;
	*slot_of(trace, trace->next++) = slot;
}

uint64_t
trace_first(const struct trace *trace)
{
	return trace->first;
}

uint64_t
trace_last(const struct trace *trace)
{
	return trace->next - 1;
}

int
trace_at(const struct trace *trace, uint64_t number, struct trace_record *ret)
{
	if (number < trace->first || number >= trace->next)
		return -ENOENT;
	const struct slot *slot = &trace->slots[number % TRACE_RECORDS];
	*ret = (struct trace_record){
		.at_wall_us = slot->at_wall_us,
		.is_output = slot->is_output,
		.size = slot->size,
		.bytes = trace->bytes + slot->start % TRACE_BYTES,
	};
	return 0;
}
