#include "agent/supervise.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lib/clock.h"
#include "lib/daemon.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define RESTART_MS   100
#define STOP_WAIT_US (5 * US_PER_S)

struct child {
	const char *role;
	pid_t pid;
};

struct supervisor {
	const struct agent_options *options;
	struct event_base *base;
	struct event *restart;
	struct child children[3];
};

/* A child asks for SIGTERM when its parent dies, so that a killed supervisor leaves nobody. */
static void __attribute__((noreturn))
become(const struct supervisor *supervisor, const struct child *child, pid_t parent)
{
	const struct agent_options *options = supervisor->options;
	char *argv[] = {
		xstrdup("cardea-agent"),
		xasprintf("--role=%s", child->role),
		xasprintf("--run-dir=%s", options->run_dir),
		xasprintf("--door-dir=%s", options->door_dir),
		xasprintf("--state-dir=%s", options->state_dir),
		xasprintf("--board=%s", options->board),
		xasprintf("--firmware-dir=%s", options->firmware_dir),
		xasprintf("--agentx=%s", options->agentx_socket),
		xasprintf("--snmpd-dir=%s", options->snmpd_dir),
		xasprintf("--snmpd-include=%s", options->snmpd_include),
		xasprintf("--snmpd-module=%s", options->snmpd_module),
		NULL,
	};
	sigset_t none;

	(void) prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	(void) sigemptyset(&none);
	(void) sigprocmask(SIG_SETMASK, &none, NULL);
	(void) execv("/proc/self/exe", argv);
	_exit(127);
}

static void
start_missing(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct supervisor *supervisor = context;
	pid_t parent = getpid();

	for (size_t i = 0; i < ARRAY_LEN(supervisor->children); i++) {
		struct child *child = &supervisor->children[i];
		if (child->pid)
			continue;
		pid_t pid = fork();
		if (!pid)
			become(supervisor, child, parent);
		if (pid < 0)
			(void) log_err(-errno, "cannot start the %s role", child->role);
		else
			child->pid = pid;
	}
}

static void
note_end(const struct child *child, int status)
{
	if (WIFSIGNALED(status))
		(void) log_warn(0, "the %s role was ended by %s, starting it again", child->role,
				strsignal(WTERMSIG(status)));
	else
		(void) log_warn(0, "the %s role ended with status %d, starting it again",
				child->role, WEXITSTATUS(status));
}

static void
on_child(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct supervisor *supervisor = context;
	struct timeval delay = { .tv_usec = RESTART_MS * 1000 };
	int status;

	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		for (size_t i = 0; i < ARRAY_LEN(supervisor->children); i++) {
			struct child *child = &supervisor->children[i];
			if (child->pid != pid)
				continue;
			child->pid = 0;
			note_end(child, status);
			(void) event_add(supervisor->restart, &delay);
		}
}

static bool
any_left(struct supervisor *supervisor)
{
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(supervisor->children); i++) {
		struct child *child = &supervisor->children[i];
		if (child->pid && waitpid(child->pid, NULL, WNOHANG) == child->pid)
			child->pid = 0;
		found = found || child->pid;
	}
	return found;
}

static void
stop_all(struct supervisor *supervisor)
{
	uint64_t until_us = clock_mono_us() + STOP_WAIT_US;

	for (size_t i = 0; i < ARRAY_LEN(supervisor->children); i++)
		if (supervisor->children[i].pid)
			(void) kill(supervisor->children[i].pid, SIGTERM);
	while (any_left(supervisor) && clock_mono_us() < until_us)
		(void) usleep(5000);
	for (size_t i = 0; i < ARRAY_LEN(supervisor->children); i++)
		if (supervisor->children[i].pid)
			(void) kill(supervisor->children[i].pid, SIGKILL);
}

int
supervise(const struct agent_options *options)
{
	struct supervisor supervisor = {
		.options = options,
		.base = loop_new(),
		.children = { { .role = "store" }, { .role = "door" }, { .role = "snmp" } },
	};

	log_set_name("agent");
	supervisor.restart = evtimer_new(supervisor.base, start_missing, &supervisor);
	struct event *ended = evsignal_new(supervisor.base, SIGCHLD, on_child, &supervisor);
	(void) event_add(ended, NULL);
	start_missing(-1, 0, &supervisor);
	daemon_run(supervisor.base, NULL, NULL);
	stop_all(&supervisor);
	event_free(ended);
	event_free(supervisor.restart);
	event_base_free(supervisor.base);
	return 0;
}
