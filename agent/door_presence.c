#include "agent/door_presence.h"

#include "agent/door.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

static bool
has_areas(const struct access_table *table)
{
	for (unsigned i = 1; table && i <= READERS; i++)
		if (access_point(table, i)->area_from || access_point(table, i)->area_to)
			return true;
	return false;
}

void
door_presence_configure(struct door_role *role)
{
	struct presence *presence;
	char path[256];

	if (!has_areas(role->table))
		return;
	size_t room = access_person_count(role->table);
	if (role->presence && room <= role->presence_room)
		return;
	int r = path_join(path, sizeof(path), role->options->door_dir, "door.presence");
	if (r == 0)
		r = presence_open(path, room, &presence);
	if (r < 0) {
		(void) log_warn(r, "cannot use '%s', nobody is known to be anywhere", path);
		return;
	}
	presence_close(role->presence);
	role->presence = presence;
	role->presence_room = room;
}

void
door_presence_close(struct door_role *role)
{
	presence_close(role->presence);
}

int
door_presence_area(const struct door_role *role, unsigned point)
{
	if (!role->table || !point)
		return -1;
	const struct access_point *row = access_point(role->table, point);
	return row->area_to || row->area_from ? row->area_to : -1;
}

void
door_presence_take(struct door_role *role, const struct door_subject *subject)
{
	int area = door_presence_area(role, subject->reader);
	struct presence_place place = { (uint8_t) area, (int64_t) (clock_wall_us() / US_PER_S) };
	const uint32_t persons[] = { subject->person, subject->companion };

	if (area < 0 || !role->presence)
		return;
	for (size_t i = 0; i < ARRAY_LEN(persons); i++)
		if (persons[i] && presence_set(role->presence, persons[i], place) < 0)
			(void) log_warn(0, "no room to keep where person %u is", persons[i]);
}

void
door_presence_forget(struct door_role *role, struct rpc_request *request)
{
	uint32_t person = (uint32_t) json_integer_or(request->params, "person", 0);

	if (role->presence && person)
		presence_forget(role->presence, person);
	else if (role->presence)
		presence_forget_all(role->presence);
	rpc_reply(request, NULL);
}

bool
door_presence_is_wanted(const struct door_role *role)
{
	return role->presence && presence_is_new(role->presence) && !role->was_presence_loaded;
}

/* What this process has seen itself is newer than what the store remembers. */
static void
load_one(struct presence *presence, const json_t *entry)
{
	uint32_t person = (uint32_t) json_integer_value(json_array_get(entry, 0));
	struct presence_place there;
	struct presence_place place = {
		.area = (uint8_t) json_integer_value(json_array_get(entry, 1)),
		.since_s = json_integer_value(json_array_get(entry, 2)),
	};

	if (!presence_get(presence, person, &there))
		(void) presence_set(presence, person, place);
}

void
door_presence_load(struct door_role *role, struct rpc_request *request)
{
	json_t *entry;
	size_t i;

	if (role->presence)
		json_array_foreach (json_object_get(request->params, "places"), i, entry)
			load_one(role->presence, entry);
	if (json_bool_or(request->params, "last", true))
		role->was_presence_loaded = true;
	rpc_reply(request, NULL);
}
