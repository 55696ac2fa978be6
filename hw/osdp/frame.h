/*
 * OSDP frames (SIA OSDP 2.2, section 5): constants, check characters, encoder, decoder.
 *
 * No I/O, no clock, no allocation. Both ends of the line use it. A decoded frame borrows the
 * bytes it was decoded from; a frame taken from a struct osdp_rx is good until the next call on
 * that struct. Security blocks are parsed, not interpreted. Every byte is taken as hostile.
 */
#ifndef HW_OSDP_FRAME_H
#define HW_OSDP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OSDP_FRAME_MAX = 1440, /* The largest message a device may send. */
	OSDP_FRAME_MIN = 7,    /* SOM, address, length, control, code, checksum. */
	OSDP_MAC_SIZE = 4,     /* The part of a MAC that goes on the wire. */
	OSDP_SOM = 0x53,
	OSDP_MARK = 0xFF, /* Drives the line to mark before a frame; outside length and CRC. */
	OSDP_ADDRESS_CONFIGURATION = 0x7F, /* Every PD takes it as its own. */
};

enum osdp_command {
	OSDP_CMD_POLL = 0x60,
	OSDP_CMD_ID = 0x61,
	OSDP_CMD_CAP = 0x62,
	OSDP_CMD_LSTAT = 0x64,
	OSDP_CMD_ISTAT = 0x65,
	OSDP_CMD_OSTAT = 0x66,
	OSDP_CMD_RSTAT = 0x67,
	OSDP_CMD_OUT = 0x68,
	OSDP_CMD_LED = 0x69,
	OSDP_CMD_BUZ = 0x6A,
	OSDP_CMD_TEXT = 0x6B,
	OSDP_CMD_COMSET = 0x6E,
	OSDP_CMD_BIOREAD = 0x73,
	OSDP_CMD_BIOMATCH = 0x74,
	OSDP_CMD_KEYSET = 0x75,
	OSDP_CMD_CHLNG = 0x76,
	OSDP_CMD_SCRYPT = 0x77,
	OSDP_CMD_ACURXSIZE = 0x7B,
	OSDP_CMD_FILETRANSFER = 0x7C,
	OSDP_CMD_MFG = 0x80,
	OSDP_CMD_XWR = 0xA1,
	OSDP_CMD_ABORT = 0xA2,
	OSDP_CMD_PIVDATA = 0xA3,
	OSDP_CMD_GENAUTH = 0xA4,
	OSDP_CMD_CRAUTH = 0xA5,
	OSDP_CMD_KEEPACTIVE = 0xA7,
};

enum osdp_reply {
	OSDP_REPLY_ACK = 0x40,
	OSDP_REPLY_NAK = 0x41,
	OSDP_REPLY_PDID = 0x45,
	OSDP_REPLY_PDCAP = 0x46,
	OSDP_REPLY_LSTATR = 0x48,
	OSDP_REPLY_ISTATR = 0x49,
	OSDP_REPLY_OSTATR = 0x4A,
	OSDP_REPLY_RSTATR = 0x4B,
	OSDP_REPLY_RAW = 0x50,
	OSDP_REPLY_FMT = 0x51,
	OSDP_REPLY_KEYPAD = 0x53,
	OSDP_REPLY_COM = 0x54,
	OSDP_REPLY_BIOREADR = 0x57,
	OSDP_REPLY_BIOMATCHR = 0x58,
	OSDP_REPLY_CCRYPT = 0x76,
	OSDP_REPLY_RMAC_I = 0x78,
	OSDP_REPLY_BUSY = 0x79,
	OSDP_REPLY_FTSTAT = 0x7A,
	OSDP_REPLY_PIVDATAR = 0x80,
	OSDP_REPLY_GENAUTHR = 0x81,
	OSDP_REPLY_CRAUTHR = 0x82,
	OSDP_REPLY_MFGSTATR = 0x83,
	OSDP_REPLY_MFGERRR = 0x84,
	OSDP_REPLY_MFGREP = 0x90,
	OSDP_REPLY_XRD = 0xB1,
};

