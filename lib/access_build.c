#include "lib/access_build_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

#define SLOTS_FIRST 1024 /* a power of two */

static void *
push(struct heap *heap, size_t count, size_t size)
{
	if (heap->count + count > heap->room) {
		heap->room = MAX_OF(2 * heap->room, heap->count + count + 64);
		heap->bytes = xrealloc(heap->bytes, heap->room * size);
	}
	void *at = heap->bytes + heap->count * size;
	heap->count += count;
	return at;
}

struct access_build *
access_build_new(void)
{
	struct access_build *build = xcalloc(1, sizeof(*build));

	build->slot_count = SLOTS_FIRST;
	build->slots = xcalloc(build->slot_count, sizeof(*build->slots));
	*(char *) push(&build->names, 1, 1) = 0;
	build->head.header.window_end_s = INT64_MAX;
	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++)
		build->head.board.feedback[i] = *feedback_default(i);
	return build;
}

void
access_build_free(struct access_build *build)
{
	if (!build)
		return;
	for (unsigned i = 0; i < PROFILES; i++)
		free(build->rules[i]);
	free(build->intervals.bytes);
	free(build->sets.bytes);
	free(build->persons.bytes);
	free(build->credentials.bytes);
	free(build->names.bytes);
	free(build->slots);
	explicit_bzero(build->head.board.pin_key, sizeof(build->head.board.pin_key));
	free(build);
}

struct access_board *
access_build_board(struct access_build *build)
{
	return &build->head.board;
}

void
access_build_window(struct access_build *build, int64_t compiled_s, int64_t end_s)
{
	build->head.header.compiled_s = compiled_s;
	build->head.header.window_end_s = end_s;
}

void
access_build_schedule(struct access_build *build, uint32_t id,
		      const struct schedule_interval *intervals, size_t count)
{
	if (id < 1 || id > SCHEDULES || build->intervals.count + count > ACCESS_INTERVALS_MAX)
		return;
	build->head.schedules[id - 1] = (struct access_schedule){
		.first = (uint32_t) build->intervals.count,
		.count = (uint32_t) count,
	};
	if (count)
		memcpy(push(&build->intervals, count, sizeof(*intervals)), intervals,
		       count * sizeof(*intervals));
}

void
access_build_profile(struct access_build *build, uint32_t id, const struct access_build_rule *rules,
		     size_t count)
{
	if (id < 1 || id > PROFILES || count > RULES_EACH)
		return;
	free(build->rules[id - 1]);
	build->rules[id - 1] = xcalloc(count + 1, sizeof(*rules));
	if (count)
		memcpy(build->rules[id - 1], rules, count * sizeof(*rules));
	build->head.board.profiles[id - 1].rule_count = (uint16_t) count;
}

void
access_build_groups(struct access_build *build, uint32_t id, uint64_t doors, uint32_t floors)
{
	if (id < 1 || id > GROUPS)
		return;
	build->door_groups[id - 1] |= doors;
	build->floor_groups[id - 1] |= floors;
}

/* The place of a slot that holds this set, or of a free one. */
static size_t
slot_of(const struct access_build *build, const uint64_t *words, size_t count)
{
	size_t at = fnv1a(words, count * sizeof(*words));

	for (;; at++) {
		at &= build->slot_count - 1;
		if (!build->slots[at])
			return at;
		size_t place = build->slots[at] - 1;
		if (place + count <= build->sets.count &&
		    !memcmp(build->sets.bytes + place * sizeof(*words), words,
			    count * sizeof(*words)))
			return at;
	}
}

static size_t
words_of(const struct access_set *set)
{
	return (sizeof(*set) + set->count * sizeof(set->assignments[0]) + 7) / 8;
}

static void
grow_slots(struct access_build *build)
{
	_cleanup_(freep) uint32_t *before = build->slots;
	size_t count = build->slot_count;

	build->slot_count *= 2;
	build->slots = xcalloc(build->slot_count, sizeof(*build->slots));
	for (size_t i = 0; i < count; i++) {
		if (!before[i])
			continue;
		const uint64_t *words =
			(const uint64_t *) (const void *) build->sets.bytes + (before[i] - 1);
		size_t at = slot_of(build, words, words_of((const struct access_set *) words));
		build->slots[at] = before[i];
	}
}

