/* sources: lib/access.c lib/access_file.c lib/feedback.c lib/json.c lib/cardformat.c */
/* sources: lib/cardformat_shape.c lib/cardformat_table.c lib/util.c lib/pin.c lib/presence.c */
/* sources: lib/reason.c lib/clock.c lib/schedule.c agent/door_access.c */
/* sources: agent/door_access_rules.c agent/door_lockout.c agent/door_interlock.c */
/* libs: jansson libcrypto */
/*
 * Maps foreign bytes as an access table and decides by it. A good small table is overlaid with the
 * input at places that the input names, and gets the checksums that suit it, so that the fuzzer
 * reaches what is behind them: a store gone wrong must not be able to hurt the door role.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/door_access.h"
#include "lib/access_file.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY = 4096 };

static size_t checked;

/* A head of zeros with what it needs to be sound, and room for some of everything. */
static struct access_head *
make_table(size_t *ret_size)
{
	struct access_head *head = xcalloc(1, sizeof(*head) + BODY);
	struct access_parts parts;

	head->header = (struct access_header){
		.magic = ACCESS_MAGIC,
		.layout = ACCESS_LAYOUT,
		.window_end_s = INT64_MAX,
		.rules = 4,
		.intervals = 4,
		.set_words = 16,
		.persons = 2,
		.credentials = 4,
		.name_bytes = 64,
	};
	head->board.format_count = 5;
	for (uint8_t i = 0; i < 4; i++)
		head->board.formats[i] = i;
	head->board.formats[4] = CARDFORMAT_OWN_FIRST;
	head->board.own_formats[0] = (struct access_format){
		.name = "own",
		.shape = { .bit_count = 34,
			   .number = { 1, 32 },
			   .parity = { { 0x1fffe, 0, false } } },
	};
	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++)
		head->board.feedback[i] = *feedback_default(i);
	access_locate(head, &parts);
	*ret_size = parts.size;
	return head;
}

/* Four bytes of place, one of length, and the bytes: again and again. */
static void
overlay(struct access_head *head, size_t size, const uint8_t *data, size_t length)
{
	while (length > 5) {
		uint32_t place;
		memcpy(&place, data, sizeof(place));
		size_t count = MIN_OF((size_t) data[4] % 32, length - 5);
		place %= (uint32_t) size;
		memcpy((char *) head + place, data + 5, MIN_OF(count, size - place));
		data += 5 + count;
		length -= 5 + count;
	}
}

static void
forge_sums(struct access_head *head, size_t size)
{
	struct access_parts parts;
	struct access_header *header = &head->header;

	/* Counts that lead out of the file are the mapper's to find, not this function's. */
	if (header->rules > 64 || header->intervals > 64 || header->set_words > 64 ||
	    header->persons > 64 || header->credentials > 64 || header->name_bytes > 512)
		return;
	access_locate(head, &parts);
	if (parts.size > size)
		return;
	header->body_checksum = access_checksum_body(&parts);
	header->checksum = access_checksum_head(&parts);
}

static void
decide(const struct access_table *table, unsigned point, const uint8_t *bits)
{
	static const unsigned counts[] = { 26, 34, 35, 37 };
	struct access_trace trace;
	struct access_decision decision;
	struct access_live live = { .table = table, .is_reader_good = true, .now_s = bits[0] };
	struct access_request request = {
		.point = point,
		.card = { counts[point % 4], bits, NULL },
		.companion = { counts[point % 4], bits + 1, NULL },
		.pin = bits[1] & 1 ? "1234" : NULL,
	};

	access_decide(&live, &request, &decision, &trace);
	if ((decision.verdict == ACCESS_DENIED) != (decision.reason != REASON_NONE))
		abort();
	if (decision.holder.credential)
		checked += strlen(access_holder(table, decision.holder.credential));
	for (unsigned i = 0; i < trace.count; i++)
		checked += strlen(trace.rows[i].text);
}

static void
use(const struct access_table *table, const uint8_t *data, size_t size)
{
	uint8_t bits[16] = { 0 };

	memcpy(bits, data, MIN_OF(size, sizeof(bits)));
	for (unsigned point = 1; point <= READERS; point++)
		decide(table, point, bits);
	for (unsigned i = 0; i < 64; i++) {
		struct access_card card = { bits[i % 8] % 8, bits[(i + 1) % 8], bits[(i + 2) % 8] };
		const char *name = access_format_name(table, bits[i % 8]);
		const struct access_credential *found = access_find(table, &card);
		checked += name ? strlen(name) : 0;
		if (!found)
			continue;
		struct access_card own = access_card_of(found);
		if (access_card_compare(&own, &card))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct access_table *table = NULL;
	char path[64];

	size_t length;
	_cleanup_(freep) struct access_head *head = make_table(&length);
	overlay(head, length, data, size);
	forge_sums(head, length);
	_cleanup_(closep) int fd = memfd_create("access", MFD_CLOEXEC);
	if (fd < 0 || write(fd, head, length) != (ssize_t) length)
		abort();
	(void) snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (access_map(path, &table) == 0)
		use(table, data, size);
	access_unmap(table);
	return 0;
}
