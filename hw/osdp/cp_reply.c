#include "hw/osdp/cp_private.h"

#include <string.h>

bool
cp_is_worth_telling(uint32_t count)
{
	return count != 0 && (count & (count - 1)) == 0;
}

void
cp_pd_go_online(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	pd->phase = PHASE_ONLINE;
	pd->state = OSDP_PD_ONLINE;
	pd->due_us = now_us;
	cp_status_ask_all(pd);
	cp_file_restart(pd, now_us);
	cp_push_event(cp, pd, now_us,
		      (struct osdp_event){
			      .type = OSDP_EV_ONLINE,
			      .online = { .has_identity = pd->has_identity,
					  .identity = pd->identity,
					  .capabilities = pd->capabilities },
		      });
	cp_keys_on_online(cp, pd, now_us);
}

/* The firmware may change, the device may not. */
static bool
is_same_device(const struct osdp_pdid *a, const struct osdp_pdid *b)
{
	return memcmp(a->vendor, b->vendor, sizeof(a->vendor)) == 0 && a->model == b->model &&
	       a->serial == b->serial;
}

static void
on_identity(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_pdid *pdid, uint64_t now_us)
{
	if (pd->has_identity && !is_same_device(&pd->identity, pdid))
		cp_push_event(cp, pd, now_us,
			      (struct osdp_event){
				      .type = OSDP_EV_IDENTITY_CHANGED,
				      .identity = { .before = pd->identity, .after = *pdid },
			      });
	pd->identity = *pdid;
	pd->has_identity = true;
}

/* A PD that cannot tell who it is still reads cards: a refusal moves on, too. */
static void
on_id_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	struct osdp_pdid pdid;

	bool is_secure = pd->phase == PHASE_SECURE_ID;
	bool is_claim = !is_secure && cp_secure_is_wanted(cp, pd);

	if (reply->code == OSDP_REPLY_PDID) {
		int r = osdp_unpack_pdid(reply->data, reply->data_size, &pdid);
		if (r < 0) {
			cp_pd_on_error(cp, pd, r, now_us);
		} else if (is_claim) {
			pd->claim = pdid;
			pd->has_claim = true;
		} else {
			on_identity(cp, pd, &pdid, now_us);
		}
		if (r == 0 && is_secure)
			cp_secure_check_identity(cp, pd, reply->data, now_us);
		pd->phase = is_secure ? PHASE_SECURE_CAP : PHASE_CAP;
	} else if (is_secure) {
		pd->phase = PHASE_SECURE_CAP;
	} else if (pd->phase == PHASE_ID && !is_claim) {
		pd->phase = PHASE_WAKE;
		pd->sequence = 0;
	} else {
		pd->phase = PHASE_CAP;
	}
}

static void
on_cap_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	struct osdp_pdcap capabilities = { 0 };

	if (reply->code == OSDP_REPLY_PDCAP)
		osdp_unpack_pdcap(reply->data, reply->data_size, &capabilities);
	if (pd->phase == PHASE_CAP && cp_secure_is_wanted(cp, pd)) {
		cp_secure_check_claim(cp, pd, &capabilities, now_us);
		pd->phase = PHASE_CHLNG;
		return;
	}
	if (cp_secure_is_downgraded(cp, pd, &capabilities, now_us))
		return;
	cp_secure_settle(pd);
	if (pd->has_capabilities &&
	    memcmp(&capabilities, &pd->capabilities, sizeof(capabilities)) != 0)
		cp_push_event(cp, pd, now_us,
			      (struct osdp_event){ .type = OSDP_EV_CAPABILITIES_CHANGED });
	pd->capabilities = capabilities;
	pd->has_capabilities = reply->code == OSDP_REPLY_PDCAP;
	if (cp_keys_is_pairing(cp, pd)) {
		pd->phase = PHASE_PAIRING;
		cp_keys_on_pairing(cp, pd, now_us);
		return;
	}
	cp_pd_go_online(cp, pd, now_us);
}

static void
on_online_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		uint64_t now_us)
{
	switch (pd->command_code) {
	case OSDP_CMD_KEYSET:
		cp_keys_on_reply(cp, pd, reply, now_us);
		return;
	case OSDP_CMD_COMSET:
		cp_comset_on_reply(cp, pd, reply, now_us);
		return;
	case OSDP_CMD_FILETRANSFER:
		cp_file_on_reply(cp, pd, reply, now_us);
		return;
	default:
		pd->is_idle = reply->code == OSDP_REPLY_ACK && pd->command_code == OSDP_CMD_POLL;
		cp_status_on_reply(cp, pd, reply, now_us);
		return;
	}
}

