#include "www/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/util.h"

#define BACKLOG 128

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Returns the length of the address, or -EINVAL. */
static int
parse(const char *text, unsigned port, union address *address)
{
	*address = (union address){ .v6 = { .sin6_family = AF_INET6,
					    .sin6_port = htons((uint16_t) port) } };
	if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1)
		return sizeof(address->v6);
	*address = (union address){ .v4 = { .sin_family = AF_INET,
					    .sin_port = htons((uint16_t) port) } };
	if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1)
		return sizeof(address->v4);
	return -EINVAL;
}

int
listen_on(const char *text, unsigned port)
{
	const int on = 1;
	const int off = 0;
	union address address;
	int size = parse(text, port, &address);

	if (size < 0)
		return size;
	int family = address.any.sa_family;
	_cleanup_(closep) int fd =
		socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	/* A kernel without IPv6 still serves IPv4 when asked for everything. */
	if (fd < 0 && errno == EAFNOSUPPORT && !strcmp(text, "::"))
		return listen_on("0.0.0.0", port);
	if (fd < 0)
		return -errno;
	(void) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		(void) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, &address.any, (socklen_t) size) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	int taken = fd;
	fd = -1;
	return taken;
}

unsigned
listen_port(int fd)
{
	union address address;
	socklen_t size = sizeof(address);

	if (getsockname(fd, &address.any, &size) < 0)
		return 0;
	return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
						       : address.v4.sin_port);
}
