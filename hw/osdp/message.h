/*
 * The payloads of OSDP messages (SIA OSDP 2.2, sections 6 and 7), packed and unpacked.
 *
 * osdp_pack_x() writes to the caller's buffer and returns the size, -ENOBUFS if it does not fit,
 * -EINVAL for a value the standard forbids. osdp_unpack_x() takes foreign bytes: -EBADMSG if they
 * are too short; bytes behind the known layout and unknown capabilities are accepted, because
 * readers in the field send them. Times are in units of 100 ms as on the wire.
 */
#ifndef HW_OSDP_MESSAGE_H
#define HW_OSDP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OSDP_PDID_SIZE = 12,
	OSDP_LED_SIZE = 14,
	OSDP_BUZZER_SIZE = 5,
	OSDP_LSTATR_SIZE = 2,
	OSDP_RAW_HEADER_SIZE = 4,
	OSDP_CARD_BYTES_MAX = 32,
	OSDP_CARD_BITS_MAX = OSDP_CARD_BYTES_MAX * 8,
};

/* Functions of PDCAP; the array index of struct osdp_pdcap. */
enum osdp_capability {
	OSDP_CAP_INPUTS = 1,
	OSDP_CAP_OUTPUTS = 2,
	OSDP_CAP_CARD_FORMAT = 3,
	OSDP_CAP_LED = 4,
	OSDP_CAP_BUZZER = 5,
	OSDP_CAP_TEXT = 6,
	OSDP_CAP_CHECK = 8,
	OSDP_CAP_SECURITY = 9,
	OSDP_CAP_RECEIVE_BUFFER = 10,
	OSDP_CAP_LARGEST_MESSAGE = 11,
	OSDP_CAP_SMART_CARD = 12,
	OSDP_CAP_READERS = 13,
	OSDP_CAP_BIOMETRICS = 14,
	OSDP_CAP_PIN_ENTRY = 15,
	OSDP_CAP_VERSION = 16,
	OSDP_CAP_COUNT = 17,
};

enum osdp_colour {
	OSDP_COLOUR_BLACK,
	OSDP_COLOUR_RED,
	OSDP_COLOUR_GREEN,
	OSDP_COLOUR_AMBER,
	OSDP_COLOUR_BLUE,
	OSDP_COLOUR_MAGENTA,
	OSDP_COLOUR_CYAN,
	OSDP_COLOUR_WHITE,
};

/* A permanent state knows no CANCEL: its "set" is 1, a temporary state's is 2. */
enum osdp_led_control {
	OSDP_LED_NOP = 0,
	OSDP_LED_TEMPORARY_CANCEL = 1,
	OSDP_LED_TEMPORARY_SET = 2,
	OSDP_LED_PERMANENT_SET = 1,
};

enum osdp_tone {
	OSDP_TONE_NONE,
	OSDP_TONE_OFF,
	OSDP_TONE_DEFAULT,
};

struct osdp_pdid {
	uint8_t vendor[3]; /* IEEE OUI. */
	uint8_t model;
	uint8_t version;
	uint32_t serial;
	uint8_t firmware[3]; /* Major, minor, build. */
};

/* Zero means "not reported" as well as "reported as none"; nobody needs the difference. */
struct osdp_pdcap {
	uint8_t compliance[OSDP_CAP_COUNT];
	uint8_t items[OSDP_CAP_COUNT];
	unsigned unknown_count; /* Reported functions that this table does not know. */
};

/* Data is left-justified, most significant bit first, zero behind bit_count. */
struct osdp_raw {
	uint8_t reader;
	uint8_t format; /* 0 raw bits, 1 Wiegand with parity, 2 UID, 3 OSS. */
	uint16_t bit_count;
	uint8_t data[OSDP_CARD_BYTES_MAX];
};

struct osdp_led_state {
	uint8_t control; /* enum osdp_led_control */
	uint8_t on_100ms;
	uint8_t off_100ms;
	uint8_t on_colour; /* enum osdp_colour */
	uint8_t off_colour;
};

struct osdp_led {
	uint8_t reader;
	uint8_t led;
	struct osdp_led_state temporary;
	uint16_t timer_100ms; /* How long the temporary state lasts. */
	struct osdp_led_state permanent;
};

struct osdp_buzzer {
	uint8_t reader;
	uint8_t tone; /* enum osdp_tone */
	uint8_t on_100ms;
	uint8_t off_100ms;
	uint8_t count; /* 0: until stopped. */
};

struct osdp_lstatr {
	bool is_tampered;
	bool has_power_failure;
};

struct osdp_nak {
	uint8_t code;	/* enum osdp_nak_code */
	uint8_t detail; /* 0 if the PD sent none. */
};

/* How many bytes hold that many bits. */
size_t osdp_bytes_of_bits(unsigned bit_count);

int osdp_pack_pdid(const struct osdp_pdid *pdid, uint8_t *buf, size_t size);
int osdp_unpack_pdid(const uint8_t *data, size_t size, struct osdp_pdid *ret_pdid);

/* Writes a record for each function with a compliance or an item. */
int osdp_pack_pdcap(const struct osdp_pdcap *pdcap, uint8_t *buf, size_t size);
/* Cannot fail: an incomplete last record is ignored. */
void osdp_unpack_pdcap(const uint8_t *data, size_t size, struct osdp_pdcap *ret_pdcap);

int osdp_pack_raw(const struct osdp_raw *raw, uint8_t *buf, size_t size);
/* -EMSGSIZE: more than OSDP_CARD_BITS_MAX bits. -EBADMSG: also no bits at all. */
int osdp_unpack_raw(const uint8_t *data, size_t size, struct osdp_raw *ret_raw);

/* One record; a LED command carries one or more. -EINVAL: a state that is never on nor off. */
int osdp_pack_led(const struct osdp_led *led, uint8_t *buf, size_t size);
int osdp_unpack_led(const uint8_t *data, size_t size, struct osdp_led *ret_led);

/* -EINVAL: a tone that sounds for no time. */
int osdp_pack_buzzer(const struct osdp_buzzer *buzzer, uint8_t *buf, size_t size);
int osdp_unpack_buzzer(const uint8_t *data, size_t size, struct osdp_buzzer *ret_buzzer);

int osdp_pack_lstatr(const struct osdp_lstatr *lstatr, uint8_t *buf, size_t size);
int osdp_unpack_lstatr(const uint8_t *data, size_t size, struct osdp_lstatr *ret_lstatr);

/* -EINVAL: code 0, which must not be sent. */
int osdp_pack_nak(const struct osdp_nak *nak, uint8_t *buf, size_t size);
int osdp_unpack_nak(const uint8_t *data, size_t size, struct osdp_nak *ret_nak);

#endif
