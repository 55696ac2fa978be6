/* cardeactl reader: the words for installers and for finding faults. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

#define LOOK_MS	       200
#define CHUNK_BYTES    24000
#define FIRMWARE_MAX   (4 * 1024 * 1024)
#define BAR_WIDTH      30
#define SEARCH_S_MAX   600
#define UPGRADE_IDLE_S 90

static void
wait_a_moment(void)
{
	(void) poll(NULL, 0, LOOK_MS);
}

/* A live object, a new reference; NULL after having said why. */
static json_t *
look(struct ctl *ctl, const char *kind, json_int_t number)
{
	_cleanup_(json_decrefp) json_t *snapshot = NULL;
	char key[32];

	if (ctl_call(ctl, "snapshot", NULL, &snapshot))
		return NULL;
	(void) snprintf(key, sizeof(key), "%s.%lld", kind, (long long) number);
	json_t *object = json_object_get(json_object_get(snapshot, "objects"), key);
	if (!object)
		(void) fprintf(stderr, "cardeactl: there is no %s %lld\n", kind,
			       (long long) number);
	return json_incref(object);
}

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
		wait_a_moment();
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

static void
print_bar(const struct ctl *ctl, const char *what, json_int_t done, json_int_t all)
{
	char bar[BAR_WIDTH + 1] = "";
	int full = all > 0 ? (int) (done * BAR_WIDTH / all) : 0;

	if (ctl->is_json || !isatty(STDERR_FILENO))
		return;
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', (size_t) MIN_OF(MAX_OF(full, 0), BAR_WIDTH));
	(void) fprintf(stderr, "\r%s [%s] %lld of %lld ", what, bar, (long long) done,
		       (long long) all);
	if (done >= all)
		(void) fputc('\n', stderr);
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
		wait_a_moment();
		_cleanup_(json_decrefp) json_t *line = look(ctl, "line", bus);
		if (!line)
			return 1;
		print_bar(ctl, "Searching", json_integer_or(line, "asked", 0),
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
	json_t *object = ctl->argc >= 3 ? ctl_pairs(ctl->argc - 2, ctl->argv + 2) : NULL;

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
hand_over(struct ctl *ctl, FILE *file, const char *name, json_int_t size)
{
	uint8_t bytes[CHUNK_BYTES];
	_cleanup_(freep) char *hex = xcalloc(1, 2 * sizeof(bytes) + 1);
	_cleanup_(json_decrefp) json_t *begun = NULL;

	if (ctl_call(ctl, "firmware.begin", json_pack("{ss,sI}", "name", name, "size", size),
		     &begun))
		return 1;
	for (json_int_t offset = 0; offset < size;) {
		_cleanup_(json_decrefp) json_t *result = NULL;
		size_t count = fread(bytes, 1, sizeof(bytes), file);
		if (!count) {
			(void) fprintf(stderr, "cardeactl: '%s' has become shorter\n", name);
			return 1;
		}
		hex_encode(bytes, count, hex);
		if (ctl_call(ctl, "firmware.chunk",
			     json_pack("{sI,ss}", "offset", offset, "data", hex), &result))
			return 1;
		offset += (json_int_t) count;
	}
	return 0;
}

/* Until the reader has it or not; 0 when it has. */
static int
watch(struct ctl *ctl, json_int_t id)
{
	json_int_t sent = -1;
	uint64_t until_us = clock_mono_us() + UPGRADE_IDLE_S * US_PER_S;
	char what[32];

	(void) snprintf(what, sizeof(what), "Reader %lld", (long long) id);
	while (clock_mono_us() < until_us) {
		_cleanup_(json_decrefp) json_t *reader = look(ctl, "reader", id);
		const json_t *upgrade = json_object_get(reader, "upgrade");
		const char *state = json_string_or(upgrade, "state", "waiting");
		if (!reader)
			return 1;
		print_bar(ctl, what, json_integer_or(upgrade, "sent", 0),
			  json_integer_or(upgrade, "bytes", 0));
		if (!strcmp(state, "done") || !strcmp(state, "failed")) {
			bool is_done = !strcmp(state, "done");
			printf("Reader %lld: %s%s\n", (long long) id, is_done ? "done" : "failed, ",
			       is_done ? "" : json_string_or(upgrade, "why", "?"));
			return is_done ? 0 : 1;
		}
		if (json_integer_or(upgrade, "sent", 0) != sent)
			until_us = clock_mono_us() + UPGRADE_IDLE_S * US_PER_S;
		sent = json_integer_or(upgrade, "sent", 0);
		wait_a_moment();
	}
	(void) fprintf(stderr, "cardeactl: reader %lld does not go on\n", (long long) id);
	return 1;
}

/* N... FILE, or N --cancel: one reader after another. */
static int
upgrade(struct ctl *ctl, json_int_t id)
{
	const char *path = ctl->argv[ctl->argc - 1];
	const char *slash = strrchr(path, '/');
	int status = 0;

	if (ctl->argc == 3 && !strcmp(path, "--cancel"))
		return order(ctl, "reader.upgrade_cancel", json_pack("{sI}", "reader", id));
	for (int i = 1; i < ctl->argc - 1; i++)
		if (parse_number(ctl->argv[i], &id) < 0)
			return CTL_USAGE;
	if (ctl->argc < 3)
		return CTL_USAGE;
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	if (!file || fseek(file, 0, SEEK_END) < 0) {
		(void) fprintf(stderr, "cardeactl: cannot read '%s': %s\n", path, strerror(errno));
		return 1;
	}
	json_int_t size = ftell(file);
	rewind(file);
	if (size < 1 || size > FIRMWARE_MAX) {
		(void) fprintf(stderr, "cardeactl: '%s' must have 1 to %d bytes\n", path,
			       FIRMWARE_MAX);
		return 1;
	}
	if (hand_over(ctl, file, slash ? slash + 1 : path, size))
		return 1;
	for (int i = 1; i < ctl->argc - 1; i++) {
		_cleanup_(json_decrefp) json_t *result = NULL;
		(void) parse_number(ctl->argv[i], &id);
		if (ctl_call(ctl, "reader.upgrade", json_pack("{sI}", "reader", id), &result) ||
		    watch(ctl, id))
			status = 1;
	}
	return status;
}

static const struct {
	const char *word;
	int (*run)(struct ctl *ctl, json_int_t id);
} words[] = {
	{ "adopt", adopt },	{ "diagnostics", diagnostics },
	{ "move", move },	{ "output", output },
	{ "scan", scan },	{ "set", set },
	{ "text", text },	{ "trace", trace },
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
