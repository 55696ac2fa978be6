#include "lib/reader_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/util.h"

#define LAYOUT 2

/* Of the first layout, which had no former key. */
#define OLD_LAYOUT 1
#define OLD_PACKED (READER_KEY_PACKED - READER_KEY_BYTES)

enum { HAS_KEY = 1, HAS_PENDING = 2, HAS_DEVICE = 4, HAS_FORMER = 8, FLAGS = 15 };

/* Magic and checksum, then each reader's. */
#define MAGIC	    "CRKEYS2"
#define HEADER_SIZE (sizeof(MAGIC) + 4)
#define FILE_SIZE   (HEADER_SIZE + READERS * READER_KEY_PACKED)

void
reader_key_wipe(struct reader_key *key)
{
	explicit_bzero(key, sizeof(*key));
}

static void
put_u32(uint8_t *to, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t) (value >> 8 * i);
}

static uint32_t
get_u32(const uint8_t *from)
{
	return (uint32_t) from[0] | (uint32_t) from[1] << 8 | (uint32_t) from[2] << 16 |
	       (uint32_t) from[3] << 24;
}

void
reader_key_pack(const struct reader_key *key, uint8_t packed[READER_KEY_PACKED])
{
	packed[0] = LAYOUT;
	put_u32(packed + 1, key->generation);
	packed[5] =
		(uint8_t) ((key->has_key ? HAS_KEY : 0) | (key->has_pending ? HAS_PENDING : 0) |
			   (key->has_device ? HAS_DEVICE : 0) | (key->has_former ? HAS_FORMER : 0));
	uint8_t *at = packed + 6;
	memcpy(at, key->key, sizeof(key->key));
	at += sizeof(key->key);
	memcpy(at, key->pending, sizeof(key->pending));
	at += sizeof(key->pending);
	memcpy(at, key->cuid, sizeof(key->cuid));
	at += sizeof(key->cuid);
	memcpy(at, key->pdid, sizeof(key->pdid));
	at += sizeof(key->pdid);
	memcpy(at, key->former, sizeof(key->former));
}

int
reader_key_unpack(const uint8_t *bytes, size_t size, struct reader_key *ret)
{
	bool is_old = size == OLD_PACKED && bytes[0] == OLD_LAYOUT && !(bytes[5] & HAS_FORMER);

	if ((!is_old && (size != READER_KEY_PACKED || bytes[0] != LAYOUT)) || bytes[5] & ~FLAGS)
		return -EBADMSG;
	*ret = (struct reader_key){
		.generation = get_u32(bytes + 1),
		.has_key = bytes[5] & HAS_KEY,
		.has_pending = bytes[5] & HAS_PENDING,
		.has_device = bytes[5] & HAS_DEVICE,
		.has_former = bytes[5] & HAS_FORMER,
	};
	const uint8_t *at = bytes + 6;
	memcpy(ret->key, at, sizeof(ret->key));
	at += sizeof(ret->key);
	memcpy(ret->pending, at, sizeof(ret->pending));
	at += sizeof(ret->pending);
	memcpy(ret->cuid, at, sizeof(ret->cuid));
	at += sizeof(ret->cuid);
	memcpy(ret->pdid, at, sizeof(ret->pdid));
	at += sizeof(ret->pdid);
	if (!is_old)
		memcpy(ret->former, at, sizeof(ret->former));
	return 0;
}

void
reader_key_to_hex(const struct reader_key *key, char hex[READER_KEY_HEX])
{
	uint8_t packed[READER_KEY_PACKED];

	reader_key_pack(key, packed);
	hex_encode(packed, sizeof(packed), hex);
	explicit_bzero(packed, sizeof(packed));
}

int
reader_key_from_hex(const char *hex, struct reader_key *ret)
{
	uint8_t packed[READER_KEY_PACKED];
	int size = hex_decode(hex, packed, sizeof(packed));
	int r = size < 0 ? -EBADMSG : reader_key_unpack(packed, (size_t) size, ret);

	explicit_bzero(packed, sizeof(packed));
	return r;
}

static int
replace_file(const char *path, const uint8_t *bytes, size_t size)
{
	_cleanup_(freep) char *beside = xasprintf("%s.new", path);

	(void) unlink(beside);
	_cleanup_(closep) int fd =
		open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	ssize_t n = write(fd, bytes, size);
	if (n < 0)
		return -errno;
	if ((size_t) n != size)
		return -ENOSPC;
	return rename(beside, path) < 0 ? -errno : 0;
}

int
reader_keys_save(const char *path, const struct reader_key keys[READERS])
{
	uint8_t file[FILE_SIZE] = MAGIC;

	for (unsigned i = 0; i < READERS; i++)
		reader_key_pack(&keys[i], file + HEADER_SIZE + i * READER_KEY_PACKED);
	put_u32(file + sizeof(MAGIC), fnv1a(file + HEADER_SIZE, FILE_SIZE - HEADER_SIZE));
	int r = replace_file(path, file, sizeof(file));
	explicit_bzero(file, sizeof(file));
	return r;
}

int
reader_keys_unpack(const uint8_t *file, size_t size, struct reader_key ret[READERS])
{
	struct reader_key keys[READERS];
	int r = 0;

	if (size != FILE_SIZE || memcmp(file, MAGIC, sizeof(MAGIC)) ||
	    get_u32(file + sizeof(MAGIC)) != fnv1a(file + HEADER_SIZE, FILE_SIZE - HEADER_SIZE))
		return -EBADMSG;
	for (unsigned i = 0; i < READERS && r == 0; i++)
		r = reader_key_unpack(file + HEADER_SIZE + i * READER_KEY_PACKED, READER_KEY_PACKED,
				      &keys[i]);
	if (r == 0)
		memcpy(ret, keys, sizeof(keys));
	explicit_bzero(keys, sizeof(keys));
	return r;
}

int
reader_keys_load(const char *path, struct reader_key ret[READERS])
{
	uint8_t file[FILE_SIZE + 1];
	int n = read_private_file(path, file, sizeof(file));
	int r = n < 0 ? n : reader_keys_unpack(file, (size_t) n, ret);

	explicit_bzero(file, sizeof(file));
	return r;
}
