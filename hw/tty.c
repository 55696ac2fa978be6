#include "hw/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "lib/util.h"

struct tty {
	struct sp_port *port;
	int fd; /* the port's own */
	enum tty_direction direction;
};

/* errno is of the library's last call into the system, where it made one. */
static int
error_of(enum sp_return returned)
{
	int error = errno;

	switch (returned) {
	case SP_OK:
		return 0;
	case SP_ERR_FAIL:
		return error ? -error : -EIO;
	case SP_ERR_MEM:
		return -ENOMEM;
	case SP_ERR_SUPP:
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

int
tty_claim(int fd)
{
	/* The first is for programs that look for a lock, the second for all others but root's. */
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return ioctl(fd, TIOCEXCL) < 0 ? -errno : 0;
}

int
tty_make_raw(int fd)
{
	struct termios mode;

	if (tcgetattr(fd, &mode) < 0)
		return -errno;
	cfmakeraw(&mode);
	mode.c_iflag |= IGNBRK | IGNPAR;
	mode.c_cflag |= CLOCAL | CREAD;
	/* No falling RTS when it is closed: the line would be driven for as long as nobody opens
	 * it. */
	mode.c_cflag &= ~(tcflag_t) (HUPCL | CRTSCTS | CSTOPB);
	/* 1, or a read could not tell an empty line from one that was hung up. */
	mode.c_cc[VMIN] = 1;
	mode.c_cc[VTIME] = 0;
	return tcsetattr(fd, TCSANOW, &mode) < 0 ? -errno : 0;
}

/* Whether the kernel says that it has the mode. */
static bool
has_rs485(int fd, struct serial_rs485 *ret)
{
	memset(ret, 0, sizeof(*ret));
	return ioctl(fd, TIOCGRS485, ret) == 0 && ret->flags & SER_RS485_ENABLED;
}

int
tty_set_rs485(int fd, const struct profile_bus *bus, enum tty_direction *ret)
{
	struct serial_rs485 mode;

	*ret = TTY_DIRECTION_UNASKED;
	if (bus->rs485 == PROFILE_RS485_OFF)
		return 0;
	*ret = TTY_DIRECTION_PRESET;
	if (has_rs485(fd, &mode) && bus->rs485 == PROFILE_RS485_AUTO)
		return 0;
	/* What the driver had said of itself stays. */
	mode.flags |= SER_RS485_ENABLED;
	mode.flags &= ~(uint32_t) (SER_RS485_RTS_ON_SEND | SER_RS485_RTS_AFTER_SEND);
	mode.flags |= bus->is_rts_low ? SER_RS485_RTS_AFTER_SEND : SER_RS485_RTS_ON_SEND;
	if (bus->is_heard)
		mode.flags |= SER_RS485_RX_DURING_TX;
	mode.delay_rts_before_send = bus->delay_before_ms;
	mode.delay_rts_after_send = bus->delay_after_ms;
	int r = ioctl(fd, TIOCSRS485, &mode) < 0 ? -errno : 0;
	if (r == 0 && has_rs485(fd, &mode)) {
		*ret = TTY_DIRECTION_KERNEL;
		return 0;
	}
	*ret = TTY_DIRECTION_HARDWARE;
	if (bus->rs485 == PROFILE_RS485_AUTO)
		return 0;
	return r < 0 ? r : -EOPNOTSUPP;
}

/* Adapters on USB hold bytes back for 16 ms otherwise. Not every driver knows how. */
static void
ask_for_low_latency(int fd)
{
	struct serial_struct serial;

	if (ioctl(fd, TIOCGSERIAL, &serial) < 0 || serial.flags & ASYNC_LOW_LATENCY)
		return;
	serial.flags |= ASYNC_LOW_LATENCY;
	(void) ioctl(fd, TIOCSSERIAL, &serial);
}

static int
open_port(struct tty *tty, const char *path)
{
	errno = 0;
	enum sp_return returned = sp_get_port_by_name(path, &tty->port);
	if (returned == SP_OK)
		returned = sp_open(tty->port, SP_MODE_READ_WRITE);
	int r = error_of(returned);
	if (r < 0)
		return r;
	r = error_of(sp_get_port_handle(tty->port, &tty->fd));
	if (r < 0)
		return r;
	if (fcntl(tty->fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(tty->fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return tty_claim(tty->fd);
}

static int
set_mode(struct tty *tty, uint32_t baud)
{
	enum sp_return returned = sp_set_baudrate(tty->port, (int) baud);

	if (returned == SP_OK)
		returned = sp_set_bits(tty->port, 8);
	if (returned == SP_OK)
		returned = sp_set_parity(tty->port, SP_PARITY_NONE);
	if (returned == SP_OK)
		returned = sp_set_stopbits(tty->port, 1);
	if (returned == SP_OK)
		returned = sp_set_flowcontrol(tty->port, SP_FLOWCONTROL_NONE);
	int r = error_of(returned);
	/* Last, since the library has its own idea of VMIN. */
	return r < 0 ? r : tty_make_raw(tty->fd);
}

int
tty_open(const struct profile_bus *bus, uint32_t baud, struct tty **ret, char *why, size_t size)
{
	/* The library takes device nodes only, no links to them. */
	_cleanup_(freep) char *path = realpath(bus->tty, NULL);
	if (!path) {
		int error = errno;
		(void) snprintf(why, size, "there is no '%s': %s", bus->tty, strerror(error));
		return -error;
	}
	struct tty *tty = xcalloc(1, sizeof(*tty));
	const char *what = "cannot open";
	int r = open_port(tty, path);
	if (r == 0) {
		what = "cannot set the speed of";
		r = set_mode(tty, baud);
	}
	if (r == 0) {
		what = "no RS-485 by the kernel on";
		r = tty_set_rs485(tty->fd, bus, &tty->direction);
	}
	if (r < 0) {
		(void) snprintf(why, size, "%s '%s': %s", what, bus->tty,
				r == -EBUSY ? "it is in use" : strerror(-r));
		tty_free(tty);
		return r;
	}
	ask_for_low_latency(tty->fd);
	(void) tcflush(tty->fd, TCIOFLUSH);
	*ret = tty;
	return 0;
}

void
tty_free(struct tty *tty)
{
	if (!tty)
		return;
	if (tty->port) {
		(void) sp_close(tty->port);
		sp_free_port(tty->port);
	}
	free(tty);
}

int
tty_dup(const struct tty *tty)
{
	int fd = fcntl(tty->fd, F_DUPFD_CLOEXEC, 3);

	return fd < 0 ? -errno : fd;
}

int
tty_set_baud(struct tty *tty, uint32_t baud)
{
	errno = 0;
	int r = error_of(sp_set_baudrate(tty->port, (int) baud));

	return r < 0 ? r : tty_make_raw(tty->fd);
}

enum tty_direction
tty_direction(const struct tty *tty)
{
	return tty->direction;
}
