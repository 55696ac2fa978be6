/* cardea-board ctl: the hands of whoever tries things out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/script.h"
#include "board/table.h"
#include "lib/client.h"
#include "lib/json.h"
#include "lib/util.h"

#define CALL_MS 2000

static void
print_usage(FILE *to)
{
	(void) fprintf(to, "Usage: cardea-board [--run-dir=DIR] ctl WORDS...\n\n");
	for (size_t i = 0; i < board_words.count; i++)
		(void) fprintf(to, "  %s\n        %s\n", board_words.rows[i].pattern,
			       board_words.rows[i].help);
	(void) fprintf(to, "\n  A DURATION or PERIOD is 25s, 1.5s, 200ms or 2m; a RATE 5%%/s; a "
			   "RANGE 20..80.\n");
}

static void
print_result(const json_t *result)
{
	const char *key;
	json_t *value;

	json_object_foreach (json_object_get(result, "points"), key, value)
		printf("%-16s %s\n", key, json_string_value(value));
	json_object_foreach (json_object_get(result, "readers"), key, value)
		printf("reader%-10s led %s, %lld cards sent, %lld answered%s\n", key,
		       json_string_or(value, "led", "?"),
		       (long long) json_integer_or(value, "sent", 0),
		       (long long) json_integer_or(value, "answered", 0),
		       !json_bool_or(value, "plugged", true)  ? ", unplugged"
		       : json_bool_or(value, "secure", false) ? ", encrypted"
							      : "");
	json_object_foreach (json_object_get(result, "device"), key, value) {
		_cleanup_(freep) char *text = json_dumps(value, JSON_ENCODE_ANY);
		printf("%-16s %s\n", key, text);
	}
	json_t *numbers = json_object_get(result, "numbers");
	size_t i;
	json_array_foreach (json_object_get(result, "modules"), i, value)
		printf("module%lld/%-8lld %zu inputs, %zu outputs%s\n",
		       (long long) json_integer_or(value, "bus", 0),
		       (long long) json_integer_or(value, "address", 0),
		       json_array_size(json_object_get(value, "inputs")),
		       json_array_size(json_object_get(value, "outputs")),
		       json_bool_or(value, "plugged", true) ? "" : ", unplugged");
	value = json_object_get(result, "power");
	if (value)
		printf("%-16s %s, source %s\n", "controller", json_string_or(value, "device", "?"),
		       json_string_or(value, "source", "?"));
	json_array_foreach (numbers, i, value)
		printf("%lld\n", (long long) json_integer_value(value));
	json_array_foreach (json_object_get(result, "changes"), i, value)
		printf("%16lld us %s\n", (long long) json_integer_or(value, "at_us", 0),
		       json_string_or(value, "colour", "?"));
}

static int
connect_board(const char *run_dir, struct client **ret)
{
	char path[256];
	int r = path_join(path, sizeof(path), run_dir, "board.sock");

	if (r == 0)
		r = client_open(path, "ctl", ret);
	if (r < 0)
		(void) fprintf(stderr, "cardea-board: no virtual board answers at '%s': %s\n", path,
			       strerror(-r));
	return r;
}

static int
call(struct client *client, const char *method, json_t *params, json_t **ret)
{
	int r = client_call(client, method, params, CALL_MS, ret);

	if (r == -EREMOTE)
		(void) fprintf(stderr, "cardea-board: %s\n", json_string_or(*ret, "message", "?"));
	else if (r < 0)
		(void) fprintf(stderr, "cardea-board: %s\n", strerror(-r));
	return r;
}

/* Prints what is said until this is over; returns the number of steps that were refused. */
static int
listen_until(struct client *client, const char *what)
{
	for (;;) {
		_cleanup_(json_decrefp) json_t *push = NULL;
		int r = client_next_push(client, -1, &push);
		if (r < 0) {
			(void) fprintf(stderr, "cardea-board: %s\n", strerror(-r));
			return r;
		}
		const char *said = json_string_or(push, "say", NULL);
		if (said) {
			printf("%s\n", said);
			(void) fflush(stdout);
		}
		if (!strcmp(json_string_or(push, "over", ""), what))
			return (int) json_integer_or(push, "failed", 0);
	}
}

/* Whether the words are good; what is wrong with them is said. */
static bool
are_words(int argc, char **argv)
{
	struct order order;
	struct outcome outcome = { 0 };
	int r = words_parse(&board_words, (unsigned) argc, (const char *const *) argv, &order,
			    &outcome);

	order_done(&order);
	if (r < 0)
		(void) fprintf(stderr, "cardea-board: '%s': %s. Try 'cardea-board ctl help'.\n",
			       argv[0], outcome.message);
	return r == 0;
}

int
board_ctl(const char *run_dir, int argc, char **argv)
{
	struct client *client;
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (argc < 1 || !strcmp(argv[0], "help")) {
		print_usage(argc ? stdout : stderr);
		return argc ? 0 : 2;
	}
	/* What is wrong is said even when no board runs. */
	if (!are_words(argc, argv))
		return 2;
	if (connect_board(run_dir, &client) < 0)
		return 1;
	json_t *words = json_array();
	for (int i = 0; i < argc; i++)
		(void) json_array_append_new(words, json_string(argv[i]));
	int r = call(client, "do", json_pack("{so}", "words", words), &result);
	if (r == 0)
		print_result(result);
	if (r == 0 && json_bool_or(result, "lasts", false))
		r = listen_until(client, "press");
	client_close(client);
	return r ? 1 : 0;
}

struct script *
board_read_script(const char *path)
{
	_cleanup_(freep) char *text = xcalloc(1, SCRIPT_SIZE_MAX + 2);
	struct script_error error;
	struct script *script;
	int r = read_file(path, text, SCRIPT_SIZE_MAX + 2);

	if (r < 0) {
		(void) fprintf(stderr, "cardea-board: cannot read '%s': %s\n", path, strerror(-r));
		return NULL;
	}
	if (script_parse(&board_words, text, (size_t) r, &script, &error) == 0)
		return script;
	(void) fprintf(stderr, "%s:%u: %s\n", path, error.line, error.message);
	return NULL;
}

static bool
is_one_path(int argc)
{
	if (argc != 1)
		(void) fprintf(stderr, "cardea-board: one script is played or checked\n");
	return argc == 1;
}

int
board_check(const char *run_dir UNUSED, int argc, char **argv)
{
	struct script *script = is_one_path(argc) ? board_read_script(argv[0]) : NULL;

	if (!script)
		return 2;
	for (size_t i = 0; i < script->count; i++)
		printf("%10.3f s  line %-4u %s\n", (double) script->steps[i].at_us / US_PER_S,
		       script->steps[i].line, script->steps[i].text);
	printf("%10.3f s  over\n", (double) script->ends_us / US_PER_S);
	script_free(script);
	return 0;
}

int
board_play(const char *run_dir, int argc, char **argv)
{
	struct script *script = is_one_path(argc) ? board_read_script(argv[0]) : NULL;
	_cleanup_(freep) char *text = xcalloc(1, SCRIPT_SIZE_MAX + 2);
	_cleanup_(json_decrefp) json_t *result = NULL;
	struct client *client;

	if (!script)
		return 2;
	script_free(script);
	if (read_file(argv[0], text, SCRIPT_SIZE_MAX + 2) < 0 ||
	    connect_board(run_dir, &client) < 0)
		return 1;
	int r = call(client, "play", json_pack("{ss}", "text", text), &result);
	if (r == 0)
		r = listen_until(client, "play");
	client_close(client);
	return r ? 1 : 0;
}
