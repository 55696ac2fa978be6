#include "hw/osdp/cp_private.h"

#include <errno.h>

enum {
	RETRY_FIRST_MS = 2000,
	RETRY_MAX_MS = 60000,
	BREAKS_WINDOW_MS = 60000,
	BREAKS_MAX = 5, /* A reader that is plugged in and out is no attack. */
	MAC_BREAKS_MAX = 3,
};

/* What may not be believed without encryption, though its MAC is right. */
static bool
is_plain_status(uint8_t code)
{
	switch (code) {
	case OSDP_REPLY_NAK:
	case OSDP_REPLY_PDID:
	case OSDP_REPLY_PDCAP:
	case OSDP_REPLY_LSTATR:
	case OSDP_REPLY_ISTATR:
	case OSDP_REPLY_OSTATR:
	case OSDP_REPLY_RSTATR:
	case OSDP_REPLY_COM:
	case OSDP_REPLY_FTSTAT:
		return true;
	default:
		return false;
	}
}

/* A wrong MAC is never an accident that often: guessing is made slow. */
static void
note_break(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason, uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;
	bool is_mac = reason == OSDP_SUSPECT_MAC || reason == OSDP_SUSPECT_CLEAR_REPLY ||
		      reason == OSDP_SUSPECT_PLAIN;

	if (secure->breaks == 0 ||
	    now_us - secure->breaks_since_us > BREAKS_WINDOW_MS * US_PER_MS) {
		secure->breaks = 0;
		secure->mac_breaks = 0;
		secure->breaks_since_us = now_us;
	}
	secure->breaks++;
	secure->mac_breaks += is_mac;

	uint32_t pause_ms = 0;
	if (secure->mac_breaks >= MAC_BREAKS_MAX) {
		pause_ms = cp_retry_ms(secure->mac_breaks - MAC_BREAKS_MAX + 1);
		pd->due_us = now_us + pause_ms * US_PER_MS;
		/* The window lasts as long as the attack does. */
		secure->breaks_since_us = pd->due_us;
	}
	if (secure->mac_breaks == MAC_BREAKS_MAX || secure->breaks == BREAKS_MAX)
		cp_push_event(cp, pd, now_us,
			      (struct osdp_event){
				      .type = OSDP_EV_INTERFERENCE,
				      .interference = { .reason = reason, .retry_ms = pause_ms },
			      });
}

static enum cp_verdict
break_session(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason,
	      uint64_t now_us)
{
	cp_pd_lose(cp, pd, reason, now_us);
	note_break(cp, pd, reason, now_us);
	return CP_DONE;
}

/* Anybody can send it: it is good for a new start, never for an answer. */
static enum cp_verdict
on_clear_in_session(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		    uint64_t now_us)
{
	struct osdp_nak nak = { .code = OSDP_NAK_NONE };

	if (reply->code != OSDP_REPLY_NAK)
		return break_session(cp, pd, OSDP_SUSPECT_CLEAR_REPLY, now_us);
	(void) osdp_unpack_nak(reply->data, reply->data_size, &nak);
	cp_count_nak(pd, nak.code);
	switch (nak.code) {
	case OSDP_NAK_CHECK:
		/* Noise makes one now and then; whoever keeps it up breaks the session. */
		cp_pd_on_miss(cp, pd, now_us);
		if (!pd->secure.is_open)
			note_break(cp, pd, OSDP_SUSPECT_SILENT, now_us);
		return CP_DONE;
	case OSDP_NAK_SEQUENCE:
		return break_session(cp, pd, OSDP_SUSPECT_SEQUENCE, now_us);
	case OSDP_NAK_SECURITY:
	case OSDP_NAK_ENCRYPTION:
		return break_session(cp, pd, OSDP_SUSPECT_SECURITY, now_us);
	default:
		return break_session(cp, pd, OSDP_SUSPECT_CLEAR_REPLY, now_us);
	}
}

static bool
is_handshake(const struct cp_pd *pd, const struct osdp_frame *reply)
{
	return (pd->phase == PHASE_CHLNG && reply->security.type == OSDP_SCS_12) ||
	       (pd->phase == PHASE_SCRYPT && reply->security.type == OSDP_SCS_14);
}

static bool
is_refused_plain(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		 uint64_t now_us)
{
	if (reply->security.type != OSDP_SCS_16)
		return false;
	if (reply->data_size > 0 && is_plain_status(reply->code)) {
		pd->counters.plain++;
		return false;
	}
	if (reply->data_size == 0)
		return false;
	pd->counters.plain_refused++;
	cp_tell_count(cp, pd, OSDP_EV_PLAIN_DATA, pd->counters.plain_refused, reply->code, now_us);
	return true;
}

enum cp_verdict
cp_secure_unwrap(struct osdp_cp *cp, struct cp_pd *pd, struct osdp_frame *reply, uint64_t now_us)
{
	if (!pd->secure.is_open) {
		if (reply->security.type == OSDP_SCS_NONE || is_handshake(pd, reply))
			return CP_USE;
		cp_pd_on_error(cp, pd, -EPROTO, now_us);
		return CP_BAD;
	}
	if (reply->security.type == OSDP_SCS_NONE)
		return on_clear_in_session(cp, pd, reply, now_us);

	int r = osdp_secure_open(pd->secure.channel, reply, cp->plain, sizeof(cp->plain));
	if (r == -EACCES || reply->security.type < OSDP_SCS_15) {
		pd->counters.mac_errors++;
		cp_tell_count(cp, pd, OSDP_EV_MAC_ERROR, pd->counters.mac_errors, reply->code,
			      now_us);
		return break_session(cp, pd, OSDP_SUSPECT_MAC, now_us);
	}
	/* Sealed by the reader itself, but nonsense: counted as answered, with nothing in it. */
	if (r < 0) {
		cp_pd_on_error(cp, pd, r, now_us);
		r = 0;
	}
	reply->data = cp->plain;
	if (is_refused_plain(cp, pd, reply, now_us))
		return break_session(cp, pd, OSDP_SUSPECT_PLAIN, now_us);
	reply->data_size = (size_t) r;
	return CP_USE;
}

void
cp_count_nak(struct cp_pd *pd, uint8_t code)
{
	pd->counters.naks++;
	pd->counters.naks_by_code[MIN_OF(code, OSDP_NAK_CODES - 1)]++;
}

uint32_t
cp_retry_ms(uint32_t failures)
{
	uint32_t ms = RETRY_FIRST_MS << MIN_OF(failures > 0 ? failures - 1 : 0, 5u);

	return MIN_OF(ms, (uint32_t) RETRY_MAX_MS);
}

void
cp_tell_count(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_event_type type, uint32_t count,
	      uint8_t code, uint64_t now_us)
{
	if (cp_is_worth_telling(count))
		cp_push_event(cp, pd, now_us,
			      (struct osdp_event){ .type = type,
						   .odd = { .code = code, .count = count } });
}

bool
cp_secure_is_due_for_renewal(const struct osdp_cp *cp, const struct cp_pd *pd, uint64_t now_us)
{
	return pd->secure.is_open &&
	       now_us - pd->secure.opened_us >= cp->config.session_ms * US_PER_MS;
}

void
cp_secure_close(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason,
		uint64_t now_us)
{
	if (!pd->secure.is_open)
		return;
	pd->secure.is_open = false;
	osdp_secure_wipe(pd->secure.channel);
	if (reason == OSDP_SUSPECT_POLICY)
		return;
	cp_push_event(cp, pd, now_us,
		      (struct osdp_event){ .type = OSDP_EV_SC_LOST, .suspect = reason });
}
