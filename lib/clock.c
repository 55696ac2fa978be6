#include "lib/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "lib/util.h"

#define SECONDS_MAX UINT64_C(253402300799) /* the end of the year 9999 */

static uint64_t (*mono_source)(void);
static uint64_t (*wall_source)(void);

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
	return wall_source ? wall_source() : read_clock(CLOCK_REALTIME);
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
clock_set_wall_source(uint64_t (*wall_us)(void))
{
	wall_source = wall_us;
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

void
clock_format_s(int64_t at_s, char *to)
{
	char long_form[28];

	clock_format_utc((uint64_t) MAX_OF(at_s, 0) * US_PER_S, long_form);
	(void) snprintf(to, 21, "%.19sZ", long_form);
}

/* "Z" or "+01:00" as seconds to take away. */
static int
parse_offset(const char *text, int64_t *ret_s)
{
	unsigned hours;
	unsigned minutes;
	char end;

	if (!strcmp(text, "Z")) {
		*ret_s = 0;
		return 0;
	}
	if (strlen(text) != 6 || (*text != '+' && *text != '-') ||
	    sscanf(text + 1, "%2u:%2u%c", &hours, &minutes, &end) != 2 || hours > 23 ||
	    minutes > 59)
		return -EINVAL;
	*ret_s = (int64_t) (hours * 3600 + minutes * 60) * (*text == '-' ? -1 : 1);
	return 0;
}

int
clock_parse(const char *text, int64_t *ret_s)
{
	struct tm parts = { 0 };
	struct tm again = { 0 };
	char date[24];
	int64_t offset_s;

	/* strptime() alone takes "2026-1-1" and the 31st of June. */
	if (strlen(text) < 20 || !strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) ||
	    parse_offset(text + 19, &offset_s) < 0)
		return -EINVAL;
	time_t seconds = timegm(&parts);
	if (!gmtime_r(&seconds, &again) ||
	    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &again) != 19 ||
	    memcmp(date, text, 19) != 0)
		return -EINVAL;
	*ret_s = (int64_t) seconds - offset_s;
	return 0;
}
