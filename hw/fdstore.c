#include "hw/fdstore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "lib/util.h"

struct fdstore {
	char **names; /* NULL for what has been taken */
	int count;
	bool is_kept;
};

struct fdstore *
fdstore_open(void)
{
	struct fdstore *store = xcalloc(1, sizeof(*store));
	int count = sd_listen_fds_with_names(1, &store->names);

	store->count = count > 0 ? count : 0;
	store->is_kept = getenv("NOTIFY_SOCKET");
	return store;
}

static void
forget(struct fdstore *store, int i)
{
	free(store->names[i]);
	store->names[i] = NULL;
}

void
fdstore_drop(struct fdstore *store, const char *prefix)
{
	for (int i = 0; i < store->count; i++) {
		if (!store->names[i] || strncmp(store->names[i], prefix, strlen(prefix)) != 0)
			continue;
		fdstore_remove(store->names[i]);
		(void) close(SD_LISTEN_FDS_START + i);
		forget(store, i);
	}
}

void
fdstore_free(struct fdstore *store)
{
	if (!store)
		return;
	for (int i = 0; i < store->count; i++)
		free(store->names[i]);
	free(store->names);
	free(store);
}

bool
fdstore_is_kept(const struct fdstore *store)
{
	return store->is_kept;
}

int
fdstore_take(struct fdstore *store, const char *name)
{
	for (int i = 0; i < store->count; i++)
		if (store->names[i] && !strcmp(store->names[i], name)) {
			forget(store, i);
			return SD_LISTEN_FDS_START + i;
		}
	return -ENOENT;
}

void
fdstore_put(const char *name, int fd)
{
	_cleanup_(freep) char *text = xasprintf("FDSTORE=1\nFDNAME=%s", name);

	/* The store keeps several of one name. */
	fdstore_remove(name);
	(void) sd_pid_notify_with_fds(0, 0, text, &fd, 1);
}

void
fdstore_remove(const char *name)
{
	(void) sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=%s", name);
}
