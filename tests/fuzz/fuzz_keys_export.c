/* sources: agent/store_keys_export.c lib/reader_key.c lib/util.c lib/log.c */
/* libs: libcrypto */
/*
 * An export of keys that somebody else has made: the blob under a fixed wrapping key, for scrypt is
 * slow, and what would be inside one that opens.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_keys_export.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t header[] = "CRDKEYS\0\1";

/* Whatever passes as a header, nobody has sealed it under this key. */
static void
open_blob(const uint8_t *data, size_t size)
{
	static const uint8_t wrapping[STORE_KEYS_WRAPPING] = { 0x5a };
	struct store_keys_export keys;
	uint8_t blob[STORE_KEYS_BLOB] = { 0 };

	if (store_keys_export_open(data, size, wrapping, &keys) >= 0)
		abort();
	memcpy(blob, data, MIN_OF(size, sizeof(blob)));
	memcpy(blob, header, sizeof(header) - 1);
	if (store_keys_export_open(blob, sizeof(blob), wrapping, &keys) != -EKEYREJECTED)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_keys_export keys;
	uint8_t plain[STORE_KEYS_PLAIN] = { 0 };

	open_blob(data, size);
	/* Layouts of records that hold, so that what is behind them is reached. */
	for (unsigned i = 0; i < READERS; i++)
		plain[i * READER_KEY_PACKED] = 1;
	(void) store_keys_export_unpack(plain, &keys);
	memcpy(plain, data, MIN_OF(size, sizeof(plain)));
	if (store_keys_export_unpack(plain, &keys) == 0 &&
	    keys.has_host_key != (plain[READERS * READER_KEY_PACKED] == 1))
		abort();
	return 0;
}
