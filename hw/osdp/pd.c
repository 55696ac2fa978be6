#include "hw/osdp/pd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw/osdp/pd_private.h"
#include "lib/util.h"

enum {
	CHAR_TIMEOUT_MS = 20,
	OFFLINE_MS = 8000,
};

/* 2.2 sections 7.11 and 7.12: card data does not outlive the communication it was read for. */
static void
discard_cards(struct osdp_pd *pd)
{
	if (pd->card_count == 0)
		return;
	pd_push_event(pd, &(struct osdp_pd_event){
				  .type = OSDP_PD_EV_CARDS_DISCARDED,
				  .cards = pd->card_count,
			  });
	pd->card_count = 0;
}

static void
drop_session(struct osdp_pd *pd)
{
	pd->has_session = false;
	pd->stored.size = 0;
	pd_secure_drop(pd);
	discard_cards(pd);
}

static void
send_answer(struct osdp_pd *pd, const struct osdp_frame *command, uint8_t sequence,
	    const struct pd_answer *answer)
{
	struct osdp_frame reply = {
		.address = command->address,
		.is_reply = true,
		.sequence = sequence,
		.has_crc = command->has_crc,
		.code = answer->code,
		.data = answer->data,
		.data_size = answer->size,
	};
	int r = pd_secure_encode(pd, &reply, answer, pd->output.bytes + 1, PD_REPLY_MAX - 1);
	pd->output.bytes[0] = OSDP_MARK;
	pd->output.size = r < 0 ? 0 : (size_t) r + 1;
}

/* Sequence rules of 2.2 section 5.9. */
static void
on_command(struct osdp_pd *pd, struct osdp_frame *frame)
{
	pd->output_taken = 0;
	pd->has_card_in_output = false;

	if (pd->busy_count > 0) {
		pd->busy_count--;
		send_answer(pd, frame, 0,
			    &(struct pd_answer){ .code = OSDP_REPLY_BUSY, .is_clear = true });
		return;
	}

	bool is_start = frame->sequence == 0;
	if (is_start) {
		drop_session(pd);
		pd->has_session = true;
	} else if (pd->has_session && frame->sequence == pd->sequence) {
		pd->output = pd->stored;
		return;
	} else if (!pd->has_session || frame->sequence != osdp_sequence_next(pd->sequence)) {
		struct pd_answer refusal;
		pd_answer_nak(&refusal, OSDP_NAK_SEQUENCE);
		refusal.is_clear = true;
		send_answer(pd, frame, frame->sequence, &refusal);
		return;
	}

	struct pd_answer answer = { .code = OSDP_REPLY_ACK };
	if (pd_secure_admit(pd, frame, &answer))
		pd_execute(pd, frame, &answer);
	send_answer(pd, frame, frame->sequence, &answer);
	pd->sequence = frame->sequence;
	pd->stored = pd->output;
}

static void
on_frame(struct osdp_pd *pd, struct osdp_frame *frame, uint64_t now_us)
{
	if (frame->is_reply)
		return;
	if (frame->address != pd->config.address && frame->address != OSDP_ADDRESS_CONFIGURATION)
		return;

	pd->now_us = now_us;
	pd->last_command_us = now_us;
	on_command(pd, frame);
}

void
pd_push_event(struct osdp_pd *pd, const struct osdp_pd_event *event)
{
	if (pd->event_count == PD_EVENTS_MAX) {
		pd->event_first = (pd->event_first + 1) % PD_EVENTS_MAX;
		pd->event_count--;
	}
	pd->events[(pd->event_first + pd->event_count) % PD_EVENTS_MAX] = *event;
	pd->event_count++;
}

int
osdp_pd_new(const struct osdp_pd_config *config, struct osdp_pd **ret_pd)
{
	if (config->address >= OSDP_ADDRESS_CONFIGURATION)
		return -EINVAL;

	struct osdp_pd *pd = xcalloc(1, sizeof(*pd));
	pd->config = *config;
	if (pd->config.char_timeout_ms == 0)
		pd->config.char_timeout_ms = CHAR_TIMEOUT_MS;
	if (pd->config.offline_ms == 0)
		pd->config.offline_ms = OFFLINE_MS;
	pd->secure.has_key = config->has_key;
	memcpy(pd->secure.key, config->key, sizeof(pd->secure.key));
	explicit_bzero(pd->config.key, sizeof(pd->config.key));
	int r = osdp_secure_new(&pd->secure.channel);
	if (r < 0) {
		free(pd);
		return r;
	}
	*ret_pd = pd;
	return 0;
}

