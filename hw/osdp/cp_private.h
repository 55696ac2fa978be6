/*
 * What the files of the control panel share; nobody else includes this.
 *
 * cp.c runs the line: one exchange at a time, its timers, who is next. cp_pd.c runs a PD's
 * session: which command is next, when it is lost. cp_reply.c: what a reply means. cp_queue.c:
 * events and waiting commands.
 */
#ifndef HW_OSDP_CP_PRIVATE_H
#define HW_OSDP_CP_PRIVATE_H

#include "hw/osdp/cp.h"
#include "hw/osdp/frame.h"
#include "lib/util.h"

enum {
	CP_COMMAND_MAX = 128, /* What every device takes; ours are far smaller. */
	CP_PENDING_MAX = 8,
	CP_EVENTS_MAX = 64,
	CP_EVENTS_SPARE = 24, /* Room for all that one exchange and eight losses can bring. */
};

/* Attaching goes up these steps; everything before CAP is sent with sequence number 0. */
enum phase {
	PHASE_ID,
	PHASE_WAKE, /* One POLL for a PD that refused ID: some want to be polled first. */
	PHASE_ID_AGAIN,
	PHASE_CAP,
	PHASE_ONLINE,
};

struct pending {
	uint8_t code;
	uint8_t size;
	uint8_t data[OSDP_LED_SIZE];
};

struct cp_pd {
	uint8_t address;
	enum phase phase;
	enum osdp_pd_state state;
	uint8_t sequence; /* Of the next new command. */

	/* The command without an answer; it is repeated as it is. Size 0: none. */
	size_t command_size;
	uint8_t command[CP_COMMAND_MAX];
	uint8_t command_code;
	uint8_t command_sequence;
	unsigned retries; /* Of this command. */

	unsigned misses; /* Probes in a row without a good reply. */
	uint64_t due_us; /* Next probe, retry or poll. */
	uint64_t absent_since_us;
	uint64_t last_good_us;
	uint64_t last_loss_us;

	bool has_identity;
	struct osdp_pdid identity;
	struct osdp_pdcap capabilities;
	struct osdp_lstatr status;
	uint8_t refused[256 / 8]; /* Commands answered with NAK 3 in this session. */
	uint8_t nak_command;
	uint8_t nak_code;
	uint32_t nak_count;

	unsigned pending_count;
	struct pending pending[CP_PENDING_MAX];
	struct osdp_counters counters;
};

struct exchange {
	struct cp_pd *pd;	    /* NULL: the line is ours to use. */
	bool has_error;		    /* Bytes came that were no usable frame. */
	uint64_t reply_deadline_us; /* For the first byte. */
	uint64_t limit_us;	    /* For the last one, whatever comes. */
};

struct osdp_cp {
	struct osdp_cp_config config;
	uint64_t char_us;
	struct cp_pd pds[OSDP_CP_PDS_MAX];

	struct exchange exchange;
	unsigned last_served;
	uint64_t next_probe_us; /* For the line: bounds what absent PDs cost it. */
	uint64_t line_free_us;	/* Two idle characters are over. */
	uint64_t last_byte_us;
	struct osdp_rx rx;

	size_t output_size;
	size_t output_taken;
	uint8_t output[1 + CP_COMMAND_MAX];

	unsigned event_first;
	unsigned event_count;
	struct osdp_event events[CP_EVENTS_MAX];
};

/* What a reply did to the exchange. */
enum cp_verdict {
	CP_DONE,  /* The line is free. */
	CP_GO_ON, /* Not the reply waited for. */
};

/* cp_queue.c */

/* Fills in pd and time. Drops the event if there is no room, which only errors can bring about. */
void cp_push_event(struct osdp_cp *cp, const struct cp_pd *pd, uint64_t now_us,
		   struct osdp_event event);
bool cp_has_event_room(const struct osdp_cp *cp);
/* -ENOSPC: full, and nothing waits for the same target. */
int cp_push_pending(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size);
bool cp_take_pending(struct cp_pd *pd, struct pending *ret_pending);

/* cp_pd.c */

/* When the PD wants the line. */
uint64_t cp_pd_ready_us(const struct osdp_cp *cp, const struct cp_pd *pd);
bool cp_pd_is_probe(const struct cp_pd *pd);
bool cp_pd_is_refused(const struct cp_pd *pd, uint8_t code);
/* Leaves the command to send in pd->command: the unanswered one, or a new one. */
void cp_pd_prepare(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* Starts over with sequence number 0: at once, but not again and again without a pause. */
void cp_pd_lose(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason,
		uint64_t now_us);
/* The exchange brought no good reply. */
void cp_pd_on_miss(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* The rule of 8 seconds; UINT64_MAX if the PD is off line already. */
uint64_t cp_pd_expiry_us(const struct osdp_cp *cp, const struct cp_pd *pd);
void cp_pd_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);

/* cp_reply.c */

enum cp_verdict cp_pd_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
			       uint64_t now_us);
/* Counts and reports bytes that are no usable reply. */
void cp_pd_on_error(struct osdp_cp *cp, struct cp_pd *pd, int error, uint64_t now_us);

#endif
