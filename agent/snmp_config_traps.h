/*
 * The part of snmpd's configuration that says who is notified of what, and how: the one server of
 * the settings, by trap or by inform, beside those that a manager of version 3 sets itself. Pure,
 * as agent/snmp_config.h, whose part it is.
 */
#ifndef AGENT_SNMP_CONFIG_TRAPS_H
#define AGENT_SNMP_CONFIG_TRAPS_H

#include <jansson.h>
#include <stdio.h>

/* values are all settings of SNMP with their secrets; the mode is not off. */
void snmp_config_traps(FILE *out, const json_t *values);

#endif
