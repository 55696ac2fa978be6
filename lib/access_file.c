#include "lib/access_file.h"

#include <string.h>

#include "lib/util.h"

static size_t
round_up(size_t size)
{
	return (size + 7) & ~(size_t) 7;
}

void
access_locate(const struct access_head *head, struct access_parts *ret)
{
	const struct access_header *header = &head->header;
	const char *start = (const char *) head;
	size_t at = round_up(sizeof(*head));

	ret->head = head;
	ret->rules = (const void *) (start + at);
	at += round_up(header->rules * sizeof(*ret->rules));
	ret->intervals = (const void *) (start + at);
	at += round_up(header->intervals * sizeof(*ret->intervals));
	ret->body = at;
	ret->sets = (const void *) (start + at);
	at += header->set_words * sizeof(*ret->sets);
	ret->persons = (const void *) (start + at);
	at += round_up(header->persons * sizeof(*ret->persons));
	ret->credentials = (const void *) (start + at);
	at += round_up(header->credentials * sizeof(*ret->credentials));
	ret->names = start + at;
	ret->size = at + round_up(header->name_bytes);
}

uint32_t
access_checksum_head(const struct access_parts *parts)
{
	size_t skipped = offsetof(struct access_header, layout);

	return fnv1a((const char *) parts->head + skipped, parts->body - skipped);
}

uint32_t
access_checksum_body(const struct access_parts *parts)
{
	return fnv1a((const char *) parts->head + parts->body, parts->size - parts->body);
}

/* The writer is another process: what this one reads as a string or a bool must be one. */
static bool
is_bool(const bool *value)
{
	return *(const unsigned char *) value <= 1;
}

static bool
is_text(const char *text, size_t size)
{
	return memchr(text, 0, size);
}

static bool
are_settings_sound(const struct access_board *board)
{
	const struct access_policy *policy = &board->policy;

	return is_bool(&board->alarms.has_casing) && is_bool(&board->alarms.has_motion) &&
	       is_bool(&board->alarms.has_tamper) && is_bool(&board->power.is_aux_external) &&
	       board->fire_input <= INPUTS && policy->threat <= THREATS &&
	       policy->degraded_count <= ACCESS_DEGRADED_MAX && board->format_count &&
	       board->format_count <= CARDFORMAT_ORDER_MAX;
}

static bool
are_formats_sound(const struct access_board *board)
{
	for (unsigned i = 0; i < CARDFORMATS_OWN; i++) {
		const struct access_format *format = &board->own_formats[i];
		if (!is_text(format->name, sizeof(format->name)) ||
		    (format->shape.bit_count && !cardformat_shape_is_sound(&format->shape)))
			return false;
	}
	return true;
}

static bool
are_modules_sound(const struct access_board *board)
{
	for (unsigned i = 0; i < MODULES; i++) {
		const struct access_module *module = &board->modules[i];
		if (!is_text(module->name, sizeof(module->name)) || !is_bool(&module->is_enabled))
			return false;
	}
	for (unsigned i = 0; i < FLOORS; i++) {
		const struct access_floor *floor = &board->floors[i];
		if (!is_text(floor->name, sizeof(floor->name)) || floor->module > MODULES ||
		    floor->output > MODULE_POINTS || floor->reader > READERS ||
		    (floor->module && (!floor->output || !floor->reader)))
			return false;
	}
	return true;
}

static bool
are_readers_sound(const struct access_board *board)
{
	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++)
		if (!feedback_is_sound(&board->feedback[i]))
			return false;
	for (unsigned i = 0; i < READERS; i++) {
		const struct access_reader *reader = &board->readers[i];
		const struct access_point *point = &board->points[i];
		if (!is_text(reader->name, sizeof(reader->name)) || !is_bool(&reader->is_clear) ||
		    reader->turn > CARDFORMAT_BYTES_REVERSED)
			return false;
		if (!is_text(point->name, sizeof(point->name)) || !is_bool(&point->is_enabled) ||
		    !is_bool(&point->is_exit) || point->door > DOORS || point->area_from > AREAS ||
		    point->area_to > AREAS || point->authentication > AUTHENTICATIONS)
			return false;
	}
	return true;
}

static bool
is_door_sound(const struct access_door *door)
{
	return is_text(door->name, sizeof(door->name)) &&
	       door->relock <= ACCESS_RELOCK_AFTER_TIME && is_bool(&door->rex_unlocks) &&
	       is_bool(&door->fire_unlocks) && is_bool(&door->has_toggle) &&
	       is_bool(&door->needs_first_person) && door->lock_monitor <= INPUTS &&
	       door->double_lock_output <= OUTPUTS && door->unlock_schedule <= SCHEDULES;
}

