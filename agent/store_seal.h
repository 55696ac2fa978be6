/*
 * Secrets at rest: AES-256-GCM under a key that is a file of this device, beside the databases
 * and readable by the store only. A copy of a database without that file is worth nothing.
 *
 * What is sealed is bound to a label, so that a record cannot be put in place of another one.
 */
#ifndef AGENT_STORE_SEAL_H
#define AGENT_STORE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#define STORE_SEAL_PLAIN_MAX 4096
/* Version, nonce and tag: what sealing adds. */
#define STORE_SEAL_OVERHEAD 29
#define STORE_SEAL_DERIVED  32

struct store_seal;

/*
 * Reads the device's key, or makes it when there is no such file. -EACCES: others may read it;
 * -EBADMSG: it is no key; else what the system says. Logs why.
 */
int store_seal_open(const char *path, struct store_seal **ret);
void store_seal_free(struct store_seal *seal);

/*
 * Writes size + STORE_SEAL_OVERHEAD bytes and returns how many. -EMSGSIZE: more than
 * STORE_SEAL_PLAIN_MAX; -ENOBUFS: room is too small; -EIO: libcrypto failed.
 */
int store_seal_close(const struct store_seal *seal, const char *label, const uint8_t *plain,
		     size_t size, uint8_t *sealed, size_t room);
/* The other way round. -EBADMSG: not sealed with this key and label, or changed since. */
int store_seal_break(const struct store_seal *seal, const char *label, const uint8_t *sealed,
		     size_t size, uint8_t *plain, size_t room);

/*
 * A key for one purpose that the label names (HKDF-SHA-256): who knows it knows neither the
 * device's key nor that of another label. -EIO: libcrypto failed.
 */
int store_seal_derive(const struct store_seal *seal, const char *label,
		      uint8_t ret_key[STORE_SEAL_DERIVED]);

#endif
