#include "board/led.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"

static const char *const colours[] = { "dark", "green", "amber", "red" };

int
led_find_colour(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(colours); i++)
		if (!strcmp(colours[i], name))
			return (int) i;
	return -EINVAL;
}

const char *
led_colour_word(unsigned colour)
{
	return colours[colour];
}

const struct led_order *
led_last(const struct led *led)
{
	static const struct led_order dark;

	return led->count ? &led->orders[(led->count - 1) % LED_ORDERS_MAX] : &dark;
}

static bool
is_steady(const struct led_order *order)
{
	return !order->first_ms || !order->second_ms || order->first == order->second;
}

void
led_order(struct led *led, const struct led_order *order)
{
	const struct led_order *last = led_last(led);

	if (order->first == last->first && order->second == last->second &&
	    order->first_ms == last->first_ms && order->second_ms == last->second_ms)
		return;
	led->orders[led->count++ % LED_ORDERS_MAX] = *order;
}

static unsigned
colour_of(const struct led_order *order, uint64_t now_us)
{
	if (is_steady(order) || now_us < order->at_us)
		return order->first;
	uint64_t period_us = (order->first_ms + order->second_ms) * US_PER_MS;
	bool is_first = (now_us - order->at_us) % period_us < order->first_ms * US_PER_MS;
	return is_first ? order->first : order->second;
}

unsigned
led_colour_at(const struct led *led, uint64_t now_us)
{
	return colour_of(led_last(led), now_us);
}

/* The newest change of an order's own that is before a time; false when there is none. */
static bool
change_before(const struct led_order *order, uint64_t before_us, struct led_change *ret)
{
	if (before_us <= order->at_us)
		return false;
	*ret = (struct led_change){ order->at_us, order->first };
	if (is_steady(order))
		return true;
	uint64_t first_us = order->first_ms * US_PER_MS;
	uint64_t period_us = first_us + order->second_ms * US_PER_MS;
	uint64_t rounds = (before_us - 1 - order->at_us) / period_us;
	uint64_t rest_us = (before_us - 1 - order->at_us) % period_us;
	ret->at_us += rounds * period_us;
	if (rest_us >= first_us)
		*ret = (struct led_change){ ret->at_us + first_us, order->second };
	return true;
}

size_t
led_changes(const struct led *led, uint64_t now_us, struct led_change *ret, size_t max)
{
	unsigned kept = MIN_OF(led->count, (unsigned) LED_ORDERS_MAX);
	uint64_t before_us = now_us + 1;
	size_t count = 0;

	/* From the newest to the oldest, then the other way round. */
	for (unsigned i = 1; i <= kept; i++) {
		const struct led_order *order = &led->orders[(led->count - i) % LED_ORDERS_MAX];
		struct led_change change;
		while (count < max && change_before(order, before_us, &change)) {
			ret[count++] = change;
			before_us = change.at_us;
		}
		before_us = MIN_OF(before_us, order->at_us);
	}
	for (size_t i = 0; i < count / 2; i++) {
		struct led_change other = ret[i];
		ret[i] = ret[count - 1 - i];
		ret[count - 1 - i] = other;
	}
	return count;
}
