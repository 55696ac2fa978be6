#include "agent/store_log_lag.h"

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

/* Younger than this is no delay. */
#define FRESH_S 10

uint64_t
log_lag_age_s(uint64_t since_us)
{
	uint64_t now_us = clock_wall_us();

	return since_us && now_us > since_us ? (now_us - since_us) / US_PER_S : 0;
}

static bool
is_above(const json_t *doc, const char *limit, uint64_t value)
{
	int64_t most = json_integer_or(doc, limit, 0);
	return most > 0 && value > (uint64_t) most;
}

void
log_lag_watch(struct store_log *log, const char *source, const json_t *doc,
	      const struct log_lag *lag, struct log_lag_alarm *alarm)
{
	bool is_above_limit = lag->is_on && (is_above(doc, "limit_lag", lag->count) ||
					     is_above(doc, "limit_age", lag->age_s));
	bool has_caught_up = !lag->is_on || (!is_above_limit && lag->age_s <= FRESH_S);

	if (alarm->stands ? !has_caught_up : !is_above_limit)
		return;
	alarm->stands = !alarm->stands;
	store_log_add(log, alarm->stands ? alarm->behind : alarm->caught_up, source, "syslog", NULL,
		      json_pack("{ss,ss,sI,sI}", "name", json_string_or(doc, "name", ""), "host",
				json_string_or(doc, "host", ""), "lag", (json_int_t) lag->count,
				"age", (json_int_t) lag->age_s));
}