static struct osdp_nak
note_nak(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	struct osdp_nak nak = { .code = OSDP_NAK_NONE };
	(void) osdp_unpack_nak(reply->data, reply->data_size, &nak);

	cp_count_nak(pd, nak.code);
	if (pd->nak_command != pd->command_code || pd->nak_code != nak.code)
		pd->nak_count = 0;
	pd->nak_command = pd->command_code;
	pd->nak_code = nak.code;
	pd->nak_count++;
	if (nak.code == OSDP_NAK_COMMAND)
		pd->refused[pd->command_code / 8] |= (uint8_t) (1u << pd->command_code % 8);
	if (cp_is_worth_telling(pd->nak_count))
		cp_push_event(cp, pd, now_us,
			      (struct osdp_event){
				      .type = OSDP_EV_NAK,
				      .nak = { .command = pd->command_code,
					       .nak = nak,
					       .count = pd->nak_count },
			      });
	return nak;
}

static void
on_answer(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	pd->command_size = 0;
	pd->retries = 0;
	pd->misses = 0;
	pd->busy_in_a_row = 0;
	pd->last_good_us = now_us;
	pd->sequence = osdp_sequence_next(pd->command_sequence);
	cp_comset_on_answer(cp, pd, now_us);

	switch (pd->phase) {
	case PHASE_WAKE:
		pd->phase = PHASE_ID_AGAIN;
		break;
	case PHASE_ID:
	case PHASE_ID_AGAIN:
	case PHASE_SECURE_ID:
		on_id_reply(cp, pd, reply, now_us);
		break;
	case PHASE_CAP:
	case PHASE_SECURE_CAP:
		on_cap_reply(cp, pd, reply, now_us);
		break;
	case PHASE_CHLNG:
		cp_secure_on_ccrypt(cp, pd, reply, now_us);
		break;
	case PHASE_SCRYPT:
		cp_secure_on_rmac(cp, pd, reply, now_us);
		break;
	case PHASE_PAIRING:
		if (pd->command_code == OSDP_CMD_KEYSET)
			cp_keys_on_reply(cp, pd, reply, now_us);
		break;
	case PHASE_ONLINE:
		on_online_reply(cp, pd, reply, now_us);
		break;
	}
}

/* While attaching there is no hurry that would justify one; later the command waits for its turn.
 */
static void
on_busy(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	pd->counters.busy++;
	pd->busy_in_a_row++;
	if (cp_pd_is_probe(pd))
		cp_pd_on_miss(cp, pd, now_us);
	else
		pd->due_us = now_us + cp->config.poll_ms * US_PER_MS;
}

enum cp_verdict
cp_pd_on_reply(struct osdp_cp *cp, struct cp_pd *pd, struct osdp_frame *reply, uint64_t now_us)
{
	if (reply->code == OSDP_REPLY_BUSY && reply->security.type == OSDP_SCS_NONE) {
		on_busy(cp, pd, now_us);
		return CP_DONE;
	}
	/* 2.2 section 5.9: a PD that answers with 0 has just started and waits for our 0. */
	if (reply->sequence == 0 && pd->command_sequence != 0) {
		cp_pd_lose(cp, pd, OSDP_SUSPECT_RESTARTED, now_us);
		return CP_DONE;
	}
	/* The late reply to an earlier command, or the second one to a command sent twice. */
	if (reply->sequence != pd->command_sequence) {
		pd->counters.stale++;
		return CP_GO_ON;
	}
	enum cp_verdict verdict = cp_secure_unwrap(cp, pd, reply, now_us);
	if (verdict != CP_USE)
		return verdict;
	if (reply->code == OSDP_REPLY_NAK) {
		struct osdp_nak nak = note_nak(cp, pd, reply, now_us);
		if (nak.code == OSDP_NAK_SEQUENCE && !cp_pd_is_probe(pd)) {
			cp_pd_lose(cp, pd, OSDP_SUSPECT_SEQUENCE, now_us);
			return CP_DONE;
		}
		if (nak.code == OSDP_NAK_CHECK || nak.code == OSDP_NAK_SEQUENCE) {
			cp_pd_on_miss(cp, pd, now_us);
			return CP_DONE;
		}
		/* A reader that holds a key speaks to nobody in clear. */
		if (nak.code == OSDP_NAK_ENCRYPTION && pd->phase == PHASE_ONLINE &&
		    !pd->secure.is_open) {
			pd->command_size = 0;
			cp_secure_fail(cp, pd, OSDP_MISMATCH_ENCRYPTION, now_us);
			return CP_DONE;
		}
	}
	on_answer(cp, pd, reply, now_us);
	return CP_DONE;
}

void
cp_pd_on_error(struct osdp_cp *cp, struct cp_pd *pd, int error, uint64_t now_us)
{
	pd->counters.frame_errors++;
	if (!cp_is_worth_telling(pd->counters.frame_errors))
		return;
	cp_push_event(cp, pd, now_us,
		      (struct osdp_event){
			      .type = OSDP_EV_FRAME_ERROR,
			      .frame_error = { .error = error, .count = pd->counters.frame_errors },
		      });
}
