/*
 * Serial ports for reader buses. libserialport opens one and sets its speed; the bytes go through
 * its descriptor, which does not block: a read says EAGAIN when there is nothing, 0 or EIO when
 * the line has been hung up, as an adapter that was pulled out has.
 *
 * A port belongs to one process at a time and keeps its signals when it is closed. RS-485 is the
 * kernel's: what it says it does is read back, because some drivers accept and ignore it.
 */
#ifndef HW_TTY_H
#define HW_TTY_H

#include <stddef.h>

#include "hw/profile.h"

struct tty;

/* How the direction of the line is switched. */
enum tty_direction {
	TTY_DIRECTION_UNASKED,	/* rs485 = off */
	TTY_DIRECTION_HARDWARE, /* not by the kernel */
	TTY_DIRECTION_PRESET,	/* by the kernel, as the device tree says */
	TTY_DIRECTION_KERNEL,	/* by the kernel, as the profile says */
};

/* On error a line about why is in why. The port of bus->tty, at baud. */
int tty_open(const struct profile_bus *bus, uint32_t baud, struct tty **ret, char *why,
	     size_t size);
void tty_free(struct tty *tty);

/* A new descriptor of the port, the caller's. -errno. */
int tty_dup(const struct tty *tty);
int tty_set_baud(struct tty *tty, uint32_t baud);
enum tty_direction tty_direction(const struct tty *tty);

/* What tty_open() does with a descriptor: for tests, which have no port but a pseudo terminal. */
int tty_claim(int fd);
int tty_make_raw(int fd);
/* -ENOTTY and the like when the mode was needed. */
int tty_set_rs485(int fd, const struct profile_bus *bus, enum tty_direction *ret);

#endif
