#include "hw/osdp/cp_private.h"

#include <string.h>

enum {
	RETRIES_MAX = 3,
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
	pd->pending_count = 0;
	memset(pd->refused, 0, sizeof(pd->refused));
	pd->counters.restarts++;
}

static void
compose(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size)
{
	struct osdp_frame frame = {
		.address = pd->address,
		.sequence = pd->sequence,
		.has_crc = true,
		.code = code,
		.data = data,
		.data_size = size,
	};
	int r = osdp_frame_encode(&frame, pd->command, sizeof(pd->command));

	pd->command_size = r < 0 ? 0 : (size_t) r;
	pd->command_code = code;
	pd->command_sequence = pd->sequence;
}

static void
compose_online(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	struct pending pending;

	if (cp_take_pending(pd, &pending)) {
		compose(pd, pending.code, pending.data, pending.size);
		return;
	}
	pd->counters.polls++;
	pd->due_us = now_us + cp->config.poll_ms * US_PER_MS;
	compose(pd, OSDP_CMD_POLL, NULL, 0);
}

uint64_t
cp_pd_ready_us(const struct osdp_cp *cp, const struct cp_pd *pd)
{
	if (pd->command_size == 0 && pd->pending_count > 0)
		return 0;
	if (pd->misses > 0)
		return MAX_OF(pd->due_us, cp->next_probe_us);
	return pd->due_us;
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

void
cp_pd_prepare(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	static const uint8_t standard[] = { 0x00 };

	if (pd->command_size > 0)
		return;

	switch (pd->phase) {
	case PHASE_ID:
	case PHASE_ID_AGAIN:
		compose(pd, OSDP_CMD_ID, standard, sizeof(standard));
		break;
	case PHASE_WAKE:
		compose(pd, OSDP_CMD_POLL, NULL, 0);
		break;
	case PHASE_CAP:
		compose(pd, OSDP_CMD_CAP, standard, sizeof(standard));
		break;
	case PHASE_ONLINE:
		compose_online(cp, pd, now_us);
		break;
	}
}

void
cp_pd_lose(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason, uint64_t now_us)
{
	uint64_t pause_us = cp->config.probe_ms * US_PER_MS;

	reset_session(pd);
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
	} else if (pd->retries == RETRIES_MAX) {
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
	return pd->last_good_us + cp->config.offline_ms * US_PER_MS;
}

void
cp_pd_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	if (now_us < cp_pd_expiry_us(cp, pd))
		return;

	/* A PD may be here that answers, but with nothing but BUSY. */
	if (!cp_pd_is_probe(pd)) {
		reset_session(pd);
		pd->due_us = now_us;
	}
	if (pd->state == OSDP_PD_OFFLINE)
		return;
	pd->state = OSDP_PD_OFFLINE;
	cp_push_event(cp, pd, now_us, (struct osdp_event){ .type = OSDP_EV_OFFLINE });
}
