/*
 * What the files of the peripheral device share; nobody else includes this.
 *
 * pd.c runs the line and the session, pd_secure.c the secure channel, pd_command.c answers the
 * commands of readers, pd_io.c those of inputs, outputs and files.
 */
#ifndef HW_OSDP_PD_PRIVATE_H
#define HW_OSDP_PD_PRIVATE_H

#include "hw/osdp/frame.h"
#include "hw/osdp/pd.h"
#include "hw/osdp/secure.h"

enum {
	PD_EVENTS_MAX = 16,
	PD_REPLY_DATA_MAX = OSDP_BLOB_MAX,
	PD_REPLY_MAX = 1 + 8 + PD_REPLY_DATA_MAX + OSDP_SECURE_OVERHEAD,
};

struct pd_reply {
	size_t size;		     /* 0: there is none. */
	uint8_t bytes[PD_REPLY_MAX]; /* The mark first. */
};

/* What a command is answered with. */
struct pd_answer {
	uint8_t code;
	bool is_clear; /* Even within a session. */
	struct osdp_security block;
	uint8_t block_data;
	size_t size;
	uint8_t data[PD_REPLY_DATA_MAX];
};

struct pd_secure {
	struct osdp_secure *channel;
	bool is_open;
	bool is_challenged; /* SCRYPT may come. */
	bool has_key;
	uint8_t key[OSDP_KEY_SIZE];
	uint8_t server_cryptogram[OSDP_BLOCK_SIZE];
	uint8_t plain[OSDP_FRAME_MAX];
};

struct pd_output {
	bool is_on;
	bool is_on_meanwhile;
	uint64_t until_us;
};

struct pd_file {
	struct osdp_pd_filing filing;
	unsigned finishing_count;
	size_t size;
	uint8_t bytes[OSDP_PD_FILE_MAX];
};

struct osdp_pd {
	struct osdp_pd_config config;
	struct osdp_rx rx;
	uint64_t now_us;
	uint64_t last_byte_us;
	uint64_t last_command_us;

	bool has_session;
	uint8_t sequence;	/* Of the last command executed. */
	struct pd_reply stored; /* Its reply, for a repeated command. */
	struct pd_reply output;
	size_t output_taken;
	bool has_card_in_output;
	struct osdp_raw card_in_output;
	struct pd_secure secure;

	unsigned busy_count;
	struct osdp_lstatr status;
	bool has_new_status;
	struct osdp_points inputs;
	bool has_new_inputs;
	struct osdp_points readers;
	struct pd_output outputs[OSDP_PD_OUTPUTS_MAX];
	struct pd_file file;
	bool has_comset; /* Counts when the reply is sent. */
	struct osdp_comset comset;

	unsigned card_first;
	unsigned card_count;
	struct osdp_raw cards[OSDP_PD_CARDS_MAX];
	unsigned reply_count;
	struct pd_answer replies[OSDP_PD_REPLIES_MAX];
	unsigned event_first;
	unsigned event_count;
	struct osdp_pd_event events[PD_EVENTS_MAX];
};

void pd_push_event(struct osdp_pd *pd, const struct osdp_pd_event *event);

void pd_answer_nak(struct pd_answer *answer, uint8_t nak_code);
/* A packer's result is the size; what cannot be packed is our own fault, not the line's. */
void pd_answer_packed(struct pd_answer *answer, uint8_t code, int packed);
/* Executes a command of a correct sequence number. */
void pd_execute(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *ret_answer);

/* pd_secure.c */

/* True: the frame is plain now and may be executed. Else the answer is given. */
bool pd_secure_admit(struct osdp_pd *pd, struct osdp_frame *frame, struct pd_answer *ret_answer);
int pd_secure_encode(struct osdp_pd *pd, const struct osdp_frame *reply,
		     const struct pd_answer *answer, uint8_t *buf, size_t size);
void pd_secure_drop(struct osdp_pd *pd);
void pd_on_keyset(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);

/* pd_io.c */

void pd_on_istat(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);
void pd_on_ostat(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);
void pd_on_rstat(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);
void pd_on_out(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);
void pd_on_text(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);
void pd_on_comset(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);
void pd_on_file(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);
void pd_on_other(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer);

#endif
