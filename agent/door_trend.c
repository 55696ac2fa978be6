#include "agent/door_trend.h"

#include "agent/door.h"
#include "lib/clock.h"
#include "lib/history.h"
#include "lib/json.h"
#include "lib/util.h"

#define POINTS_MAX    367
#define SECONDS_UNTIL 3600

static uint64_t
now_s(void)
{
	return clock_mono_us() / US_PER_S;
}

void
door_trend_add(struct door_line *line)
{
	const struct supervise *input = &line->input;
	int64_t nominal = supervise_nominal_ohms(line->config.scheme, input->state);

	if (!line->history || line->config.scheme == SUPERVISE_OFF ||
	    (input->state != SUPERVISE_OPEN && input->state != SUPERVISE_CLOSED))
		return;
	int64_t off = (int64_t) supervise_ohms(input->mv) - nominal;
	(void) history_add(line->history, now_s(), (int32_t) (off * 1000 / nominal));
}

static json_t *
describe(const struct history_point *point, uint64_t at_s)
{
	return json_pack("{sI,sI,si,si,si}", "ago", (json_int_t) (at_s - point->at_s), "count",
			 (json_int_t) point->count, "min", (int) point->min, "mean",
			 (int) point->mean, "max", (int) point->max);
}

void
door_trend_reply(struct rpc_request *request, const struct history *history)
{
	int64_t seconds = json_integer_or(request->params, "seconds", SECONDS_UNTIL);
	struct history_point points[POINTS_MAX];
	json_t *list = json_array();
	uint64_t at_s = now_s();
	uint32_t step_s = 0;
	size_t count = 0;

	if (seconds < 0) {
		json_decref(list);
		rpc_fail_field(request, RPC_BAD_PARAMS, "seconds", "not below 0");
		return;
	}
	uint64_t from_s = at_s > (uint64_t) seconds ? at_s - (uint64_t) seconds : 0;
	if (history)
		count = history_read(history, from_s, at_s, points, POINTS_MAX, &step_s);
	for (size_t i = 0; i < count; i++)
		(void) json_array_append_new(list, describe(&points[i], at_s));
	rpc_reply(request, json_pack("{sI,so}", "step", (json_int_t) step_s, "points", list));
}

void
door_trend_answer(struct door_role *role, struct rpc_request *request)
{
	json_int_t number = json_integer_or(request->params, "input", 0);

	if (number < 1 || number > INPUTS)
		rpc_fail_field(request, RPC_BAD_PARAMS, "input", "from 1 to %d", INPUTS);
	else
		door_trend_reply(request, role->lines[number - 1].history);
}
