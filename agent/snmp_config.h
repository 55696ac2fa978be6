/*
 * How snmpd is configured, as text of its snmpd.conf, from the settings of SNMP. Pure: nothing is
 * read or written here.
 *
 * What is not asked for does not listen, nobody writes but to what is listed here, and whoever is
 * answered has a security name that is none of the secrets.
 */
#ifndef AGENT_SNMP_CONFIG_H
#define AGENT_SNMP_CONFIG_H

#include <jansson.h>
#include <stdbool.h>

struct snmp_config_place {
	const char *include_dir;  /* an administrator's own files for snmpd; "" for none */
	const char *module;	  /* the SET audit module; "" without */
	const char *audit_socket; /* where it reports to */
	bool has_ipv6;
};

/* values are all settings of SNMP with their secrets. Free with free(), wiped. */
char *snmp_config_render(const json_t *values, const struct snmp_config_place *place);

#endif