void
osdp_pd_free(struct osdp_pd *pd)
{
	if (pd == NULL)
		return;
	osdp_secure_free(pd->secure.channel);
	explicit_bzero(pd, sizeof(*pd));
	free(pd);
}

void
osdp_pd_receive(struct osdp_pd *pd, const uint8_t *bytes, size_t size, uint64_t now_us)
{
	if (now_us - pd->last_byte_us > pd->config.char_timeout_ms * US_PER_MS)
		osdp_rx_reset(&pd->rx);
	if (now_us - pd->last_command_us > pd->config.offline_ms * US_PER_MS)
		drop_session(pd);
	pd->last_byte_us = now_us;

	while (size > 0) {
		size_t taken = osdp_rx_feed(&pd->rx, bytes, size);
		bytes += taken;
		size -= taken;

		/*
		 * A damaged command is not answered: its address cannot be trusted, and two PDs
		 * that answer collide. The control panel's time-out repeats it.
		 */
		struct osdp_frame frame;
		for (int r; (r = osdp_rx_next(&pd->rx, &frame)) != 0;)
			if (r > 0)
				on_frame(pd, &frame, now_us);
	}
}

/* The reply went out at the old settings; the panel starts over at the new ones. */
static void
apply_comset(struct osdp_pd *pd)
{
	pd->has_comset = false;
	pd->config.address = pd->comset.address;
	drop_session(pd);
	pd_push_event(pd, &(struct osdp_pd_event){
				  .type = OSDP_PD_EV_COMSET,
				  .comset = pd->comset,
			  });
}

size_t
osdp_pd_take_output(struct osdp_pd *pd, uint8_t *buf, size_t size)
{
	size_t taken = MIN_OF(size, pd->output.size - pd->output_taken);

	memcpy(buf, pd->output.bytes + pd->output_taken, taken);
	pd->output_taken += taken;
	if (pd->output_taken == pd->output.size && pd->has_card_in_output) {
		pd->has_card_in_output = false;
		pd_push_event(pd, &(struct osdp_pd_event){
					  .type = OSDP_PD_EV_CARD_SENT,
					  .card = pd->card_in_output,
				  });
	}
	if (pd->output_taken == pd->output.size && pd->has_comset)
		apply_comset(pd);
	return taken;
}

bool
osdp_pd_take_event(struct osdp_pd *pd, struct osdp_pd_event *ret_event)
{
	if (pd->event_count == 0)
		return false;

	*ret_event = pd->events[pd->event_first];
	pd->event_first = (pd->event_first + 1) % PD_EVENTS_MAX;
	pd->event_count--;
	return true;
}

int
osdp_pd_badge(struct osdp_pd *pd, unsigned bit_count, const uint8_t *data)
{
	if (bit_count == 0 || bit_count > OSDP_CARD_BITS_MAX)
		return -EINVAL;
	if (pd->card_count == OSDP_PD_CARDS_MAX)
		return -ENOSPC;

	struct osdp_raw *card = &pd->cards[(pd->card_first + pd->card_count) % OSDP_PD_CARDS_MAX];
	*card = (struct osdp_raw){
		.reader = pd->config.reader,
		.bit_count = (uint16_t) bit_count,
	};
	memcpy(card->data, data, osdp_bytes_of_bits(bit_count));
	pd->card_count++;
	return 0;
}

void
osdp_pd_set_status(struct osdp_pd *pd, const struct osdp_lstatr *status)
{
	pd->has_new_status = pd->has_new_status || status->is_tampered != pd->status.is_tampered ||
			     status->has_power_failure != pd->status.has_power_failure;
	pd->status = *status;
}

void
osdp_pd_set_busy(struct osdp_pd *pd, unsigned command_count)
{
	pd->busy_count = command_count;
}

void
osdp_pd_restart(struct osdp_pd *pd)
{
	osdp_rx_reset(&pd->rx);
	drop_session(pd);
	pd->output.size = 0;
	pd->output_taken = 0;
	pd->has_card_in_output = false;
	pd->busy_count = 0;
	pd->has_comset = false;
	pd->reply_count = 0;
}
