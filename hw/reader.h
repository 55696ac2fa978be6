/*
 * Readers as the door role sees them: what they are, what they say, what they are to do. Their
 * protocol, and how a secure channel works, is hw/osdp's matter.
 *
 * Only HW_READER_KEY_PENDING carries a secret: who takes it keeps it safe and wipes the event.
 * Functions take a reader by its number, from 1; -ENOENT when there is none.
 */
#ifndef HW_READER_H
#define HW_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/reader_key.h"

struct feedback;
struct hw;

#define HW_CARD_BYTES 32

/* Bits as the reader sent them, the first one the most significant of data[0]. */
struct hw_card {
	unsigned reader;
	unsigned bit_count;
	uint8_t data[HW_CARD_BYTES];
	uint64_t at_mono_us; /* when the last byte had come */
};

#define HW_KEYS_MAX 64

/* Keys as they were typed: '0' to '9', '*', '#'. Wiped by who hands them over. */
struct hw_keys {
	unsigned reader;
	unsigned count;
	char keys[HW_KEYS_MAX];
	uint64_t at_mono_us;
};

enum hw_security {
	HW_SECURITY_NONE,	  /* it has a key and does not answer */
	HW_SECURITY_CLEAR,	  /* by the administrator's decision */
	HW_SECURITY_SECURE,	  /* a session under its own key */
	HW_SECURITY_INSTALLING,	  /* its install window is open */
	HW_SECURITY_KEY_MISMATCH, /* it answers, and is refused */
	HW_SECURITY_NO_KEY,	  /* it has not been paired */
	HW_SECURITIES,
};

/* "offline", "clear", "secure", "installing", "key_mismatch", "no_key". */
const char *hw_security_name(enum hw_security security);

struct hw_reader {
	unsigned reader;
	unsigned door;
	unsigned bus;
	uint8_t address;
	bool is_online;
	bool is_tampered;
	bool has_power_failure;
	char vendor[8]; /* OUI in hex */
	unsigned model;
	uint32_t serial;
	char firmware[16];
	uint32_t polls;
	uint32_t timeouts;
	uint32_t errors;
	uint32_t cards;
	uint32_t reply_mean_us; /* between the end of a poll and the answer to it */
	uint32_t reply_p99_us;
	uint32_t baud;
	bool has_text; /* a display */
	unsigned outputs;
	unsigned inputs;
	enum hw_security security;
	const char *cause;		      /* of KEY_MISMATCH and NO_KEY: one word; or NULL */
	char cuid[2 * READER_CUID_BYTES + 1]; /* of the last handshake, in hex, or empty */
};

enum hw_reader_event_type {
	HW_READER_SECURED, /* a session under its own key; pin device, it may be a new one */
	HW_READER_UNSECURED,
	HW_READER_MISMATCH,
	HW_READER_DEFAULT_KEY,	  /* it answered with SCBK-D outside an install window */
	HW_READER_DOWNGRADE,	  /* its capabilities deny encryption */
	HW_READER_MAC_ERROR,	  /* a message was not its own, or was changed */
	HW_READER_PLAIN_DATA,	  /* data that were not encrypted were dropped */
	HW_READER_INTERFERENCE,	  /* sessions are being broken from outside */
	HW_READER_FOREIGN_TALKER, /* a reply that nobody had asked for */
	HW_READER_DIFFERS,	  /* what it says of itself does not fit together */
	HW_READER_PAIRING,	  /* this device is about to get a key */
	HW_READER_KEY_PENDING,	  /* keep it safe, then call hw_reader_key_stored() */
	HW_READER_KEY_COMMITTED,  /* the pending key is the key */
	HW_READER_KEY_DROPPED,	  /* the pending key will not be used */
	HW_READER_INSTALL_ENDED,
	HW_READER_EVENTS,
};

struct hw_reader_event {
	enum hw_reader_event_type type;
	unsigned reader;
	unsigned door;
	const char *cause; /* UNSECURED, MISMATCH, INTERFERENCE, DIFFERS: one word; else NULL */
	uint32_t count;	   /* how many so far, of those that are counted; else 0 */
	bool is_paired;	   /* INSTALL_ENDED */
	bool has_device;   /* SECURED, PAIRING, and MISMATCH, where it is what the device claims */
	uint8_t cuid[READER_CUID_BYTES];
	uint8_t pdid[READER_PDID_BYTES];
	uint8_t key[READER_KEY_BYTES]; /* KEY_PENDING */
};

/* What a cause means, as the end of a sentence: "it has another key". */
const char *hw_reader_cause_text(const char *cause);
/* The serial number within a PDID. */
uint32_t hw_reader_serial(const uint8_t pdid[READER_PDID_BYTES]);

/* Fills the present state of a reader. */
int hw_reader(const struct hw *hw, unsigned reader, struct hw_reader *ret);
/* The door that a reader is at; 0 when there is no such reader. */
unsigned hw_reader_door(const struct hw *hw, unsigned reader);

/* What a reader shows and sounds while nothing happens; shown again whenever it comes on line. */
void hw_reader_show(struct hw *hw, unsigned reader, const struct feedback *resting);
/* What it shows for the feedback's time, and then what it showed before. */
void hw_reader_signal(struct hw *hw, unsigned reader, const struct feedback *feedback);

struct hw_policy {
	bool is_clear; /* cards in clear: an explicit decision */
	const struct reader_key *key;
};

/* Before the first call a reader has to be secure and has no key. */
int hw_reader_set_policy(struct hw *hw, unsigned reader, const struct hw_policy *policy);

struct hw_install {
	bool is_replacement; /* the reader has a key here, and another device is to have a new one
			      */
	const uint8_t *key;  /* READER_KEY_BYTES; NULL: made here, and made anew at once */
	uint32_t window_ms;  /* 0: five minutes */
};

/*
 * Opens the install window of a reader; it ends by itself with HW_READER_INSTALL_ENDED. -EBUSY: a
 * window is open on its line, or a key is on its way. -EEXIST: it has a key, and this is no
 * replacement. -EKEYREJECTED: a weak key. -EIO: no random numbers.
 */
int hw_reader_install(struct hw *hw, unsigned reader, const struct hw_install *install);
/* -EALREADY: its window is not open. */
int hw_reader_install_cancel(struct hw *hw, unsigned reader);
/* A new key within the session. -ENOTCONN: there is none; -EALREADY: under way; as above. */
int hw_reader_rotate(struct hw *hw, unsigned reader, const uint8_t *key);
/* The pending key is safe now. -EALREADY: nobody waits for that. */
int hw_reader_key_stored(struct hw *hw, unsigned reader);
/* A replaced device is right: the next one seen is pinned. */
int hw_reader_accept(struct hw *hw, unsigned reader);

#endif
