/*
 * The readers' keys on their way to a safe place or to another controller: one blob, sealed under a
 * password. Nothing here knows a database, a line or a request; wrapping and unwrapping cost some
 * 50 ms and 32 MiB by design and belong into a worker thread.
 *
 *   "CRDKEYS" NUL | version | scrypt salt 16 | nonce 12 | sealed, of fixed size | tag 16
 *
 * AES-256-GCM under scrypt(password, salt); everything before the sealed part is authenticated. The
 * version stands for cipher, scrypt's cost (N = 2^15, r = 8, p = 1) and what is inside, so that no
 * foreign file chooses how much memory it takes to look at it. The size says nothing of how many
 * readers have a key.
 */
#ifndef AGENT_STORE_KEYS_EXPORT_H
#define AGENT_STORE_KEYS_EXPORT_H

#include "lib/osdp_key.h"
#include "lib/reader_key.h"

#define STORE_KEYS_SALT	    16
#define STORE_KEYS_WRAPPING 32
#define STORE_KEYS_NONCE    12
#define STORE_KEYS_TAG	    16
#define STORE_KEYS_HEADER   (8 + 1 + STORE_KEYS_SALT + STORE_KEYS_NONCE)
#define STORE_KEYS_PLAIN    (READERS * READER_KEY_PACKED + 1 + OSDP_KEY_SIZE)
#define STORE_KEYS_BLOB	    (STORE_KEYS_HEADER + STORE_KEYS_PLAIN + STORE_KEYS_TAG)
/* As text, with its NUL. */
#define STORE_KEYS_HEX (2 * STORE_KEYS_BLOB + 1)

struct store_keys_export {
	struct reader_key readers[READERS]; /* generation 0: nothing is known of it */
	bool has_host_key;		    /* the expansion modules' */
	uint8_t host_key[OSDP_KEY_SIZE];
};

/* -EIO: libcrypto failed, or there are no random numbers. */
int store_keys_export_wrap(const struct store_keys_export *keys, const char *password,
			   uint8_t blob[STORE_KEYS_BLOB]);
/*
 * -EBADMSG: no export of keys, or cut off; -EPROTONOSUPPORT: of another version; -EKEYREJECTED: the
 * password is another one, or a byte has changed, and nobody can tell which; -EIO: libcrypto.
 */
int store_keys_export_unwrap(const uint8_t *blob, size_t size, const char *password,
			     struct store_keys_export *ret);
/* The same with the key that scrypt has made of the password. */
int store_keys_export_open(const uint8_t *blob, size_t size,
			   const uint8_t wrapping[STORE_KEYS_WRAPPING],
			   struct store_keys_export *ret);
/* What is inside; -EBADMSG: not what wrapping puts there. */
int store_keys_export_unpack(const uint8_t plain[STORE_KEYS_PLAIN], struct store_keys_export *ret);

#endif
