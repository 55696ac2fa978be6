#include "board/play.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

struct play {
	struct script *script;
	struct rpc_connection *owner;
	uint64_t started_us;
	size_t next;
	unsigned failed;
};

static void
push(struct board *board, json_t *message)
{
	for (size_t i = 0; i < WATCHERS_MAX; i++)
		if (board->watchers[i])
			(void) rpc_push(board->watchers[i], message);
	json_decref(message);
}

void
play_say(struct board *board, const char *format, ...)
{
	char text[WORDS_TEXT_MAX + 256];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (board->is_loud) {
		printf("%s\n", text);
		(void) fflush(stdout);
	}
	push(board, json_pack("{so}", "say", json_string_cut(text)));
}

void
play_tell_over(struct board *board, const char *what, unsigned failed)
{
	push(board, json_pack("{ss,si}", "over", what, "failed", (int) failed));
}

int
play_watch(struct board *board, struct rpc_connection *connection)
{
	if (connection == board->controller)
		return 0;
	for (size_t i = 0; i < WATCHERS_MAX; i++)
		if (board->watchers[i] == connection)
			return 0;
	for (size_t i = 0; i < WATCHERS_MAX; i++)
		if (!board->watchers[i]) {
			board->watchers[i] = connection;
			return 0;
		}
	return -ENOSPC;
}

static bool
step_play(struct board *board, struct course *course)
{
	struct play *play = board->play;
	const struct script *script = play->script;

	for (; play->next < script->count; play->next++) {
		struct script_step *step = &script->steps[play->next];
		struct outcome outcome = { 0 };
		course->at_us = play->started_us + step->at_us;
		if (course->at_us > board->now_us)
			return true;
		int r = step->order.word->run(board, &step->order, &outcome);
		json_decref(outcome.result);
		/* A step may end its own play. */
		if (board->play != play)
			return false;
		board_settle(board);
		play_say(board, "%10.3f s  line %-4u %s%s%s", (double) step->at_us / US_PER_S,
			 step->line, step->text, r < 0 ? "  REFUSED: " : "",
			 r < 0 ? outcome.message : "");
		play->failed += r < 0;
	}
	course->at_us = play->started_us + script->ends_us;
	if (course->at_us > board->now_us)
		return true;
	play_stop(board);
	return false;
}

int
play_start(struct board *board, struct script *script, struct rpc_connection *owner)
{
	if (board->play) {
		script_free(script);
		return -EBUSY;
	}
	if (!course_start(&board->courses, step_play, 0, board->now_us)) {
		script_free(script);
		return -ENOSPC;
	}
	board->play = xcalloc(1, sizeof(*board->play));
	*board->play = (struct play){
		.script = script,
		.owner = owner == board->controller ? NULL : owner,
		.started_us = board->now_us,
	};
	return 0;
}

void
play_stop(struct board *board)
{
	struct play *play = board->play;

	if (!play)
		return;
	board->play = NULL;
	course_stop(&board->courses, step_play, 0);
	play_say(board, "%10.3f s  over%s", (double) (board->now_us - play->started_us) / US_PER_S,
		 play->next < play->script->count ? ", before its end" : "");
	play_tell_over(board, "play", play->failed);
	script_free(play->script);
	free(play);
}

void
play_forget(struct board *board, struct rpc_connection *connection)
{
	for (size_t i = 0; i < WATCHERS_MAX; i++)
		if (board->watchers[i] == connection)
			board->watchers[i] = NULL;
	if (board->play && board->play->owner == connection)
		play_stop(board);
}
