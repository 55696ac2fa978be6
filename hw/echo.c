#include "hw/echo.h"

#include <string.h>

#include "lib/util.h"

void
echo_send(struct echo *echo, const uint8_t *bytes, size_t size)
{
	echo->count = MIN_OF(size, (size_t) ECHO_BYTES);
	echo->matched = 0;
	memcpy(echo->sent, bytes, echo->count);
}

size_t
echo_receive(struct echo *echo, const uint8_t *bytes, size_t size, uint8_t *to)
{
	size_t at = 0;
	size_t held = 0;

	while (at < size && echo->matched < echo->count && bytes[at] == echo->sent[echo->matched]) {
		at++;
		echo->matched++;
	}
	if (echo->matched < echo->count && at < size) {
		/* It is an answer: what was held back is its beginning. */
		held = echo->matched;
		memcpy(to, echo->sent, held);
	}
	if (at < size || echo->matched == echo->count)
		echo->count = echo->matched = 0;
	memcpy(to + held, bytes + at, size - at);
	return held + size - at;
}
