/* cardea-board ctl: the hands of whoever tries things out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "lib/client.h"
#include "lib/json.h"
#include "lib/util.h"

#define CALL_MS 2000

static const char usage[] =
	"Usage: cardea-board [--run-dir=DIR] ctl COMMAND\n"
	"\n"
	"  badge READER [--format NAME] [--facility N] --card N   hold a card to a reader\n"
	"  badge READER --bits HEX --bit-count N                  the same with raw bits\n"
	"  set doorN.contact open|closed                          move a door\n"
	"  set doorN.rex pressed|released                         press a button\n"
	"  set INPUT open|closed|short|cut|fault                  its switch, its wires, itself\n"
	"  set INPUT ohms N | drift PERCENT | wired SCHEME        its resistance, its resistors:\n"
	"      INPUT is input1-3, tamper, alarm, aux1-2, doorN.contact or doorN.rex\n"
	"  reader READER plugged|unplugged|tampered|untampered    cables and covers\n"
	"  reader READER swap                                     another device as new\n"
	"  reader READER key wrong|default|forget                 the key it holds\n"
	"  inject BUS HEX                                         noise on a reader bus\n"
	"  storm MILLISECONDS                                     all readers badge at once\n"
	"  answered READER                                        cards of storms that were "
	"answered\n"
	"  show                                                   every point and reader\n";

static int
complain(const char *text)
{
	(void) fprintf(stderr, "cardea-board: %s\n%s", text, usage);
	return 2;
}

static json_t *
number_from(const char *text)
{
	long long value;

	return parse_number(text, &value) == 0 ? json_integer(value) : NULL;
}

/* --name value pairs behind the reader; NULL when one is wrong. */
static json_t *
badge_params(int argc, char **argv)
{
	static const struct {
		const char *option;
		const char *name;
		bool is_text;
	} options[] = {
		{ "--format", "format", true },	       { "--facility", "facility", false },
		{ "--card", "card", false },	       { "--bits", "bits", true },
		{ "--bit-count", "bit_count", false },
	};
	json_t *params = json_object();

	for (int i = 0; i + 1 < argc; i += 2) {
		json_t *value = NULL;
		for (size_t k = 0; k < ARRAY_LEN(options); k++) {
			if (strcmp(options[k].option, argv[i]))
				continue;
			if (options[k].is_text)
				value = json_string(argv[i + 1]);
			else
				value = number_from(argv[i + 1]);
			if (value)
				(void) json_object_set_new(params, options[k].name, value);
		}
		if (!value) {
			json_decref(params);
			return NULL;
		}
	}
	return params;
}

/* The parameters of a command, or NULL when the words do not suit. */
static json_t *
make_params(int argc, char **argv)
{
	const char *command = argv[0];
	json_t *number = NULL;
	json_t *params = NULL;

	if (!strcmp(command, "show") && argc == 1)
		return json_object();
	if (!strcmp(command, "set") && (argc == 3 || argc == 4))
		return json_pack("{ss,ss,ss*}", "point", argv[1], "value", argv[2], "argument",
				 argv[3]);
	number = argc < 2 ? NULL : number_from(argv[1]);
	if (!number)
		return NULL;
	if (!strcmp(command, "badge") && argc % 2 == 0)
		params = badge_params(argc - 2, argv + 2);
	else if (!strcmp(command, "reader") && (argc == 3 || argc == 4))
		params = json_pack("{ss,ss*}", "state", argv[2], "argument", argv[3]);
	else if (!strcmp(command, "inject") && argc == 3)
		params = json_pack("{ss}", "bytes", argv[2]);
	else if ((!strcmp(command, "answered") || !strcmp(command, "storm")) && argc == 2)
		params = json_object();
	if (params)
		(void) json_object_set(params,
				       !strcmp(command, "inject")  ? "bus"
				       : !strcmp(command, "storm") ? "duration_ms"
								   : "reader",
				       number);
	json_decref(number);
	return params;
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
	json_t *numbers = json_object_get(result, "numbers");
	size_t i;
	json_array_foreach (numbers, i, value)
		printf("%lld\n", (long long) json_integer_value(value));
}

int
board_ctl(const char *run_dir, int argc, char **argv)
{
	char path[256];
	struct client *client;
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *params = argc ? make_params(argc, argv) : NULL;

	if (!params)
		return complain(argc ? "these words are no command" : "a command is missing");
	int r = path_join(path, sizeof(path), run_dir, "board.sock");
	if (r == 0)
		r = client_open(path, "ctl", &client);
	if (r < 0) {
		(void) fprintf(stderr, "cardea-board: no virtual board answers at '%s': %s\n", path,
			       strerror(-r));
		json_decref(params);
		return 1;
	}
	r = client_call(client, argv[0], params, CALL_MS, &result);
	client_close(client);
	if (r == -EREMOTE)
		(void) fprintf(stderr, "cardea-board: %s\n",
			       json_string_or(result, "message", "?"));
	else if (r < 0)
		(void) fprintf(stderr, "cardea-board: %s\n", strerror(-r));
	else
		print_result(result);
	return r < 0 ? 1 : 0;
}
