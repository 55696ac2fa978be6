#include "hw/osdp/cp_private.h"

#include <errno.h>
#include <string.h>

enum {
	IDLE_CHARS = 2, /* 2.2 section 5.7: before we may send. */
	PATIENT_PROBE_EVERY = 8,
	PATIENT_PROBE_EVERY_KNOWN = 16,
	ANSWERS_KNOWN = 32,
	ANSWER_MARGIN = 2,
	ANSWER_FADE = 32,
};

static uint64_t
chars_us(const struct osdp_cp *cp, size_t chars)
{
	return cp->char_us * chars;
}

static bool
is_to_wait_in_full(const struct cp_pd *pd)
{
	bool is_known = pd->answer_count >= ANSWERS_KNOWN;

	if (cp_pd_is_probe(pd))
		return is_known ? pd->misses % PATIENT_PROBE_EVERY_KNOWN ==
					  PATIENT_PROBE_EVERY_KNOWN - 1
				: pd->misses % PATIENT_PROBE_EVERY == 0;
	return !is_known || pd->phase != PHASE_ONLINE || pd->command_code != OSDP_CMD_POLL ||
	       pd->retries == CP_RETRIES_MAX;
}

/*
 * The standard gives a PD 200 ms, nearly all answer within 5. So that an absent PD does not stop
 * its neighbours for 200 ms again and again, most probes wait less, and so do polls of a PD that
 * is known to answer soon. The last retry and some of the probes are for the slow ones.
 */
static uint32_t
first_byte_timeout_ms(const struct osdp_cp *cp, const struct cp_pd *pd)
{
	uint32_t full_ms = cp->config.reply_timeout_ms;

	if (is_to_wait_in_full(pd))
		return full_ms;
	/* Drivers may hand over a whole reply at its end, so polls go by what was seen of that. */
	uint32_t known_us =
		cp_pd_is_probe(pd) ? osdp_delay_mean_us(&pd->counters.delay) : pd->answer_us;
	uint32_t known_ms = known_us / (uint32_t) US_PER_MS * ANSWER_MARGIN;
	return MIN_OF(MAX_OF(known_ms, cp->config.probe_timeout_ms), full_ms);
}

static void
start_exchange(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	cp_pd_prepare(cp, pd, now_us);
	if (pd->command_size == 0)
		return;
	cp->output[0] = OSDP_MARK;
	memcpy(cp->output + 1, pd->command, pd->command_size);
	cp->output_size = 1 + pd->command_size;
	cp->output_taken = 0;

	uint64_t sent_us = now_us + chars_us(cp, cp->output_size);
	uint64_t reply_us = sent_us + first_byte_timeout_ms(cp, pd) * US_PER_MS;
	cp->exchange = (struct exchange){
		.pd = pd,
		.sent_us = sent_us,
		.reply_deadline_us = reply_us,
		/* Half as long again as the longest frame: drivers deliver in portions. */
		.limit_us = reply_us + chars_us(cp, OSDP_FRAME_MAX) * 3 / 2,
	};
	cp->line_free_us = sent_us + chars_us(cp, IDLE_CHARS);
	cp->last_served = (unsigned) (pd - cp->pds);
	osdp_rx_reset(&cp->rx);
}

/*
 * Behind damaged bytes the reply may still come, but not much later; so a damaged reply costs the
 * character time-out, not the whole reply time-out.
 */
static uint64_t
exchange_deadline_us(const struct osdp_cp *cp)
{
	if (!cp->exchange.has_error && !osdp_rx_is_partial(&cp->rx))
		return cp->exchange.reply_deadline_us;

	uint64_t char_us = cp->last_byte_us + cp->config.char_timeout_ms * US_PER_MS;
	return MIN_OF(char_us, cp->exchange.limit_us);
}

static void
expire_exchange(struct osdp_cp *cp, uint64_t now_us)
{
	struct cp_pd *pd = cp->exchange.pd;

	if (pd == NULL || now_us < exchange_deadline_us(cp))
		return;
	if (osdp_rx_is_partial(&cp->rx))
		cp_pd_on_error(cp, pd, -EMSGSIZE, now_us);
	else if (!cp->exchange.has_error)
		pd->counters.timeouts++;
	osdp_rx_reset(&cp->rx);
	cp->exchange.pd = NULL;
	cp->is_quiet = false;
	cp_pd_on_miss(cp, pd, now_us);
}

/* Round robin from behind the one served last, so nobody waits for a neighbour twice. */
static struct cp_pd *
next_pd(struct osdp_cp *cp, uint64_t now_us)
{
	for (unsigned i = 1; i <= cp->config.pd_count; i++) {
		struct cp_pd *pd = &cp->pds[(cp->last_served + i) % cp->config.pd_count];
		if (cp_pd_ready_us(cp, pd) <= now_us)
			return pd;
	}
	return NULL;
}

/* A late reply is nothing special; behind an answered command there is none to come. */
static void
on_foreign(struct osdp_cp *cp, const struct osdp_frame *frame, uint64_t now_us)
{
	struct cp_pd *pd = &cp->pds[cp->last_served];

	pd->counters.stale++;
	if (cp->exchange.pd == NULL && cp->is_quiet)
		cp_tell_count(cp, pd, OSDP_EV_FOREIGN_TALKER, ++cp->foreign_count, frame->address,
			      now_us);
}

