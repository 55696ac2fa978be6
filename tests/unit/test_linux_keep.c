#include "hw/linux_private.h"
#include "lib/util.h"
#include "tests/unit/machine.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#define LOCK "{ point = \"door1.lock\"; line = { chip = \"io\"; name = \"relay1\"; }; }"
#define LOW_LOCK                                                                                   \
	"{ point = \"door1.lock\"; line = { chip = \"io\"; name = \"relay1\"; active_low = true; " \
	"}; }"
#define AUX "{ point = \"aux1\"; line = { chip = \"io\"; name = \"aux1\"; }; }"

static struct machine_board rig;

/* The service manager: what it was told to keep. */
static struct {
	int socket;
	char name[200];
	int fd;
	unsigned puts;
	unsigned removes;
} manager;

static void
manager_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_(freep) char *path = unit_path(machine_root, "notify");

	manager.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	manager.fd = -1;
	manager.puts = manager.removes = 0;
	(void) copy_string(address.sun_path, sizeof(address.sun_path), path);
	CU_ASSERT_EQUAL_FATAL(bind(manager.socket, (struct sockaddr *) &address, sizeof(address)),
			      0);
	(void) setenv("NOTIFY_SOCKET", path, 1);
}

static void
manager_close(void)
{
	(void) unsetenv("NOTIFY_SOCKET");
	(void) close(manager.socket);
	closep(&manager.fd);
}

static void
take(const char *text, int fd)
{
	const char *name = strstr(text, "FDNAME=");

	if (!name)
		return;
	name += strlen("FDNAME=");
	if (!strncmp(text, "FDSTORE=1", 9)) {
		manager.puts++;
		closep(&manager.fd);
		manager.fd = fd;
		(void) copy_string(manager.name, sizeof(manager.name), name);
	} else if (!strncmp(text, "FDSTOREREMOVE=1", 15) && !strcmp(name, manager.name)) {
		manager.removes += manager.fd >= 0;
		closep(&manager.fd);
		manager.fd = -1;
	}
}

/* Reads all that it has been told so far. */
static void
manager_listen(void)
{
	for (;;) {
		char text[512];
		char control[CMSG_SPACE(sizeof(int))];
		struct iovec data = { .iov_base = text, .iov_len = sizeof(text) - 1 };
		struct msghdr message = {
			.msg_iov = &data,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		int fd = -1;
		ssize_t n = recvmsg(manager.socket, &message, MSG_CMSG_CLOEXEC);
		if (n < 0)
			return;
		text[n] = 0;
		const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		if (header && header->cmsg_type == SCM_RIGHTS)
			memcpy(&fd, CMSG_DATA(header), sizeof(fd));
		take(text, fd);
	}
}

/* What is passed to a new process; here it is this one again. */
static void
pass_on(void)
{
	char text[16];

	CU_ASSERT_FATAL(manager.fd >= 0);
	CU_ASSERT_EQUAL(dup2(manager.fd, SD_LISTEN_FDS_START), SD_LISTEN_FDS_START);
	(void) snprintf(text, sizeof(text), "%d", (int) getpid());
	(void) setenv("LISTEN_PID", text, 1);
	(void) setenv("LISTEN_FDS", "1", 1);
	(void) setenv("LISTEN_FDNAMES", manager.name, 1);
}

static void
set_up(void)
{
	/* The first descriptor that is passed on must not be somebody else's. */
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null != SD_LISTEN_FDS_START) {
		(void) dup2(null, SD_LISTEN_FDS_START);
		(void) close(null);
	}
	machine_open();
	machine_plug("gpiochip0", "io", "relay1 aux1");
	manager_open();
}

static void
tear_down(void)
{
	machine_board_close(&rig);
	manager_close();
	machine_close();
}

static void
set_lock(bool is_on)
{
	CU_ASSERT_EQUAL(driver_linux.set_output(rig.board, inventory_find("door1.lock"), is_on), 0);
}

