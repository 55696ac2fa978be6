#include "agent/door_keep.h"

#include "agent/door.h"
#include "agent/door_output.h"
#include "lib/keep.h"
#include "lib/log.h"
#include "lib/util.h"

#define LAYOUT 3

struct record {
	struct door_state doors[DOORS];
	struct door_output_state outputs[OUTPUTS];
	struct door_fire fire;
	uint32_t tested_baud[READERS];
};

void
door_keep_open(struct door_role *role)
{
	struct record record;
	char path[256];
	int r = path_join(path, sizeof(path), role->options->door_dir, "door.keep");

	if (r == 0)
		r = keep_open(path, LAYOUT, sizeof(record), &role->keep);
	if (r < 0) {
		(void) log_warn(r, "cannot use '%s', a restart will lock every door", path);
		return;
	}
	role->was_kept = keep_read(role->keep, &record);
	if (!role->was_kept)
		return;
	for (unsigned i = 0; i < DOORS; i++)
		role->doors[i].state = record.doors[i];
	role->fire = record.fire;
	for (unsigned i = 0; i < OUTPUTS; i++)
		role->outputs[i].state = record.outputs[i];
	for (unsigned i = 0; i < READERS; i++)
		role->readers[i].tested_baud = record.tested_baud[i];
}

void
door_keep_close(struct door_role *role)
{
	keep_close(role->keep);
}

void
door_keep_save(struct door_role *role)
{
	struct record record = { .fire = role->fire };

	if (!role->keep)
		return;
	for (unsigned i = 0; i < DOORS; i++)
		record.doors[i] = role->doors[i].state;
	for (unsigned i = 0; i < OUTPUTS; i++)
		record.outputs[i] = role->outputs[i].state;
	for (unsigned i = 0; i < READERS; i++)
		record.tested_baud[i] = role->readers[i].tested_baud;
	keep_write(role->keep, &record);
}
