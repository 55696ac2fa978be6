#include "lib/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void __attribute__((noreturn)) out_of_memory(void)
{
	static const char text[] = "<2>out of memory\n";
	(void) !write(STDERR_FILENO, text, sizeof(text) - 1);
	abort();
}

void *
xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count, size);
	if (!memory)
		out_of_memory();
	return memory;
}

void *
xrealloc(void *memory, size_t size)
{
	void *grown = realloc(memory, size);
	if (!grown)
		out_of_memory();
	return grown;
}

char *
xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(xcalloc(1, size), text, size);
}

char *
xasprintf(const char *format, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, format);
	int r = vasprintf(&text, format, args);
	va_end(args);
	if (r < 0)
		out_of_memory();
	return text;
}

void
freep(void *memory)
{
	free(*(void **) memory);
}

void
closep(int *fd)
{
	if (*fd >= 0)
		(void) close(*fd);
}

void
fclosep(FILE **file)
{
	if (*file)
		(void) fclose(*file);
}

bool
copy_string(char *to, size_t size, const char *from)
{
	int r = snprintf(to, size, "%s", from);
	return r >= 0 && (size_t) r < size;
}

int
path_join(char *to, size_t size, const char *dir, const char *name)
{
	int r = snprintf(to, size, "%s/%s", dir, name);
	return r < 0 || (size_t) r >= size ? -ENAMETOOLONG : 0;
}

void
hex_encode(const uint8_t *bytes, size_t size, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * size] = 0;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -EINVAL;
}

int
hex_decode(const char *hex, uint8_t *bytes, size_t size)
{
	size_t length = strlen(hex);

	if (length % 2)
		return -EINVAL;
	if (length / 2 > size)
		return -ENOSPC;
	for (size_t i = 0; i < length / 2; i++) {
		int high = hex_value(hex[2 * i]);
		int low = hex_value(hex[2 * i + 1]);
		if (high < 0 || low < 0)
			return -EINVAL;
		bytes[i] = (uint8_t) (high << 4 | low);
	}
	return (int) (length / 2);
}

int
read_file(const char *path, char *buffer, size_t size)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	size_t used = 0;
	while (used < size - 1) {
		ssize_t n = read(fd, buffer + used, size - 1 - used);
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t) n;
	}
	buffer[used] = 0;
	return (int) used;
}

static int
write_all(int fd, const void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(fd, (const char *) bytes + done, size - done);
		if (n < 0)
			return -errno;
		done += (size_t) n;
	}
	return 0;
}

int
read_private_file(const char *path, uint8_t *bytes, size_t size)
{
	struct stat info;
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &info) < 0)
		return -errno;
	if (!S_ISREG(info.st_mode))
		return -EBADMSG;
	if (info.st_mode & 077)
		return -EACCES;
	ssize_t n = read(fd, bytes, size);
	return n < 0 ? -errno : (int) n;
}

int
write_file_atomic(const char *path, const void *bytes, size_t size, unsigned mode)
{
	_cleanup_(freep) char *beside = xasprintf("%s.new", path);
	_cleanup_(closep) int fd =
		open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return -errno;
	if (fchmod(fd, mode) < 0)
		return -errno;
	int r = write_all(fd, bytes, size);
	if (r < 0)
		return r;
	if (fsync(fd) < 0 || rename(beside, path) < 0)
		return -errno;
	return 0;
}

int
parse_number(const char *text, long long *ret)
{
	char *end;

	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value < 0 || value > INT64_C(9007199254740991))
		return -EINVAL;
	*ret = value;
	return 0;
}

uint32_t
fnv1a(const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	uint32_t hash = 2166136261u;

	while (size--)
		hash = (hash ^ *at++) * 16777619u;
	return hash;
}
