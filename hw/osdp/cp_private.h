/*
 * What the files of the control panel share; nobody else includes this.
 *
 * cp.c runs the line: one exchange at a time, its timers, who is next. cp_pd.c runs a PD's
 * session: which command is next, when it is lost. cp_reply.c: what a reply means. cp_queue.c:
 * events and waiting commands. cp_secure.c: handshake and session of the secure channel.
 * cp_session.c: what a session takes and what ends it. cp_keys.c: install window, new keys.
 */
#ifndef HW_OSDP_CP_PRIVATE_H
#define HW_OSDP_CP_PRIVATE_H

#include "hw/osdp/cp.h"
#include "hw/osdp/frame.h"
#include "lib/util.h"

enum {
	CP_COMMAND_MAX = OSDP_FRAME_MAX,
	CP_MESSAGE_MIN = 128,			    /* What every device takes. */
	CP_OVERHEAD_MAX = 8 + OSDP_SECURE_OVERHEAD, /* Header, code, CRC, and what security adds. */
	CP_PENDING_MAX = 8,
	CP_EVENTS_MAX = 96,
	CP_EVENTS_SPARE = 40, /* Room for all that one exchange and eight losses can bring. */
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
	uint64_t due_us;       /* Next probe, retry or poll. */
	uint64_t absent_since_us;
	uint64_t last_good_us;
	uint64_t last_loss_us;
	bool is_idle; /* The last poll brought nothing. */

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
	bool is_quiet; /* The last exchange ended well, so no late reply is due. */
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

/* What a reply did to the exchange. */
enum cp_verdict {
	CP_DONE,  /* The line is free. */
	CP_GO_ON, /* Not the reply waited for. */
	CP_BAD,	  /* No usable reply; the right one may follow. */
	CP_USE,	  /* Not judged yet. */
};

/* cp.c */

void cp_set_baud(struct osdp_cp *cp, uint32_t baud);

/* cp_queue.c */

/* Fills in pd and time. Drops the event if there is no room, which only errors can bring about. */
void cp_push_event(struct osdp_cp *cp, const struct cp_pd *pd, uint64_t now_us,
		   struct osdp_event event);
bool cp_has_event_room(const struct osdp_cp *cp);
/* -ENOSPC: full, and nothing waits for the same target. */
int cp_push_pending(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size);
/* Checks that the PD is there and takes it. */
int cp_queue_command(struct osdp_cp *cp, unsigned pd, uint8_t code, const uint8_t *data,
		     size_t size);
bool cp_take_pending(struct cp_pd *pd, struct pending *ret_pending);

/* Errors are counted all, reported less and less often. */
bool cp_is_worth_telling(uint32_t count);

/* cp_pd.c */

/* When the PD wants the line. */
uint64_t cp_pd_ready_us(const struct osdp_cp *cp, const struct cp_pd *pd);
bool cp_pd_is_probe(const struct cp_pd *pd);
bool cp_pd_is_refused(const struct cp_pd *pd, uint8_t code);
/* Composes under the session if there is one. */
void cp_pd_compose(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size);
/* Composes a clear command with a security block of one byte. */
void cp_pd_compose_block(struct cp_pd *pd, uint8_t code, const struct osdp_security *block,
			 const uint8_t *data, size_t size);
/* The most data a command to this PD may carry. */
size_t cp_pd_data_max(const struct cp_pd *pd, size_t message_max);
/* Leaves the command to send in pd->command: the unanswered one, or a new one. */
void cp_pd_prepare(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* Starts over with sequence number 0: at once, but not again and again without a pause. */
void cp_pd_lose(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason,
		uint64_t now_us);
/* As cp_pd_lose(), but the PD stays what it is, and waiting commands are kept. */
void cp_pd_start_over(struct cp_pd *pd, uint64_t now_us);
/* The exchange brought no good reply. */
void cp_pd_on_miss(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* The rule of 8 seconds; UINT64_MAX if the PD is off line already. */
uint64_t cp_pd_expiry_us(const struct osdp_cp *cp, const struct cp_pd *pd);
void cp_pd_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);

/* cp_reply.c */

/* Changes what reply points to, not what it was made of. */
enum cp_verdict cp_pd_on_reply(struct osdp_cp *cp, struct cp_pd *pd, struct osdp_frame *reply,
			       uint64_t now_us);
void cp_pd_go_online(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* Counts and reports bytes that are no usable reply. */
void cp_pd_on_error(struct osdp_cp *cp, struct cp_pd *pd, int error, uint64_t now_us);

/* cp_secure.c */

bool cp_secure_is_wanted(const struct osdp_cp *cp, const struct cp_pd *pd);
bool cp_secure_is_due_for_renewal(const struct osdp_cp *cp, const struct cp_pd *pd,
				  uint64_t now_us);
/* PHASE_CHLNG, PHASE_SCRYPT. A challenge may fail: then there is no command. */
void cp_secure_challenge(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
void cp_secure_confirm(struct cp_pd *pd);
void cp_secure_on_ccrypt(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
			 uint64_t now_us);
void cp_secure_on_rmac(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		       uint64_t now_us);
/* Makes plain what came. CP_USE: go on with it; else it is dealt with. */
enum cp_verdict cp_secure_unwrap(struct osdp_cp *cp, struct cp_pd *pd, struct osdp_frame *reply,
				 uint64_t now_us);
/* No channel: waits, longer each time, and says so. */
void cp_secure_fail(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_mismatch cause,
		    uint64_t now_us);
/* Ends the session if there is one; what we do on purpose is no loss to tell. */
void cp_secure_close(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason,
		     uint64_t now_us);
/*
 * A new handshake without a new start: sequence number 0 would make the PD throw cards away. If
 * the PD does not take it so, it is started over.
 */
void cp_secure_renew(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* With the PDID as the session brought it. */
void cp_secure_check_identity(struct osdp_cp *cp, struct cp_pd *pd, const uint8_t *pdid,
			      uint64_t now_us);
void cp_secure_check_capabilities(struct osdp_cp *cp, struct cp_pd *pd,
				  const struct osdp_pdcap *capabilities, uint64_t now_us);

/* cp_session.c */

/* 2, 4, 8 ... 60 s. */
uint32_t cp_retry_ms(uint32_t failures);
/* An event that is told the 1st, 2nd, 4th ... time. */
void cp_count_nak(struct cp_pd *pd, uint8_t code);
void cp_tell_count(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_event_type type, uint32_t count,
		   uint8_t code, uint64_t now_us);

/* cp_keys.c */

/* A session under SCBK-D is ready for KEYSET. */
void cp_keys_on_pairing(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* SCBK-D is to be used. */
bool cp_keys_is_pairing(const struct osdp_cp *cp, const struct cp_pd *pd);
/* A session stands: commits or drops the pending key. */
void cp_keys_on_session(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* The PD is ready for the rest of an installation. */
void cp_keys_on_online(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
void cp_keys_on_mismatch(struct osdp_cp *cp, struct cp_pd *pd);
/* Composes KEYSET if it is time for it. */
bool cp_keys_compose(struct cp_pd *pd);
void cp_keys_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		      uint64_t now_us);
uint64_t cp_keys_expiry_us(const struct osdp_cp *cp);
void cp_keys_expire(struct osdp_cp *cp, uint64_t now_us);

/* cp_status.c */

/* On line any command may bring any of these: some PDs answer LED with what POLL would bring. */
void cp_status_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
			uint64_t now_us);
/* What polls do not tell: the state of things when the PD comes on line. */
void cp_status_ask_all(struct cp_pd *pd);

/* cp_file.c */

/* When the next fragment may go; UINT64_MAX: none. */
uint64_t cp_file_ready_us(const struct cp_pd *pd);
uint32_t cp_file_poll_ms(const struct osdp_cp *cp, const struct cp_pd *pd);
/* True: a fragment was composed. */
bool cp_file_compose(struct cp_pd *pd, uint64_t now_us);
void cp_file_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		      uint64_t now_us);
void cp_file_restart(struct cp_pd *pd, uint64_t now_us);
uint64_t cp_file_expiry_us(const struct cp_pd *pd);
void cp_file_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);

/* cp_comset.c */

void cp_comset_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
			uint64_t now_us);
/* The session is lost; the PD may have moved without its reply having arrived. */
void cp_comset_on_loss(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* A good answer. */
void cp_comset_on_answer(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
uint64_t cp_comset_expiry_us(const struct cp_pd *pd);
void cp_comset_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);

#endif
