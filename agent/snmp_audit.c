#include "agent/snmp_audit.h"

#include <errno.h>
#include <event2/event.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/util.h"

#define SNMPD_USER   "Debian-snmp"
#define KEPT	     64
#define READ_AT_ONCE 64
/* Whoever guesses communities must not fill the log. */
#define REFUSED_MAX	  20
#define REFUSED_PERIOD_US (60 * US_PER_S)

struct known {
	bool is_used;
	uint32_t transaction;
	char who[SNMP_AUDIT_NAME_MAX + 48];
};

struct snmp_audit {
	const struct snmp_audit_ops *ops;
	void *context;
	struct event *readable;
	int fd;
	char path[108];
	bool has_user;
	uid_t uid; /* of snmpd */
	bool has_complained;
	struct known known[KEPT];
	size_t next;
	uint64_t period_us; /* when the present one began */
	unsigned refused;   /* told in it */
	uint32_t left_out;
};

static bool
is_snmpd(const struct snmp_audit *audit, struct msghdr *message)
{
	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part;
	     part = CMSG_NXTHDR(message, part)) {
		struct ucred peer;
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS ||
		    part->cmsg_len != CMSG_LEN(sizeof(peer)))
			continue;
		memcpy(&peer, CMSG_DATA(part), sizeof(peer));
		return peer.uid == 0 || peer.uid == geteuid() ||
		       (audit->has_user && peer.uid == audit->uid);
	}
	return false;
}

static void
remember(struct snmp_audit *audit, const struct snmp_audit_line *line)
{
	struct known *known = &audit->known[audit->next++ % KEPT];

	known->is_used = true;
	known->transaction = line->transaction;
	(void) snprintf(known->who, sizeof(known->who), "%s@%s", *line->name ? line->name : "?",
			line->address);
}

static void
refuse(struct snmp_audit *audit, const struct snmp_audit_line *line)
{
	uint64_t now_us = clock_mono_us();

	if (now_us - audit->period_us >= REFUSED_PERIOD_US) {
		audit->period_us = now_us;
		audit->refused = 0;
	}
	if (audit->refused == REFUSED_MAX) {
		audit->left_out++;
		return;
	}
	audit->refused++;
	audit->ops->refused(line, audit->left_out, audit->context);
	audit->left_out = 0;
}

static void
take(struct snmp_audit *audit, const char *bytes, size_t size)
{
	struct snmp_audit_line line;

	if (snmp_audit_parse(bytes, size, &line) < 0) {
		if (!audit->has_complained)
			(void) log_warn(0,
					"snmpd's module says what is not understood; passed over");
		audit->has_complained = true;
		return;
	}
	if (line.result)
		refuse(audit, &line);
	else
		remember(audit, &line);
}

/* One datagram; false when there is none. */
static bool
read_one(struct snmp_audit *audit)
{
	char bytes[SNMP_AUDIT_LINE_MAX + 1];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec piece = { bytes, sizeof(bytes) };
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t size = recvmsg(audit->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (size < 0)
		return false;
	if (size > 0 && is_snmpd(audit, &message))
		take(audit, bytes, (size_t) size);
	return true;
}

static void
on_readable(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	for (size_t i = 0; i < READ_AT_ONCE && read_one(context); i++)
		;
}

static int
listen_at(struct snmp_audit *audit, const char *dir)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int is_on = 1;
	int r = path_join(audit->path, sizeof(audit->path), dir, SNMP_AUDIT_NAME);

	if (r < 0)
		return r;
	audit->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (audit->fd < 0)
		return -errno;
	(void) copy_string(address.sun_path, sizeof(address.sun_path), audit->path);
	(void) unlink(audit->path);
	/* Others may write: whoever does is looked at. */
	if (setsockopt(audit->fd, SOL_SOCKET, SO_PASSCRED, &is_on, sizeof(is_on)) < 0 ||
	    bind(audit->fd, (struct sockaddr *) &address, sizeof(address)) < 0 ||
	    chmod(audit->path, 0666) < 0)
		return -errno;
	return 0;
}

struct snmp_audit *
snmp_audit_new(struct event_base *base, const char *dir, const struct snmp_audit_ops *ops,
	       void *context)
{
	if (!*dir)
		return NULL;
	struct snmp_audit *audit = xcalloc(1, sizeof(*audit));
	const struct passwd *user = getpwnam(SNMPD_USER);

	*audit = (struct snmp_audit){
		.ops = ops,
		.context = context,
		.fd = -1,
		.has_user = user,
		.uid = user ? user->pw_uid : 0,
	};
	int r = listen_at(audit, dir);
	if (r < 0) {
		(void) log_warn(r, "cannot listen at '%s', nobody says who a SET is from",
				audit->path);
		snmp_audit_free(audit);
		return NULL;
	}
	audit->readable = event_new(base, audit->fd, EV_READ | EV_PERSIST, on_readable, audit);
	(void) event_add(audit->readable, NULL);
	return audit;
}

void
snmp_audit_free(struct snmp_audit *audit)
{
	if (!audit)
		return;
	if (audit->readable) {
		event_free(audit->readable);
		(void) unlink(audit->path);
	}
	closep(&audit->fd);
	free(audit);
}

const char *
snmp_audit_who(struct snmp_audit *audit, uint32_t transaction)
{
	if (!audit)
		return NULL;
	/* It was said before the SET was sent, but in a queue of its own. */
	on_readable(audit->fd, EV_READ, audit);
	for (size_t i = 1; i <= KEPT; i++) {
		const struct known *known = &audit->known[(audit->next + KEPT - i) % KEPT];
		if (known->is_used && known->transaction == transaction)
			return known->who;
	}
	return NULL;
}

void
snmp_audit_forget(struct snmp_audit *audit)
{
	if (audit)
		memset(audit->known, 0, sizeof(audit->known));
}
