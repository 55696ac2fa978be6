/*
 * OSDP secure channel SC1 (SIA OSDP 2.2, annex D): keys, cryptograms, MAC chain, encryption.
 *
 * Pure: no I/O, no clock, no policy. A struct osdp_secure is one end's view of one session; its
 * cipher contexts are made once in osdp_secure_new(), nothing is allocated per frame. Both ends
 * use the same functions: a command is sealed by the panel and opened by the PD, a reply the other
 * way round. Keys and chain are wiped by osdp_secure_wipe() and osdp_secure_free().
 */
#ifndef HW_OSDP_SECURE_H
#define HW_OSDP_SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/frame.h"
#include "lib/osdp_key.h"

enum {
	OSDP_BLOCK_SIZE = 16,
	OSDP_RND_SIZE = 8,
	OSDP_CCRYPT_SIZE = OSDP_CUID_SIZE + OSDP_RND_SIZE + OSDP_BLOCK_SIZE,
	OSDP_KEY_FLAG_DEFAULT = 0x00, /* The byte in the security blocks of SCS_11 to 13. */
	OSDP_KEY_FLAG_OWN = 0x01,
	OSDP_RMAC_ACCEPTED = 0x01, /* The byte in the security block of SCS_14. */
	OSDP_RMAC_REFUSED = 0xFF,
	/* What a secured frame adds at most: block, MAC, padding. */
	OSDP_SECURE_OVERHEAD = 2 + OSDP_MAC_SIZE + OSDP_BLOCK_SIZE,
};

struct osdp_secure;

/* The key every reader has when it is new. */
extern const uint8_t osdp_default_key[OSDP_KEY_SIZE];

/* -ENOTSUP: libcrypto has no AES. */
int osdp_secure_new(struct osdp_secure **ret_secure);
void osdp_secure_free(struct osdp_secure *secure);
void osdp_secure_wipe(struct osdp_secure *secure);

/* The session's keys. */
void osdp_secure_derive(struct osdp_secure *secure, const uint8_t key[OSDP_KEY_SIZE],
			const uint8_t rnd_a[OSDP_RND_SIZE]);
/* After derive. */
void osdp_secure_client_cryptogram(struct osdp_secure *secure, const uint8_t rnd_a[OSDP_RND_SIZE],
				   const uint8_t rnd_b[OSDP_RND_SIZE],
				   uint8_t ret_cryptogram[OSDP_BLOCK_SIZE]);
void osdp_secure_server_cryptogram(struct osdp_secure *secure, const uint8_t rnd_a[OSDP_RND_SIZE],
				   const uint8_t rnd_b[OSDP_RND_SIZE],
				   uint8_t ret_cryptogram[OSDP_BLOCK_SIZE]);
/* Computes R-MAC-I and starts the MAC chain with it. */
void osdp_secure_start(struct osdp_secure *secure, const uint8_t server_cryptogram[OSDP_BLOCK_SIZE],
		       uint8_t ret_rmac[OSDP_BLOCK_SIZE]);

/* In constant time. */
bool osdp_secure_equals(const uint8_t *a, const uint8_t *b, size_t size);

/*
 * Encodes a frame under the session: encrypts its data if there are any, adds the MAC and moves
 * the chain on. Of the frame's security only the type is read: SCS_15 or SCS_16 leave the data
 * plain, as some readers do. Errors as osdp_frame_encode(); the chain then stays where it was.
 */
int osdp_secure_seal(struct osdp_secure *secure, const struct osdp_frame *frame, uint8_t *buf,
		     size_t size);

/*
 * Checks a frame of SCS_15 to 18, writes its plain data to buf and returns their size; buf needs
 * frame->data_size bytes. -EACCES: the MAC is wrong, the chain stays. -EPROTO: no type of a
 * session, or no correct padding behind a correct MAC; the chain has moved on. -ENOBUFS.
 */
int osdp_secure_open(struct osdp_secure *secure, const struct osdp_frame *frame, uint8_t *buf,
		     size_t size);

#endif
