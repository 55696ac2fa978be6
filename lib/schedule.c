#include "lib/schedule.h"

/* The first interval that ends behind at_s; count for none. */
static size_t
find(const struct schedule_interval *intervals, size_t count, int64_t at_s)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (intervals[middle].to_s <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
schedule_is_active(const struct schedule_interval *intervals, size_t count, int64_t at_s)
{
	size_t i = find(intervals, count, at_s);

	return i < count && intervals[i].from_s <= at_s;
}

int64_t
schedule_next_change(const struct schedule_interval *intervals, size_t count, int64_t at_s)
{
	size_t i = find(intervals, count, at_s);

	if (i == count)
		return INT64_MAX;
	return intervals[i].from_s <= at_s ? intervals[i].to_s : intervals[i].from_s;
}
