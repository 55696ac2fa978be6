/*
 * Signatures over the event log: what is signed, with which key, and whether it holds. Ed25519
 * (RFC 8032) by libcrypto. docs/PROTOCOL.md says how to do the same with openssl alone.
 */
#ifndef LIB_CHECKPOINT_H
#define LIB_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECKPOINT_KEY	   32
#define CHECKPOINT_SIGNED  64
#define CHECKPOINT_HASH	   64 /* hex digits */
#define CHECKPOINT_MESSAGE 128
/* A controller signs at the latest when so many events have come since it last did. */
#define CHECKPOINT_EVENTS 1000

/*
 * The bytes that are signed: "Cardea log checkpoint", the number of the last event covered and its
 * hash in hex, each with a line feed behind it. Returns how many; hash has CHECKPOINT_HASH digits.
 */
size_t checkpoint_message(uint64_t upto, const char *hash, char message[CHECKPOINT_MESSAGE]);

/* -EIO when libcrypto fails. */
int checkpoint_public_key(const uint8_t secret[CHECKPOINT_KEY], uint8_t key[CHECKPOINT_KEY]);
int checkpoint_sign(const uint8_t secret[CHECKPOINT_KEY], uint64_t upto, const char *hash,
		    uint8_t signature[CHECKPOINT_SIGNED]);
bool checkpoint_holds(const uint8_t key[CHECKPOINT_KEY], uint64_t upto, const char *hash,
		      const uint8_t signature[CHECKPOINT_SIGNED]);

#endif
