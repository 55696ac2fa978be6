/* sources: lib/rrule.c lib/rrule_days.c lib/calendar.c lib/util.c */
/* A recurrence rule: what is taken comes in order, within its window and as often as it says. */
#include <stdlib.h>
#include <string.h>

#include "lib/rrule.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	int32_t last;
	int count;
};

static void
see(int32_t day, void *context)
{
	struct seen *seen = context;

	if (day <= seen->last || day < 20454 || day > 20854)
		abort();
	seen->last = day;
	seen->count++;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct rrule_window window = { .start_s = INT64_C(20400) * 86400 + 7200,
					     .first_day = 20454,
					     .last_day = 20854 };
	struct seen seen = { 0 };
	char message[RRULE_MESSAGE_SIZE] = "";
	struct rrule rule;
	_cleanup_(freep) char *text = xcalloc(1, size + 1);

	memcpy(text, data, size);
	if (rrule_parse(text, &rule, message) < 0) {
		if (!*message)
			abort();
		return 0;
	}
	rrule_each(&rule, &window, see, &seen);
	if (rule.count && seen.count > rule.count)
		abort();
	return 0;
}
