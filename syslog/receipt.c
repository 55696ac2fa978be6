#include "syslog/receipt.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

bool
receipt_is_complete(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);
	int error = 0;
	socklen_t error_size = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size) < 0 || error ||
	    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
		return false;
	return info.tcpi_state == TCP_CLOSE || info.tcpi_state == TCP_TIME_WAIT;
}
