#include "lib/clock.h"

#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "lib/util.h"

#define SECONDS_MAX UINT64_C(253402300799) /* the end of the year 9999 */

static uint64_t (*mono_source)(void);

static uint64_t
read_clock(clockid_t id)
{
	struct timespec now;

	(void) clock_gettime(id, &now);
	return (uint64_t) now.tv_sec * US_PER_S + (uint64_t) now.tv_nsec / 1000;
}

uint64_t
clock_mono_us(void)
{
	return mono_source ? mono_source() : read_clock(CLOCK_MONOTONIC);
}

uint64_t
clock_wall_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

bool
clock_is_synced(void)
{
	struct timex state = { .modes = 0 };
	int r = adjtimex(&state);
	return r >= 0 && r != TIME_ERROR && !(state.status & STA_UNSYNC);
}

const char *
clock_boot_id(void)
{
	static char id[64];

	if (!id[0]) {
		if (read_file("/proc/sys/kernel/random/boot_id", id, sizeof(id)) < 36)
			(void) copy_string(id, sizeof(id), "00000000-0000-0000-0000-000000000000");
		id[36] = 0;
	}
	return id;
}

void
clock_set_source(uint64_t (*mono_us)(void))
{
	mono_source = mono_us;
}

void
clock_format_utc(uint64_t wall_us, char *to)
{
	/* Years have four digits. */
	time_t seconds = (time_t) MIN_OF(wall_us / US_PER_S, SECONDS_MAX);
	struct tm parts;

	(void) gmtime_r(&seconds, &parts);
	char date[24];
	(void) strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
	(void) snprintf(to, 28, "%.19s.%06uZ", date, (unsigned) (wall_us % US_PER_S));
}
