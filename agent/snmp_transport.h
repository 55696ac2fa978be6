/*
 * A Net-SNMP transport over a Unix stream socket that never blocks: the library's own connects
 * and sends synchronously, and both stand still for as long as the master agent does.
 */
#ifndef AGENT_SNMP_TRANSPORT_H
#define AGENT_SNMP_TRANSPORT_H

struct netsnmp_transport_s;

/* Connects to the socket at path; the session that takes *ret frees it. A negative errno. */
int snmp_transport_open(const char *path, struct netsnmp_transport_s **ret);

#endif
