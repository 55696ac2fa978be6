/* cardeactl reader line-test: how good a reader's line is, at each speed. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

/* Longer than any test may take without showing anything new. */
#define IDLE_S 300

static json_int_t
asked_so_far(const json_t *test)
{
	json_int_t asked = 0;
	json_t *speed;
	size_t i;

	json_array_foreach (json_object_get(test, "speeds"), i, speed)
		asked += json_integer_or(speed, "asked", 0);
	return asked;
}

static void
print_speed(const json_t *speed)
{
	static const struct {
		const char *state;
		const char *text;
	} texts[] = {
		{ "left_out", "not tried" },
		{ "lost", "the reader went there and was not heard" },
		{ "refused", "the reader does not take it" },
	};
	const char *state = json_string_or(speed, "state", "");
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!strcmp(texts[i].state, state))
			text = texts[i].text;
	printf("%6lld: ", (long long) json_integer_or(speed, "baud", 0));
	if (text)
		printf("%s\n", text);
	else
		printf("%lld of %lld lost, replies after %.1f ms, 99 of 100 within %.1f ms\n",
		       (long long) json_integer_or(speed, "lost", 0),
		       (long long) json_integer_or(speed, "asked", 0),
		       (double) json_integer_or(speed, "mean_us", 0) / 1000,
		       (double) json_integer_or(speed, "p99_us", 0) / 1000);
}

static int
print_test(const struct ctl *ctl, const json_t *test)
{
	json_int_t reader = json_integer_or(test, "reader", 0);
	json_int_t baud = json_integer_or(test, "baud", 0);
	json_int_t best = json_integer_or(test, "best", 0);
	bool is_back = json_bool_or(test, "back", true);
	json_t *speed;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(test) || !is_back;
	json_array_foreach (json_object_get(test, "speeds"), i, speed)
		print_speed(speed);
	if (!best)
		printf("No speed was tested to its end.\n");
	else if (best == baud)
		printf("Stay at %lld.\n", (long long) baud);
	else
		printf("%lld is better than %lld: 'cardeactl reader move %lld ADDRESS %lld'.\n",
		       (long long) best, (long long) baud, (long long) reader, (long long) best);
	if (is_back)
		return 0;
	(void) fprintf(stderr,
		       "cardeactl: the reader did not come back to %lld; 'cardeactl reader scan' "
		       "looks for it\n",
		       (long long) baud);
	return 1;
}

static json_int_t
bus_of(struct ctl *ctl, json_int_t reader)
{
	_cleanup_(json_decrefp) json_t *state = ctl_look(ctl, "reader", reader);

	return state ? json_integer_or(state, "bus", 0) : 0;
}

static int
watch(struct ctl *ctl, json_int_t bus)
{
	uint64_t until_us = clock_mono_us() + IDLE_S * US_PER_S;

	for (json_int_t before = -1; clock_mono_us() < until_us;) {
		ctl_wait_a_moment();
		_cleanup_(json_decrefp) json_t *line = ctl_look(ctl, "line", bus);
		const json_t *test = json_object_get(line, "test");
		json_int_t asked = asked_so_far(test);
		if (!line)
			return 1;
		if (asked != before)
			until_us = clock_mono_us() + IDLE_S * US_PER_S;
		before = asked;
		bool is_running = json_bool_or(test, "running", false);
		json_int_t all = json_integer_or(test, "wanted", 0) *
				 (json_int_t) json_array_size(json_object_get(test, "speeds"));
		ctl_print_bar(ctl, "Testing", is_running ? MIN_OF(asked, all - 1) : all, all);
		if (!is_running)
			return print_test(ctl, test);
	}
	(void) fprintf(stderr, "cardeactl: the test does not end\n");
	return 1;
}

int
ctl_line_test(struct ctl *ctl, json_int_t reader)
{
	_cleanup_(json_decrefp) json_t *params = json_pack("{sI}", "reader", reader);
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_int_t exchanges;

	if (ctl->argc == 3 && !strcmp(ctl->argv[2], "--cancel"))
		return ctl_call(ctl, "reader.line_test_stop", json_incref(params), &result);
	if (ctl->argc > 3 || (ctl->argc == 3 && parse_number(ctl->argv[2], &exchanges) < 0))
		return CTL_USAGE;
	if (ctl->argc == 3)
		(void) json_object_set_new(params, "exchanges", json_integer(exchanges));
	json_int_t bus = bus_of(ctl, reader);
	if (!bus || ctl_call(ctl, "reader.line_test", json_incref(params), &result))
		return 1;
	return watch(ctl, bus);
}
