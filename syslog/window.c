#include "syslog/window.h"

#include <assert.h>
#include <errno.h>

int
window_add(struct window *window, uint64_t seq, bool is_sent)
{
	if (window->count == LOG_SERVER_WINDOW)
		return -ENOBUFS;
	window->places[(window->head + window->count++) % LOG_SERVER_WINDOW] = seq << 1 | is_sent;
	window->sent_count += is_sent;
	return 0;
}

uint64_t
window_confirm(struct window *window, unsigned sent_count)
{
	uint64_t seq = 0;

	assert(sent_count <= window->sent_count);
	while (window->count) {
		uint64_t place = window->places[window->head];
		bool is_sent = place & 1;
		if (is_sent && !sent_count)
			break;
		sent_count -= is_sent;
		window->sent_count -= is_sent;
		seq = place >> 1;
		window->head = (window->head + 1) % LOG_SERVER_WINDOW;
		window->count--;
	}
	return seq;
}

void
window_clear(struct window *window)
{
	window->head = window->count = window->sent_count = 0;
}
