/*
 * The peripheral device (reader) end of an OSDP line, for the virtual board and for tests.
 *
 * Pure: bytes in, bytes out, the clock is an argument. No allocation after osdp_pd_new(). The
 * caller decides when the reply goes out; a new command to this PD discards a reply that was not
 * taken. With a random function in its configuration it speaks the secure channel: under SCBK-D
 * until it has a key, and then nothing but ID, CAP and COMSET in clear. Without one a security
 * block is answered with NAK 5.
 */
#ifndef HW_OSDP_PD_H
#define HW_OSDP_PD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/message.h"
#include "hw/osdp/secure.h"

enum {
	OSDP_PD_CARDS_MAX = 8,
	OSDP_PD_OUTPUTS_MAX = 32,
	OSDP_PD_REPLIES_MAX = 4,
	OSDP_PD_FILE_MAX = 262144,
};

struct osdp_pd;

struct osdp_pd_config {
	uint8_t address;
	uint8_t reader;		  /* The reader number in RAW. */
	uint32_t char_timeout_ms; /* 0: 20 ms. */
	uint32_t offline_ms;	  /* 0: 8000 ms. */
	struct osdp_pdid identity;
	struct osdp_pdcap capabilities;
	bool sends_plain; /* Fault: data are not encrypted within a session. */
	bool has_key;	  /* Else SCBK-D. */
	uint8_t key[OSDP_KEY_SIZE];
	int (*fill_random)(void *context, uint8_t *bytes, size_t size);
	void *random_context;
};

/* How it takes files. */
struct osdp_pd_filing {
	struct osdp_ftstat answer; /* To each fragment; a status below 0 refuses. */
	unsigned finishing_count;  /* So many idle messages before it is done. */
};

enum osdp_pd_event_type {
	OSDP_PD_EV_LED,
	OSDP_PD_EV_BUZZER,
	OSDP_PD_EV_CARD_SENT,	    /* The last byte of RAW was taken, for the first time. */
	OSDP_PD_EV_CARDS_DISCARDED, /* Communication was lost; count in cards. */
	OSDP_PD_EV_TEXT,
	OSDP_PD_EV_COMSET,  /* The address counts already, the speed is the caller's to set. */
	OSDP_PD_EV_KEY,	    /* KEYSET: keep it. */
	OSDP_PD_EV_FILE,    /* Complete; see osdp_pd_file(). */
	OSDP_PD_EV_COMMAND, /* ACURXSIZE, KEEPACTIVE, ABORT, MFG, XWR. */
};

struct osdp_pd_event {
	enum osdp_pd_event_type type;
	union {
		struct osdp_led led;
		struct osdp_buzzer buzzer;
		struct osdp_raw card;
		unsigned cards;
		struct osdp_text text;
		struct osdp_comset comset;
		uint8_t key[OSDP_KEY_SIZE];
		uint8_t file_type;
		struct {
			uint8_t code;
			uint16_t size; /* As sent; data is cut. */
			uint8_t data[32];
		} command;
	};
};

/* -EINVAL: the address is above 0x7E. */
int osdp_pd_new(const struct osdp_pd_config *config, struct osdp_pd **ret_pd);
void osdp_pd_free(struct osdp_pd *pd);

/* Bytes from the line, those for other addresses included. */
void osdp_pd_receive(struct osdp_pd *pd, const uint8_t *bytes, size_t size, uint64_t now_us);

/* Moves reply bytes, the leading mark first, to buf and returns how many. */
size_t osdp_pd_take_output(struct osdp_pd *pd, uint8_t *buf, size_t size);

/* Oldest first. When the caller does not take them, the oldest are lost. */
bool osdp_pd_take_event(struct osdp_pd *pd, struct osdp_pd_event *ret_event);

/* Queues a card read. -ENOSPC: the queue is full. -EINVAL: no bits or too many. */
int osdp_pd_badge(struct osdp_pd *pd, unsigned bit_count, const uint8_t *data);

/* A change is reported with the next poll. */
void osdp_pd_set_status(struct osdp_pd *pd, const struct osdp_lstatr *status);

/* What ISTAT and RSTAT bring; a change of inputs is reported with the next poll. */
void osdp_pd_set_inputs(struct osdp_pd *pd, const struct osdp_points *inputs);
void osdp_pd_set_readers(struct osdp_pd *pd, const struct osdp_points *readers);
bool osdp_pd_output(const struct osdp_pd *pd, unsigned output, uint64_t now_us);

/* A poll to come is answered with it. -ENOSPC, -EMSGSIZE. */
int osdp_pd_queue_reply(struct osdp_pd *pd, uint8_t code, const uint8_t *data, size_t size);

void osdp_pd_set_filing(struct osdp_pd *pd, const struct osdp_pd_filing *filing);
/* The bytes of the last file; borrowed. */
const uint8_t *osdp_pd_file(const struct osdp_pd *pd, size_t *ret_size);

bool osdp_pd_is_secure(const struct osdp_pd *pd);
/* As a configuration card does: SCBK-D again. */
void osdp_pd_forget_key(struct osdp_pd *pd);

/* Fault injection: the next commands are answered with BUSY and not executed. */
void osdp_pd_set_busy(struct osdp_pd *pd, unsigned command_count);

/* Power cycle: session, stored reply and unsent cards are gone. */
void osdp_pd_restart(struct osdp_pd *pd);

#endif
