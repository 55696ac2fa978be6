#include "agent/door_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_climate.h"
#include "agent/door_key.h"
#include "agent/door_power.h"
#include "agent/door_presence.h"
#include "agent/door_schedule.h"
#include "agent/door_tools.h"
#include "agent/door_watch.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"
#include "lib/worker.h"

#define WAITING_MAX 16

/* A table on its way in, and then the one before on its way out. */
struct load {
	struct door_role *role;
	struct rpc_request *request;
	char path[256];
	int r;
	struct access_table *table;
};

/* A table without its credentials takes no good one's place. */
static int
map(struct load *load)
{
	int r = path_join(load->path, sizeof(load->path), load->role->options->door_dir,
			  "access.bin");

	return r < 0 ? r : access_map(load->path, &load->table);
}

static void
tell_degraded(struct door_role *role, bool is_degraded)
{
	const char *what = "nobody is let in by card";

	if (is_degraded == role->is_degraded)
		return;
	role->is_degraded = is_degraded;
	if (is_degraded && role->table && access_policy(role->table)->degraded_count)
		what = "facility codes decide";
	door_tell(role, is_degraded ? EV_ACCESS_DEGRADED : EV_ACCESS_DEGRADED_CLEARED, "control",
		  NULL, NULL, is_degraded ? json_pack("{ss}", "what", what) : NULL);
}

static void
configure(struct door_role *role)
{
	door_output_configure(role);
	door_line_configure(role);
	door_climate_configure(role);
	door_power_configure(role);
	door_key_configure(role);
	door_tools_configure(role);
	door_module_configure(role);
	door_watch_configure(role);
	door_fire_configure(role);
	door_statistics_configure(role);
	door_schedule_update(role, (int64_t) (clock_wall_us() / US_PER_S));
	for (unsigned i = 0; i < DOORS; i++)
		door_apply(&role->doors[i], &(struct door_input){ .kind = DOOR_INPUT_TICK });
}

/* Takes load->table into use, and leaves what is to be unmapped there. */
static void
take(struct load *load)
{
	struct door_role *role = load->role;
	bool is_good = load->r == 0 && !access_is_degraded(load->table);

	if (!is_good && role->table && !access_is_degraded(role->table)) {
		(void) log_warn(load->r, "cannot use '%s', deciding by the table before",
				load->path);
		load->r = load->r < 0 ? load->r : -EBADMSG;
		return;
	}
	if (load->r == 0) {
		struct access_table *before = role->table;
		role->table = load->table;
		load->table = before;
	} else {
		(void) log_warn(load->r, "cannot use '%s', nobody is let in by card", load->path);
	}
	tell_degraded(role, role->table ? access_is_degraded(role->table) : load->r == -EBADMSG);
	door_presence_configure(role);
}

void
door_table_open(struct door_role *role)
{
	struct load load = { .role = role };

	role->loader = worker_new(role->base, WAITING_MAX);
	load.r = map(&load);
	take(&load);
}

void
door_table_close(struct door_role *role)
{
	worker_free(role->loader);
	access_unmap(role->table);
}

static void
run_map(void *job)
{
	struct load *load = job;

	load->r = map(load);
}

static void
run_unmap(void *job)
{
	struct load *load = job;

	access_unmap(load->table);
}

static void
end_load(struct load *load)
{
	load->request = NULL;
	/* It takes long to unmap what is large. */
	if (worker_submit(load->role->loader, run_unmap, free, load) < 0) {
		run_unmap(load);
		free(load);
	}
}

static void
on_mapped(void *job)
{
	struct load *load = job;
	struct door_role *role = load->role;

	take(load);
	if (load->r < 0) {
		rpc_fail(load->request, RPC_INTERNAL, "%s", strerror(-load->r));
	} else {
		configure(role);
		rpc_reply(load->request,
			  json_pack("{sI,sI,sb}", "count", (json_int_t) access_count(role->table),
				    "generation", (json_int_t) access_generation(role->table),
				    "degraded", access_is_degraded(role->table)));
	}
	end_load(load);
}

void
door_table_reload(struct door_role *role, struct rpc_request *request)
{
	struct load *load = xcalloc(1, sizeof(*load));

	load->role = role;
	load->request = request;
	if (worker_submit(role->loader, run_map, on_mapped, load) == 0)
		return;
	free(load);
	rpc_fail(request, RPC_TOO_MANY, "tables come faster than they can be read");
}
