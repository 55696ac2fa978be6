/* cardeactl schedule and special-days: what is active when, and the holidays of a calendar. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/util.h"

#define FILE_MAX (512 * 1024)
/* Of a call: its escapes fit the line too. */
#define PIECE_MAX 24000

static int
list(struct ctl *ctl, const char *kind)
{
	_cleanup_(json_decrefp) json_t *all = json_array();
	json_int_t after = 0;

	do {
		_cleanup_(json_decrefp) json_t *result = NULL;
		if (ctl_call(ctl, "object.list", json_pack("{ss,sI}", "kind", kind, "after", after),
			     &result))
			return 1;
		(void) json_array_extend(all, json_object_get(result, "objects"));
		after = json_integer_or(result, "next", 0);
	} while (after);
	if (ctl->is_json)
		return ctl_print_json(all);
	json_t *object;
	size_t i;
	printf("%-4s %s\n", "ID", "NAME");
	json_array_foreach (all, i, object)
		printf("%-4lld %s\n", (long long) json_integer_or(object, "id", 0),
		       json_string_or(object, "name", "?"));
	return 0;
}

/* "--from DATE --days N" into params; false when a word is none of these. */
static bool
take_window(struct ctl *ctl, int first, json_t *params)
{
	json_int_t days;

	for (int i = first; i < ctl->argc; i += 2) {
		const char *word = ctl->argv[i];
		const char *value = i + 1 < ctl->argc ? ctl->argv[i + 1] : NULL;
		if (value && !strcmp(word, "--from"))
			(void) json_object_set_new(params, "from", json_string(value));
		else if (value && !strcmp(word, "--days") && parse_number(value, &days) == 0)
			(void) json_object_set_new(params, "days", json_integer(days));
		else
			return false;
	}
	return true;
}

static int
show(struct ctl *ctl, json_t *params)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *interval;
	size_t i;

	if (ctl_call(ctl, "schedule.preview", params, &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	printf("Zone %s\n", json_string_or(result, "zone", "?"));
	json_array_foreach (json_object_get(result, "intervals"), i, interval)
		printf("%s  %s\n", json_string_or(interval, "from", "?"),
		       json_string_or(interval, "to", "?"));
	if (!i)
		printf("not active\n");
	if (json_bool_or(result, "more", false))
		printf("and more\n");
	return 0;
}

int
ctl_schedule(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "list";
	json_int_t id;

	if (!strcmp(what, "list") && ctl->argc <= 1)
		return list(ctl, "schedule");
	if (!strcmp(what, "show") && ctl->argc >= 2 && parse_number(ctl->argv[1], &id) == 0) {
		json_t *params = json_pack("{sI}", "id", id);
		if (take_window(ctl, 2, params))
			return show(ctl, params);
		json_decref(params);
	}
	(void) fprintf(stderr, "cardeactl: schedule list | show N [--from DATE] [--days N]\n");
	return 2;
}

/* The end of a piece that begins at text: not within a character. */
static size_t
piece_of(const char *text)
{
	size_t length = strlen(text);

	if (length <= PIECE_MAX)
		return length;
	length = PIECE_MAX;
	while (length && ((unsigned char) text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

static int
say_import(const struct ctl *ctl, const json_t *result)
{
	json_t *reason;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(result);
	printf("group %lld: %lld days of %lld events, %lld events passed over\n",
	       (long long) json_integer_or(result, "group", 0),
	       (long long) json_integer_or(result, "days", 0),
	       (long long) json_integer_or(result, "taken", 0),
	       (long long) json_integer_or(result, "passed_over", 0));
	json_array_foreach (json_object_get(result, "reasons"), i, reason)
		printf("  line %lld, '%s': %s\n", (long long) json_integer_or(reason, "line", 0),
		       json_string_or(reason, "summary", ""),
		       json_string_or(reason, "reason", "?"));
	return 0;
}

/* Steals where, which says the group. */
static int
import_file(struct ctl *ctl, const char *path, json_t *where)
{
	_cleanup_(json_decrefp) json_t *target = where;
	_cleanup_(json_decrefp) json_t *result = NULL;
	_cleanup_(freep) char *text = xcalloc(1, FILE_MAX + 2);
	int size = read_file(path, text, FILE_MAX + 2);

	if (size < 0 || size > FILE_MAX || strlen(text) != (size_t) size) {
		(void) fprintf(stderr, "cardeactl: cannot read '%s': %s\n", path,
			       size < 0		 ? strerror(-size)
			       : size > FILE_MAX ? "larger than 512 KiB"
						 : "no text");
		return 1;
	}
	for (size_t at = 0, length; at == 0 || text[at]; at += length) {
		length = piece_of(text + at);
		json_t *piece = json_stringn(text + at, length);
		if (!piece || !length) {
			json_decref(piece);
			(void) fprintf(stderr, "cardeactl: '%s' is not UTF-8, or empty\n", path);
			return 1;
		}
		json_t *params = json_pack("{so,sI,sb}", "text", piece, "offset", (json_int_t) at,
					   "more", text[at + length] != 0);
		(void) json_object_update(params, target);
		json_decref(steal(&result));
		if (ctl_call(ctl, "special_days.import", params, &result))
			return 1;
	}
	return say_import(ctl, result);
}

int
ctl_special_days(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "list";
	json_int_t group;

	if (!strcmp(what, "list") && ctl->argc <= 1)
		return list(ctl, "special_days");
	if (!strcmp(what, "import") && ctl->argc == 4) {
		if (!strcmp(ctl->argv[2], "--group") && parse_number(ctl->argv[3], &group) == 0)
			return import_file(ctl, ctl->argv[1], json_pack("{sI}", "group", group));
		if (!strcmp(ctl->argv[2], "--name"))
			return import_file(ctl, ctl->argv[1],
					   json_pack("{ss}", "name", ctl->argv[3]));
	}
	(void) fprintf(stderr, "cardeactl: special-days list | import FILE.ics --group N | import "
			       "FILE.ics --name TEXT\n");
	return 2;
}
