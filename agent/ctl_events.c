/* cardeactl events and log: reads, follows, exports and verifies the event log. */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/util.h"

#define HASH_HEX 64
/* A stream that is silent for so long although more was promised has broken off. */
#define SILENCE_MS 10000

struct chain {
	char hash[HASH_HEX + 1];
	json_int_t seq;
	json_int_t first;
	unsigned long long count;
};

static void
chain_init(struct chain *chain)
{
	*chain = (struct chain){ 0 };
	memset(chain->hash, '0', HASH_HEX);
}

/* The next record of the chain; says what is wrong and returns 1. */
static int
chain_check(struct chain *chain, const json_t *record)
{
	const json_t *event = json_object_get(record, "event");
	const char *claimed = json_string_or(record, "hash", "");
	json_int_t seq = json_integer_or(event, "seq", 0);
	uint8_t digest[32];
	char hash[HASH_HEX + 1];

	if (!json_is_object(event) || strlen(claimed) != HASH_HEX) {
		(void) fprintf(stderr, "cardeactl: the record behind event %lld is no event\n",
			       (long long) chain->seq);
		return 1;
	}
	/* An export may begin in the middle; then its first hash is the anchor. */
	bool is_anchor = !chain->count && seq != 1;
	if (chain->count && seq != chain->seq + 1) {
		(void) fprintf(stderr, "cardeactl: event %lld does not follow event %lld\n",
			       (long long) seq, (long long) chain->seq);
		return 1;
	}
	_cleanup_(freep) char *text = json_canonical(event);
	_cleanup_(freep) char *both = xasprintf("%s%s", chain->hash, text);
	if (EVP_Digest(both, strlen(both), digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	hex_encode(digest, sizeof(digest), hash);
	if (!is_anchor && strcmp(hash, claimed)) {
		(void) fprintf(stderr, "cardeactl: event %lld was changed: its hash does not fit\n",
			       (long long) seq);
		return 1;
	}
	memcpy(chain->hash, claimed, HASH_HEX);
	chain->first = chain->count ? chain->first : seq;
	chain->seq = seq;
	chain->count++;
	return 0;
}

static int
chain_done(const struct ctl *ctl, const struct chain *chain)
{
	json_t *result = json_pack("{sI,sI,sI,ss}", "first", chain->first, "last", chain->seq,
				   "count", (json_int_t) chain->count, "hash", chain->hash);

	if (ctl->is_json)
		(void) ctl_print_json(result);
	else if (!chain->count)
		printf("There are no events.\n");
	else
		printf("%llu events, %lld to %lld: the chain is intact.\nLast hash: %s\n",
		       chain->count, (long long) chain->first, (long long) chain->seq, chain->hash);
	json_decref(result);
	return 0;
}

/* Streams events behind after to row() until head, or for ever. */
static int
stream(struct ctl *ctl, json_int_t after, bool is_endless,
       int (*row)(void *context, const json_t *record), void *context)
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
		at = json_integer_or(json_object_get(push, "event"), "seq", at);
		if (row(context, push))
			return 1;
	}
	return 0;
}

static int
print_row(void *context, const json_t *record)
{
	ctl_print_event(context, record);
	(void) fflush(stdout);
	return 0;
}

static int
export_row(void *context UNUSED, const json_t *record)
{
	_cleanup_(freep) char *text = json_canonical(record);
	return puts(text) < 0;
}

static int
verify_row(void *context, const json_t *record)
{
	return chain_check(context, record);
}

static int
list_newest(struct ctl *ctl, json_int_t limit)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "events.list", json_pack("{sI}", "limit", limit), &result))
		return 1;
	const json_t *events = json_object_get(result, "events");
	for (size_t i = json_array_size(events); i-- > 0;)
		ctl_print_event(ctl, json_array_get(events, i));
	return 0;
}

int
ctl_events(struct ctl *ctl)
{
	json_int_t limit = 20;
	json_int_t after = -1;
	bool is_following = false;

	for (int i = 0; i < ctl->argc; i++) {
		const char *word = ctl->argv[i];
		bool has_number = i + 1 < ctl->argc;
		if (!strcmp(word, "--follow")) {
			is_following = true;
		} else if (!strcmp(word, "--limit") && has_number &&
			   parse_number(ctl->argv[i + 1], &limit) == 0) {
			i++;
		} else if (!strcmp(word, "--after") && has_number &&
			   parse_number(ctl->argv[i + 1], &after) == 0) {
			i++;
		} else {
			(void) fprintf(stderr,
				       "cardeactl: events takes --follow, --limit N and "
				       "--after SEQ, not '%s'\n",
				       word);
			return 2;
		}
	}
	if (is_following || after >= 0)
		return stream(ctl, after, is_following, print_row, ctl);
	return list_newest(ctl, limit);
}

static int
verify_file(struct ctl *ctl, const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	_cleanup_(freep) char *line = NULL;
	struct chain chain;
	size_t room = 0;

	if (!file) {
		(void) fprintf(stderr, "cardeactl: cannot read '%s': %s\n", path, strerror(errno));
		return 1;
	}
	chain_init(&chain);
	for (ssize_t size; (size = getline(&line, &room, file)) > 0;) {
		_cleanup_(json_decrefp) json_t *record = NULL;
		if (json_read(line, (size_t) size, &record) < 0) {
			(void) fprintf(stderr,
				       "cardeactl: the line behind event %lld is not JSON\n",
				       (long long) chain.seq);
			return 1;
		}
		if (chain_check(&chain, record))
			return 1;
	}
	return chain_done(ctl, &chain);
}

int
ctl_log(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "";
	struct chain chain;

	chain_init(&chain);
	if (!strcmp(what, "export") && ctl->argc == 1)
		return stream(ctl, 0, false, export_row, NULL);
	if (!strcmp(what, "verify") && ctl->argc == 2)
		return verify_file(ctl, ctl->argv[1]);
	if (!strcmp(what, "verify") && ctl->argc == 1)
		return stream(ctl, 0, false, verify_row, &chain) ? 1 : chain_done(ctl, &chain);
	(void) fprintf(stderr, "cardeactl: log export, log verify or log verify FILE\n");
	return 2;
}
