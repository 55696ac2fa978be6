/* cardeactl reader: the words for installers and for finding faults. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

#define SEARCH_S_MAX 600

/* A method that answers nothing but that it was done. */
static int
order(struct ctl *ctl, const char *method, json_t *params)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, method, params, &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}

static void
print_delay(const char *name, const json_t *delay)
{
	json_t *bucket;
	json_int_t floor = 0;
	size_t i;

	printf("%s: %lld, from %.1f ms to %.1f ms, mean %.1f ms, 99 of 100 within %.1f ms\n", name,
	       (long long) json_integer_or(delay, "count", 0),
	       (double) json_integer_or(delay, "min_us", 0) / 1000,
	       (double) json_integer_or(delay, "max_us", 0) / 1000,
	       (double) json_integer_or(delay, "mean_us", 0) / 1000,
	       (double) json_integer_or(delay, "p99_us", 0) / 1000);
	json_array_foreach (json_object_get(delay, "histogram"), i, bucket) {
		json_int_t top = json_integer_or(bucket, "up_to_ms", 0);
		json_int_t count = json_integer_or(bucket, "count", 0);
		if (count && top)
			printf("  %4lld to %4lld ms %10lld\n", (long long) floor, (long long) top,
			       (long long) count);
		else if (count)
			printf("     above %4lld ms %10lld\n", (long long) floor,
			       (long long) count);
		floor = top;
	}
}

