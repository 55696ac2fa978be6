#include "syslog/journal_places.h"

#include "lib/util.h"

static struct journal_place *
place_at(struct journal_places *places, unsigned index)
{
	return &places->ring[(places->first + index) % JOURNAL_PLACES];
}

uint64_t
journal_places_send(struct journal_places *places, uint64_t time_us)
{
	unsigned count = places->count;
	uint64_t *next_us = count ? &place_at(places, count - 1)->next_us : &places->oldest_us;

	if (!*next_us)
		*next_us = time_us;
	return ++places->sent;
}

bool
journal_places_is_due(const struct journal_places *places, uint64_t now_mono_us)
{
	return places->sent % JOURNAL_STRIDE == 0 ||
	       now_mono_us >= places->remembered_us + JOURNAL_STRIDE_US;
}

void
journal_places_remember(struct journal_places *places, const char *cursor, uint64_t now_mono_us)
{
	if (places->count == JOURNAL_PLACES)
		return;
	struct journal_place *place = place_at(places, places->count);
	if (!copy_string(place->cursor, sizeof(place->cursor), cursor))
		return;
	place->number = places->sent;
	place->next_us = 0;
	places->remembered_us = now_mono_us;
	places->count++;
}

static uint64_t
move_to(struct journal_places *places, uint64_t number, const char *cursor, uint64_t oldest_us)
{
	uint64_t moved = number - places->confirmed;

	places->confirmed = number;
	places->oldest_us = oldest_us;
	(void) copy_string(places->cursor, sizeof(places->cursor), cursor);
	return moved;
}

uint64_t
journal_places_confirm(struct journal_places *places, uint64_t number, const char *here)
{
	const struct journal_place *last = NULL;

	while (places->count && place_at(places, 0)->number <= number) {
		last = place_at(places, 0);
		places->first = (places->first + 1) % JOURNAL_PLACES;
		places->count--;
	}
	if (number == places->sent && here)
		return move_to(places, number, here, 0);
	return last ? move_to(places, last->number, last->cursor, last->next_us) : 0;
}

void
journal_places_rewind(struct journal_places *places)
{
	places->count = 0;
	places->confirmed = places->sent;
}

uint64_t
journal_places_under_way(const struct journal_places *places)
{
	return places->sent - places->confirmed;
}

void
journal_places_wait(struct journal_places *places, uint64_t time_us)
{
	if (!places->oldest_us && !journal_places_under_way(places))
		places->oldest_us = time_us;
}
