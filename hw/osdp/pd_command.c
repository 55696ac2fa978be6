#include "hw/osdp/pd_private.h"

#include <string.h>

#include "lib/util.h"

void
pd_answer_nak(struct pd_answer *answer, uint8_t nak_code)
{
	*answer = (struct pd_answer){ .code = OSDP_REPLY_NAK, .size = 1, .data = { nak_code } };
}

void
pd_answer_packed(struct pd_answer *answer, uint8_t code, int packed)
{
	if (packed < 0) {
		pd_answer_nak(answer, OSDP_NAK_GENERIC);
		return;
	}
	answer->code = code;
	answer->size = (size_t) packed;
}

static void
on_poll(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	(void) frame;
	if (pd->has_new_status) {
		pd->has_new_status = false;
		pd_answer_packed(answer, OSDP_REPLY_LSTATR,
				 osdp_pack_lstatr(&pd->status, answer->data, PD_REPLY_DATA_MAX));
	} else if (pd->has_new_inputs) {
		pd_on_istat(pd, frame, answer);
	} else if (pd->reply_count > 0) {
		*answer = pd->replies[0];
		pd->reply_count--;
		memmove(pd->replies, pd->replies + 1, pd->reply_count * sizeof(pd->replies[0]));
	} else if (pd->card_count > 0) {
		pd->card_in_output = pd->cards[pd->card_first];
		pd->has_card_in_output = true;
		pd->card_first = (pd->card_first + 1) % OSDP_PD_CARDS_MAX;
		pd->card_count--;
		pd_answer_packed(
			answer, OSDP_REPLY_RAW,
			osdp_pack_raw(&pd->card_in_output, answer->data, PD_REPLY_DATA_MAX));
	}
}

static void
on_id(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	(void) frame;
	pd_answer_packed(answer, OSDP_REPLY_PDID,
			 osdp_pack_pdid(&pd->config.identity, answer->data, PD_REPLY_DATA_MAX));
}

static void
on_cap(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	(void) frame;
	pd_answer_packed(
		answer, OSDP_REPLY_PDCAP,
		osdp_pack_pdcap(&pd->config.capabilities, answer->data, PD_REPLY_DATA_MAX));
}

static void
on_lstat(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	(void) frame;
	pd->has_new_status = false;
	pd_answer_packed(answer, OSDP_REPLY_LSTATR,
			 osdp_pack_lstatr(&pd->status, answer->data, PD_REPLY_DATA_MAX));
}

static void
on_led(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	if (frame->data_size == 0 || frame->data_size % OSDP_LED_SIZE != 0) {
		pd_answer_nak(answer, OSDP_NAK_LENGTH);
		return;
	}
	for (size_t at = 0; at < frame->data_size; at += OSDP_LED_SIZE) {
		struct osdp_pd_event event = { .type = OSDP_PD_EV_LED };
		if (osdp_unpack_led(frame->data + at, OSDP_LED_SIZE, &event.led) == 0)
			pd_push_event(pd, &event);
	}
}

static void
on_buz(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	struct osdp_pd_event event = { .type = OSDP_PD_EV_BUZZER };

	if (osdp_unpack_buzzer(frame->data, frame->data_size, &event.buzzer) < 0) {
		pd_answer_nak(answer, OSDP_NAK_LENGTH);
		return;
	}
	pd_push_event(pd, &event);
}

/* A handler that writes no answer acknowledges. */
static const struct {
	uint8_t code;
	void (*handle)(struct osdp_pd *pd, const struct osdp_frame *frame,
		       struct pd_answer *answer);
} commands[] = {
	{ OSDP_CMD_POLL, on_poll },
	{ OSDP_CMD_ID, on_id },
	{ OSDP_CMD_CAP, on_cap },
	{ OSDP_CMD_LSTAT, on_lstat },
	{ OSDP_CMD_LED, on_led },
	{ OSDP_CMD_BUZ, on_buz },
	{ OSDP_CMD_ISTAT, pd_on_istat },
	{ OSDP_CMD_OSTAT, pd_on_ostat },
	{ OSDP_CMD_RSTAT, pd_on_rstat },
	{ OSDP_CMD_OUT, pd_on_out },
	{ OSDP_CMD_TEXT, pd_on_text },
	{ OSDP_CMD_COMSET, pd_on_comset },
	{ OSDP_CMD_KEYSET, pd_on_keyset },
	{ OSDP_CMD_FILETRANSFER, pd_on_file },
	{ OSDP_CMD_ACURXSIZE, pd_on_other },
	{ OSDP_CMD_KEEPACTIVE, pd_on_other },
	{ OSDP_CMD_ABORT, pd_on_other },
	{ OSDP_CMD_MFG, pd_on_other },
	{ OSDP_CMD_XWR, pd_on_other },
};

void
pd_execute(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *ret_answer)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (commands[i].code == frame->code) {
			commands[i].handle(pd, frame, ret_answer);
			return;
		}
	}
	pd_answer_nak(ret_answer, OSDP_NAK_COMMAND);
}