static int
diagnostics(struct ctl *ctl, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	const char *name;
	json_t *value;

	if (ctl_call(ctl, "reader.diagnostics", json_pack("{sI}", "reader", id), &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	printf("Reader %lld: %s, bus %lld, address %lld, %lld baud\n", (long long) id,
	       json_string_or(result, "state", "?"), (long long) json_integer_or(result, "bus", 0),
	       (long long) json_integer_or(result, "address", 0),
	       (long long) json_integer_or(result, "baud", 0));
	json_object_foreach (json_object_get(result, "counters"), name, value)
		printf("  %-14s %10lld\n", name, (long long) json_integer_value(value));
	json_object_foreach (json_object_get(result, "naks_by_code"), name, value)
		printf("  NAK %-10s %10lld\n", name, (long long) json_integer_value(value));
	print_delay("Replies", json_object_get(result, "reply_delay"));
	print_delay("Polls", json_object_get(result, "poll_interval"));
	return 0;
}

/* Everything that there is, or what comes within so many seconds. */
static int
trace(struct ctl *ctl, json_int_t id)
{
	json_int_t seconds = 0;
	json_int_t after = 0;
	bool is_followed = ctl->argc == 4 && !strcmp(ctl->argv[2], "--seconds") &&
			   parse_number(ctl->argv[3], &seconds) == 0;

	if (ctl->argc != 2 && !is_followed)
		return CTL_USAGE;
	uint64_t until_us = clock_mono_us() + (uint64_t) seconds * US_PER_S;
	for (bool is_first = true;; is_first = false) {
		_cleanup_(json_decrefp) json_t *result = NULL;
		json_t *params = json_pack("{sI,sI}", "reader", id, "after", after);
		if (is_first && is_followed)
			(void) json_object_set_new(params, "new", json_true());
		if (ctl_call(ctl, "reader.trace", params, &result))
			return 1;
		(void) fputs(json_string_or(result, "text", ""), stdout);
		(void) fflush(stdout);
		after = json_integer_or(result, "next", 0);
		if (after < json_integer_or(result, "last", 0))
			continue;
		if (clock_mono_us() >= until_us || ferror(stdout))
			return 0;
		ctl_wait_a_moment();
	}
}

static int
print_line(const struct ctl *ctl, const json_t *line)
{
	json_t *found;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(line);
	printf("%-7s %-7s %-8s %-6s %-10s %s\n", "BAUD", "ADDRESS", "VENDOR", "MODEL", "SERIAL",
	       "FIRMWARE");
	json_array_foreach (json_object_get(line, "found"), i, found)
		printf("%-7lld %-7lld %-8s %-6lld %-10lld %s%s\n",
		       (long long) json_integer_or(found, "baud", 0),
		       (long long) json_integer_or(found, "address", 0),
		       json_string_or(found, "vendor", "?"),
		       (long long) json_integer_or(found, "model", 0),
		       (long long) json_integer_or(found, "serial", 0),
		       json_string_or(found, "firmware", "?"),
		       json_bool_or(found, "clash", false) ? " (garbled)" : "");
	return 0;
}

static int
scan(struct ctl *ctl, json_int_t bus)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	_cleanup_(json_decrefp) json_t *params = json_pack("{sI}", "bus", bus);
	json_int_t last;

	for (int i = 2; i < ctl->argc; i++) {
		if (!strcmp(ctl->argv[i], "--single"))
			(void) json_object_set_new(params, "single", json_true());
		else if (!strcmp(ctl->argv[i], "--last-address") && i + 1 < ctl->argc &&
			 parse_number(ctl->argv[++i], &last) == 0)
			(void) json_object_set_new(params, "last_address", json_integer(last));
		else
			return CTL_USAGE;
	}
	if (ctl_call(ctl, "reader.scan", json_incref(params), &result))
		return 1;
	uint64_t until_us = clock_mono_us() + SEARCH_S_MAX * US_PER_S;
	while (clock_mono_us() < until_us) {
		ctl_wait_a_moment();
		_cleanup_(json_decrefp) json_t *line = ctl_look(ctl, "line", bus);
		if (!line)
			return 1;
		ctl_print_bar(ctl, "Searching", json_integer_or(line, "asked", 0),
			      json_integer_or(line, "questions", 0));
		if (!json_bool_or(line, "scanning", false))
			return print_line(ctl, line);
	}
	(void) fprintf(stderr, "cardeactl: the search does not end\n");
	return 1;
}

/* N ADDRESS [BAUD] */
static int
place(struct ctl *ctl, json_int_t id, const char *method)
{
	json_int_t address;
	json_int_t baud = 0;

	if (ctl->argc < 3 || ctl->argc > 4 || parse_number(ctl->argv[2], &address) < 0 ||
	    (ctl->argc == 4 && parse_number(ctl->argv[3], &baud) < 0))
		return CTL_USAGE;
	json_t *params = json_pack("{sI,sI}", "reader", id, "address", address);
	if (baud)
		(void) json_object_set_new(params, "baud", json_integer(baud));
	return order(ctl, method, params);
}

static int
adopt(struct ctl *ctl, json_int_t id)
{
	return place(ctl, id, "reader.adopt");
}

static int
move(struct ctl *ctl, json_int_t id)
{
	int status = place(ctl, id, "reader.comset");

	if (!status && !ctl->is_json)
		printf("Reader %lld was told to move; 'cardeactl events' says whether it did.\n",
		       (long long) id);
	return status;
}

static int
text(struct ctl *ctl, json_int_t id)
{
	json_int_t seconds = 10;

	if (ctl->argc < 3 || ctl->argc > 4 ||
	    (ctl->argc == 4 && parse_number(ctl->argv[3], &seconds) < 0))
		return CTL_USAGE;
	return order(
		ctl, "reader.text",
		json_pack("{sI,ss,sI}", "reader", id, "text", ctl->argv[2], "seconds", seconds));
}

static int
output(struct ctl *ctl, json_int_t id)
{
	json_int_t number;
	json_int_t ms = 0;

	if (ctl->argc < 4 || ctl->argc > 5 || parse_number(ctl->argv[2], &number) < 0 ||
	    (strcmp(ctl->argv[3], "on") && strcmp(ctl->argv[3], "off")) ||
	    (ctl->argc == 5 && parse_number(ctl->argv[4], &ms) < 0))
		return CTL_USAGE;
	return order(ctl, "reader.output",
		     json_pack("{sI,sI,sb,sI}", "reader", id, "output", number, "on",
			       !strcmp(ctl->argv[3], "on"), "ms", ms));
}

static int
set(struct ctl *ctl, json_int_t id)
{
	json_t *object = ctl->argc >= 3 ? ctl_pairs(ctl->argc - 2, ctl->argv + 2,
						    &model_find("reader")->fields)
					: NULL;

	if (!object)
		return CTL_USAGE;
	/* The speeds are words, whatever they look like. */
	json_t *baud = json_object_get(object, "baud");
	char word[16];
	if (json_is_integer(baud)) {
		(void) snprintf(word, sizeof(word), "%lld", (long long) json_integer_value(baud));
		(void) json_object_set_new(object, "baud", json_string(word));
	}
	return order(ctl, "object.change",
		     json_pack("{ss,sI,so}", "kind", "reader", "id", id, "object", object));
}

static int
upgrade(struct ctl *ctl, json_int_t id)
{
	(void) id;
	return ctl_upgrade(ctl, "reader");
}

static const struct {
	const char *word;
	int (*run)(struct ctl *ctl, json_int_t id);
} words[] = {
	{ "adopt", adopt },
	{ "diagnostics", diagnostics },
	{ "line-test", ctl_line_test },
	{ "move", move },
	{ "output", output },
	{ "scan", scan },
	{ "set", set },
	{ "text", text },
	{ "trace", trace },
	{ "upgrade", upgrade },
};

int
ctl_reader_tools(struct ctl *ctl)
{
	json_int_t id;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (ctl->argc >= 2 && !strcmp(words[i].word, ctl->argv[0]) &&
		    parse_number(ctl->argv[1], &id) == 0)
			return words[i].run(ctl, id);
	return CTL_USAGE;
}
