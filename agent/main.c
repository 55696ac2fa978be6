/* cardea-agent: the door, store and snmp roles; without --role it supervises the three itself. */
#include "agent/agent.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "agent/supervise.h"
#include "lib/daemon.h"
#include "lib/log.h"
#include "lib/util.h"

struct role_row {
	const char *name;
	const char *log_name;
	int (*run)(const struct agent_options *options);
};

static const struct role_row roles[] = {
	{ "door", "door", door_role_run },
	{ "store", "store", store_role_run },
	{ "snmp", "snmp", snmp_role_run },
};

int
main(int argc, char **argv)
{
	struct agent_options options = {
		.role = "",
		.run_dir = daemon_default_run_dir(),
		.door_dir = "",
		.state_dir = "/var/lib/cardea",
		.board = SYSCONFDIR "/cardea/board.conf",
		.firmware_dir = PKGDATADIR "/firmware",
		.agentx_socket = "/run/agentx/master",
		.snmpd_dir = "",
		.snmpd_include = SYSCONFDIR "/snmp/snmpd.conf.d",
		.snmpd_module = PKGLIBDIR "/cardea_audit.so",
	};
	const struct daemon_option rows[] = {
		{ "role", "ROLE", &options.role, NULL, "door, store or snmp; all three without" },
		{ "run-dir", "DIR", &options.run_dir, NULL, "the store's socket" },
		{ "door-dir", "DIR", &options.door_dir, NULL,
		  "between door and store; without it the run-dir" },
		{ "state-dir", "DIR", &options.state_dir, NULL, "settings and the event log" },
		{ "board", "FILE", &options.board, NULL, "the board profile" },
		{ "firmware-dir", "DIR", &options.firmware_dir, NULL,
		  "firmware for readers and modules" },
		{ "agentx", "SOCKET", &options.agentx_socket, NULL, "the AgentX master's socket" },
		{ "snmpd-dir", "DIR", &options.snmpd_dir, NULL,
		  "where snmpd's configuration is written; not at all without it" },
		{ "snmpd-include", "DIR", &options.snmpd_include, NULL,
		  "configuration of one's own for snmpd" },
		{ "snmpd-module", "FILE", &options.snmpd_module, NULL,
		  "what tells who a SET was from" },
	};
	const struct daemon_about about = {
		.name = "cardea-agent",
		.summary = "Controls doors, keeps the event log and answers SNMP.",
		.arguments = "",
		.options = rows,
		.count = ARRAY_LEN(rows),
	};
	int first = daemon_options(&about, argc, argv);

	if (first < argc) {
		(void) fprintf(stderr, "cardea-agent takes no argument '%s'.\n", argv[first]);
		return 2;
	}
	if (!*options.door_dir)
		options.door_dir = options.run_dir;
	(void) umask(0027);
	/* Store and door have keys in their memory: it is not left on a disk. */
	(void) setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
	if (!*options.role)
		return supervise(&options);
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (!strcmp(roles[i].name, options.role)) {
			log_set_name(roles[i].log_name);
			return roles[i].run(&options);
		}
	(void) fprintf(stderr, "There is no role '%s': door, store or snmp.\n", options.role);
	return 2;
}
