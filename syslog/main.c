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
	const struct daemon_option options[] = {
		{ .name = "run-dir",
		  .argument = "DIR",
		  .value = &run_dir,
		  .doc = "where the store's socket is" },
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
	struct event_base *base = loop_new();
	struct forwarder *forwarder = forwarder_new(base, path);
	daemon_run(base, NULL, NULL);
	forwarder_free(forwarder);
	event_base_free(base);
	return 0;
}
