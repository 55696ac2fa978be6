/*
 * How a PIN is kept: as 64 bits of HMAC-SHA-256 under the device's own key. Who has the database
 * and not the key learns nothing; who has both can try all PINs, as with any PIN.
 *
 * A PIN that only confirms a card is salted with its person, so that equal PINs do not look equal;
 * one that opens by itself is found by its hash and cannot be.
 */
#ifndef LIB_PIN_H
#define LIB_PIN_H

#include <stdint.h>

#define PIN_KEY_SIZE 32

/* person: 0 for a PIN that opens by itself. digits ends with NUL. */
uint64_t pin_hash(const uint8_t key[PIN_KEY_SIZE], uint32_t person, const char *digits);

#endif
