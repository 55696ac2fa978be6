#include "lib/nic.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "lib/util.h"

#define ROUTES_SIZE  4096
#define PATH_SIZE    192
#define DESTINATION  1 /* columns of /proc/net/route */
#define DEFAULT_DEST "00000000"

/* The column-th word of a line, from 0; returns its length, 0 for none. */
static size_t
column(const char *line, unsigned column, const char **ret)
{
	for (;; column--) {
		line += strspn(line, " \t");
		*ret = line;
		size_t size = strcspn(line, " \t\n");
		if (!column || !size)
			return size;
		line += size;
	}
}

/* A name that could be part of a path is none. */
static bool
is_name(const char *name, size_t size)
{
	return size && size < NIC_NAME_SIZE && name[0] != '.' && !memchr(name, '/', size);
}

int
nic_default(const char *routes, char ret_name[NIC_NAME_SIZE])
{
	for (const char *line = routes; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *name;
		const char *destination;
		size_t size = column(line, 0, &name);
		if (column(line, DESTINATION, &destination) != strlen(DEFAULT_DEST) ||
		    memcmp(destination, DEFAULT_DEST, strlen(DEFAULT_DEST)) != 0 ||
		    !is_name(name, size))
			continue;
		memcpy(ret_name, name, size);
		ret_name[size] = 0;
		return 0;
	}
	return -ENOENT;
}

/* The first by name, so that it is the same each time. */
static int
find_any(const char *root, char ret_name[NIC_NAME_SIZE])
{
	char path[PATH_SIZE];
	bool is_found = false;

	(void) snprintf(path, sizeof(path), "%s/sys/class/net", root);
	DIR *dir = opendir(path);
	if (!dir)
		return -errno;
	for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (!strcmp(entry->d_name, "lo") ||
		    !is_name(entry->d_name, strlen(entry->d_name)) ||
		    (is_found && strcmp(entry->d_name, ret_name) > 0))
			continue;
		is_found = copy_string(ret_name, NIC_NAME_SIZE, entry->d_name);
	}
	(void) closedir(dir);
	return is_found ? 0 : -ENOENT;
}

/* 0 for what is not there or no number, as the speed of an interface without link. */
static uint64_t
read_number(const char *root, const char *name, const char *what)
{
	char path[PATH_SIZE];
	char text[32];
	long long number;

	(void) snprintf(path, sizeof(path), "%s/sys/class/net/%s/%s", root, name, what);
	if (read_file(path, text, sizeof(text)) < 0)
		return 0;
	text[strcspn(text, "\n")] = 0;
	return parse_number(text, &number) == 0 ? (uint64_t) number : 0;
}

int
nic_read(const char *root, struct nic *ret)
{
	char path[PATH_SIZE];
	char routes[ROUTES_SIZE];
	char name[NIC_NAME_SIZE];

	(void) snprintf(path, sizeof(path), "%s/proc/net/route", root);
	int r = read_file(path, routes, sizeof(routes));
	if (r >= 0)
		r = nic_default(routes, name);
	if (r < 0)
		r = find_any(root, name);
	if (r < 0)
		return r;
	*ret = (struct nic){
		.has_link = read_number(root, name, "carrier") == 1,
		.mbit = (int) MIN_OF(read_number(root, name, "speed"), UINT64_C(1000000)),
		.packets = read_number(root, name, "statistics/rx_packets") +
			   read_number(root, name, "statistics/tx_packets"),
	};
	return 0;
}
