/*
 * What the files of the peripheral device share; nobody else includes this.
 *
 * pd.c runs the line and the session, pd_command.c answers commands.
 */
#ifndef HW_OSDP_PD_PRIVATE_H
#define HW_OSDP_PD_PRIVATE_H

#include "hw/osdp/frame.h"
#include "hw/osdp/pd.h"

enum {
	PD_EVENTS_MAX = 16,
	PD_REPLY_DATA_MAX = 64, /* PDCAP with all functions is the largest. */
	PD_REPLY_MAX = 1 + 8 + PD_REPLY_DATA_MAX,
};

struct pd_reply {
	size_t size;		     /* 0: there is none. */
	uint8_t bytes[PD_REPLY_MAX]; /* The mark first. */
};

struct osdp_pd {
	struct osdp_pd_config config;
	struct osdp_rx rx;
	uint64_t last_byte_us;
	uint64_t last_command_us;

	bool has_session;
	uint8_t sequence;	/* Of the last command executed. */
	struct pd_reply stored; /* Its reply, for a repeated command. */
	struct pd_reply output;
	size_t output_taken;
	bool has_card_in_output;
	struct osdp_raw card_in_output;

	unsigned busy_count;
	struct osdp_lstatr status;
	bool has_new_status;

	unsigned card_first;
	unsigned card_count;
	struct osdp_raw cards[OSDP_PD_CARDS_MAX];
	unsigned event_first;
	unsigned event_count;
	struct osdp_pd_event events[PD_EVENTS_MAX];
};

/* What a command is answered with. */
struct pd_answer {
	uint8_t code;
	size_t size;
	uint8_t data[PD_REPLY_DATA_MAX];
};

void pd_push_event(struct osdp_pd *pd, const struct osdp_pd_event *event);

void pd_answer_nak(struct pd_answer *answer, uint8_t nak_code);
/* Executes a command of a correct sequence number. */
void pd_execute(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *ret_answer);

#endif
