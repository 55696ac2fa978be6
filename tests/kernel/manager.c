/*
 * What the service manager does for the door role, in a machine that has none: keeps one program
 * running, and keeps its file descriptors in between.
 *
 *     manager SOCKET WATCHDOG_MS PROGRAM [ARGUMENT...]
 *
 * Speaks sd_notify(3) at SOCKET: FDSTORE=1 with FDNAME= takes a descriptor, FDSTOREREMOVE=1 drops
 * those of a name, WATCHDOG=1 keeps the program from being killed, from READY=1 on. The next start
 * is handed the descriptors as sd_listen_fds(3) says. SIGTERM ends both and drops them all.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FDS_MAX	     64
#define FIRST_FD     3
#define RESTART_MS   100
#define MESSAGE_MAX  4096
#define NAME_MAX_LEN 256

struct stored {
	int fd;
	char name[NAME_MAX_LEN];
};

static struct manager {
	const char *path;
	int watchdog_ms;
	char **argv;
	pid_t child;
	bool is_ready;
	long alive_at_ms;
	unsigned count;
	struct stored stored[FDS_MAX];
} manager;

static long
now_ms(void)
{
	struct timespec now;

	(void) clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
set_number(const char *name, long value)
{
	char text[24];

	(void) snprintf(text, sizeof(text), "%ld", value);
	(void) setenv(name, text, 1);
}

/* In the child: descriptors from 3 on, in the order in which they were stored. */
static void
hand_over(void)
{
	static char names[FDS_MAX * (NAME_MAX_LEN + 1)];
	int above[FDS_MAX];

	for (unsigned i = 0; i < manager.count; i++)
		above[i] = dup(manager.stored[i].fd);
	for (unsigned i = 0; i < manager.count; i++) {
		size_t used = strlen(names);
		(void) dup2(above[i], FIRST_FD + (int) i);
		(void) snprintf(names + used, sizeof(names) - used, "%s%s", i ? ":" : "",
				manager.stored[i].name);
	}
	for (int fd = FIRST_FD + (int) manager.count; fd < FIRST_FD + 4 * FDS_MAX; fd++)
		(void) close(fd);
	if (!manager.count)
		return;
	set_number("LISTEN_PID", getpid());
	set_number("LISTEN_FDS", manager.count);
	(void) setenv("LISTEN_FDNAMES", names, 1);
}

static void
start(void)
{
	sigset_t none;

	manager.is_ready = false;
	manager.child = fork();
	if (manager.child)
		return;
	(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void) sigemptyset(&none);
	(void) sigprocmask(SIG_SETMASK, &none, NULL);
	hand_over();
	(void) setenv("NOTIFY_SOCKET", manager.path, 1);
	if (manager.watchdog_ms) {
		set_number("WATCHDOG_USEC", manager.watchdog_ms * 1000L);
		set_number("WATCHDOG_PID", getpid());
	}
	(void) execv(manager.argv[0], manager.argv);
	_exit(127);
}

static void
drop(const char *name)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < manager.count; i++)
		if (!strcmp(manager.stored[i].name, name))
			(void) close(manager.stored[i].fd);
		else
			manager.stored[kept++] = manager.stored[i];
	manager.count = kept;
}

static void
take(const char *name, int fd)
{
	if (manager.count == FDS_MAX) {
		(void) close(fd);
		return;
	}
	struct stored *stored = &manager.stored[manager.count++];
	stored->fd = fd;
	(void) snprintf(stored->name, sizeof(stored->name), "%s", *name ? name : "stored");
}

static void
on_message(char *text, const int *fds, unsigned count)
{
	const char *name = "";
	bool is_store = false, is_remove = false;

	for (char *line = strtok_r(text, "\n", &text); line; line = strtok_r(NULL, "\n", &text)) {
		if (!strncmp(line, "FDNAME=", 7))
			name = line + 7;
		is_store = is_store || !strcmp(line, "FDSTORE=1");
		is_remove = is_remove || !strcmp(line, "FDSTOREREMOVE=1");
		manager.is_ready = manager.is_ready || !strcmp(line, "READY=1");
		if (!strcmp(line, "WATCHDOG=1") || !strcmp(line, "READY=1"))
			manager.alive_at_ms = now_ms();
	}
	if (is_remove)
		drop(name);
	for (unsigned i = 0; i < count; i++)
		if (is_store)
			take(name, fds[i]);
		else
			(void) close(fds[i]); /* a barrier: closing is the answer */
}

static void
receive(int fd)
{
	char text[MESSAGE_MAX], control[CMSG_SPACE(FDS_MAX * sizeof(int))];
	struct iovec part = { text, sizeof(text) - 1 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fds[FDS_MAX];
	unsigned count = 0;
	ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return;
	text[n] = 0;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
		count = (unsigned) ((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(header), count * sizeof(int));
	}
	on_message(text, fds, count);
}

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void) snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	(void) unlink(path);
	return bind(fd, (struct sockaddr *) &address, sizeof(address)) < 0 ? -errno : fd;
}

/* How long until the child is started again or killed; -1 for ever. */
static int
wait_ms(long restart_at_ms)
{
	long at_ms = manager.child ? manager.alive_at_ms + manager.watchdog_ms : restart_at_ms;

	if (manager.child && !(manager.watchdog_ms && manager.is_ready))
		return -1;
	return at_ms > now_ms() ? (int) (at_ms - now_ms()) : 0;
}

static void
run(int notify, int signals)
{
	struct pollfd fds[] = { { .fd = notify, .events = POLLIN },
				{ .fd = signals, .events = POLLIN } };
	struct signalfd_siginfo info;
	long restart_at_ms = 0;

	for (;;) {
		int ready = poll(fds, 2, wait_ms(restart_at_ms));
		if (fds[0].revents)
			receive(notify);
		if (fds[1].revents && read(signals, &info, sizeof(info)) == sizeof(info)) {
			if (info.ssi_signo != SIGCHLD)
				return;
			if (waitpid(manager.child, NULL, WNOHANG) == manager.child) {
				manager.child = 0;
				restart_at_ms = now_ms() + RESTART_MS;
			}
		}
		if (!ready && !manager.child)
			start();
		else if (!ready && wait_ms(0) == 0)
			(void) kill(manager.child, SIGKILL);
	}
}

int
main(int argc, char **argv)
{
	sigset_t wanted;

	if (argc < 4) {
		(void) fprintf(stderr, "manager SOCKET WATCHDOG_MS PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	manager = (struct manager){
		.path = argv[1],
		.watchdog_ms = (int) strtol(argv[2], NULL, 10),
		.argv = argv + 3,
	};
	(void) sigemptyset(&wanted);
	(void) sigaddset(&wanted, SIGCHLD);
	(void) sigaddset(&wanted, SIGTERM);
	(void) sigaddset(&wanted, SIGINT);
	(void) sigprocmask(SIG_BLOCK, &wanted, NULL);
	int signals = signalfd(-1, &wanted, SFD_CLOEXEC);
	int notify = listen_at(manager.path);
	if (notify < 0)
		return 1;
	start();
	run(notify, signals);
	if (manager.child) {
		(void) kill(manager.child, SIGTERM);
		(void) waitpid(manager.child, NULL, 0);
	}
	return 0;
}
