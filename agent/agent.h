/*
 * The three roles of cardea-agent. Each is one process with one loop; they share no header but
 * this and lib/.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

struct agent_options {
	const char *role;
	const char *run_dir;	  /* agent.sock: what the edges may reach */
	const char *door_dir;	  /* door.sock, the ring, access.bin: door and store only; tmpfs */
	const char *state_dir;	  /* config.db, events.db */
	const char *board;	  /* the board profile */
	const char *firmware_dir; /* firmware for readers and modules that came with the packages */
	const char *agentx_socket; /* where the AgentX master listens */
	const char *snmpd_dir;	   /* snmpd's configuration; "": it is not ours */
	const char *snmpd_include; /* what else snmpd is to read */
	const char *snmpd_module;  /* the SET audit module */
};

/* Each runs until SIGTERM and returns main()'s status. */
int door_role_run(const struct agent_options *options);
int store_role_run(const struct agent_options *options);
int snmp_role_run(const struct agent_options *options);

#endif
