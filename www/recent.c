#include "www/recent.h"

#include <stdlib.h>

#include "lib/util.h"

struct entry {
	uint64_t seq;
	char *text;
};

struct recent {
	struct entry ring[RECENT_MAX];
	size_t count; /* ever put; the ring holds the last of them */
};

struct recent *
recent_new(void)
{
	return xcalloc(1, sizeof(struct recent));
}

void
recent_free(struct recent *recent)
{
	if (!recent)
		return;
	recent_clear(recent);
	free(recent);
}

void
recent_put(struct recent *recent, uint64_t seq, const char *text)
{
	struct entry *entry = &recent->ring[recent->count++ % RECENT_MAX];

	free(entry->text);
	*entry = (struct entry){ seq, xstrdup(text) };
}

void
recent_clear(struct recent *recent)
{
	for (size_t i = 0; i < RECENT_MAX; i++)
		free(steal(&recent->ring[i].text));
	recent->count = 0;
}

static size_t
first_of(const struct recent *recent)
{
	return recent->count - MIN_OF(recent->count, (size_t) RECENT_MAX);
}

bool
recent_has_gap(const struct recent *recent, uint64_t after)
{
	return recent->count == 0 || recent->ring[first_of(recent) % RECENT_MAX].seq > after + 1;
}

void
recent_walk(const struct recent *recent, uint64_t after,
	    void (*visit)(const char *text, void *context), void *context)
{
	for (size_t i = first_of(recent); i < recent->count; i++)
		if (recent->ring[i % RECENT_MAX].seq > after)
			visit(recent->ring[i % RECENT_MAX].text, context);
}
