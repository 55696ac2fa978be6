/*
 * Descriptors that the service manager keeps while this process is restarted. Without a service
 * manager there is nothing to take and everything put is simply ours.
 *
 * Telling the service manager is a datagram; nothing here waits for an answer.
 */
#ifndef HW_FDSTORE_H
#define HW_FDSTORE_H

#include <stdbool.h>

struct fdstore;

/* Once a process: takes over what the service manager passed to it. */
struct fdstore *fdstore_open(void);
/* Closes what nobody took and whose name has this prefix, here and in the store. */
void fdstore_drop(struct fdstore *store, const char *prefix);
void fdstore_free(struct fdstore *store);

/* Whether there is a service manager that may keep anything. */
bool fdstore_is_kept(const struct fdstore *store);
/* The descriptor of this name, which is then the caller's; -ENOENT. */
int fdstore_take(struct fdstore *store, const char *name);
/* Has the service manager keep a copy of fd, instead of what it had by this name. */
void fdstore_put(const char *name, int fd);
void fdstore_remove(const char *name);

#endif
