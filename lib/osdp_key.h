/*
 * Keys of OSDP secure channels (SIA OSDP 2.2, annex D), for who uses them and who keeps them.
 */
#ifndef LIB_OSDP_KEY_H
#define LIB_OSDP_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum {
	OSDP_KEY_SIZE = 16,
	OSDP_CUID_SIZE = 8,
};

/* Too regular to be random, published, or a reader's default: not to be used on a line. */
bool osdp_key_is_weak(const uint8_t key[OSDP_KEY_SIZE]);

/* A PD's own key from a host's: AES(master, cUID || NOT cUID). -EIO: libcrypto failed. */
int osdp_key_diversify(const uint8_t master[OSDP_KEY_SIZE], const uint8_t cuid[OSDP_CUID_SIZE],
		       uint8_t ret_key[OSDP_KEY_SIZE]);

#endif
