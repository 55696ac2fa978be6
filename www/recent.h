/*
 * The last events as the stream sends them, for a client that was away for a moment. Loop only.
 */
#ifndef WWW_RECENT_H
#define WWW_RECENT_H

#include <stdbool.h>
#include <stdint.h>

/* How many are kept. */
#define RECENT_MAX 256

struct recent;

struct recent *recent_new(void);
void recent_free(struct recent *recent);

/* seq grows from call to call; text is copied. */
void recent_put(struct recent *recent, uint64_t seq, const char *text);
void recent_clear(struct recent *recent);
/* Whether events behind after may be missing here. */
bool recent_has_gap(const struct recent *recent, uint64_t after);
/* In order, those behind after. */
void recent_walk(const struct recent *recent, uint64_t after,
		 void (*visit)(const char *text, void *context), void *context);

#endif
