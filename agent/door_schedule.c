#include "agent/door_schedule.h"

#include <event2/event.h>

#include "agent/door.h"
#include "lib/clock.h"
#include "lib/util.h"

static bool
is_active(const struct door *door, int64_t now_wall_s)
{
	const struct access_table *table = door->role->table;
	unsigned schedule = door_config(door)->unlock_schedule;

	return table && schedule && access_schedule_is_active(table, schedule, now_wall_s);
}

/* Whether a first person is needed may have changed with the table. */
static bool
is_news(const struct door *door, bool is_active)
{
	const struct door_state *state = &door->state;
	bool is_wished = is_active && (state->timetable.has_first_person ||
				       !door_config(door)->needs_first_person);

	return is_active != state->timetable.is_active ||
	       is_wished != state->priority.wishes[DOOR_LEVEL_SCHEDULE].is_there;
}

void
door_schedule_update(struct door_role *role, int64_t now_wall_s)
{
	for (unsigned i = 0; i < DOORS; i++) {
		struct door *door = &role->doors[i];
		struct door_input input = {
			.kind = DOOR_INPUT_SCHEDULE,
			.is_active = is_active(door, now_wall_s),
		};
		if (is_news(door, input.is_active))
			door_apply(door, &input);
	}
}

static void
on_second(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	door_schedule_update(context, (int64_t) (clock_wall_us() / US_PER_S));
}

void
door_schedule_open(struct door_role *role)
{
	struct timeval period = { .tv_sec = 1 };

	role->schedule_timer = event_new(role->base, -1, EV_PERSIST, on_second, role);
	(void) event_add(role->schedule_timer, &period);
	on_second(-1, 0, role);
}

void
door_schedule_close(struct door_role *role)
{
	if (role->schedule_timer)
		event_free(role->schedule_timer);
}