enum osdp_nak_code {
	OSDP_NAK_NONE = 0x00, /* Must not be sent. */
	OSDP_NAK_CHECK = 0x01,
	OSDP_NAK_LENGTH = 0x02,
	OSDP_NAK_COMMAND = 0x03,
	OSDP_NAK_SEQUENCE = 0x04,
	OSDP_NAK_SECURITY = 0x05,
	OSDP_NAK_ENCRYPTION = 0x06,
	OSDP_NAK_BIO_TYPE = 0x07,
	OSDP_NAK_BIO_FORMAT = 0x08,
	OSDP_NAK_RECORD = 0x09,
	OSDP_NAK_GENERIC = 0xFF,
};

enum osdp_security_type {
	OSDP_SCS_NONE = 0x00, /* A clear frame: no security block. */
	OSDP_SCS_11 = 0x11,
	OSDP_SCS_12 = 0x12,
	OSDP_SCS_13 = 0x13,
	OSDP_SCS_14 = 0x14,
	OSDP_SCS_15 = 0x15, /* From here to 18 a MAC ends the data. */
	OSDP_SCS_16 = 0x16,
	OSDP_SCS_17 = 0x17,
	OSDP_SCS_18 = 0x18,
};

/* The MAC covers frame bytes from SOM up to, not including, mac. */
struct osdp_security {
	uint8_t type;
	size_t data_size;
	const uint8_t *data;
	const uint8_t *mac; /* OSDP_MAC_SIZE bytes, or NULL if the type has none. */
};

struct osdp_frame {
	uint8_t address; /* 0x00 to 0x7F, without the reply bit. */
	bool is_reply;
	uint8_t sequence; /* 0 to 3. */
	bool has_crc;	  /* Else the one-byte checksum. */
	struct osdp_security security;
	uint8_t code; /* enum osdp_command or enum osdp_reply. */
	size_t data_size;
	const uint8_t *data;
	size_t size; /* The whole frame as received; the encoder does not read these two. */
	const uint8_t *bytes;
};

/* Fixed-memory stream decoder; all zero is a valid start. */
struct osdp_rx {
	size_t start; /* First byte not yet judged. */
	size_t end;
	uint32_t noise_bytes; /* Skipped outside frames, marks excluded. Wraps. */
	uint8_t bytes[OSDP_FRAME_MAX];
};

/* CRC-16, polynomial 0x1021, initial value 0x1D0F, most significant bit first. */
uint16_t osdp_crc16(const uint8_t *bytes, size_t size);

/* Two's complement of the sum: a frame and its checksum add up to zero. */
uint8_t osdp_checksum(const uint8_t *bytes, size_t size);

/* The number that follows in the cycle 0, 1, 2, 3, 1, 2, 3, ... (2.2 section 5.9). */
uint8_t osdp_sequence_next(uint8_t sequence);

/*
 * Writes the frame, without a leading mark, and returns its size. -EINVAL: a field is out of
 * range. -EMSGSIZE: larger than size or OSDP_FRAME_MAX.
 */
int osdp_frame_encode(const struct osdp_frame *frame, uint8_t *buf, size_t size);

/* Recomputes CRC or checksum of an encoded frame whose bytes were changed. */
void osdp_frame_rewrite_check(uint8_t *bytes, size_t size);

/*
 * Decodes exactly one frame. -EMSGSIZE: the length field is impossible. -EBADMSG: CRC or
 * checksum. -EPROTO: correct check, but the security block or the MAC does not fit.
 */
int osdp_frame_decode(const uint8_t *bytes, size_t size, struct osdp_frame *ret_frame);

/* Forgets a partial frame: the caller's inter-character time-out, or a new exchange. */
void osdp_rx_reset(struct osdp_rx *rx);

/*
 * Takes bytes off the line and returns how many. It always takes at least one if
 * osdp_rx_next() was called until it returned 0 before.
 */
size_t osdp_rx_feed(struct osdp_rx *rx, const uint8_t *bytes, size_t size);

/*
 * 1: a frame. 0: feed more. Negative: the error of osdp_frame_decode(); the decoder has dropped
 * one SOM and goes on behind it, so call again. A frame hidden in garbage is found.
 */
int osdp_rx_next(struct osdp_rx *rx, struct osdp_frame *ret_frame);

/* Is the beginning of a frame waiting for its rest? */
bool osdp_rx_is_partial(const struct osdp_rx *rx);

#endif
