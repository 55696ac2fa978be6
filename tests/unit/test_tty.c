#include "hw/tty.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <string.h>
#include <termios.h>

/* A pseudo terminal is no port to the library, but it has a line discipline and hangs up. */
static int far;
static int near;

static void
set_up(void)
{
	CU_ASSERT_EQUAL_FATAL(openpty(&far, &near, NULL, NULL, NULL), 0);
	CU_ASSERT_EQUAL(fcntl(near, F_SETFL, O_NONBLOCK), 0);
}

static void
test_all_bytes_pass_as_they_are(void)
{
	uint8_t out[256];
	uint8_t in[300];

	set_up();
	CU_ASSERT_EQUAL(tty_make_raw(near), 0);
	for (unsigned i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t) i;
	CU_ASSERT_EQUAL(write(far, out, sizeof(out)), sizeof(out));
	CU_ASSERT_EQUAL(read(near, in, sizeof(in)), sizeof(out));
	CU_ASSERT_EQUAL(memcmp(in, out, sizeof(out)), 0);
	CU_ASSERT_EQUAL(write(near, out, sizeof(out)), sizeof(out));
	CU_ASSERT_EQUAL(read(far, in, sizeof(in)), sizeof(out));
	CU_ASSERT_EQUAL(memcmp(in, out, sizeof(out)), 0);
	(void) close(far);
	(void) close(near);
}

static void
test_an_empty_line_and_one_that_was_hung_up_are_told_apart(void)
{
	struct termios mode;
	uint8_t byte;

	set_up();
	CU_ASSERT_EQUAL(tty_make_raw(near), 0);
	CU_ASSERT_EQUAL(tcgetattr(near, &mode), 0);
	CU_ASSERT_EQUAL(mode.c_cc[VMIN], 1);
	CU_ASSERT_EQUAL(mode.c_cflag & (HUPCL | CRTSCTS | CSTOPB | CSIZE | PARENB), CS8);
	CU_ASSERT_EQUAL(mode.c_cflag & (CLOCAL | CREAD), CLOCAL | CREAD);
	errno = 0;
	CU_ASSERT_EQUAL(read(near, &byte, 1), -1);
	CU_ASSERT_EQUAL(errno, EAGAIN);
	(void) close(far);
	ssize_t n = read(near, &byte, 1);
	CU_ASSERT_TRUE(n == 0 || (n < 0 && errno == EIO));
	(void) close(near);
}

static void
test_a_port_belongs_to_one_process(void)
{
	char name[64];

	set_up();
	CU_ASSERT_EQUAL_FATAL(ttyname_r(near, name, sizeof(name)), 0);
	int other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	CU_ASSERT_EQUAL(tty_claim(near), 0);
	CU_ASSERT_EQUAL(tty_claim(other), -EBUSY);
	/* A copy, as a bus has, is the same owner. */
	int copy = dup(near);
	CU_ASSERT_EQUAL(tty_claim(copy), 0);
	(void) close(near);
	CU_ASSERT_EQUAL(tty_claim(other), -EBUSY);
	(void) close(copy);
	CU_ASSERT_EQUAL(tty_claim(other), 0);
	(void) close(other);
	(void) close(far);
}

static void
test_rs485_is_left_to_the_hardware_unless_the_kernel_must_do_it(void)
{
	struct profile_bus bus = { .rs485 = PROFILE_RS485_AUTO };
	enum tty_direction direction;

	/* A pseudo terminal knows of no RS-485, like many adapters. */
	set_up();
	CU_ASSERT_EQUAL(tty_set_rs485(near, &bus, &direction), 0);
	CU_ASSERT_EQUAL(direction, TTY_DIRECTION_HARDWARE);
	bus.rs485 = PROFILE_RS485_OFF;
	CU_ASSERT_EQUAL(tty_set_rs485(near, &bus, &direction), 0);
	CU_ASSERT_EQUAL(direction, TTY_DIRECTION_UNASKED);
	bus.rs485 = PROFILE_RS485_KERNEL;
	CU_ASSERT_TRUE(tty_set_rs485(near, &bus, &direction) < 0);
	(void) close(far);
	(void) close(near);
}

static void
test_what_is_no_port_is_refused_with_a_reason(void)
{
	struct profile_bus bus = { .baud = 9600 };
	struct tty *tty;
	char why[160];

	(void) copy_string(bus.tty, sizeof(bus.tty), "/nonexistent");
	CU_ASSERT_EQUAL(tty_open(&bus, 9600, &tty, why, sizeof(why)), -ENOENT);
	CU_ASSERT_STRING_EQUAL(why, "there is no '/nonexistent': No such file or directory");
	(void) copy_string(bus.tty, sizeof(bus.tty), "/dev/null");
	CU_ASSERT_TRUE(tty_open(&bus, 9600, &tty, why, sizeof(why)) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "cannot open '/dev/null': "));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_all_bytes_pass_as_they_are),
		TAP(test_an_empty_line_and_one_that_was_hung_up_are_told_apart),
		TAP(test_a_port_belongs_to_one_process),
		TAP(test_rs485_is_left_to_the_hardware_unless_the_kernel_must_do_it),
		TAP(test_what_is_no_port_is_refused_with_a_reason),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
