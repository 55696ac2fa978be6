/*
 * syslog-sink PORT COUNT FILE [CERTIFICATE KEY]: a log server that only counts octet-counted
 * records over TCP, or TLS with a certificate. It says "listening", keeps the first thousand
 * records in FILE, each with its size, and prints {"messages":N,"us":N} once COUNT are there: since
 * the first byte. Whoever ends a connection is answered. It runs until it is killed.
 */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/clock.h"
#include "lib/util.h"

#define KEPT	  1000
#define READ_SIZE (256 * 1024)

static struct {
	SSL_CTX *tls;
	FILE *file;
	long long wanted;
	atomic_llong count;
	atomic_ullong first_us;
} sink;

/* Where in a record a connection is. */
struct frame {
	size_t size; /* read so far, while is_body is false */
	size_t left;
	bool is_body;
};

static void
count_one(void)
{
	if (atomic_fetch_add(&sink.count, 1) + 1 != sink.wanted)
		return;
	printf("{\"messages\":%lld,\"us\":%llu}\n", sink.wanted,
	       (unsigned long long) (clock_mono_us() - atomic_load(&sink.first_us)));
	(void) fflush(stdout);
}

static void
keep(const char *bytes, size_t size)
{
	if (!sink.file || atomic_load(&sink.count) >= KEPT)
		return;
	(void) fwrite(bytes, 1, size, sink.file);
	(void) fflush(sink.file);
}

static void
take(struct frame *frame, const char *bytes, size_t size)
{
	uint64_t none = 0;

	(void) atomic_compare_exchange_strong(&sink.first_us, &none, clock_mono_us());
	keep(bytes, size);
	for (size_t at = 0; at < size;) {
		if (!frame->is_body) {
			char c = bytes[at++];
			frame->is_body = c == ' ';
			frame->left = frame->size;
			frame->size = frame->is_body ? 0 : frame->size * 10 + (size_t) (c - '0');
			continue;
		}
		size_t count = MIN_OF(frame->left, size - at);
		frame->left -= count;
		at += count;
		if (frame->left)
			continue;
		frame->is_body = false;
		count_one();
	}
}

static void *
serve(void *context)
{
	int fd = (int) (intptr_t) context;
	SSL *tls = sink.tls ? SSL_new(sink.tls) : NULL;
	char *bytes = xcalloc(1, READ_SIZE);
	struct frame frame = { 0 };
	ssize_t count = 0;

	if (tls && (SSL_set_fd(tls, fd) != 1 || SSL_accept(tls) != 1))
		count = -1;
	while (count >= 0) {
		count = tls ? SSL_read(tls, bytes, READ_SIZE) : recv(fd, bytes, READ_SIZE, 0);
		if (count <= 0)
			break;
		take(&frame, bytes, (size_t) count);
	}
	if (tls && count == 0)
		(void) SSL_shutdown(tls);
	SSL_free(tls);
	(void) close(fd);
	free(bytes);
	return NULL;
}

static int
listen_at(long long port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t) port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *) &address, sizeof(address)) < 0 || listen(fd, 16) < 0)
		return -1;
	return fd;
}

static bool
open_tls(char **argv)
{
	sink.tls = SSL_CTX_new(TLS_server_method());
	return sink.tls && SSL_CTX_use_certificate_chain_file(sink.tls, argv[4]) == 1 &&
	       SSL_CTX_use_PrivateKey_file(sink.tls, argv[5], SSL_FILETYPE_PEM) == 1;
}

int
main(int argc, char **argv)
{
	long long port;

	if ((argc != 4 && argc != 6) || parse_number(argv[1], &port) < 0 ||
	    parse_number(argv[2], &sink.wanted) < 0 || (argc == 6 && !open_tls(argv)))
		return 2;
	sink.file = fopen(argv[3], "we");
	int listener = listen_at(port);
	if (listener < 0)
		return 1;
	printf("listening\n");
	(void) fflush(stdout);
	for (;;) {
		pthread_t thread;
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0 && pthread_create(&thread, NULL, serve, (void *) (intptr_t) fd) == 0)
			(void) pthread_detach(thread);
	}
}
