#include "agent/store_preview.h"

#include <errno.h>

#include "agent/store_schedule.h"
#include "lib/calendar.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

#define DAYS_DEFAULT  14
#define INTERVALS_MAX 400

json_t *
store_special_days(struct store *store)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		store->config, "SELECT id, doc FROM objects WHERE kind = 'special_days'", "");
	json_t *groups = json_object();

	while (db_next(&rows)) {
		char id[24];
		(void) snprintf(id, sizeof(id), "%lld", (long long) sqlite3_column_int64(rows, 0));
		(void) json_object_set_new(groups, id, json_loads(db_text(rows, 1), 0, NULL));
	}
	return groups;
}

static json_t *
load_schedule(struct store *store, int64_t id)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config,
			 "SELECT doc FROM objects WHERE kind = 'schedule' AND id = ?", "i", id);

	return db_next(&row) ? json_loads(db_text(row, 0), 0, NULL) : NULL;
}

/* When a day of the zone begins, or what is next to it where the clock leaves midnight out. */
static int64_t
begin_of(const struct zone *zone, int32_t day)
{
	int64_t wall_s = (int64_t) day * CALENDAR_DAY_S;
	int64_t until_s;
	int64_t at_s = wall_s - zone_offset(zone, wall_s, &until_s);

	return wall_s - zone_offset(zone, at_s, &until_s);
}

static json_t *
instant(const struct zone *zone, uint32_t at_s)
{
	int64_t until_s;
	char text[26];

	calendar_format_wall(at_s, zone_offset(zone, at_s, &until_s), text);
	return json_string(text);
}

static void
answer(const struct store_schedule_world *world, const struct zone *zone,
       const struct schedule_interval *intervals, size_t count, struct rpc_request *request)
{
	json_t *list = json_array();

	for (size_t i = 0; i < MIN_OF(count, INTERVALS_MAX); i++)
		(void) json_array_append_new(
			list, json_pack("{so,so}", "from", instant(zone, intervals[i].from_s), "to",
					instant(zone, intervals[i].to_s)));
	rpc_reply(request, json_pack("{so,sb,ss}", "intervals", list, "more", count > INTERVALS_MAX,
				     "zone", world->zone));
}

static void
preview(struct store *store, const json_t *schedule, struct store_schedule_world *world,
	const struct zone *zone, struct rpc_request *request)
{
	_cleanup_(freep) struct schedule_interval *intervals = NULL;
	_cleanup_(json_decrefp) json_t *groups = store_special_days(store);
	size_t count = 0;

	world->special_days = groups;
	int r = store_schedule_expand(schedule, world, &intervals, &count);
	if (r == -E2BIG)
		rpc_fail(request, RPC_CONFLICT, "the schedule has more than %d intervals",
			 SCHEDULE_INTERVALS_MAX);
	else if (r < 0)
		rpc_fail(request, RPC_INTERNAL, "the schedule cannot be worked out");
	else
		answer(world, zone, intervals, count, request);
}

void
store_schedule_preview(struct store *store, struct rpc_request *request,
		       const struct caller *caller UNUSED)
{
	const char *from = json_string_or(request->params, "from", NULL);
	int64_t days = json_integer_or(request->params, "days", DAYS_DEFAULT);
	_cleanup_(json_decrefp) json_t *schedule =
		load_schedule(store, json_integer_or(request->params, "id", 0));
	_cleanup_(zone_freep) struct zone *zone = NULL;
	char name[ZONE_NAME_SIZE];
	int32_t day;

	store_schedule_zone(store->settings, name);
	struct store_schedule_world world = {
		.zone = name,
		.from_s = (int64_t) (clock_wall_us() / US_PER_S),
	};
	if (!schedule) {
		rpc_fail_field(request, RPC_NOT_FOUND, "id", "there is no such schedule");
	} else if (zone_load(name, &zone) < 0) {
		rpc_fail(request, RPC_UNAVAILABLE, "this machine has no time zone '%s'", name);
	} else if (from && calendar_parse_date(from, &day) < 0) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "from", "a date such as 2026-12-31");
	} else {
		if (from)
			world.from_s = begin_of(zone, day);
		world.to_s = world.from_s + days * CALENDAR_DAY_S;
		preview(store, schedule, &world, zone, request);
	}
}
