#include "lib/daemon.h"

#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "lib/log.h"
#include "lib/util.h"
#include "lib/wipe.h"

#define OPTIONS_MAX 24

enum { OPTION_HELP = 256, OPTION_VERSION, OPTION_DEBUG };

static void
print_help(const struct daemon_about *about)
{
	printf("Usage: %s [OPTION...]%s%s\n%s\n\nOptions:\n", about->name,
	       *about->arguments ? " " : "", about->arguments, about->summary);
	for (unsigned i = 0; i < about->count; i++) {
		const struct daemon_option *option = &about->options[i];
		char left[40];
		(void) snprintf(left, sizeof(left), "--%s%s%s", option->name,
				option->argument ? "=" : "",
				option->argument ? option->argument : "");
		printf("  %-24s %s", left, option->doc);
		if (option->value && *option->value && **option->value)
			printf(" [%s]", *option->value);
		printf("\n");
	}
	printf("  %-24s %s\n  %-24s %s\n  %-24s %s\n\nManual page: man %s\n", "--debug",
	       "say more on standard error", "--help", "print this text", "--version",
	       "print the version", about->name);
}

static void
set_option(const struct daemon_option *option, const char *argument)
{
	if (option->flag)
		*option->flag = true;
	else
		*option->value = argument;
}

int
daemon_options(const struct daemon_about *about, int argc, char **argv)
{
	struct option known[OPTIONS_MAX + 4] = { 0 };
	unsigned count = MIN_OF(about->count, OPTIONS_MAX);

	wipe_what_is_freed();
	for (unsigned i = 0; i < count; i++)
		known[i] = (struct option){ about->options[i].name,
					    about->options[i].argument ? required_argument
								       : no_argument,
					    NULL, (int) i };
	known[count] = (struct option){ "help", no_argument, NULL, OPTION_HELP };
	known[count + 1] = (struct option){ "version", no_argument, NULL, OPTION_VERSION };
	known[count + 2] = (struct option){ "debug", no_argument, NULL, OPTION_DEBUG };
	for (;;) {
		int option = getopt_long(argc, argv, "+", known, NULL);
		if (option < 0)
			return optind;
		if (option == OPTION_HELP) {
			print_help(about);
			exit(0);
		} else if (option == OPTION_VERSION) {
			printf("%s %s\n", about->name, PACKAGE_VERSION);
			exit(0);
		} else if (option == OPTION_DEBUG) {
			log_set_level(LOG_LEVEL_DEBUG);
		} else if (option < OPTION_HELP && option != '?') {
			set_option(&about->options[option], optarg);
		} else {
			(void) fprintf(stderr, "Try '%s --help'.\n", about->name);
			exit(2);
		}
	}
}

struct watchdog {
	bool (*is_healthy)(void *context);
	void *context;
};

static void
on_stop(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	(void) sd_notify(0, "STOPPING=1");
	(void) event_base_loopbreak(context);
}

static void
on_watchdog(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	const struct watchdog *watchdog = context;

	if (!watchdog->is_healthy || watchdog->is_healthy(watchdog->context))
		(void) sd_notify(0, "WATCHDOG=1");
}

void
daemon_run(struct event_base *base, bool (*is_healthy)(void *context), void *context)
{
	struct watchdog watchdog = { .is_healthy = is_healthy, .context = context };
	struct event *stops[] = {
		evsignal_new(base, SIGTERM, on_stop, base),
		evsignal_new(base, SIGINT, on_stop, base),
	};
	struct event *feeder = event_new(base, -1, EV_PERSIST, on_watchdog, &watchdog);
	uint64_t limit_us = 0;

	for (size_t i = 0; i < ARRAY_LEN(stops); i++)
		(void) event_add(stops[i], NULL);
	if (sd_watchdog_enabled(0, &limit_us) > 0) {
		uint64_t period_us = limit_us / 3;
		struct timeval period = { .tv_sec = (time_t) (period_us / US_PER_S),
					  .tv_usec = (suseconds_t) (period_us % US_PER_S) };
		(void) event_add(feeder, &period);
	}
	(void) sd_notify(0, "READY=1");
	(void) event_base_dispatch(base);
	event_free(feeder);
	for (size_t i = 0; i < ARRAY_LEN(stops); i++)
		event_free(stops[i]);
}

const char *
daemon_default_run_dir(void)
{
	const char *dir = getenv("CARDEA_RUN_DIR");
	return dir && *dir ? dir : "/run/cardea";
}
