#include "hw/osdp/cp_private.h"

#include <string.h>

enum {
	SLOW_PROBE_AFTER_MS = 60000,
};

static void
reset_session(struct cp_pd *pd)
{
	pd->phase = PHASE_ID;
	pd->sequence = 0;
	pd->command_size = 0;
	pd->retries = 0;
	pd->misses = 0;
	pd->polled_us = 0;
	pd->is_to_start_over = false;
	pd->secure.is_renewing = false;
	memset(pd->refused, 0, sizeof(pd->refused));
	pd->counters.restarts++;
}

static void
encode(struct cp_pd *pd, const struct osdp_frame *frame)
{
	int r = pd->secure.is_open ? osdp_secure_seal(pd->secure.channel, frame, pd->command,
						      sizeof(pd->command))
				   : osdp_frame_encode(frame, pd->command, sizeof(pd->command));

	pd->command_size = r < 0 ? 0 : (size_t) r;
	pd->command_code = frame->code;
	pd->command_sequence = frame->sequence;
}

void
cp_pd_compose_block(struct cp_pd *pd, uint8_t code, const struct osdp_security *block,
		    const uint8_t *data, size_t size)
{
	encode(pd, &(struct osdp_frame){
			   .address = pd->address,
			   .sequence = pd->sequence,
			   .has_crc = true,
			   .security = *block,
			   .code = code,
			   .data = data,
			   .data_size = size,
		   });
}

void
cp_pd_compose(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size)
{
	static const struct osdp_security clear;

	cp_pd_compose_block(pd, code, &clear, data, size);
}

static void
compose_online(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	struct pending pending;

	if (cp_keys_compose(pd))
		return;
	if (pd->phase == PHASE_ONLINE && cp_take_pending(pd, &pending)) {
		cp_pd_compose(pd, pending.code, pending.data, pending.size);
		return;
	}
	if (pd->phase == PHASE_ONLINE && cp_file_compose(pd, now_us))
		return;
	pd->counters.polls++;
	if (pd->phase == PHASE_ONLINE && pd->polled_us)
		osdp_delay_add(&pd->counters.interval, now_us - pd->polled_us);
	pd->polled_us = pd->phase == PHASE_ONLINE ? now_us : 0;
	pd->due_us = now_us + cp_file_poll_ms(cp, pd) * US_PER_MS;
	cp_pd_compose(pd, OSDP_CMD_POLL, NULL, 0);
}

uint64_t
cp_pd_ready_us(const struct osdp_cp *cp, const struct cp_pd *pd)
{
	if (pd->is_removed)
		return UINT64_MAX;
	if (pd->is_to_start_over)
		return 0;
	if (pd->command_size == 0 && pd->pending_count > 0 && pd->phase == PHASE_ONLINE)
		return 0;
	if (pd->misses > 0)
		return MAX_OF(pd->due_us, cp->next_probe_us);
	return pd->command_size == 0 ? MIN_OF(pd->due_us, cp_file_ready_us(pd)) : pd->due_us;
}

size_t
cp_pd_data_max(const struct cp_pd *pd, size_t message_max)
{
	const struct osdp_pdcap *capabilities = &pd->capabilities;
	size_t own = (size_t) capabilities->compliance[OSDP_CAP_RECEIVE_BUFFER] |
		     (size_t) capabilities->items[OSDP_CAP_RECEIVE_BUFFER] << 8;
	size_t max = MIN_OF(MAX_OF(own, (size_t) CP_MESSAGE_MIN), (size_t) OSDP_FRAME_MAX);

	if (message_max != 0)
		max = MIN_OF(max, MAX_OF(message_max,
					 (size_t) CP_OVERHEAD_MAX + OSDP_FILE_HEADER_SIZE + 1));
	return max - CP_OVERHEAD_MAX;
}

bool
cp_pd_is_probe(const struct cp_pd *pd)
{
	return pd->phase == PHASE_ID || pd->phase == PHASE_WAKE;
}

bool
cp_pd_is_refused(const struct cp_pd *pd, uint8_t code)
{
	return (pd->refused[code / 8] >> code % 8 & 1) != 0;
}

/* Between two card reads rather than within one. */
static bool
is_to_be_renewed(const struct osdp_cp *cp, const struct cp_pd *pd, uint64_t now_us)
{
	return pd->phase == PHASE_ONLINE && pd->command_size == 0 && pd->pending_count == 0 &&
	       pd->is_idle && cp_secure_is_due_for_renewal(cp, pd, now_us);
}

