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
	OSDP_OUTPUT_SIZE = 4,
	OSDP_TEXT_HEADER_SIZE = 6,
	OSDP_TEXT_MAX = 64,
	OSDP_COMSET_SIZE = 5,
	OSDP_POINTS_MAX = 64, /* Inputs, outputs or readers of one PD. */
	OSDP_KEYS_MAX = 64,
	OSDP_FILE_HEADER_SIZE = 11,
	OSDP_FTSTAT_SIZE = 7,
	OSDP_VENDOR_SIZE = 3,
	/* An application's message through MFG, XWR and their replies: a smart card's largest. */
	OSDP_BLOB_MAX = 272,
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

enum osdp_output_code {
	OSDP_OUTPUT_NOP,
	OSDP_OUTPUT_OFF, /* These two cancel a running timer. */
	OSDP_OUTPUT_ON,
	OSDP_OUTPUT_OFF_AFTER_TIMER, /* These two let it run out first. */
	OSDP_OUTPUT_ON_AFTER_TIMER,
	OSDP_OUTPUT_TIMED_ON, /* Then back to what it was. */
	OSDP_OUTPUT_TIMED_OFF,
};

struct osdp_output {
	uint8_t output;
	uint8_t code; /* enum osdp_output_code */
	uint16_t timer_100ms;
};

enum osdp_text_command {
	OSDP_TEXT_PERMANENT = 1,
	OSDP_TEXT_PERMANENT_WRAP,
	OSDP_TEXT_TEMPORARY,
	OSDP_TEXT_TEMPORARY_WRAP,
};

struct osdp_text {
	uint8_t reader;
	uint8_t command; /* enum osdp_text_command */
	uint8_t seconds; /* Of a temporary one. */
	uint8_t row;	 /* From 1, as the column. */
	uint8_t column;
	uint8_t size;
	char text[OSDP_TEXT_MAX]; /* Printable ASCII, no NUL. */
};

struct osdp_comset {
	uint8_t address;
	uint32_t baud;
};

/* ISTATR, OSTATR, RSTATR: a byte each, as sent. */
struct osdp_points {
	uint8_t count;
	uint8_t values[OSDP_POINTS_MAX];
};

enum osdp_input_state {
	OSDP_INPUT_INACTIVE,
	OSDP_INPUT_ACTIVE,
	OSDP_INPUT_SHORT,
	OSDP_INPUT_OPEN,
	OSDP_INPUT_FAULT,
	OSDP_INPUT_UNKNOWN,
};

struct osdp_keys {
	uint8_t reader;
	uint8_t count;
	char keys[OSDP_KEYS_MAX]; /* 0 to 9, '*', '#', and what else a keypad has. */
};

struct osdp_fragment {
	uint8_t type;
	uint32_t total;
	uint32_t offset;
	uint16_t size;
	const uint8_t *data; /* Borrowed. */
};

enum osdp_ftstat_action {
	OSDP_FTSTAT_INTERLEAVE = 1, /* Other commands are welcome meanwhile. */
	OSDP_FTSTAT_LEAVE_SECURE = 2,
	OSDP_FTSTAT_POLL = 4, /* A poll would bring something. */
};

enum osdp_ftstat_status {
	OSDP_FTSTAT_OK = 0,
	OSDP_FTSTAT_PROCESSED = 1,
	OSDP_FTSTAT_REBOOTING = 2,
	OSDP_FTSTAT_FINISHING = 3, /* Send empty fragments until it is done. */
	OSDP_FTSTAT_ABORT = -1,
	OSDP_FTSTAT_UNRECOGNISED = -2,
	OSDP_FTSTAT_MALFORMED = -3,
};

struct osdp_ftstat {
	uint8_t action; /* enum osdp_ftstat_action */
	uint16_t delay_ms;
	int16_t status;	     /* enum osdp_ftstat_status */
	uint16_t update_max; /* The largest message from now on; 0: as before. */
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

/* -EINVAL: a timed code without a time. */
int osdp_pack_output(const struct osdp_output *output, uint8_t *buf, size_t size);
int osdp_unpack_output(const uint8_t *data, size_t size, struct osdp_output *ret_output);

/* -EINVAL: what is no printable ASCII, row or column 0, too long. */
int osdp_pack_text(const struct osdp_text *text, uint8_t *buf, size_t size);
int osdp_unpack_text(const uint8_t *data, size_t size, struct osdp_text *ret_text);

/* -EINVAL: an address above 0x7E, a speed the standard does not have. */
int osdp_pack_comset(const struct osdp_comset *comset, uint8_t *buf, size_t size);
/* -EBADMSG also for what cannot be packed. */
int osdp_unpack_comset(const uint8_t *data, size_t size, struct osdp_comset *ret_comset);

/* Takes as many as there are; -EMSGSIZE: more than OSDP_POINTS_MAX. */
int osdp_unpack_points(const uint8_t *data, size_t size, struct osdp_points *ret_points);

int osdp_pack_keys(const struct osdp_keys *keys, uint8_t *buf, size_t size);
/* '#' and '*' in either spelling. -EMSGSIZE: more than OSDP_KEYS_MAX. */
int osdp_unpack_keys(const uint8_t *data, size_t size, struct osdp_keys *ret_keys);

/* Packs the header and the data. */
int osdp_pack_fragment(const struct osdp_fragment *fragment, uint8_t *buf, size_t size);
int osdp_unpack_fragment(const uint8_t *data, size_t size, struct osdp_fragment *ret_fragment);

int osdp_pack_ftstat(const struct osdp_ftstat *ftstat, uint8_t *buf, size_t size);
int osdp_unpack_ftstat(const uint8_t *data, size_t size, struct osdp_ftstat *ret_ftstat);

#endif
