#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/table.h"
#include "board/types.h"
#include "lib/util.h"
#include "tests/unit/board_rig.h"
#include "tests/unit/tap.h"

#define MANUAL_MAX 65536

/* One good argument of each type. */
static const char *const samples[][2] = {
	{ "READER", "8" },
	{ "BUS", "4" },
	{ "ADDRESS", "126" },
	{ "BAUD", "9600" },
	{ "FACILITY", "118" },
	{ "CARD", "1603" },
	{ "BITS", "26" },
	{ "COUNT", "3" },
	{ "CHANNEL", "2" },
	{ "CHANNELS", "8" },
	{ "MA", "250" },
	{ "MV", "11500" },
	{ "OHMS", "4700" },
	{ "MILLISECONDS", "500" },
	{ "PERCENT", "50%" },
	{ "RATE", "0.5%/s" },
	{ "DURATION", "1.5s" },
	{ "PERIOD", "200ms" },
	{ "CELSIUS", "-20.5" },
	{ "RANGE", "20..80" },
	{ "HEX", "a5c0" },
	{ "KEYS", "1234#" },
	{ "FORMAT", "h10301" },
	{ "SCHEME", "serial_1k" },
	{ "TEXT...", "any words" },
	{ "INPUT", "input1" },
	{ "REX", "door4.rex" },
	{ "RELAY", "output3" },
	{ "CONTACTS", "door1.aux" },
	{ "LOAD", "aux.12v" },
	{ "SUPPLY", "poe" },
	{ "RAIL", "door1.12v" },
	{ "JUMPER", "relay.jumper" },
	{ "POINT", "led.stat" },
};

static const char *
sample_of(const char *type, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		if (strlen(samples[i][0]) == size && !memcmp(samples[i][0], type, size))
			return samples[i][1];
	return NULL;
}

/* A line that says what a pattern means, with all that may be left out. */
static void
make_line(const char *pattern, char *line, size_t size)
{
	size_t used = 0;

	for (const char *at = pattern; *at;) {
		size_t length = strcspn(at, " []");
		const char *word = at;
		const char *sample = isupper((unsigned char) *at) ? sample_of(at, length) : NULL;
		if (isupper((unsigned char) *at))
			CU_ASSERT_PTR_NOT_NULL_FATAL(sample);
		if (!sample)
			length = MIN_OF(length, strcspn(at, "|"));
		used += (size_t) snprintf(line + used, size - used, "%s%.*s", used ? " " : "",
					  sample ? (int) strlen(sample) : (int) length,
					  sample ? sample : word);
		at += strcspn(at, " []");
		at += strspn(at, " []");
	}
}

static int
parse(const char *line, struct order *order, struct outcome *outcome)
{
	char text[512];
	const char *words[WORDS_MAX];

	(void) copy_string(text, sizeof(text), line);
	int count = words_split(text, words, WORDS_MAX);
	return words_parse(&board_words, (unsigned) count, words, order, outcome);
}

static void
test_every_pattern_is_understood_as_itself(void)
{
	for (size_t i = 0; i < board_words.count; i++) {
		struct outcome outcome = { 0 };
		struct order order;
		char line[512];
		make_line(board_words.rows[i].pattern, line, sizeof(line));
		CU_ASSERT_EQUAL(parse(line, &order, &outcome), 0);
		CU_ASSERT_PTR_EQUAL(order.word, &board_words.rows[i]);
		order_done(&order);
		CU_ASSERT_PTR_NOT_NULL(board_words.rows[i].run);
		CU_ASSERT(strlen(board_words.rows[i].help) > 3);
	}
}

static void
test_arguments_are_found_by_their_type_or_option(void)
{
	struct outcome outcome = { 0 };
	struct order order;

	CU_ASSERT_EQUAL(parse("module add 2 17 --outputs 4", &order, &outcome), 0);
	CU_ASSERT_EQUAL(order_number(&order, "BUS", 0), 2);
	CU_ASSERT_EQUAL(order_number(&order, "ADDRESS", 0), 17);
	CU_ASSERT_EQUAL(order_number(&order, "--outputs", 8), 4);
	CU_ASSERT_EQUAL(order_number(&order, "--inputs", 8), 8);
	order_done(&order);
	CU_ASSERT_EQUAL(parse("badge 3 --reversed --card 9", &order, &outcome), 0);
	CU_ASSERT_TRUE(order_has(&order, "--reversed"));
	CU_ASSERT_EQUAL(order_number(&order, "--card", 0), 9);
	order_done(&order);
	CU_ASSERT_EQUAL(parse("fault door1.lock a  mouse ate it", &order, &outcome), 0);
	CU_ASSERT_STRING_EQUAL(order_point(&order)->id, "door1.lock");
	CU_ASSERT_STRING_EQUAL(order_text(&order, "TEXT..."), "a mouse ate it");
	order_done(&order);
}

