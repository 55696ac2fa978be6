/*
 * What the control panel remembers, of its line and of each PD; for its own files only.
 */
#ifndef HW_OSDP_CP_STATE_H
#define HW_OSDP_CP_STATE_H

#include "hw/osdp/cp.h"
#include "hw/osdp/frame.h"
#include "lib/util.h"

enum {
	CP_COMMAND_MAX = OSDP_FRAME_MAX,
	CP_MESSAGE_MIN = 128,			    /* What every device takes. */
	CP_OVERHEAD_MAX = 8 + OSDP_SECURE_OVERHEAD, /* Header, code, CRC, and what security adds. */
	CP_PENDING_MAX = 8,
	CP_RETRIES_MAX = 3,
	CP_EVENTS_MAX = 192,
	/* Room for all that one exchange, and the loss of every PD, can bring. */
	CP_EVENTS_SPARE = 8 + 4 * OSDP_CP_PDS_MAX,
};

/* Attaching goes up these steps; everything before CAP is sent with sequence number 0. */
enum phase {
	PHASE_ID,
	PHASE_WAKE, /* One POLL for a PD that refused ID: some want to be polled first. */
	PHASE_ID_AGAIN,
	PHASE_CAP,
	PHASE_CHLNG,
	PHASE_SCRYPT,
	PHASE_SECURE_ID, /* Asked again: what was said in clear proves nothing. */
	PHASE_SECURE_CAP,
	PHASE_PAIRING, /* A session under SCBK-D: it waits for KEYSET, and cards do not count. */
	PHASE_ONLINE,
};

enum key_step {
	KEY_STEP_NONE,
	KEY_STEP_OFFERED, /* KEY_PENDING was pushed. */
	KEY_STEP_STORED,  /* KEYSET may be sent. */
	KEY_STEP_SENT,	  /* The PD may have either key. */
};

struct cp_secure {
	struct osdp_secure *channel;
	struct osdp_policy policy;
	bool is_open;
	bool is_renewing;
	enum osdp_key_use key; /* Of the handshake or session. */
	enum key_step step;
	uint8_t key_flag; /* Asked for. */
	uint8_t rnd_a[OSDP_RND_SIZE];
	uint8_t server_cryptogram[OSDP_BLOCK_SIZE];
	uint8_t cuid[OSDP_CUID_SIZE]; /* Of the last CCRYPT. */
	uint64_t opened_us;
	enum osdp_mismatch cause;
	uint32_t failures;	  /* Handshakes in a row. */
	uint32_t causes_in_a_row; /* Of the same cause. */
	bool is_denied;		  /* The capabilities in clear say that there is no AES. */
	bool has_told_downgrade;
	bool has_told_cuid;
	/* Sessions broken from outside, within a minute. */
	unsigned breaks;
	unsigned mac_breaks;
	uint64_t breaks_since_us;
	uint32_t default_keys_seen;
};

struct cp_install {
	struct cp_pd *pd; /* NULL: no window is open. */
	bool is_pairing;  /* SCBK-D is accepted; false once the PD has its own key. */
	bool is_rotating_again;
	bool is_key_later;
	bool is_own;	 /* The key is the operator's: some readers have been given it elsewhere. */
	bool is_probing; /* The first handshake with it. */
	uint64_t until_us;
};

struct pending {
	uint8_t code;
	uint16_t size;
	uint8_t data[OSDP_BLOB_MAX];
};

enum comset_step {
	COMSET_NONE,
	COMSET_ASKED,
	COMSET_VERIFY, /* The panel is where the PD should be now. */
};

struct cp_comset {
	enum comset_step step;
	struct osdp_comset before;
	struct osdp_comset wanted;
	uint64_t until_us;
};

struct cp_file {
	bool is_active;
	bool is_finishing;
	bool is_exclusive; /* The PD wants nothing else meanwhile. */
	struct osdp_file file;
	uint32_t offset;
	uint16_t fragment_size; /* Of the one sent. */
	uint16_t update_max;
	uint32_t told_offset;
	uint64_t not_before_us;
	uint64_t progress_us;
};

struct cp_pd {
	bool is_removed; /* Nobody is at this place. */
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

	uint32_t busy_in_a_row;
	bool is_to_start_over; /* Once no exchange is under way. */
	unsigned misses;       /* Probes in a row without a good reply. */
	uint64_t polled_us;    /* The last poll while it is on line; 0: none. */
	uint64_t due_us;       /* Next probe, retry or poll. */
	uint64_t absent_since_us;
	uint64_t last_good_us;
	uint64_t last_loss_us;
	bool is_idle; /* The last poll brought nothing. */
	/* From the end of a command to the first byte handed over: the longest one, fading. */
	uint32_t answer_us;
	uint32_t answer_count;

	bool has_identity;
	struct osdp_pdid identity;
	bool has_claim; /* Said in clear where the policy wants a secure channel. */
	struct osdp_pdid claim;
	bool has_capabilities;
	struct osdp_pdcap capabilities;
	struct cp_secure secure;
	struct osdp_lstatr status;
	struct osdp_points inputs;
	struct osdp_points outputs;
	struct osdp_points readers;
	struct cp_comset comset;
	struct cp_file file;
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
	uint64_t sent_us;	    /* The end of the command. */
	bool has_delay;		    /* The first byte of the reply has come. */
	bool has_error;		    /* Bytes came that were no usable frame. */
	uint64_t reply_deadline_us; /* For the first byte. */
	uint64_t limit_us;	    /* For the last one, whatever comes. */
};

struct osdp_cp {
	struct osdp_cp_config config;
	uint64_t char_us;
	struct cp_pd pds[OSDP_CP_PDS_MAX];

	struct exchange exchange;
	struct cp_install install;
	bool is_closed; /* The line: nothing can be sent. */
	bool is_quiet;	/* The last exchange ended well, so no late reply is due. */
	uint32_t foreign_count;
	unsigned last_served;
	uint64_t next_probe_us; /* For the line: bounds what absent PDs cost it. */
	uint64_t line_free_us;	/* Two idle characters are over. */
	uint64_t last_byte_us;
	struct osdp_rx rx;

	size_t output_size;
	size_t output_taken;
	uint8_t output[1 + CP_COMMAND_MAX];
	uint8_t plain[OSDP_FRAME_MAX]; /* A reply's data, decrypted. */

	unsigned event_first;
	unsigned event_count;
	struct osdp_event events[CP_EVENTS_MAX];
};

#endif
