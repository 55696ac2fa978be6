/*
 * A TLS client connection over a non-blocking socket (RFC 5425, RFC 9662): TLS 1.2 or newer with
 * forward secrecy and keys that are not weak, and a server that is the one that is configured: its
 * chain verified with the CA file and nothing else, and its name or address; or its fingerprint.
 * There is no way to switch verification off.
 */
#ifndef SYSLOG_TLS_H
#define SYSLOG_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "syslog/target.h"

#define TLS_ERROR_MAX  320
#define TLS_DETAIL_MAX 512

struct keyring;
struct tls;
struct tls_cache;

/* Files are read once for as long as they stay the same. What the store keeps comes from the
 * keyring, which outlives the cache; NULL without one. */
struct tls_cache *tls_cache_new(const struct keyring *keyring);
/* What was read is read again by the next connections; those that there are keep theirs. */
void tls_cache_forget(struct tls_cache *cache);
void tls_cache_free(struct tls_cache *cache);

/* fd stays the caller's. Returns a negative errno and a sentence in error. */
int tls_new(struct tls_cache *cache, int fd, const struct target *target, char error[TLS_ERROR_MAX],
	    struct tls **ret);
void tls_free(struct tls *tls);

/*
 * Each returns -EAGAIN when the socket is not ready; tls_wants_write() tells for what. Other
 * errors are final: tls_error() has the sentence. tls_write() and tls_read() return counts;
 * tls_read() returns 0 for the peer's close_notify and -ENODATA for its bare end of stream.
 */
int tls_handshake(struct tls *tls);
ssize_t tls_write(struct tls *tls, const void *bytes, size_t size);
ssize_t tls_read(struct tls *tls, void *bytes, size_t size);
/* Sends close_notify. */
int tls_close_write(struct tls *tls);
bool tls_wants_write(const struct tls *tls);
const char *tls_error(const struct tls *tls);

/* After the handshake: version, cipher, and what was verified of whom, for people. */
void tls_describe(const struct tls *tls, char detail[TLS_DETAIL_MAX]);
/* When the first of both sides' certificates ends, wall time. */
uint64_t tls_expires_us(const struct tls *tls);

#endif
