/*
 * How the resistors of supervised inputs have aged: the deviation from their value in tenths of a
 * percent, from an hour to a year. Kept in memory; a restart of the door role begins anew.
 */
#ifndef AGENT_DOOR_TREND_H
#define AGENT_DOOR_TREND_H

struct door_line;
struct door_role;
struct history;
struct rpc_request;

/* Remembers the present deviation of a line that is supervised and sound. */
void door_trend_add(struct door_line *line);
/* Answers with {step, points: [{ago, count, min, mean, max}]} of the last seconds that the request
 * asks for; history may be NULL. */
void door_trend_reply(struct rpc_request *request, const struct history *history);
/* Answers input.history: {input, seconds}. */
void door_trend_answer(struct door_role *role, struct rpc_request *request);

#endif
