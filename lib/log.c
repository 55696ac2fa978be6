#include "lib/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static enum log_level max_level = LOG_LEVEL_INFO;
static const char *log_name;

void
log_set_level(enum log_level level)
{
	max_level = level;
}

void
log_set_name(const char *name)
{
	log_name = getenv("JOURNAL_STREAM") ? NULL : name;
}

int
log_full(enum log_level level, int error, const char *format, ...)
{
	if (level > max_level)
		return error;
	char line[1024];
	va_list args;
	va_start(args, format);
	(void) vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	/* One line is one record: whatever a peer put into it cannot start another. */
	for (char *c = line; *c; c++)
		if ((unsigned char) *c < ' ')
			*c = ' ';
	char prefix[64];
	(void) snprintf(prefix, sizeof(prefix), "<%d>%s%s", level, log_name ? log_name : "",
			log_name ? ": " : "");
	if (error < 0)
		(void) fprintf(stderr, "%s%s: %s\n", prefix, line, strerror(-error));
	else
		(void) fprintf(stderr, "%s%s\n", prefix, line);
	return error;
}
