#include "agent/store_firmware.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/store_door.h"
#include "lib/json.h"
#include "lib/util.h"

#define CHUNK_BYTES	  24000
#define FIRMWARE_MAX	  (4 * 1024 * 1024)
#define FIRMWARE_NAME_MAX 64
#define FILES_MAX	  64

/* A file on its way to the door role, piece by piece. */
struct errand {
	struct store *store;
	struct rpc_request *request;
	char name[FIRMWARE_NAME_MAX + 1];
	uint8_t *data;
	size_t size;
	size_t sent;
};

static void
errand_free(struct errand *errand)
{
	free(errand->data);
	free(errand);
}

static bool
is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) <= FIRMWARE_NAME_MAX;
}

static void
directory_closep(DIR **directory)
{
	if (*directory)
		(void) closedir(*directory);
}

/* The size of a regular file that can be sent, or a negative errno. */
static int64_t
size_of(int directory, const char *name)
{
	struct stat info;

	if (fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISREG(info.st_mode))
		return -ENOENT;
	return info.st_size < 1 || info.st_size > FIRMWARE_MAX ? -EFBIG : info.st_size;
}

void
store_firmware_list(struct store *store, struct rpc_request *request,
		    const struct caller *caller UNUSED)
{
	_cleanup_(directory_closep) DIR *directory = opendir(store->options->firmware_dir);
	json_t *files = json_array();
	struct dirent *entry;

	while (directory && (entry = readdir(directory)) && json_array_size(files) < FILES_MAX) {
		int64_t size =
			is_name(entry->d_name) ? size_of(dirfd(directory), entry->d_name) : -ENOENT;
		json_t *file = size < 0 ? NULL
					: json_pack("{ss,sI}", "name", entry->d_name, "bytes",
						    (json_int_t) size);
		if (file)
			(void) json_array_append_new(files, file);
	}
	rpc_reply(request, json_pack("{so}", "files", files));
}

static int
read_bundled(const char *directory, const char *name, uint8_t **ret, size_t *ret_size)
{
	char path[512];
	struct stat info;
	int r = path_join(path, sizeof(path), directory, name);

	if (r < 0)
		return r;
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &info) < 0)
		return -errno;
	if (!S_ISREG(info.st_mode) || info.st_size < 1 || info.st_size > FIRMWARE_MAX)
		return -EFBIG;
	size_t size = (size_t) info.st_size;
	_cleanup_(freep) uint8_t *data = xcalloc(1, size);
	for (size_t have = 0; have < size;) {
		ssize_t n = read(fd, data + have, size - have);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		have += (size_t) n;
	}
	*ret = steal(&data);
	*ret_size = size;
	return 0;
}

static void
on_sent(json_t *result, const struct rpc_error *error, void *context)
{
	struct errand *errand = context;
	char hex[2 * CHUNK_BYTES + 1];

	if (!result || errand->sent == errand->size) {
		if (result)
			rpc_reply(errand->request, json_pack("{ss,sI}", "name", errand->name,
							     "bytes", (json_int_t) errand->size));
		else
			rpc_fail(errand->request, error->code, "%s", error->message);
		errand_free(errand);
		return;
	}
	size_t count = MIN_OF(errand->size - errand->sent, (size_t) CHUNK_BYTES);
	hex_encode(errand->data + errand->sent, count, hex);
	json_t *params = json_pack("{sI,ss}", "offset", (json_int_t) errand->sent, "data", hex);
	errand->sent += count;
	store_door_call(errand->store, "firmware.chunk", params, on_sent, errand);
}

void
store_firmware_bundled(struct store *store, struct rpc_request *request,
		       const struct caller *caller)
{
	const char *name = json_string_or(request->params, "name", "");
	struct errand *errand = xcalloc(1, sizeof(*errand));
	int r = is_name(name) ? read_bundled(store->options->firmware_dir, name, &errand->data,
					     &errand->size)
			      : -ENOENT;

	if (r < 0) {
		errand_free(errand);
		rpc_fail_field(request, r == -ENOENT ? RPC_NOT_FOUND : RPC_CONFLICT, "name",
			       r == -ENOENT ? "no such firmware comes with the controller"
					    : "this file cannot be used");
		return;
	}
	errand->store = store;
	errand->request = request;
	(void) copy_string(errand->name, sizeof(errand->name), name);
	store_log_add(store->log, EV_COMMAND, "system", caller->actor, NULL,
		      json_pack("{ss,ss,ss}", "command", "firmware.bundled", "name", name,
				"address", caller->address));
	store_door_call(store, "firmware.begin",
			json_pack("{ss,sI}", "name", name, "size", (json_int_t) errand->size),
			on_sent, errand);
}
