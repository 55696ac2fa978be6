/*
 * What every daemon does the same way: options, the event loop, SIGTERM and SIGINT, readiness and
 * watchdog by sd_notify when the service manager asks for them.
 */
#ifndef LIB_DAEMON_H
#define LIB_DAEMON_H

#include <stdbool.h>

struct event_base;

/* One --name[=VALUE]; value points at what is set and holds the default. */
struct daemon_option {
	const char *name;
	const char *argument; /* "PATH"; NULL for a flag */
	const char **value;   /* for options with an argument */
	bool *flag;	      /* for options without */
	const char *doc;
};

struct daemon_about {
	const char *name;      /* "cardea-www" */
	const char *summary;   /* one line */
	const char *arguments; /* "" or "COMMAND..." for --help */
	const struct daemon_option *options;
	unsigned count;
};

/*
 * Reads options; --help and --version print and exit 0, a wrong one prints what to do and exits 2.
 * --debug is there for all. To be called first: from here on what libraries free is wiped. Returns
 * the index of the first argument that is no option.
 */
int daemon_options(const struct daemon_about *about, int argc, char **argv);

/*
 * Tells the service manager READY=1 and runs until SIGTERM or SIGINT. Feeds the watchdog from the
 * loop as long as is_healthy(context) says so; NULL means always.
 */
void daemon_run(struct event_base *base, bool (*is_healthy)(void *context), void *context);

/* The directory of sockets: --run-dir, else $CARDEA_RUN_DIR, else /run/cardea. */
const char *daemon_default_run_dir(void);

#endif
