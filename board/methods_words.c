/* Methods that are words of the board's language. */
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/play.h"
#include "board/table.h"
#include "lib/json.h"
#include "lib/util.h"

static void
answer(struct board *board, struct rpc_request *request, unsigned count, const char *const *words)
{
	struct outcome outcome = { 0 };
	char field[24] = "";

	if (board_do(board, count, words, &outcome) == 0) {
		if (outcome.is_lasting && play_watch(board, request->connection) == 0)
			outcome.result = json_pack("{sb}", "lasts", true);
		rpc_reply(request, outcome.result);
		return;
	}
	for (size_t i = 0; outcome.field && outcome.field[i] && i + 1 < sizeof(field); i++)
		field[i] = (char) (outcome.field[i] | 0x20);
	const char *code = outcome.code ? outcome.code : RPC_BAD_PARAMS;
	if (*field)
		rpc_fail_field(request, code, field, "%s", outcome.message);
	else
		rpc_fail(request, code, "%s", outcome.message);
}

/* words: ["set", "input1", "closed"], or all of them in one string. */
void
board_handle_do(struct board *board, struct rpc_request *request)
{
	const json_t *given = json_object_get(request->params, "words");
	_cleanup_(freep) char *text =
		json_is_string(given) ? xstrdup(json_string_value(given)) : NULL;
	const char *words[WORDS_MAX];
	int count = text ? words_split(text, words, WORDS_MAX) : 0;
	size_t i;
	json_t *word;

	json_array_foreach (given, i, word)
		if (json_is_string(word) && i < WORDS_MAX)
			words[count++] = json_string_value(word);
	if (count < 1 || (json_is_array(given) && (size_t) count != json_array_size(given)))
		rpc_fail_field(request, RPC_BAD_PARAMS, "words", "from 1 to %d words", WORDS_MAX);
	else
		answer(board, request, (unsigned) count, words);
}

/* Methods that are words, with their arguments by name; optional ones begin with "--". */
static const struct {
	const char *method;
	const char *arguments[8];
} words_by_name[] = {
	{ "answered", { "reader" } },
	{ "badge", { "reader", "--format", "--facility", "--card", "--bits", "--bit-count" } },
	{ "inject", { "bus", "bytes" } },
	{ "reader", { "reader", "state", "argument" } },
	{ "set", { "point", "value", "argument" } },
	{ "show", { NULL } },
	{ "storm", { "duration_ms" } },
};

/* The parameter of an argument as a word; NULL when it was not given. */
static char *
word_from(const json_t *params, const char *argument)
{
	char key[16];

	(void) snprintf(key, sizeof(key), "%s", argument + strspn(argument, "-"));
	for (char *dash = strchr(key, '-'); dash; dash = strchr(dash, '-'))
		*dash = '_';
	const json_t *value = json_object_get(params, key);
	if (json_is_integer(value))
		return xasprintf("%lld", (long long) json_integer_value(value));
	const char *text = json_string_value(value);
	return text && *text ? xstrdup(text) : NULL;
}

bool
board_handle_words(struct board *board, struct rpc_request *request)
{
	const char *words[WORDS_MAX] = { request->method };
	char *kept[WORDS_MAX] = { NULL };
	unsigned count = 1;
	size_t row = 0;

	while (row < ARRAY_LEN(words_by_name) &&
	       strcmp(words_by_name[row].method, request->method) != 0)
		row++;
	if (row == ARRAY_LEN(words_by_name))
		return false;
	const char *const *arguments = words_by_name[row].arguments;
	for (size_t i = 0; i < ARRAY_LEN(words_by_name[0].arguments) && arguments[i]; i++) {
		kept[i] = word_from(request->params, arguments[i]);
		if (kept[i] && arguments[i][0] == '-')
			words[count++] = arguments[i];
		if (kept[i])
			words[count++] = kept[i];
	}
	answer(board, request, count, words);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		free(kept[i]);
	return true;
}
