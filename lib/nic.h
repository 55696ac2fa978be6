/*
 * The network interface that this machine is reached by, as the kernel shows it in files. For a
 * light that blinks; nothing is decided by it.
 */
#ifndef LIB_NIC_H
#define LIB_NIC_H

#include <stdbool.h>
#include <stdint.h>

#define NIC_NAME_SIZE 16

struct nic {
	bool has_link;
	int mbit;	  /* 0: the driver does not say, as of a virtual one */
	uint64_t packets; /* received and sent */
};

/*
 * Name of the interface with the default route in the text of /proc/net/route; -ENOENT: there is
 * none that has a name which can be part of a path.
 */
int nic_default(const char *routes, char ret_name[NIC_NAME_SIZE]);
/*
 * Reads the interface with the default route, or without one the first that is not the loopback.
 * root is "" but in tests. -ENOENT: there is none that can be seen.
 */
int nic_read(const char *root, struct nic *ret);

#endif
