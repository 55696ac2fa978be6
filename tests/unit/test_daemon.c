#include "lib/daemon.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <event2/event.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static const char *run_dir;
static bool is_loud;
static const struct daemon_option options[] = {
	{ "run-dir", "DIR", &run_dir, NULL, "where sockets are" },
	{ "loud", NULL, NULL, &is_loud, "say more" },
};
static const struct daemon_about about = {
	.name = "cardea-test",
	.summary = "Tests options.",
	.arguments = "COMMAND...",
	.options = options,
	.count = ARRAY_LEN(options),
};

#define ARGUMENTS(...) ((char *[]){ (char *) "cardea-test", __VA_ARGS__, NULL })

static int
read_options(char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	run_dir = "/run/cardea";
	is_loud = false;
	optind = 0;
	return daemon_options(&about, argc, argv);
}

/* What a child prints that reads these options, and its exit status. */
static int
print_options(char **argv, char *text, size_t size)
{
	int ends[2];
	int status;

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	pid_t pid = fork();
	if (!pid) {
		(void) dup2(ends[1], STDOUT_FILENO);
		(void) dup2(ends[1], STDERR_FILENO);
		(void) read_options(argv);
		(void) fflush(stdout);
		_exit(99);
	}
	(void) close(ends[1]);
	size_t used = 0;
	for (ssize_t n; (n = read(ends[0], text + used, size - 1 - used)) > 0;)
		used += (size_t) n;
	text[used] = 0;
	(void) close(ends[0]);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_options_are_set_and_the_first_argument_is_found(void)
{
	char **argv = ARGUMENTS((char *) "--run-dir=/tmp/x", (char *) "--loud", (char *) "status",
				(char *) "--run-dir=/not/ours");

	CU_ASSERT_EQUAL(read_options(argv), 3);
	CU_ASSERT_STRING_EQUAL(run_dir, "/tmp/x");
	CU_ASSERT_TRUE(is_loud);
	CU_ASSERT_EQUAL(read_options(ARGUMENTS((char *) "--run-dir", (char *) "/y")), 3);
	CU_ASSERT_STRING_EQUAL(run_dir, "/y");
	CU_ASSERT_FALSE(is_loud);
}

static void
test_help_names_every_option_and_its_default(void)
{
	char text[4096];

	CU_ASSERT_EQUAL(print_options(ARGUMENTS((char *) "--help"), text, sizeof(text)), 0);
	CU_ASSERT_NSTRING_EQUAL(text, "Usage: cardea-test [OPTION...] COMMAND...\nTests options.\n",
				57);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "--run-dir=DIR"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "[/run/cardea]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "--loud"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "--debug"));
	CU_ASSERT_EQUAL(print_options(ARGUMENTS((char *) "--version"), text, sizeof(text)), 0);
	CU_ASSERT_STRING_EQUAL(text, "cardea-test " PACKAGE_VERSION "\n");
}

static void
test_a_wrong_option_exits_with_two_and_says_where_help_is(void)
{
	char text[4096];

	CU_ASSERT_EQUAL(print_options(ARGUMENTS((char *) "--nonsense"), text, sizeof(text)), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Try 'cardea-test --help'."));
	CU_ASSERT_EQUAL(print_options(ARGUMENTS((char *) "--run-dir"), text, sizeof(text)), 2);
	CU_ASSERT_EQUAL(print_options(ARGUMENTS((char *) "--loud=yes"), text, sizeof(text)), 2);
}

static void
test_the_run_directory_comes_from_the_environment(void)
{
	(void) setenv("CARDEA_RUN_DIR", "/tmp/elsewhere", 1);
	CU_ASSERT_STRING_EQUAL(daemon_default_run_dir(), "/tmp/elsewhere");
	(void) setenv("CARDEA_RUN_DIR", "", 1);
	CU_ASSERT_STRING_EQUAL(daemon_default_run_dir(), "/run/cardea");
	(void) unsetenv("CARDEA_RUN_DIR");
	CU_ASSERT_STRING_EQUAL(daemon_default_run_dir(), "/run/cardea");
}

static bool
is_never_healthy(void *context UNUSED)
{
	return false;
}

/* A daemon of 30 ms watchdog time that runs until it is told to stop. */
static pid_t
run_daemon(bool is_healthy)
{
	pid_t pid = fork();

	if (!pid) {
		char self[16];
		(void) snprintf(self, sizeof(self), "%d", (int) getpid());
		(void) setenv("WATCHDOG_USEC", "30000", 1);
		(void) setenv("WATCHDOG_PID", self, 1);
		struct event_base *base = loop_new();
		daemon_run(base, is_healthy ? NULL : is_never_healthy, NULL);
		event_base_free(base);
		_exit(7);
	}
	return pid;
}

/* The next notification; "" when none comes within wait_ms. */
static const char *
next_notification(int fd, int wait_ms)
{
	static char text[256];
	struct timeval wait = { .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000 };

	(void) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = 0;
	return text;
}

static int
stop_daemon(pid_t pid, int signal_number)
{
	int status = -1;

	(void) kill(pid, signal_number);
	(void) waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_the_service_manager_is_told_of_ready_health_and_stop(void)
{
	char *dir = unit_dir_new();
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_(closep) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_EQUAL(path_join(address.sun_path, sizeof(address.sun_path), dir, "notify"), 0);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *) &address, sizeof(address)), 0);
	(void) setenv("NOTIFY_SOCKET", address.sun_path, 1);
	pid_t pid = run_daemon(true);
	CU_ASSERT_STRING_EQUAL(next_notification(fd, 5000), "READY=1");
	CU_ASSERT_STRING_EQUAL(next_notification(fd, 5000), "WATCHDOG=1");
	CU_ASSERT_STRING_EQUAL(next_notification(fd, 5000), "WATCHDOG=1");
	CU_ASSERT_EQUAL(stop_daemon(pid, SIGTERM), 7);
	const char *last = "WATCHDOG=1";
	while (!strcmp(last, "WATCHDOG=1"))
		last = next_notification(fd, 5000);
	CU_ASSERT_STRING_EQUAL(last, "STOPPING=1");
	/* A loop that turns but does no good is not reported as alive. */
	pid = run_daemon(false);
	CU_ASSERT_STRING_EQUAL(next_notification(fd, 5000), "READY=1");
	CU_ASSERT_STRING_EQUAL(next_notification(fd, 100), "");
	CU_ASSERT_EQUAL(stop_daemon(pid, SIGINT), 7);
	(void) unsetenv("NOTIFY_SOCKET");
	unit_dir_free(dir);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_options_are_set_and_the_first_argument_is_found),
		TAP(test_help_names_every_option_and_its_default),
		TAP(test_a_wrong_option_exits_with_two_and_says_where_help_is),
		TAP(test_the_run_directory_comes_from_the_environment),
		TAP(test_the_service_manager_is_told_of_ready_health_and_stop),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
