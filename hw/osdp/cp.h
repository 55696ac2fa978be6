/*
 * OSDP control panel (SIA OSDP 2.2) for one RS-485 line with up to eight PDs. Clear frames only.
 *
 * Pure: bytes in, bytes out, time is the argument now_us (monotonic). No allocation after
 * osdp_cp_new(). The caller loops: hand over what the line brought, tick, write the output, take
 * the events, sleep until the deadline. Hand received bytes over before the tick, or a late
 * wake-up looks like a silent PD. While events are not taken nothing is polled, so that cards
 * wait in the readers and are not lost here.
 */
#ifndef HW_OSDP_CP_H
#define HW_OSDP_CP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/message.h"

enum { OSDP_CP_PDS_MAX = 8 };

struct osdp_cp;

/* A zero takes the value in brackets. */
struct osdp_cp_config {
	uint32_t baud; /* [9600] */
	unsigned pd_count;
	uint8_t address[OSDP_CP_PDS_MAX];
	uint32_t poll_ms;	   /* [50] Target period of a PD's polls. */
	uint32_t reply_timeout_ms; /* [200] From the end of a command to the first byte. */
	uint32_t probe_timeout_ms; /* [30] The same for most probes of an absent PD. */
	uint32_t char_timeout_ms;  /* [20] 100 where USB or a pty is in the path. */
	uint32_t offline_ms;	   /* [8000] Without a good exchange. */
	uint32_t probe_ms;	   /* [1000] Between probes of absent PDs on the line. */
	uint32_t slow_probe_ms;	   /* [5000] Between probes of one PD absent for a minute. */
};

enum osdp_pd_state {
	OSDP_PD_OFFLINE,
	OSDP_PD_SUSPECT, /* Was on line, is being attached again. */
	OSDP_PD_ONLINE,
};

enum osdp_suspect_reason {
	OSDP_SUSPECT_SILENT,	/* A command and its retries brought no good reply. */
	OSDP_SUSPECT_RESTARTED, /* A reply with sequence number 0. */
	OSDP_SUSPECT_SEQUENCE,	/* NAK 4. */
};

enum osdp_event_type {
	OSDP_EV_ONLINE, /* After each attach; LEDs are as the PD starts them. */
	OSDP_EV_SUSPECT,
	OSDP_EV_OFFLINE,	  /* offline_ms without a good exchange. */
	OSDP_EV_IDENTITY_CHANGED, /* Comes before ONLINE: the device was replaced. */
	OSDP_EV_CARD,
	OSDP_EV_TAMPER,
	OSDP_EV_POWER,
	OSDP_EV_FRAME_ERROR, /* The 1st, 2nd, 4th, 8th, ... of a PD. */
	OSDP_EV_NAK,	     /* Each new one of a PD; of equal ones the 1st, 2nd, 4th ... */
};

struct osdp_event {
	enum osdp_event_type type;
	unsigned pd;	     /* Index into osdp_cp_config.address. */
	uint64_t at_mono_us; /* When the last byte of the frame was handed over. */
	union {
		struct {
			bool has_identity; /* False: the PD refuses ID. */
			struct osdp_pdid identity;
			struct osdp_pdcap capabilities;
		} online;
		enum osdp_suspect_reason suspect;
		struct {
			struct osdp_pdid before;
			struct osdp_pdid after;
		} identity;
		struct osdp_raw card;
		bool is_active; /* TAMPER, POWER: the new state. */
		struct {
			int error; /* Of osdp_frame_decode() or osdp_unpack_x(). */
			uint32_t count;
		} frame_error;
		struct {
			uint8_t command;
			struct osdp_nak nak;
			uint32_t count; /* Of this NAK to this command in a row. */
		} nak;
	};
};

/* They wrap; nobody resets them. */
struct osdp_counters {
	uint32_t polls;
	uint32_t timeouts;
	uint32_t frame_errors; /* CRC, length, unusable payload. */
	uint32_t naks;
	uint32_t busy;
	uint32_t retries;
	uint32_t cards;
	uint32_t restarts;  /* Sessions lost. */
	uint32_t stale;	    /* Replies that nobody waited for. */
	uint32_t unhandled; /* Replies of kinds this panel does not use yet. */
};

/* -EINVAL: no PD, too many, an address above 0x7E or used twice. */
int osdp_cp_new(const struct osdp_cp_config *config, struct osdp_cp **ret_cp);
void osdp_cp_free(struct osdp_cp *cp);

void osdp_cp_receive(struct osdp_cp *cp, const uint8_t *bytes, size_t size, uint64_t now_us);

/* Time-outs and the next command. Call it after receive and when the deadline has come. */
void osdp_cp_tick(struct osdp_cp *cp, uint64_t now_us);

/* Moves bytes for the line to buf and returns how many. Write them at once: timers run. */
size_t osdp_cp_take_output(struct osdp_cp *cp, uint8_t *buf, size_t size);

/* When to call osdp_cp_tick() at the latest; may be past. UINT64_MAX: only events block. */
uint64_t osdp_cp_deadline_us(const struct osdp_cp *cp);

bool osdp_cp_take_event(struct osdp_cp *cp, struct osdp_event *ret_event);

/*
 * Queue a command; it goes before polls, and is dropped when the session is lost: repeat it on
 * ONLINE. When the queue is full, the youngest waiting command of the same kind for the same
 * reader and LED is overwritten. -ENOSPC: there is none. -ENOTCONN: the PD is not on line.
 * -ENOTSUP: the PD has refused this command. -EINVAL: no such PD, or forbidden values.
 */
int osdp_cp_led(struct osdp_cp *cp, unsigned pd, const struct osdp_led *led);
int osdp_cp_buzzer(struct osdp_cp *cp, unsigned pd, const struct osdp_buzzer *buzzer);

enum osdp_pd_state osdp_cp_pd_state(const struct osdp_cp *cp, unsigned pd);
/* Borrowed from cp; NULL: no such PD. */
const struct osdp_counters *osdp_cp_pd_counters(const struct osdp_cp *cp, unsigned pd);

#endif