/* The place of the set in all sets: most credentials have what others have. */
static uint32_t
intern_set(struct access_build *build, const struct access_record *record,
	   const struct access_assignment *assignments)
{
	uint64_t words[(sizeof(struct access_set) + PROFILES_EACH * sizeof(*assignments) + 7) /
		       8] = { 0 };
	struct access_set *set = (struct access_set *) words;

	set->doors = record->doors;
	set->floors = record->floors;
	set->count = record->profile_count;
	memcpy(set->assignments, assignments, set->count * sizeof(*assignments));
	size_t count = words_of(set);
	size_t at = slot_of(build, words, count);
	if (!build->slots[at]) {
		build->slots[at] = (uint32_t) build->sets.count + 1;
		memcpy(push(&build->sets, count, sizeof(*words)), words, count * sizeof(*words));
		if (++build->set_count * 2 > build->slot_count) {
			uint32_t place = build->slots[at] - 1;
			grow_slots(build);
			return place;
		}
	}
	return build->slots[at] - 1;
}

struct parsed {
	struct access_record record;
	struct access_assignment assignments[PROFILES_EACH];
	const char *name;
};

static int
parse(const void *bytes, size_t size, struct parsed *ret)
{
	if (size < sizeof(ret->record) + 1)
		return -EBADMSG;
	memcpy(&ret->record, bytes, sizeof(ret->record));
	if (ret->record.profile_count > PROFILES_EACH)
		return -EBADMSG;
	size_t assigned = ret->record.profile_count * sizeof(ret->assignments[0]);
	const char *tail = (const char *) bytes + sizeof(ret->record);
	size_t rest = size - sizeof(ret->record);
	if (rest <= assigned || rest - assigned > ACCESS_HOLDER_SIZE || tail[rest - 1])
		return -EBADMSG;
	memcpy(ret->assignments, tail, assigned);
	ret->name = tail + assigned;
	return 0;
}

static uint32_t
keep_name(struct access_build *build, const char *name)
{
	size_t length = strlen(name) + 1;

	if (length == 1)
		return 0;
	uint32_t place = (uint32_t) build->names.count;
	memcpy(push(&build->names, length, 1), name, length);
	return place;
}

int
access_build_person(struct access_build *build, const void *record, size_t size)
{
	struct parsed parsed;

	if (parse(record, size, &parsed) < 0)
		return -EBADMSG;
	struct access_person person = {
		.id = parsed.record.id,
		.name = keep_name(build, parsed.name),
		.set = intern_set(build, &parsed.record, parsed.assignments),
		.flags = parsed.record.flags,
		.escort = parsed.record.escort,
		.is_enabled = parsed.record.status == ACCESS_ENABLED,
	};
	memcpy(push(&build->persons, 1, sizeof(person)), &person, sizeof(person));
	return 0;
}

int
access_build_credential(struct access_build *build, const void *record, size_t size)
{
	struct parsed parsed;

	if (parse(record, size, &parsed) < 0 || parsed.record.card.format > UINT8_MAX)
		return -EBADMSG;
	struct access_credential credential = {
		.number = parsed.record.card.number,
		.facility = parsed.record.card.facility,
		.id = parsed.record.id,
		.person = parsed.record.person ? parsed.record.person : UINT32_MAX,
		.set = intern_set(build, &parsed.record, parsed.assignments),
		.holder = keep_name(build, parsed.name),
		.valid_from_s = parsed.record.valid_from_s,
		.valid_to_s = parsed.record.valid_to_s,
		.format = (uint8_t) parsed.record.card.format,
		.status = parsed.record.status,
		.flags = parsed.record.flags,
	};
	memcpy(push(&build->credentials, 1, sizeof(credential)), &credential, sizeof(credential));
	return 0;
}