static void
test_a_lock_does_not_move_when_the_process_is_restarted(void)
{
	set_up();
	machine_board_open(&rig, LOCK, "");
	set_lock(true);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock on\n"));
	manager_listen();
	CU_ASSERT_EQUAL(manager.puts, 1);
	unsigned moves = machine_moves("relay1");
	machine_board_close(&rig);
	CU_ASSERT_TRUE(machine_is_used("relay1"));
	pass_on();
	machine_board_open(&rig, LOCK, "");
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock on\n"));
	CU_ASSERT_TRUE(machine_level("relay1"));
	CU_ASSERT_EQUAL(machine_moves("relay1"), moves);
	CU_ASSERT_EQUAL(machine_requests("relay1"), 1);
	/* And it is not stuck. */
	set_lock(false);
	CU_ASSERT_FALSE(machine_level("relay1"));
	tear_down();
}

static void
test_without_a_service_manager_the_line_is_made_safe_and_let_go_of(void)
{
	set_up();
	manager_close();
	machine_board_open(&rig, LOCK, "");
	set_lock(true);
	CU_ASSERT_TRUE(machine_is_used("relay1"));
	machine_board_close(&rig);
	CU_ASSERT_FALSE(machine_is_used("relay1"));
	CU_ASSERT_FALSE(machine_level("relay1"));
	machine_board_open(&rig, LOCK, "");
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock off\n"));
	manager.socket = manager.fd = -1;
	tear_down();
}

static void
test_a_line_of_another_profile_is_dropped_and_taken_anew(void)
{
	set_up();
	machine_board_open(&rig, LOCK, "");
	set_lock(true);
	manager_listen();
	machine_board_close(&rig);
	pass_on();
	machine_board_open(&rig, LOW_LOCK, "");
	/* The manager lets go of its copy when it gets to it; until then the line is in use. */
	CU_ASSERT_TRUE(machine_hears(&rig, "is in use\n"));
	manager_listen();
	CU_ASSERT_EQUAL(manager.removes, 1);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: works\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock off\n"));
	CU_ASSERT_TRUE(machine_level("relay1"));
	tear_down();
}

static void
test_a_line_whose_chip_went_meanwhile_is_taken_anew(void)
{
	set_up();
	machine_board_open(&rig, LOCK, "");
	set_lock(true);
	manager_listen();
	machine_board_close(&rig);
	pass_on();
	machine_unplug("io");
	machine_board_open(&rig, LOCK, "");
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: there is no chip 'io'\n"));
	manager_listen();
	CU_ASSERT_EQUAL(manager.removes, 1);
	machine_plug("gpiochip4", "io", "relay1 aux1");
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: works\n"));
	CU_ASSERT_FALSE(machine_level("relay1"));
	tear_down();
}

static void
test_an_aux_output_is_still_one_afterwards(void)
{
	set_up();
	machine_board_open(&rig, AUX, "");
	CU_ASSERT_EQUAL(driver_linux.set_direction(rig.board, inventory_find("aux1"), true), 0);
	CU_ASSERT_EQUAL(driver_linux.set_output(rig.board, inventory_find("aux1"), true), 0);
	manager_listen();
	machine_board_close(&rig);
	pass_on();
	machine_board_open(&rig, AUX, "");
	CU_ASSERT_TRUE(machine_hears(&rig, "aux1 on\n"));
	/* As an input it is nobody's any more. */
	CU_ASSERT_EQUAL(driver_linux.set_direction(rig.board, inventory_find("aux1"), false), 0);
	manager_listen();
	CU_ASSERT_EQUAL(manager.removes, 1);
	tear_down();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_lock_does_not_move_when_the_process_is_restarted),
		TAP(test_without_a_service_manager_the_line_is_made_safe_and_let_go_of),
		TAP(test_a_line_of_another_profile_is_dropped_and_taken_anew),
		TAP(test_a_line_whose_chip_went_meanwhile_is_taken_anew),
		TAP(test_an_aux_output_is_still_one_afterwards),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
