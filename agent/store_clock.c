#include "agent/store_clock.h"

#include "agent/store_compile.h"
#include "lib/clock.h"
#include "lib/clock_watch.h"

void
store_clock_on_set(uint64_t old_us, uint64_t new_us, void *context)
{
	struct store *store = context;
	char old[28];
	char new[28];

	clock_format_utc(old_us, old);
	clock_format_utc(new_us, new);
	store_log_add(store->log, EV_TIME_CHANGED, "system", NULL, NULL,
		      json_pack("{ss,ss,sI}", "old", old, "new", new, "ms",
				(json_int_t) ((int64_t) (new_us - old_us) / 1000)));
	store_compile_touch(store);
}

void
store_clock_start(struct store *store)
{
	store->clock_watch = clock_watch_new(store->base, store_clock_on_set, store);
}
