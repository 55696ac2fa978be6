/* cardeactl events: lists, searches and follows the event log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/util.h"

/* A stream that is silent for so long although more was promised has broken off. */
#define SILENCE_MS 10000

/* What was deleted before it could be read. Returns the last event of it, or at. */
static json_int_t
show_gap(const json_t *push, json_int_t at)
{
	const json_t *gap = json_object_get(push, "gap");

	if (!gap)
		return at;
	json_int_t to = json_integer_or(gap, "to", at);
	(void) fprintf(stderr, "cardeactl: events %lld to %lld were deleted\n",
		       (long long) json_integer_or(gap, "from", 0), (long long) to);
	return to;
}

/* Prints events behind after up to the head, or for ever. */
static int
stream(struct ctl *ctl, json_int_t after, bool is_endless)
{
	_cleanup_(json_decrefp) json_t *started = NULL;
	json_t *params = json_pack("{ss}", "stream", "events");

	if (after >= 0)
		(void) json_object_set_new(params, "after", json_integer(after));
	if (ctl_call(ctl, "follow", params, &started))
		return 1;
	json_int_t at = json_integer_or(started, "after", 0);
	json_int_t head = json_integer_or(started, "head", 0);
	while (is_endless || at < head) {
		_cleanup_(json_decrefp) json_t *push = NULL;
		int r = client_next_push(ctl->client, is_endless ? -1 : SILENCE_MS, &push);
		if (r < 0) {
			(void) fprintf(stderr,
				       "cardeactl: the stream broke off at event %lld: %s\n",
				       (long long) at, strerror(-r));
			return 1;
		}
		at = json_integer_or(json_object_get(push, "event"), "seq", show_gap(push, at));
		if (!json_object_get(push, "event"))
			continue;
		ctl_print_event(ctl, push);
		(void) fflush(stdout);
	}
	return 0;
}

/* One page, the oldest first whichever it is. Steals filter. */
static int
list_page(struct ctl *ctl, json_t *filter)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	bool is_upwards = json_object_get(filter, "after");

	if (ctl_call(ctl, "events.list", filter, &result))
		return 1;
	const json_t *events = json_object_get(result, "events");
	size_t count = json_array_size(events);
	for (size_t i = 0; i < count; i++)
		ctl_print_event(ctl, json_array_get(events, is_upwards ? i : count - 1 - i));
	return 0;
}

int
ctl_events(struct ctl *ctl)
{
	json_int_t limit = 20;
	json_int_t after = -1;
	bool is_following = false;
	json_t *filter = json_object();

	for (int i = 0; i < ctl->argc; i++) {
		const char *word = ctl->argv[i];
		bool has_number = i + 1 < ctl->argc;
		int taken = ctl_take_filter(ctl, &i, filter);
		if (taken > 0)
			continue;
		if (!taken && !strcmp(word, "--follow")) {
			is_following = true;
		} else if (!taken && !strcmp(word, "--limit") && has_number &&
			   parse_number(ctl->argv[i + 1], &limit) == 0) {
			i++;
		} else if (!taken && !strcmp(word, "--after") && has_number &&
			   parse_number(ctl->argv[i + 1], &after) == 0) {
			i++;
		} else {
			(void) fprintf(stderr,
				       "cardeactl: events takes --follow, --limit N, --after SEQ "
				       "and filters such as --door N, not '%s'\n",
				       word);
			json_decref(filter);
			return 2;
		}
	}
	if ((is_following || after >= 0) && !json_object_size(filter)) {
		json_decref(filter);
		return stream(ctl, after, is_following);
	}
	if (is_following) {
		(void) fprintf(stderr, "cardeactl: events --follow takes no filters\n");
		json_decref(filter);
		return 2;
	}
	(void) json_object_set_new(filter, "limit", json_integer(limit));
	if (after >= 0)
		(void) json_object_set_new(filter, "after", json_integer(after));
	return list_page(ctl, filter);
}
