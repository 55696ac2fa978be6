#include "agent/door_explain.h"

#include <string.h>

#include "agent/door.h"
#include "agent/door_decide.h"
#include "lib/cardformat.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

/* false when there is such a member and it is no card. */
static bool
take_card(const struct door_role *role, const json_t *said, struct access_card *card,
	  struct access_shown *ret_shown)
{
	int position = cardformat_position(json_string_or(said, "format", ""));

	if (!said)
		return true;
	if (position < 0 || !access_format_name(role->table, (uint32_t) position))
		return false;
	*card = (struct access_card){
		.format = (uint32_t) position,
		.facility = (uint32_t) json_integer_or(said, "facility", 0),
		.number = (uint64_t) json_integer_or(said, "card", 0),
	};
	ret_shown->card = card;
	return true;
}

/* What is noted of several things ends as if one more came. */
static char *
trim(char *text)
{
	size_t size = strlen(text);

	while (size && strchr("; ", text[size - 1]))
		text[--size] = 0;
	return text;
}

static json_t *
steps_of(struct access_trace *trace)
{
	json_t *steps = json_array();

	for (unsigned i = 0; i < trace->count; i++)
		(void) json_array_append_new(
			steps, json_pack("{si,ss,ss,so}", "step", (int) trace->rows[i].step, "name",
					 trace->rows[i].name, "result",
					 access_passed_name(trace->rows[i].passed), "text",
					 json_string_cut(trim(trace->rows[i].text))));
	return steps;
}

static json_t *
floors_of(uint32_t floors)
{
	json_t *numbers = json_array();

	for (unsigned i = 1; i <= FLOORS; i++)
		if (floors >> (i - 1) & 1)
			(void) json_array_append_new(numbers, json_integer(i));
	return numbers;
}

static json_t *
answer_of(const struct access_live *live, const struct access_decision *decision,
	  struct access_trace *trace)
{
	const struct access_holder *holder = &decision->holder;
	json_t *answer = json_pack(
		"{ss,ss*,ss*,so,so,sb,sb,sb,sI}", "decision",
		access_verdict_name(decision->verdict), "reason", reason_name(decision->reason),
		"why", decision->reason ? reason_text(decision->reason) : NULL, "steps",
		steps_of(trace), "floors", floors_of(decision->floors), "duress",
		decision->is_duress, "apb_violation", decision->is_apb_violation, "extended",
		decision->is_extended, "at", (json_int_t) live->now_s);

	if (holder->credential)
		(void) json_object_update_new(
			answer,
			json_pack("{sI,ss}", "credential", (json_int_t) holder->credential->id,
				  "holder", access_holder(live->table, holder->credential)));
	return answer;
}

void
door_explain(struct door_role *role, struct rpc_request *request)
{
	struct access_card card;
	struct access_card companion;
	struct access_live live;
	struct access_decision decision;
	struct access_trace trace;
	json_int_t point = json_integer_or(request->params, "point", 0);
	struct access_request asked = {
		.point = (unsigned) point,
		.pin = json_string_or(request->params, "pin", NULL),
	};

	if (point < 1 || point > READERS) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "point", "from 1 to %d", READERS);
		return;
	}
	if (!take_card(role, json_object_get(request->params, "card"), &card, &asked.card) ||
	    !take_card(role, json_object_get(request->params, "companion"), &companion,
		       &asked.companion)) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "format", "not a card format");
		return;
	}
	door_decide_live(role, asked.point, &live);
	live.now_s = json_integer_or(request->params, "at", live.now_s);
	access_decide(&live, &asked, &decision, &trace);
	rpc_reply(request, answer_of(&live, &decision, &trace));
}
