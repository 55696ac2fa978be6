/* The board for people: what each point is, how it is, and what can be done to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "board/table.h"
#include "board/types.h"
#include "lib/json.h"
#include "lib/util.h"

json_t *
board_points(const struct board *board)
{
	json_t *points = json_object();

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		char text[96];
		board_say_state(board, inventory_at(i), text, sizeof(text));
		if (*text && inventory_at(i)->is_fitted)
			(void) json_object_set_new(points, inventory_at(i)->id,
						   json_string_cut(text));
	}
	return points;
}

/* Every word about it, with its name in place. */
static json_t *
words_about(const struct inventory_row *row)
{
	json_t *words = json_array();

	for (size_t i = 0; i < board_words.count; i++) {
		const struct word *word = &board_words.rows[i];
		char type[16] = "";
		size_t size;
		const char *name = words_point_type(word, &size);
		if (!words_suit_point(word, row))
			continue;
		(void) snprintf(type, sizeof(type), "%.*s", name ? (int) size : 0,
				name ? name : "");
		_cleanup_(freep) char *filled =
			name ? words_fill(word, type, row->id) : xstrdup(word->pattern);
		(void) json_array_append_new(words, json_string(filled));
	}
	return words;
}

static json_t *
describe_point(const struct board *board, const struct inventory_row *row)
{
	char text[96];

	board_say_state(board, row, text, sizeof(text));
	return json_pack("{ss,ss,ss,ss,si,so,sb,so}", "id", row->id, "kind",
			 inventory_kind_name(row->kind), "place", inventory_place(row->place)->name,
			 "label", row->label, "door", (int) row->door, "state",
			 json_string_cut(text), "fault", board_point_const(board, row)->why != NULL,
			 "words", words_about(row));
}

static json_t *
all_words(void)
{
	json_t *words = json_array();

	for (size_t i = 0; i < board_words.count; i++) {
		const struct word *word = &board_words.rows[i];
		(void) json_array_append_new(
			words, json_pack("{ss,ss}", "words", word->pattern, "help", word->help));
	}
	return words;
}

/* What may stand for the capitals in the words. */
static json_t *
all_types(void)
{
	json_t *types = json_object();

	for (size_t i = 0; type_at(i); i++)
		(void) json_object_set_new(types, type_at(i)->name, json_string(type_at(i)->wants));
	return types;
}

/* The words that begin so, with "BUS ADDRESS" or "READER" replaced by a number. */
static json_t *
words_beginning(const char *beginning, const char *type, const char *with)
{
	json_t *words = json_array();

	for (size_t i = 0; i < board_words.count; i++) {
		const struct word *word = &board_words.rows[i];
		const char *place = strstr(word->pattern, type);
		if (strncmp(word->pattern, beginning, strlen(beginning)) != 0 || !place)
			continue;
		_cleanup_(freep) char *filled =
			xasprintf("%.*s%s%s", (int) (place - word->pattern), word->pattern, with,
				  place + strlen(type));
		(void) json_array_append_new(words, json_string(filled));
	}
	return words;
}

static void
describe_readers(json_t *readers)
{
	static const char *const beginnings[] = { "reader READER", "badge READER", "type READER" };
	const char *number;
	json_t *reader;

	json_object_foreach (readers, number, reader) {
		json_t *words = json_array();
		for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
			_cleanup_(json_decrefp) json_t *some =
				words_beginning(beginnings[i], "READER", number);
			(void) json_array_extend(words, some);
		}
		(void) json_object_set_new(reader, "words", words);
	}
}

static void
describe_modules(json_t *modules)
{
	size_t i;
	json_t *module;

	json_array_foreach (modules, i, module) {
		char with[24];
		(void) snprintf(with, sizeof(with), "%d %d",
				(int) json_integer_or(module, "bus", 0),
				(int) json_integer_or(module, "address", 0));
		(void) json_object_set_new(
			module, "words",
			words_beginning("module BUS ADDRESS", "BUS ADDRESS", with));
	}
}

json_t *
board_describe(struct board *board)
{
	json_t *points = json_array();
	json_t *object = board_show(board);

	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (inventory_at(i)->is_fitted)
			(void) json_array_append_new(points,
						     describe_point(board, inventory_at(i)));
	describe_readers(json_object_get(object, "readers"));
	describe_modules(json_object_get(object, "modules"));
	(void) json_object_set_new(object, "points", points);
	(void) json_object_set_new(object, "words", all_words());
	(void) json_object_set_new(object, "types", all_types());
	return object;
}

json_t *
board_show(struct board *board)
{
	static const char *const phases[] = { "off", "starting", "running" };
	const struct rails *rails = &board->rails;
	json_t *readers = json_object();
	json_t *moves = json_object();
	json_t *modules = json_array();

	for (unsigned i = 1; i <= READERS && board->lines[0]; i++) {
		char key[8];
		(void) snprintf(key, sizeof(key), "%u", i);
		(void) json_object_set_new(readers, key,
					   reader_show(board_reader(board, i), board->now_us));
	}
	for (unsigned i = 0; i < BUSES && board->lines[i]; i++) {
		_cleanup_(json_decrefp) json_t *shown =
			line_show_modules(board->lines[i], board->now_us);
		(void) json_array_extend(modules, shown);
	}
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (board_is_output(inventory_at(i)))
			(void) json_object_set_new(moves, inventory_at(i)->id,
						   json_integer(board->points[i].moves));
	return json_pack(
		"{so,so,so,so,sb,s{ss,ss,ss}}", "points", board_points(board), "readers", readers,
		"modules", modules, "moves", moves, "attached", board->controller != NULL, "power",
		"device", phases[rails->phase], "source",
		rails->power.source == SOURCE_ANY ? "none"
						  : inventory_source_name(rails->power.source),
		"boot", board->boot);
}