static void
on_frame(struct osdp_cp *cp, struct osdp_frame *frame, uint64_t now_us)
{
	struct cp_pd *pd = cp->exchange.pd;

	/* Some transceivers echo what we send. */
	if (!frame->is_reply)
		return;
	if (pd == NULL || frame->address != pd->address) {
		on_foreign(cp, frame, now_us);
		return;
	}
	/* We ask with CRC; a reply that falls back to the checksum is not one. */
	if (!frame->has_crc) {
		cp_pd_on_error(cp, pd, -EPROTO, now_us);
		cp->exchange.has_error = true;
		return;
	}
	switch (cp_pd_on_reply(cp, pd, frame, now_us)) {
	case CP_DONE:
		cp->exchange.pd = NULL;
		cp->is_quiet = true;
		break;
	case CP_BAD:
		cp->exchange.has_error = true;
		break;
	default:
		break;
	}
}

static void
on_bad_frame(struct osdp_cp *cp, int error, uint64_t now_us)
{
	cp_pd_on_error(cp, &cp->pds[cp->last_served], error, now_us);
	cp->exchange.has_error = true;
}

/*
 * Only polls are hurried, so only they tell how soon. Who had to be asked twice may have been slow:
 * it has all its time for a while.
 */
static void
note_answer(const struct osdp_cp *cp, struct cp_pd *pd, uint64_t waited_us)
{
	uint64_t full_us = cp->config.reply_timeout_ms * US_PER_MS;
	uint64_t answer_us = pd->retries > 0 ? full_us : MIN_OF(waited_us, full_us);
	uint32_t faded_us = pd->answer_us - pd->answer_us / ANSWER_FADE;

	if (pd->command_code != OSDP_CMD_POLL)
		return;
	pd->answer_us = MAX_OF((uint32_t) answer_us, faded_us);
	pd->answer_count += pd->answer_count < ANSWERS_KNOWN;
}

/* The bytes handed over took their time on the line; the first of them began before. */
static void
note_delay(struct osdp_cp *cp, size_t size, uint64_t now_us)
{
	struct exchange *exchange = &cp->exchange;
	uint64_t begun_us = now_us - MIN_OF(now_us, chars_us(cp, size));

	/* What comes while we send is our own echo. */
	if (exchange->pd == NULL || exchange->has_delay || now_us <= exchange->sent_us)
		return;
	exchange->has_delay = true;
	note_answer(cp, exchange->pd, now_us - exchange->sent_us);
	osdp_delay_add(&exchange->pd->counters.delay,
		       begun_us > exchange->sent_us ? begun_us - exchange->sent_us : 0);
}

void
osdp_cp_receive(struct osdp_cp *cp, const uint8_t *bytes, size_t size, uint64_t now_us)
{
	if (size == 0)
		return;
	note_delay(cp, size, now_us);
	cp->last_byte_us = now_us;
	cp->line_free_us = MAX_OF(cp->line_free_us, now_us + chars_us(cp, IDLE_CHARS));

	while (size > 0) {
		size_t taken = osdp_rx_feed(&cp->rx, bytes, size);
		bytes += taken;
		size -= taken;

		struct osdp_frame frame;
		for (int r; (r = osdp_rx_next(&cp->rx, &frame)) != 0;) {
			if (r > 0)
				on_frame(cp, &frame, now_us);
			else
				on_bad_frame(cp, r, now_us);
		}
	}
}

static void
expire_pd(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	cp_comset_expire(cp, pd, now_us);
	cp_file_expire(cp, pd, now_us);
	cp_pd_expire(cp, pd, now_us);
}

static uint64_t
expiry_us(const struct osdp_cp *cp, const struct cp_pd *pd)
{
	uint64_t own_us = MIN_OF(cp_comset_expiry_us(pd), cp_file_expiry_us(pd));

	return MIN_OF(own_us, cp_pd_expiry_us(cp, pd));
}

void
osdp_cp_open(struct osdp_cp *cp, bool is_open)
{
	cp->is_closed = !is_open;
}

static bool
can_send(const struct osdp_cp *cp)
{
	return !cp->is_closed && cp->exchange.pd == NULL && cp_has_event_room(cp);
}

void
osdp_cp_tick(struct osdp_cp *cp, uint64_t now_us)
{
	expire_exchange(cp, now_us);
	cp_keys_expire(cp, now_us);
	for (unsigned i = 0; i < cp->config.pd_count; i++)
		if (&cp->pds[i] != cp->exchange.pd)
			expire_pd(cp, &cp->pds[i], now_us);

	if (!can_send(cp) || now_us < cp->line_free_us)
		return;
	/* A PD may turn out to have nothing to say: a challenge without a key. */
	for (unsigned i = 0; i < cp->config.pd_count && cp->exchange.pd == NULL; i++) {
		struct cp_pd *pd = next_pd(cp, now_us);
		if (pd == NULL)
			return;
		start_exchange(cp, pd, now_us);
	}
}

size_t
osdp_cp_take_output(struct osdp_cp *cp, uint8_t *buf, size_t size)
{
	size_t taken = MIN_OF(size, cp->output_size - cp->output_taken);

	memcpy(buf, cp->output + cp->output_taken, taken);
	cp->output_taken += taken;
	return taken;
}

uint64_t
osdp_cp_deadline_us(const struct osdp_cp *cp)
{
	uint64_t deadline_us = cp_keys_expiry_us(cp);

	for (unsigned i = 0; i < cp->config.pd_count; i++) {
		const struct cp_pd *pd = &cp->pds[i];
		if (pd != cp->exchange.pd)
			deadline_us = MIN_OF(deadline_us, expiry_us(cp, pd));
		if (can_send(cp))
			deadline_us = MIN_OF(deadline_us,
					     MAX_OF(cp_pd_ready_us(cp, pd), cp->line_free_us));
	}
	if (cp->exchange.pd != NULL)
		deadline_us = MIN_OF(deadline_us, exchange_deadline_us(cp));
	return deadline_us;
}
