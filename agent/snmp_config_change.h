/*
 * entConfigChange of ENTITY-MIB: the set of entities is another one. RFC 4133 wants one of them in
 * five seconds at most, and one at their end when there was more to tell.
 */
#ifndef AGENT_SNMP_CONFIG_CHANGE_H
#define AGENT_SNMP_CONFIG_CHANGE_H

#include "agent/snmp_master.h"
#include "mibs/replica.h"

#define CONFIG_CHANGE_QUIET_US UINT64_C(5000000)

struct event_base;
struct config_change;

/* All are borrowed. */
struct config_change *config_change_new(struct event_base *base, struct master *master,
					const struct replica *replica);
void config_change_free(struct config_change *change);
/* The replica may have other entities, or the master is there. Never waits for it. */
void config_change_check(struct config_change *change);

/* snmpTrapOID.0 alone; the caller frees it. */
netsnmp_variable_list *config_change_variables(void);

#endif
