/*
 * A module that snmpd loads (dlmod): for every SET, also for those that access control refuses, it
 * says who sent it, in one datagram to the snmp role (agent/snmp_audit_line.h). It never waits and
 * never changes what snmpd does; a community is never in what it says.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/library/snmpIPBaseDomain.h>
#include <net-snmp/library/snmpUDPDomain.h>
#include <net-snmp/library/snmpUDPIPv6Domain.h>

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "agent/snmp_audit_line.h"
#include "lib/util.h"

/* snmpd calls init and deinit by their names and hands over no context. */
static struct audit {
	struct sockaddr_un peer;
	int fd;
	bool is_ready;
	bool has_last;
	long last; /* transaction that was let through: one datagram for all of its variables */
} audit = { .fd = -1 };

void init_cardea_audit(void);
void deinit_cardea_audit(void);

static void
write_address(const netsnmp_pdu *pdu, char *text, size_t size)
{
	const netsnmp_indexed_addr_pair *pair = pdu->transport_data;

	(void) snprintf(text, size, "-");
	if (!pair || pdu->transport_data_length != sizeof(*pair))
		return;
	if (pair->remote_addr.sa.sa_family == AF_INET)
		(void) inet_ntop(AF_INET, &pair->remote_addr.sin.sin_addr, text, (socklen_t) size);
	else if (pair->remote_addr.sa.sa_family == AF_INET6)
		(void) inet_ntop(AF_INET6, &pair->remote_addr.sin6.sin6_addr, text,
				 (socklen_t) size);
}

/* What access control takes a community for; NULL when it is nobody's. */
static const char *
find_name(const netsnmp_pdu *pdu)
{
	const char *community = (const char *) pdu->community;
	const char *context = "";
	const char *name = NULL;
	bool is_ipv6 = pdu->tDomain == netsnmp_UDPIPv6Domain;

	if (pdu->version == SNMP_VERSION_3)
		return pdu->securityName;
	if (!community || !pdu->transport_data)
		return NULL;
	int r = is_ipv6 ? netsnmp_udp6_getSecName(pdu->transport_data,
						  (int) pdu->transport_data_length, community,
						  (int) pdu->community_len, &name, &context)
			: netsnmp_udp_getSecName(pdu->transport_data,
						 (int) pdu->transport_data_length, community,
						 (int) pdu->community_len, &name, &context);
	return r ? name : NULL;
}

static void
write_name(const netsnmp_pdu *pdu, char text[2 * SNMP_AUDIT_NAME_MAX + 1])
{
	const char *name = find_name(pdu);
	size_t length = name ? strnlen(name, SNMP_AUDIT_NAME_MAX) : 0;

	if (name && pdu->version == SNMP_VERSION_3 && pdu->securityNameLen < length)
		length = pdu->securityNameLen;
	for (size_t i = 0; i < length; i++)
		(void) snprintf(text + 2 * i, 3, "%02x", (unsigned char) name[i]);
	if (!length)
		(void) snprintf(text, 3, "-");
}

/* What does not fit is left out at the end. */
static void
write_oid(const oid *name, size_t length, char text[SNMP_AUDIT_OID_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < length && used < SNMP_AUDIT_OID_SIZE - 12; i++)
		used += (size_t) snprintf(text + used, SNMP_AUDIT_OID_SIZE - used, ".%u",
					  (unsigned) name[i]);
	if (!used)
		(void) snprintf(text, SNMP_AUDIT_OID_SIZE, ".0");
}

static void
report(const netsnmp_pdu *pdu, const oid *name, size_t length, int result)
{
	char line[SNMP_AUDIT_LINE_MAX];
	char who[2 * SNMP_AUDIT_NAME_MAX + 1];
	char address[INET6_ADDRSTRLEN];
	char text[SNMP_AUDIT_OID_SIZE];
	unsigned model = pdu->version == SNMP_VERSION_3	   ? 3
			 : pdu->version == SNMP_VERSION_2c ? 2
							   : 1;
	unsigned level = pdu->securityLevel >= 1 && pdu->securityLevel <= 3
				 ? (unsigned) pdu->securityLevel
				 : 1;

	write_name(pdu, who);
	write_address(pdu, address, sizeof(address));
	write_oid(name, length, text);
	int size = snprintf(line, sizeof(line), "1 %u %d %u %u %s %s %s", (unsigned) pdu->transid,
			    result, model, level, who, address, text);
	(void) sendto(audit.fd, line, (size_t) size, MSG_DONTWAIT | MSG_NOSIGNAL,
		      (const struct sockaddr *) &audit.peer, sizeof(audit.peer));
}

/* Once for each variable, behind the library's own check, whose result is in it. */
static int
on_variable(int major UNUSED, int minor UNUSED, void *parameters, void *context UNUSED)
{
	const struct view_parameters *view = parameters;
	const netsnmp_pdu *pdu = view ? view->pdu : NULL;

	if (!pdu || pdu->command != SNMP_MSG_SET || !audit.is_ready || !view->name)
		return 0;
	if (!view->errorcode && audit.has_last && audit.last == pdu->transid)
		return 0;
	if (!view->errorcode) {
		audit.has_last = true;
		audit.last = pdu->transid;
	}
	report(pdu, view->name, view->namelen, view->errorcode);
	return 0;
}

/* Once for each message: who is nobody gets no further. */
static int
on_message(int major UNUSED, int minor UNUSED, void *parameters, void *context UNUSED)
{
	const struct view_parameters *view = parameters;
	const netsnmp_pdu *pdu = view ? view->pdu : NULL;

	if (!pdu || pdu->command != SNMP_MSG_SET || !audit.is_ready || !view->errorcode)
		return 0;
	report(pdu, pdu->variables ? pdu->variables->name : NULL,
	       pdu->variables ? pdu->variables->name_length : 0, view->errorcode);
	return 0;
}

static void
on_socket(const char *token UNUSED, char *line)
{
	audit.peer = (struct sockaddr_un){ .sun_family = AF_UNIX };
	audit.is_ready =
		audit.fd >= 0 && *line == '/' && strlen(line) < sizeof(audit.peer.sun_path);
	if (audit.is_ready)
		memcpy(audit.peer.sun_path, line, strlen(line));
}

void
init_cardea_audit(void)
{
	audit.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (audit.fd < 0)
		snmp_log(LOG_WARNING, "cardea_audit: no socket, nobody says who a SET is from\n");
	(void) snmpd_register_config_handler("cardeaAuditSocket", on_socket, NULL, "PATH");
	(void) netsnmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_ACM_CHECK,
					 on_variable, NULL, NETSNMP_CALLBACK_LOWEST_PRIORITY);
	(void) netsnmp_register_callback(SNMP_CALLBACK_APPLICATION,
					 SNMPD_CALLBACK_ACM_CHECK_INITIAL, on_message, NULL,
					 NETSNMP_CALLBACK_LOWEST_PRIORITY);
}

/* snmpd forgets a module at its end or when it is told to: nothing may point into it then. */
void
deinit_cardea_audit(void)
{
	(void) snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_ACM_CHECK,
					on_variable, NULL, 0);
	(void) snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_ACM_CHECK_INITIAL,
					on_message, NULL, 0);
	snmpd_unregister_config_handler("cardeaAuditSocket");
	audit.is_ready = false;
	if (audit.fd >= 0)
		(void) close(audit.fd);
	audit.fd = -1;
}