static void
test_wrong_words_say_what_would_have_been_right(void)
{
	static const struct {
		const char *line;
		const char *said;
	} rows[] = {
		{ "blah", "there is no word 'blah'" },
		{ "set input1 burning", "open|closed|short|cut|fault" },
		{ "set input4 open", "input1 to input3" },
		{ "set input1 ohms 1000001", "ohms from 0 to 1000000" },
		{ "set input1 ohms -1", "ohms from 0 to 1000000" },
		{ "set input1 wired serial_3k3", "serial_1k" },
		{ "set input1 pressed", "open|closed" },
		{ "set doors5_8.dc_in on", "poe_plus" },
		{ "badge 9 --card 1", "a reader from 1 to 8" },
		{ "badge 1 --card", "a card number" },
		{ "badge 1 --card 1 --card 2", "another option" },
		{ "press 25", "a time as" },
		{ "press 25s now", "[" },
		{ "temperature 20..200 over 5s", "degrees" },
		{ "type 1 12a", "0 to 9" },
		{ "inject 1 abc", "hex" },
		{ "show poe poe", "nothing more" },
		{ "set input1 splice 5%/s up to", "per cent" },
		{ "fault nowhere", "a point of the board" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct outcome outcome = { 0 };
		struct order order;
		CU_ASSERT_EQUAL(parse(rows[i].line, &order, &outcome), -EINVAL);
		order_done(&order);
		CU_ASSERT_PTR_NOT_NULL(outcome.code);
		if (rows[i].said[0] != '[')
			CU_ASSERT_PTR_NOT_NULL(strstr(outcome.message, rows[i].said));
	}
}

static void
test_times_have_units_and_limits(void)
{
	static const struct {
		const char *text;
		long long us;
	} rows[] = {
		{ "0", 0 },
		{ "25s", 25000000 },
		{ "1.5s", 1500000 },
		{ "0.001s", 1000 },
		{ "200ms", 200000 },
		{ "2m", 120000000 },
		{ "1440m", 86400000000 },
		{ "0.5ms", 500 },
	};
	static const char *const wrong[] = { "",     "5",    "s",	"-1s",	 "1.s",
					     "1..s", "1h",   "1.2345s", "1441m", "99999999999s",
					     ".5s",  "1s1s", "0x1s",	"1 s" };
	long long us;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CU_ASSERT_EQUAL(parse_duration(rows[i].text, &us), 0);
		CU_ASSERT_EQUAL(us, rows[i].us);
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CU_ASSERT_EQUAL(parse_duration(wrong[i], &us), -EINVAL);
}

static void
test_too_many_words_cost_nothing(void)
{
	const char *words[WORDS_MAX + 1];
	struct outcome outcome = { 0 };
	struct order order;
	char longest[WORDS_TEXT_MAX + 1];

	for (unsigned i = 0; i <= WORDS_MAX; i++)
		words[i] = "say";
	CU_ASSERT_EQUAL(words_parse(&board_words, WORDS_MAX + 1, words, &order, &outcome), -EINVAL);
	order_done(&order);
	CU_ASSERT_EQUAL(words_parse(&board_words, WORDS_MAX, words, &order, &outcome), 0);
	order_done(&order);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	words[1] = longest;
	CU_ASSERT_EQUAL(words_parse(&board_words, 2, words, &order, &outcome), -EINVAL);
	order_done(&order);
}

/* A pattern as the manual has it: with its hyphens as minus signs. */
static void
escape(const char *pattern, char *to, size_t size)
{
	size_t used = 0;

	for (; *pattern && used + 2 < size; pattern++) {
		if (*pattern == '-')
			to[used++] = '\\';
		to[used++] = *pattern;
	}
	to[used] = 0;
}

static void
test_the_manual_has_every_pattern(void)
{
	const char *dir = getenv("CARDEA_SRCDIR");
	_cleanup_(freep) char *path = xasprintf("%s/docs/man/cardea-board.1", dir ? dir : ".");
	_cleanup_(freep) char *text = xcalloc(1, MANUAL_MAX);

	CU_ASSERT_FATAL(read_file(path, text, MANUAL_MAX) > 0);
	for (size_t i = 0; i < board_words.count; i++) {
		char escaped[512];
		char line[600];
		escape(board_words.rows[i].pattern, escaped, sizeof(escaped));
		(void) snprintf(line, sizeof(line), "\n.B %s\n", escaped);
		if (!strstr(text, line))
			printf("# '%s' is missing\n", board_words.rows[i].pattern);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, line));
	}
}

/* What a page draws its buttons from. */
static void
test_the_description_has_every_point_with_words_that_are_understood(void)
{
	struct board *board = rig_new();
	_cleanup_(json_decrefp) json_t *shown = board_describe(board);
	_cleanup_(freep) char *text = json_dumps(shown, JSON_COMPACT);
	const json_t *points = json_object_get(shown, "points");
	size_t fitted = 0;
	size_t i;
	json_t *point;

	for (i = 0; i < INVENTORY_ROWS; i++)
		fitted += inventory_at(i)->is_fitted;
	CU_ASSERT_EQUAL(json_array_size(points), fitted);
	/* With eight readers and some modules it fits into one line of the protocol. */
	CU_ASSERT(strlen(text) < 45000);
	json_array_foreach (points, i, point) {
		size_t k;
		json_t *word;
		json_array_foreach (json_object_get(point, "words"), k, word) {
			struct outcome outcome = { 0 };
			struct order order;
			char line[512];
			make_line(json_string_value(word), line, sizeof(line));
			CU_ASSERT_EQUAL(parse(line, &order, &outcome), 0);
			order_done(&order);
		}
	}
	rig_free(board);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_every_pattern_is_understood_as_itself),
		TAP(test_arguments_are_found_by_their_type_or_option),
		TAP(test_wrong_words_say_what_would_have_been_right),
		TAP(test_times_have_units_and_limits),
		TAP(test_too_many_words_cost_nothing),
		TAP(test_the_manual_has_every_pattern),
		TAP(test_the_description_has_every_point_with_words_that_are_understood),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
