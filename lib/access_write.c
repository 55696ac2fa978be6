#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/access_build_private.h"
#include "lib/cardformat.h"
#include "lib/util.h"

static int
compare_persons(const void *a, const void *b)
{
	uint32_t left = ((const struct access_person *) a)->id;
	uint32_t right = ((const struct access_person *) b)->id;

	return left < right ? -1 : left > right;
}

static int
compare_credentials(const void *a, const void *b)
{
	struct access_card left = access_card_of(a);
	struct access_card right = access_card_of(b);

	return access_card_compare(&left, &right);
}

/* Credentials know their person by id until here; whose person is not there opens nothing. */
static void
resolve_persons(struct access_build *build)
{
	struct access_person *persons = (void *) build->persons.bytes;
	struct access_credential *credentials = (void *) build->credentials.bytes;

	if (build->persons.count)
		qsort(persons, build->persons.count, sizeof(*persons), compare_persons);
	for (size_t i = 0; i < build->credentials.count; i++) {
		struct access_person wanted = { .id = credentials[i].person };
		if (wanted.id == UINT32_MAX)
			continue;
		const struct access_person *found =
			build->persons.count ? bsearch(&wanted, persons, build->persons.count,
						       sizeof(wanted), compare_persons)
					     : NULL;
		credentials[i].person = found ? (uint32_t) (found - persons) : UINT32_MAX;
		if (!found)
			credentials[i].status = ACCESS_DISABLED;
	}
}

static int
sort_credentials(struct access_build *build)
{
	struct access_credential *credentials = (void *) build->credentials.bytes;

	if (build->credentials.count)
		qsort(credentials, build->credentials.count, sizeof(*credentials),
		      compare_credentials);
	for (size_t i = 1; i < build->credentials.count; i++)
		if (!compare_credentials(&credentials[i - 1], &credentials[i]))
			return -EEXIST;
	return 0;
}

static struct access_rule
resolve_rule(const struct access_build *build, const struct access_build_rule *rule)
{
	const struct access_board *board = &build->head.board;
	struct access_rule resolved = { rule->points, rule->floors, rule->schedule };
	uint64_t doors = rule->doors;

	for (unsigned i = 0; i < GROUPS; i++) {
		if (rule->door_groups >> i & 1)
			doors |= build->door_groups[i];
		if (rule->floor_groups >> i & 1)
			resolved.floors |= build->floor_groups[i];
	}
	for (unsigned i = 0; i < READERS; i++)
		if (board->points[i].door && doors >> (board->points[i].door - 1) & 1)
			resolved.points |= UINT32_C(1) << i;
	return resolved;
}

/* All rules, one profile after another; free with free(). */
static struct access_rule *
resolve_rules(struct access_build *build)
{
	uint32_t count = 0;

	for (unsigned i = 0; i < PROFILES; i++)
		count += build->head.board.profiles[i].rule_count;
	struct access_rule *rules = xcalloc(count + 1, sizeof(*rules));
	build->head.header.rules = count;
	count = 0;
	for (unsigned i = 0; i < PROFILES; i++) {
		struct access_profile *profile = &build->head.board.profiles[i];
		profile->first_rule = count;
		for (unsigned k = 0; k < profile->rule_count; k++)
			rules[count++] = resolve_rule(build, &build->rules[i][k]);
	}
	return rules;
}

static void
copy_part(const void *to, const void *from, size_t size)
{
	if (size)
		memcpy((void *) to, from, size);
}

static void
fill_header(struct access_build *build, uint64_t generation)
{
	struct access_board *board = &build->head.board;
	struct access_header *header = &build->head.header;

	header->magic = ACCESS_MAGIC;
	header->layout = ACCESS_LAYOUT;
	header->generation = generation;
	header->intervals = (uint32_t) build->intervals.count;
	header->set_words = (uint32_t) build->sets.count;
	header->persons = (uint32_t) build->persons.count;
	header->credentials = (uint32_t) build->credentials.count;
	header->name_bytes = (uint32_t) build->names.count;
	if (!board->format_count)
		board->format_count =
			(uint32_t) cardformat_parse_list(CARDFORMAT_DEFAULT_LIST, board->formats);
}

int
access_build_write(struct access_build *build, const char *path, uint64_t generation)
{
	struct access_parts parts;

	if (build->credentials.count > ACCESS_CREDENTIALS_MAX ||
	    build->persons.count > ACCESS_PERSONS_MAX)
		return -E2BIG;
	resolve_persons(build);
	int r = sort_credentials(build);
	if (r < 0)
		return r;
	_cleanup_(freep) struct access_rule *rules = resolve_rules(build);
	fill_header(build, generation);
	access_locate(&build->head, &parts);
	_cleanup_(freep) struct access_head *head = xcalloc(1, parts.size);
	*head = build->head;
	access_locate(head, &parts);
	copy_part(parts.rules, rules, head->header.rules * sizeof(*rules));
	copy_part(parts.intervals, build->intervals.bytes,
		  build->intervals.count * sizeof(struct schedule_interval));
	copy_part(parts.sets, build->sets.bytes, build->sets.count * sizeof(uint64_t));
	copy_part(parts.persons, build->persons.bytes,
		  build->persons.count * sizeof(struct access_person));
	copy_part(parts.credentials, build->credentials.bytes,
		  build->credentials.count * sizeof(struct access_credential));
	copy_part(parts.names, build->names.bytes, build->names.count);
	head->header.body_checksum = access_checksum_body(&parts);
	head->header.checksum = access_checksum_head(&parts);
	r = write_file_atomic(path, head, parts.size, 0640);
	explicit_bzero(head->board.pin_key, sizeof(head->board.pin_key));
	return r;
}
