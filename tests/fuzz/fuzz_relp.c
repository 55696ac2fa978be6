/* sources: syslog/relp.c syslog/outbox.c lib/util.c */
/*
 * A log server that speaks RELP, or something else: the first byte says how many records were sent
 * before it does. Never are more confirmed than were sent, and a session that is over has words.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "syslog/outbox.h"
#include "syslog/relp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OPENED "1 rsp 22 200 OK\ncommands=syslog\n"

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct relp relp;
	struct relp_news news;

	if (!size)
		return 0;
	struct outbox box = { 0 };
	struct outbox *output = &box;
	unsigned sent = data[0] % 8;
	relp_begin(&relp, output);
	if (sent) {
		require(relp_receive(&relp, OPENED, strlen(OPENED), &news) == 0);
		for (unsigned i = 0; i < sent; i++)
			require(relp_send(&relp, "x", 1, output) == 0);
	}
	if (data[0] & 64)
		relp_finish(&relp, output);
	unsigned confirmed = 0;
	int r = 0;
	for (size_t at = 1; r == 0 && at < size;) {
		size_t count = MIN_OF(size - at, (size_t) (data[0] & 128 ? 1 : 4096));
		r = relp_receive(&relp, (const char *) data + at, count, &news);
		confirmed += news.confirmed;
		at += count;
	}
	require(confirmed <= sent);
	require((r < 0) == (relp.error[0] != 0));
	require(strlen(relp.error) < sizeof(relp.error));
	outbox_done(output);
	return 0;
}
