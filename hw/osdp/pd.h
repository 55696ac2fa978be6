/*
 * The peripheral device (reader) end of an OSDP line, for the virtual board and for tests.
 *
 * Pure: bytes in, bytes out, the clock is an argument. No allocation after osdp_pd_new(). The
 * caller decides when the reply goes out; a new command to this PD discards a reply that was not
 * taken. Clear frames only: a security block is answered with NAK 5.
 */
#ifndef HW_OSDP_PD_H
#define HW_OSDP_PD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/message.h"

enum { OSDP_PD_CARDS_MAX = 8 };

struct osdp_pd;

struct osdp_pd_config {
	uint8_t address;
	uint8_t reader;		  /* The reader number in RAW. */
	uint32_t char_timeout_ms; /* 0: 20 ms. */
	uint32_t offline_ms;	  /* 0: 8000 ms. */
	struct osdp_pdid identity;
	struct osdp_pdcap capabilities;
};

enum osdp_pd_event_type {
	OSDP_PD_EV_LED,
	OSDP_PD_EV_BUZZER,
	OSDP_PD_EV_CARD_SENT,	    /* The last byte of RAW was taken, for the first time. */
	OSDP_PD_EV_CARDS_DISCARDED, /* Communication was lost; count in cards. */
};

struct osdp_pd_event {
	enum osdp_pd_event_type type;
	union {
		struct osdp_led led;
		struct osdp_buzzer buzzer;
		struct osdp_raw card;
		unsigned cards;
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

/* Fault injection: the next commands are answered with BUSY and not executed. */
void osdp_pd_set_busy(struct osdp_pd *pd, unsigned command_count);

/* Power cycle: session, stored reply and unsent cards are gone. */
void osdp_pd_restart(struct osdp_pd *pd);

#endif
