#include "syslog/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "lib/clock.h"
#include "lib/util.h"
#include "syslog/message_journal.h"

#define OWN_NAME "cardea-syslog"
#define OWN_UNIT "cardea-syslog.service"
/* More of a field than a record holds is not looked at. */
#define FIELD_MAX  65536
#define FIELDS_MAX (2 * FIELD_MAX)
/* Entries that are passed over before whoever reads gets its turn. */
#define SKIPPED_MAX 256

struct journal {
	sd_journal *files;
	struct journal_filter filter;
	bool is_dir;
	char last[JOURNAL_CURSOR_MAX]; /* of the entry that was read last; the message borrows it */
	bool is_pending;	       /* an entry is at hand that was not read yet */
	char fields[FIELDS_MAX];       /* those of the last entry that a message has room for */
};

void
journal_free(struct journal *journal)
{
	if (!journal)
		return;
	sd_journal_close(journal->files);
	free(journal);
}

int
journal_fd(struct journal *journal)
{
	return sd_journal_get_fd(journal->files);
}

bool
journal_process(struct journal *journal)
{
	return sd_journal_process(journal->files) != SD_JOURNAL_NOP;
}

static int
read_cursor(struct journal *journal)
{
	_cleanup_(freep) char *cursor = NULL;
	int r = sd_journal_get_cursor(journal->files, &cursor);

	if (r < 0)
		return r;
	return copy_string(journal->last, sizeof(journal->last), cursor) ? 0 : -ENAMETOOLONG;
}

/* The tail is behind the last entry only once that has been stepped on. */
static int
seek_tail(struct journal *journal)
{
	int r = sd_journal_seek_tail(journal->files);

	if (r >= 0)
		r = sd_journal_previous(journal->files);
	if (r == 0)
		return sd_journal_seek_head(journal->files);
	return r < 0 ? r : read_cursor(journal);
}

int
journal_seek(struct journal *journal, const char *cursor)
{
	journal->is_pending = false;
	if (!*cursor)
		return sd_journal_seek_head(journal->files);
	int r = sd_journal_seek_cursor(journal->files, cursor);
	if (r < 0)
		return r;
	r = sd_journal_next(journal->files);
	if (r <= 0)
		return r;
	/* Not the place itself, but the one behind it: it was deleted, and this one is new. */
	journal->is_pending = sd_journal_test_cursor(journal->files, cursor) <= 0;
	return 0;
}

int
journal_open(const char *dir, const struct journal_filter *filter, const char *cursor,
	     struct journal **ret)
{
	struct journal *journal = xcalloc(1, sizeof(*journal));

	journal->filter = *filter;
	journal->is_dir = dir != NULL;
	int r = dir ? sd_journal_open_directory(&journal->files, dir, 0)
		    : sd_journal_open(&journal->files, SD_JOURNAL_LOCAL_ONLY);

	if (r >= 0)
		r = sd_journal_set_data_threshold(journal->files, FIELD_MAX);
	/* Whoever waits for the descriptor alone would not hear of what comes. */
	if (r >= 0)
		r = sd_journal_get_fd(journal->files);
	if (r >= 0)
		r = *cursor ? journal_seek(journal, cursor) : seek_tail(journal);
	if (r < 0) {
		journal_free(journal);
		return r;
	}
	*ret = journal;
	return 0;
}

static int
read_times(sd_journal *files, struct message *message)
{
	sd_id128_t boot;
	int r = sd_journal_get_realtime_usec(files, &message->time_us);

	if (r < 0)
		return r;
	message->has_time = true;
	message->has_uptime = sd_journal_get_monotonic_usec(files, &message->uptime_us, &boot) >= 0;
	return 0;
}

/* The journal gives each field only until it is asked for the next one. */
static int
read_entry(struct journal *journal, struct message *message)
{
	size_t used = 0;
	const void *bytes;
	size_t size;
	int r;

	message_journal_begin(message);
	r = read_times(journal->files, message);
	if (r < 0)
		return r;
	SD_JOURNAL_FOREACH_DATA(journal->files, bytes, size)
	{
		size_t room = sizeof(journal->fields) - used;
		if (!message_journal_wants(bytes, size))
			continue;
		size = MIN_OF(size, room);
		memcpy(journal->fields + used, bytes, size);
		message_journal_take(message, journal->fields + used, size);
		used += size;
	}
	message->params[message->param_count - 1].value = slice_of(journal->last);
	return 0;
}

/* Whether a unit is one of a list with commas between. */
static bool
is_listed(const char *list, const struct slice *unit)
{
	while (*list) {
		size_t size = strcspn(list, ",");
		if (size && size == unit->size && !memcmp(list, unit->bytes, size))
			return true;
		list += size + (list[size] == ',');
	}
	return false;
}

static bool
is_wanted(const struct journal_filter *filter, const struct message *message)
{
	/* The first parameter is the unit. */
	const struct slice *unit = &message->params[0].value;
	bool is_own = slice_is(&message->app_name, OWN_NAME) || slice_is(unit, OWN_UNIT);

	return !is_own && message->severity <= filter->severity &&
	       (!filter->units[0] || is_listed(filter->units, unit));
}

int
journal_next(struct journal *journal, bool is_synced, struct message *ret)
{
	for (unsigned skipped = 0; skipped < SKIPPED_MAX; skipped++) {
		int r = journal->is_pending ? 1 : sd_journal_next(journal->files);
		journal->is_pending = false;
		if (r <= 0)
			return r;
		if (read_cursor(journal) < 0 || read_entry(journal, ret) < 0 ||
		    !is_wanted(&journal->filter, ret))
			continue;
		ret->is_synced = is_synced;
		return 1;
	}
	return -EAGAIN;
}

int
journal_cursor(struct journal *journal, char *to)
{
	return copy_string(to, JOURNAL_CURSOR_MAX, journal->last) ? 0 : -ENAMETOOLONG;
}

/* Of an entry of this start of the machine: how long ago it was counts, not what the clock said. */
uint64_t
journal_time_us(struct journal *journal)
{
	sd_id128_t boot;
	sd_id128_t now_boot;
	uint64_t time_us;
	uint64_t mono_us;
	uint64_t now_us = clock_mono_us();

	if (sd_journal_get_realtime_usec(journal->files, &time_us) < 0)
		return 0;
	if (sd_journal_get_monotonic_usec(journal->files, &mono_us, &boot) < 0 ||
	    sd_id128_get_boot(&now_boot) < 0 || !sd_id128_equal(boot, now_boot) || mono_us > now_us)
		return time_us;
	return clock_wall_us() - (now_us - mono_us);
}

bool
journal_has_files(struct journal *journal)
{
	return journal->is_dir || sd_journal_has_persistent_files(journal->files) > 0 ||
	       sd_journal_has_runtime_files(journal->files) > 0;
}