void
cp_pd_prepare(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	static const uint8_t standard[] = { 0x00 };

	if (pd->is_to_start_over)
		cp_pd_lose(cp, pd, OSDP_SUSPECT_POLICY, now_us);
	else if (is_to_be_renewed(cp, pd, now_us))
		cp_secure_renew(cp, pd, now_us);
	if (pd->command_size > 0)
		return;

	switch (pd->phase) {
	case PHASE_ID:
	case PHASE_ID_AGAIN:
	case PHASE_SECURE_ID:
		cp_pd_compose(pd, OSDP_CMD_ID, standard, sizeof(standard));
		break;
	case PHASE_WAKE:
		cp_pd_compose(pd, OSDP_CMD_POLL, NULL, 0);
		break;
	case PHASE_CAP:
	case PHASE_SECURE_CAP:
		cp_pd_compose(pd, OSDP_CMD_CAP, standard, sizeof(standard));
		break;
	case PHASE_CHLNG:
		cp_secure_challenge(cp, pd, now_us);
		break;
	case PHASE_SCRYPT:
		cp_secure_confirm(pd);
		break;
	case PHASE_PAIRING:
	case PHASE_ONLINE:
		compose_online(cp, pd, now_us);
		break;
	}
}

void
cp_pd_start_over(struct cp_pd *pd, uint64_t now_us)
{
	reset_session(pd);
	pd->due_us = now_us;
}

void
cp_pd_lose(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason, uint64_t now_us)
{
	uint64_t pause_us = cp->config.probe_ms * US_PER_MS;

	cp_secure_close(cp, pd, reason, now_us);
	cp_comset_on_loss(cp, pd, now_us);
	reset_session(pd);
	pd->pending_count = 0;
	pd->due_us = now_us - pd->last_loss_us < pause_us ? now_us + pause_us : now_us;
	pd->last_loss_us = now_us;
	if (pd->state != OSDP_PD_ONLINE)
		return;

	pd->state = OSDP_PD_SUSPECT;
	cp_push_event(cp, pd, now_us,
		      (struct osdp_event){ .type = OSDP_EV_SUSPECT, .suspect = reason });
}

void
cp_pd_on_miss(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	if (cp_pd_is_probe(pd)) {
		if (pd->misses++ == 0)
			pd->absent_since_us = now_us;
		bool is_slow = now_us - pd->absent_since_us >= SLOW_PROBE_AFTER_MS * US_PER_MS;
		uint32_t pause_ms = is_slow ? cp->config.slow_probe_ms : cp->config.probe_ms;
		pd->phase = PHASE_ID;
		pd->sequence = 0;
		pd->command_size = 0;
		pd->due_us = now_us + pause_ms * US_PER_MS;
		cp->next_probe_us = now_us + cp->config.probe_ms * US_PER_MS;
	} else if (pd->retries == CP_RETRIES_MAX) {
		cp_pd_lose(cp, pd, OSDP_SUSPECT_SILENT, now_us);
	} else {
		pd->retries++;
		pd->counters.retries++;
		pd->due_us = now_us;
	}
}

uint64_t
cp_pd_expiry_us(const struct osdp_cp *cp, const struct cp_pd *pd)
{
	if (pd->state == OSDP_PD_OFFLINE && cp_pd_is_probe(pd))
		return UINT64_MAX;

	/* While it waits for the next handshake it is asked nothing. */
	uint64_t from_us = pd->state == OSDP_PD_KEY_MISMATCH ? MAX_OF(pd->last_good_us, pd->due_us)
							     : pd->last_good_us;
	return from_us + cp->config.offline_ms * US_PER_MS;
}

void
cp_pd_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	if (now_us < cp_pd_expiry_us(cp, pd))
		return;

	/* A PD may be here that answers, but with nothing but BUSY. */
	if (!cp_pd_is_probe(pd)) {
		cp_secure_close(cp, pd, OSDP_SUSPECT_SILENT, now_us);
		reset_session(pd);
		pd->pending_count = 0;
		pd->due_us = now_us;
	}
	if (pd->state == OSDP_PD_OFFLINE)
		return;
	pd->state = OSDP_PD_OFFLINE;
	/* BUSY is never secured, so anybody can hold a PD off with it. */
	if (pd->busy_in_a_row > 0)
		cp_push_event(cp, pd, now_us,
			      (struct osdp_event){
				      .type = OSDP_EV_INTERFERENCE,
				      .interference.reason = OSDP_SUSPECT_SILENT,
			      });
	pd->busy_in_a_row = 0;
	cp_push_event(cp, pd, now_us, (struct osdp_event){ .type = OSDP_EV_OFFLINE });
}
