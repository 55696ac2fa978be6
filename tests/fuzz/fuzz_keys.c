/* sources: lib/reader_key.c lib/util.c lib/log.c agent/store_seal.c */
/* libs: libcrypto */
/*
 * What a database or a file of keys may hold after somebody has been at it: sealed bytes, packed
 * keys, keys as text, the door role's file. Nothing but what was sealed here opens, and whatever is
 * taken packs again to the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/store_seal.h"
#include "lib/reader_key.h"
#include "lib/util.h"

/* Magic and checksum of the door role's file. */
#define HEADER 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store_seal *
open_seal(void)
{
	static struct store_seal *seal;
	char path[] = "/tmp/fuzz-keys.XXXXXX";

	if (seal)
		return seal;
	if (!mkdtemp(path))
		abort();
	_cleanup_(freep) char *file = xasprintf("%s/device.key", path);
	if (store_seal_open(file, &seal) < 0 || unlink(file) < 0 || rmdir(path) < 0)
		abort();
	return seal;
}

static void
break_seal(const uint8_t *data, size_t size)
{
	uint8_t plain[STORE_SEAL_PLAIN_MAX];
	uint8_t sealed[256 + STORE_SEAL_OVERHEAD];
	size_t own = MIN_OF(size, (size_t) 256);

	if (store_seal_break(open_seal(), "label", data, size, plain, sizeof(plain)) >= 0)
		abort();
	int n = store_seal_close(open_seal(), "label", data, own, sealed, sizeof(sealed));
	if (n < 0 ||
	    store_seal_break(open_seal(), "label", sealed, (size_t) n, plain, sizeof(plain)) !=
		    (int) own ||
	    memcmp(plain, data, own))
		abort();
	sealed[size ? data[0] % n : 0] ^= 1;
	if (store_seal_break(open_seal(), "label", sealed, (size_t) n, plain, sizeof(plain)) >= 0)
		abort();
}

static void
unpack(const uint8_t *data, size_t size)
{
	uint8_t packed[READER_KEY_PACKED];
	struct reader_key key;
	char hex[2 * READER_KEY_PACKED + 8];

	/* The first layout comes back as the second one. */
	if (reader_key_unpack(data, size, &key) == 0 && size == sizeof(packed)) {
		reader_key_pack(&key, packed);
		if (memcmp(packed, data, size))
			abort();
	}
	size_t length = MIN_OF(size, sizeof(hex) - 1);
	memcpy(hex, data, length);
	hex[length] = 0;
	(void) reader_key_from_hex(hex, &key);
}

/* The checksum is no defence against who can count: an input may have the right one. */
static void
load(const uint8_t *data, size_t size)
{
	struct reader_key keys[READERS];
	_cleanup_(freep) uint8_t *file = xcalloc(1, size + 1);

	memcpy(file, data, size);
	(void) reader_keys_unpack(file, size, keys);
	if (size <= HEADER)
		return;
	uint32_t sum = fnv1a(file + HEADER, size - HEADER);
	for (unsigned i = 0; i < 4; i++)
		file[HEADER - 4 + i] = (uint8_t) (sum >> 8 * i);
	(void) reader_keys_unpack(file, size, keys);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	break_seal(data, size);
	unpack(data, size);
	load(data, size);
	return 0;
}
