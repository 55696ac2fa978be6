/*
 * The listening socket of the HTTPS server, when the service manager does not pass one.
 */
#ifndef WWW_LISTEN_H
#define WWW_LISTEN_H

/* address is IPv4 or IPv6; "::" takes both. Returns the fd or a negative errno. */
int listen_on(const char *address, unsigned port);
/* The port that a listening socket has; 0 when it is none. */
unsigned listen_port(int fd);

#endif
