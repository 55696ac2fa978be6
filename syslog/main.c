#include <event2/event.h>
#include <stdlib.h>

#include "lib/daemon.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "syslog/forwarder.h"

#define PATH_SIZE 108

int
main(int argc, char **argv)
{
	const char *run_dir = daemon_default_run_dir();
	struct forwarder_options settings = { .state_dir = "/var/lib/cardea-syslog" };
	const struct daemon_option options[] = {
		{ .name = "run-dir",
		  .argument = "DIR",
		  .value = &run_dir,
		  .doc = "where the store's socket is" },
		{ .name = "state-dir",
		  .argument = "DIR",
		  .value = &settings.state_dir,
		  .doc = "how far the journal was sent" },
		{ .name = "journal-dir",
		  .argument = "DIR",
		  .value = &settings.journal_dir,
		  .doc = "the journal to read instead of this machine's" },
	};
	const struct daemon_about about = {
		.name = "cardea-syslog",
		.summary = "Forward Cardea's event log to a log server by RFC 5424 syslog.",
		.arguments = "",
		.options = options,
		.count = ARRAY_LEN(options),
	};
	char path[PATH_SIZE];

	log_set_name("cardea-syslog");
	if (daemon_options(&about, argc, argv) < argc) {
		(void) log_err(0, "there are no arguments; try 'cardea-syslog --help'");
		return 2;
	}
	int r = path_join(path, sizeof(path), run_dir, "agent.sock");
	if (r < 0) {
		(void) log_err(r, "cannot use '%s' for sockets", run_dir);
		return 1;
	}
	/* A lookup under way delays the end of this process: no more than some seconds. */
	(void) setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
	settings.path = path;
	struct event_base *base = loop_new();
	struct forwarder *forwarder = forwarder_new(base, &settings);
	daemon_run(base, NULL, NULL);
	forwarder_free(forwarder);
	event_base_free(base);
	return 0;
}
