/*
 * What is known of a reader's secure channel: its key, the one that may replace it, and which
 * device was paired. The store keeps it sealed, the door role in a file on tmpfs that only it can
 * read, so that readers work on while the store is dead. Whoever has newer news has the larger
 * generation; the door role makes generations, the store keeps them.
 *
 * All of it is secret: it goes into no log, event or argument, and who has held it wipes it.
 */
#ifndef LIB_READER_KEY_H
#define LIB_READER_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model.h"

#define READER_KEY_BYTES  16
#define READER_CUID_BYTES 8
#define READER_PDID_BYTES 12
/* Packed, and that in hex with its NUL. */
#define READER_KEY_PACKED (1 + 4 + 1 + 3 * READER_KEY_BYTES + READER_CUID_BYTES + READER_PDID_BYTES)
#define READER_KEY_HEX	  (2 * READER_KEY_PACKED + 1)

struct reader_key {
	uint32_t generation; /* 0: nothing was ever known */
	bool has_key;
	bool has_pending; /* sent, perhaps, before somebody died: both are tried */
	bool has_former;  /* an own key has taken its place as the pending one: tried, too */
	bool has_device;  /* cuid and pdid of the device that was paired */
	uint8_t key[READER_KEY_BYTES];
	uint8_t pending[READER_KEY_BYTES];
	uint8_t former[READER_KEY_BYTES];
	uint8_t cuid[READER_CUID_BYTES];
	uint8_t pdid[READER_PDID_BYTES];
};

void reader_key_wipe(struct reader_key *key);

void reader_key_pack(const struct reader_key *key, uint8_t packed[READER_KEY_PACKED]);
/* -EBADMSG: not what reader_key_pack() makes, or made before there were former keys. */
int reader_key_unpack(const uint8_t *bytes, size_t size, struct reader_key *ret);
/* The same as text. */
void reader_key_to_hex(const struct reader_key *key, char hex[READER_KEY_HEX]);
int reader_key_from_hex(const char *hex, struct reader_key *ret);

/*
 * The file of the door role. Saving replaces it by rename and does not wait for a disk: it is to
 * survive this process, not the machine. -EACCES: others may read it; -EBADMSG: damaged.
 */
int reader_keys_save(const char *path, const struct reader_key keys[READERS]);
int reader_keys_load(const char *path, struct reader_key ret[READERS]);
/* What is in such a file; -EBADMSG. */
int reader_keys_unpack(const uint8_t *file, size_t size, struct reader_key ret[READERS]);

#endif
