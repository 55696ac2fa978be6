#include "syslog/identity.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/util.h"
#include "lib/zone.h"
#include "syslog/resolver.h"

bool
identity_is_qualified(const char *name, const char *host)
{
	size_t length = strlen(host);
	return length && !strncasecmp(name, host, length) && name[length] == '.' &&
	       name[length + 1] && strcasecmp(name + length, ".localdomain");
}

/* How far the clock may be off, by the kernel's reckoning; 0: nobody knows. */
static uint64_t
clock_accuracy_us(void)
{
	struct timex state = { .modes = 0 };
	int r = adjtimex(&state);
	bool is_known = r >= 0 && r != TIME_ERROR && !(state.status & STA_UNSYNC);

	return is_known && state.maxerror > 0 ? (uint64_t) state.maxerror : 0;
}

/* The own end of a datagram socket to far; false when there is no way there. */
static bool
near_end(const struct sockaddr *far, struct sockaddr *ret, socklen_t size)
{
	_cleanup_(closep) int fd = socket(far->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && connect(fd, far, size) == 0 && getsockname(fd, ret, &size) == 0;
}

/*
 * The address that this machine uses towards others, by its routes. Nothing is sent: the addresses
 * are those that RFC 5737 and RFC 3849 set aside. The kernel's list of addresses would need a
 * socket of a kind that the forwarder's sandbox refuses.
 */
static void
find_address(char to[64])
{
	const struct sockaddr_in far = { .sin_family = AF_INET,
					 .sin_port = 0xffff,
					 .sin_addr.s_addr = htonl(0xc0000201) };
	static const struct sockaddr_in6 far6 = {
		.sin6_family = AF_INET6,
		.sin6_port = 0xffff,
		.sin6_addr.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
	};
	struct sockaddr_in near = { 0 };
	struct sockaddr_in6 near6 = { 0 };

	to[0] = 0;
	if (near_end((const struct sockaddr *) &far, (struct sockaddr *) &near, sizeof(near)))
		(void) inet_ntop(AF_INET, &near.sin_addr, to, 64);
	else if (near_end((const struct sockaddr *) &far6, (struct sockaddr *) &near6,
			  sizeof(near6)))
		(void) inet_ntop(AF_INET6, &near6.sin6_addr, to, 64);
}

void
identity_renew(struct identity *identity)
{
	uint64_t now_us = clock_mono_us();

	identity->sender.mono_us = now_us;
	if (identity->renewed_us && now_us < identity->renewed_us + US_PER_S)
		return;
	identity->renewed_us = now_us;
	identity->sender.accuracy_us = clock_accuracy_us();
	find_address(identity->address);
}

void
identity_set_zone(struct identity *identity, const char *name)
{
	char machine[ZONE_NAME_SIZE];
	struct zone *zone = NULL;

	zone_of_machine(machine);
	/* The store has checked it; without one it is UTC. */
	(void) zone_load(*name ? name : machine, &zone);
	zone_free(identity->zone);
	identity->zone = zone;
	identity->sender.zone = zone;
}

void
identity_done(struct identity *identity)
{
	zone_free(identity->zone);
	identity->zone = NULL;
}

static void
on_name(struct addrinfo *list, const char *error, void *context)
{
	struct identity *identity = context;
	const char *name = !error && list->ai_canonname ? list->ai_canonname : "";

	if (identity_is_qualified(name, identity->hostname))
		(void) copy_string(identity->hostname, sizeof(identity->hostname), name);
	if (list)
		freeaddrinfo(list);
	identity->done(identity->context);
}

void
identity_find(struct identity *identity, struct resolver *resolver, void (*done)(void *context),
	      void *context)
{
	static const struct addrinfo hints = { .ai_flags = AI_CANONNAME,
					       .ai_socktype = SOCK_DGRAM };

	*identity = (struct identity){ .done = done, .context = context };
	identity->sender = (struct record_sender){
		.hostname = identity->hostname,
		.address = identity->address,
		.boot = clock_boot_id(),
		.procid = identity->procid,
		.version = PACKAGE_VERSION,
	};
	(void) snprintf(identity->procid, sizeof(identity->procid), "%d", (int) getpid());
	if (gethostname(identity->hostname, sizeof(identity->hostname) - 1) < 0 ||
	    !strcmp(identity->hostname, "localhost") || !strcmp(identity->hostname, "(none)"))
		identity->hostname[0] = 0;
	bool is_complete = !identity->hostname[0] || strchr(identity->hostname, '.');
	if (is_complete ||
	    !resolver_start(resolver, identity->hostname, 0, &hints, on_name, identity))
		done(context);
}