static bool
are_points_sound(const struct access_board *board)
{
	for (unsigned i = 0; i < DOORS; i++) {
		if (!is_door_sound(&board->doors[i]))
			return false;
	}
	for (unsigned i = 0; i < INPUTS; i++) {
		const struct access_input *input = &board->inputs[i];
		if (!is_text(input->name, sizeof(input->name)) ||
		    !is_text(input->supervision, sizeof(input->supervision)) ||
		    !is_bool(&input->is_normally_closed))
			return false;
	}
	for (unsigned i = 0; i < OUTPUTS; i++) {
		const struct access_output *output = &board->outputs[i];
		if (!is_text(output->name, sizeof(output->name)) ||
		    !is_bool(&output->is_normally_closed) || !is_bool(&output->is_output))
			return false;
	}
	return true;
}

static bool
is_authentication_sound(const struct access_authentication *authentication)
{
	if (!is_text(authentication->name, sizeof(authentication->name)) ||
	    authentication->level > ACCESS_LEVEL_TWO_CARDS ||
	    authentication->time_count > ACCESS_TIMES_MAX)
		return false;
	for (unsigned i = 0; i < THREATS; i++)
		if (authentication->threats[i].level > ACCESS_LEVEL_TWO_CARDS)
			return false;
	for (unsigned i = 0; i < authentication->time_count; i++)
		if (authentication->times[i].level > ACCESS_LEVEL_TWO_CARDS)
			return false;
	return true;
}

static bool
are_rules_sound(const struct access_parts *parts)
{
	const struct access_board *board = &parts->head->board;
	const struct access_header *header = &parts->head->header;

	for (unsigned i = 0; i < AREAS; i++)
		if (!is_text(board->areas[i].name, sizeof(board->areas[i].name)) ||
		    board->areas[i].apb > ACCESS_APB_HARD)
			return false;
	for (unsigned i = 0; i < AUTHENTICATIONS; i++)
		if (!is_authentication_sound(&board->authentications[i]))
			return false;
	for (unsigned i = 0; i < PROFILES; i++) {
		const struct access_profile *profile = &board->profiles[i];
		if (!is_text(profile->name, sizeof(profile->name)) ||
		    profile->first_rule > header->rules ||
		    profile->rule_count > header->rules - profile->first_rule)
			return false;
	}
	for (unsigned i = 0; i < SCHEDULES; i++) {
		const struct access_schedule *schedule = &parts->head->schedules[i];
		if (schedule->first > header->intervals ||
		    schedule->count > header->intervals - schedule->first)
			return false;
	}
	return true;
}

bool
access_is_head_sound(const struct access_parts *parts)
{
	const struct access_board *board = &parts->head->board;

	return are_settings_sound(board) && are_formats_sound(board) && are_modules_sound(board) &&
	       are_readers_sound(board) && are_points_sound(board) && are_rules_sound(parts);
}

static bool
is_set_sound(const struct access_parts *parts, uint32_t at)
{
	size_t words = parts->head->header.set_words;
	const struct access_set *set = (const struct access_set *) (parts->sets + at);
	size_t header = sizeof(*set) / sizeof(uint64_t);

	if (at >= words || words - at < header || set->count > 2 * PROFILES_EACH)
		return false;
	return round_up(set->count * sizeof(set->assignments[0])) / sizeof(uint64_t) <=
	       words - at - header;
}

bool
access_is_body_sound(const struct access_parts *parts)
{
	const struct access_header *header = &parts->head->header;
	struct access_card before = { 0 };

	if (!header->name_bytes || parts->names[header->name_bytes - 1])
		return false;
	for (uint32_t i = 0; i < header->persons; i++) {
		const struct access_person *person = &parts->persons[i];
		if (person->name >= header->name_bytes || !is_set_sound(parts, person->set) ||
		    !is_bool(&person->is_enabled) || (i && person[-1].id >= person->id))
			return false;
	}
	for (uint32_t i = 0; i < header->credentials; i++) {
		const struct access_credential *credential = &parts->credentials[i];
		struct access_card card = access_card_of(credential);
		if (credential->holder >= header->name_bytes ||
		    !is_set_sound(parts, credential->set) ||
		    (credential->person != UINT32_MAX && credential->person >= header->persons) ||
		    (i && access_card_compare(&before, &card) >= 0))
			return false;
		before = card;
	}
	return true;
}
