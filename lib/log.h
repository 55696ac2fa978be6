/*
 * Log lines to stderr with the <n> priority prefix that journald understands. One line says
 * what failed, 'the object in quotes' and the reason. lib/ and hw/ return errors instead of
 * logging them; daemons log. The operator's record is an event, not a log line.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include "lib/util.h"

enum log_level { LOG_LEVEL_ERR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Lines above this level are dropped; the default is info. */
void log_set_level(enum log_level level);
/* Printed before each line when stderr is no journal, so that a shared terminal stays readable. */
void log_set_name(const char *name);

/* Prints "format: strerror(-error)" at the level and returns error, so that one can return it. */
int log_full(enum log_level level, int error, const char *format, ...) PRINTF(3, 4);

#define log_err(error, ...)  log_full(LOG_LEVEL_ERR, (error), __VA_ARGS__)
#define log_warn(error, ...) log_full(LOG_LEVEL_WARN, (error), __VA_ARGS__)
#define log_info(...)	     ((void) log_full(LOG_LEVEL_INFO, 0, __VA_ARGS__))
#define log_debug(...)	     ((void) log_full(LOG_LEVEL_DEBUG, 0, __VA_ARGS__))

#endif
