/*
 * Carries bytes between a port of the emulated machine and a socket in it, until either ends:
 *
 *     pump PORT SOCKET
 *
 * Waits for somebody to listen at the socket.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define RETRY_MS 10

static int
connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void) snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	for (;;) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return -1;
		if (!connect(fd, (struct sockaddr *) &address, sizeof(address)))
			return fd;
		(void) close(fd);
		(void) poll(NULL, 0, RETRY_MS);
	}
}

static bool
carry(int from, int to)
{
	static char bytes[1 << 16];
	ssize_t size = read(from, bytes, sizeof(bytes));

	for (ssize_t done = 0; done < size;) {
		ssize_t n = write(to, bytes + done, (size_t) (size - done));
		if (n <= 0)
			return false;
		done += n;
	}
	return size > 0;
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		(void) fprintf(stderr, "pump PORT SOCKET\n");
		return 2;
	}
	int port = open(argv[1], O_RDWR | O_CLOEXEC);
	int fd = connect_to(argv[2]);
	struct pollfd fds[] = { { .fd = port, .events = POLLIN }, { .fd = fd, .events = POLLIN } };

	if (port < 0 || fd < 0) {
		perror("pump");
		return 1;
	}
	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents && !carry(port, fd))
			return 0;
		if (fds[1].revents && !carry(fd, port))
			return 0;
	}
	return 1;
}
