#include "agent/snmp_transport.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <errno.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "lib/wire.h"

#define MESSAGE_MAX 65536

/* transportDomainLocal of RFC 3419 */
static const oid domain[] = { 1, 3, 6, 1, 2, 1, 100, 1, 13 };

static int
receive(netsnmp_transport *transport, void *buffer, int size, void **opaque, int *opaque_size)
{
	*opaque = NULL;
	*opaque_size = 0;
	return (int) recv(transport->sock, buffer, (size_t) size, MSG_DONTWAIT);
}

/* What does not fit the socket's buffer breaks the stream: the caller gives the session up. */
static int
transmit(netsnmp_transport *transport, const void *buffer, int size, void **opaque UNUSED,
	 int *opaque_size UNUSED)
{
	ssize_t sent = send(transport->sock, buffer, (size_t) size, MSG_DONTWAIT | MSG_NOSIGNAL);

	return sent == size ? size : -1;
}

static int
close_socket(netsnmp_transport *transport)
{
	closep(&transport->sock);
	transport->sock = -1;
	return 0;
}

static char *
format_address(netsnmp_transport *transport UNUSED, const void *data UNUSED, int size UNUSED)
{
	return xstrdup("AgentX master");
}

int
snmp_transport_open(const char *path, struct netsnmp_transport_s **ret)
{
	int fd = wire_connect(path);

	if (fd < 0)
		return fd;
	netsnmp_transport *transport = xcalloc(1, sizeof(*transport));
	*transport = (netsnmp_transport){
		.domain = domain,
		.domain_length = ARRAY_LEN(domain),
		.sock = fd,
		.flags = NETSNMP_TRANSPORT_FLAG_STREAM,
		.msgMaxSize = MESSAGE_MAX,
		.f_recv = receive,
		.f_send = transmit,
		.f_close = close_socket,
		.f_fmtaddr = format_address,
	};
	*ret = transport;
	return 0;
}
