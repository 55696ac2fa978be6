#include "hw/osdp/cp_private.h"

#include <string.h>

bool
cp_secure_is_wanted(const struct osdp_cp *cp, const struct cp_pd *pd)
{
	return pd->secure.policy.protection == OSDP_SECURE_REQUIRED || cp->install.pd == pd;
}

void
cp_secure_fail(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_mismatch cause, uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;

	if (secure->is_renewing) {
		secure->is_renewing = false;
		cp_pd_start_over(pd, now_us);
		return;
	}
	if (cp_keys_on_mismatch(cp, pd)) {
		cp_pd_start_over(pd, now_us);
		return;
	}
	pd->counters.mismatches++;
	secure->failures++;
	if (secure->cause != cause)
		secure->causes_in_a_row = 0;
	secure->cause = cause;
	secure->causes_in_a_row++;
	cp_comset_on_loss(cp, pd, now_us);
	cp_pd_start_over(pd, now_us);
	pd->pending_count = 0;
	pd->due_us = now_us + cp_retry_ms(secure->failures) * US_PER_MS;
	pd->state = OSDP_PD_KEY_MISMATCH;
	if (!cp_is_worth_telling(secure->causes_in_a_row))
		return;
	struct osdp_event event = {
		.type = OSDP_EV_KEY_MISMATCH,
		.mismatch = { .cause = cause,
			      .count = secure->causes_in_a_row,
			      .retry_ms = cp_retry_ms(secure->failures),
			      .has_claim = pd->has_claim,
			      .claim = pd->claim },
	};
	memcpy(event.mismatch.cuid, secure->cuid, sizeof(secure->cuid));
	cp_push_event(cp, pd, now_us, event);
}

void
cp_secure_renew(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	cp_secure_close(cp, pd, OSDP_SUSPECT_POLICY, now_us);
	pd->secure.is_renewing = true;
	pd->phase = PHASE_CHLNG;
	pd->due_us = now_us;
}

void
cp_secure_challenge(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;
	bool is_pairing = cp_keys_is_pairing(cp, pd);
	bool has_key = secure->policy.has_key || secure->step == KEY_STEP_SENT;

	if (!is_pairing && !has_key) {
		cp_secure_fail(cp, pd, OSDP_MISMATCH_NO_KEY, now_us);
		return;
	}
	if (cp->config.fill_random == NULL ||
	    cp->config.fill_random(cp->config.random_context, secure->rnd_a,
				   sizeof(secure->rnd_a)) < 0) {
		cp_secure_fail(cp, pd, OSDP_MISMATCH_NO_RANDOM, now_us);
		return;
	}
	secure->key_flag = is_pairing ? OSDP_KEY_FLAG_DEFAULT : OSDP_KEY_FLAG_OWN;
	cp_pd_compose_block(pd, OSDP_CMD_CHLNG,
			    &(struct osdp_security){ .type = OSDP_SCS_11,
						     .data_size = 1,
						     .data = &secure->key_flag },
			    secure->rnd_a, sizeof(secure->rnd_a));
}

void
cp_secure_confirm(struct cp_pd *pd)
{
	cp_pd_compose_block(pd, OSDP_CMD_SCRYPT,
			    &(struct osdp_security){ .type = OSDP_SCS_13,
						     .data_size = 1,
						     .data = &pd->secure.key_flag },
			    pd->secure.server_cryptogram, sizeof(pd->secure.server_cryptogram));
}

/* One challenge serves every key the PD may have, so none is asked for twice. */
static bool
try_key(struct cp_secure *secure, enum osdp_key_use use, const uint8_t *key, const uint8_t *data)
{
	const uint8_t *rnd_b = data + OSDP_CUID_SIZE;
	uint8_t expected[OSDP_BLOCK_SIZE];

	osdp_secure_derive(secure->channel, key, secure->rnd_a);
	osdp_secure_client_cryptogram(secure->channel, secure->rnd_a, rnd_b, expected);
	if (!osdp_secure_equals(expected, rnd_b + OSDP_RND_SIZE, sizeof(expected)))
		return false;
	secure->key = use;
	osdp_secure_server_cryptogram(secure->channel, secure->rnd_a, rnd_b,
				      secure->server_cryptogram);
	return true;
}

static bool
try_keys(struct cp_secure *secure, const uint8_t *data)
{
	if (secure->key_flag == OSDP_KEY_FLAG_DEFAULT)
		return try_key(secure, OSDP_KEY_DEFAULT, osdp_default_key, data);
	if (secure->step == KEY_STEP_SENT &&
	    try_key(secure, OSDP_KEY_PENDING, secure->policy.pending, data))
		return true;
	if (secure->policy.has_key && try_key(secure, OSDP_KEY_CURRENT, secure->policy.key, data))
		return true;
	return secure->policy.has_former &&
	       try_key(secure, OSDP_KEY_FORMER, secure->policy.former, data);
}

/* NAK or something else instead of the reply a handshake needs. */
static enum osdp_mismatch
refusal_cause(const struct osdp_frame *reply)
{
	struct osdp_nak nak = { .code = OSDP_NAK_NONE };

	if (reply->code == OSDP_REPLY_NAK)
		(void) osdp_unpack_nak(reply->data, reply->data_size, &nak);
	if (nak.code == OSDP_NAK_SECURITY)
		return OSDP_MISMATCH_SECURITY;
	return nak.code == OSDP_NAK_ENCRYPTION ? OSDP_MISMATCH_ENCRYPTION : OSDP_MISMATCH_REFUSED;
}

static enum osdp_mismatch
judge_ccrypt(struct cp_secure *secure, const struct osdp_frame *reply, bool is_new_device)
{
	if (reply->code != OSDP_REPLY_CCRYPT || reply->security.type != OSDP_SCS_12 ||
	    reply->data_size != OSDP_CCRYPT_SIZE || reply->security.data_size != 1)
		return refusal_cause(reply);
	memcpy(secure->cuid, reply->data, sizeof(secure->cuid));
	if (reply->security.data[0] != secure->key_flag)
		return OSDP_MISMATCH_KEY_FLAG;
	if (secure->policy.has_cuid && !is_new_device &&
	    memcmp(secure->policy.cuid, secure->cuid, sizeof(secure->cuid)) != 0)
		return OSDP_MISMATCH_CUID;
	return try_keys(secure, reply->data) ? OSDP_MISMATCH_NONE : OSDP_MISMATCH_CRYPTOGRAM;
}

void
cp_secure_on_ccrypt(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		    uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;
	/* Only a window that gets its key into a device moves the pin to it. */
	bool is_new_device = cp->install.pd == pd && cp->install.is_pairing;
	enum osdp_mismatch cause = judge_ccrypt(secure, reply, is_new_device);

	if (cause == OSDP_MISMATCH_NONE) {
		pd->phase = PHASE_SCRYPT;
		return;
	}
	if (cause == OSDP_MISMATCH_KEY_FLAG && reply->security.data[0] == OSDP_KEY_FLAG_DEFAULT)
		cp_tell_count(cp, pd, OSDP_EV_DEFAULT_KEY_SEEN, ++secure->default_keys_seen,
			      reply->code, now_us);
	osdp_secure_wipe(secure->channel);
	cp_secure_fail(cp, pd, cause, now_us);
}

static enum osdp_mismatch
judge_rmac(struct cp_secure *secure, const struct osdp_frame *reply)
{
	uint8_t expected[OSDP_BLOCK_SIZE];

	if (reply->code != OSDP_REPLY_RMAC_I || reply->security.type != OSDP_SCS_14)
		return refusal_cause(reply);
	if (reply->security.data_size != 1 || reply->security.data[0] != OSDP_RMAC_ACCEPTED)
		return OSDP_MISMATCH_RMAC_STATUS;
	osdp_secure_start(secure->channel, secure->server_cryptogram, expected);
	if (reply->data_size != sizeof(expected) ||
	    !osdp_secure_equals(expected, reply->data, sizeof(expected)))
		return OSDP_MISMATCH_RMAC_VALUE;
	return OSDP_MISMATCH_NONE;
}

void
cp_secure_on_rmac(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		  uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;
	enum osdp_mismatch cause = judge_rmac(secure, reply);

	if (cause != OSDP_MISMATCH_NONE) {
		osdp_secure_wipe(secure->channel);
		cp_secure_fail(cp, pd, cause, now_us);
		return;
	}
	struct osdp_event event = { .type = OSDP_EV_SC_ESTABLISHED,
				    .established = { .key = secure->key } };
	memcpy(event.established.cuid, secure->cuid, sizeof(secure->cuid));
	secure->is_open = true;
	secure->is_renewing = false;
	secure->opened_us = now_us;
	pd->counters.sessions++;
	pd->phase = PHASE_SECURE_ID;
	cp_push_event(cp, pd, now_us, event);
	if (secure->key != OSDP_KEY_DEFAULT) {
		memcpy(secure->policy.cuid, secure->cuid, sizeof(secure->cuid));
		secure->policy.has_cuid = true;
	}
	cp_keys_on_session(cp, pd, now_us);
}

void
cp_secure_check_identity(struct osdp_cp *cp, struct cp_pd *pd, const uint8_t *pdid, uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;

	if (secure->has_told_cuid || memcmp(pdid, secure->cuid, sizeof(secure->cuid)) == 0)
		return;
	secure->has_told_cuid = true;
	cp_push_event(cp, pd, now_us, (struct osdp_event){ .type = OSDP_EV_CUID_DIFFERS });
}

static bool
has_aes(const struct osdp_pdcap *capabilities)
{
	return (capabilities->compliance[OSDP_CAP_SECURITY] & 1) != 0;
}

void
cp_secure_check_claim(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_pdcap *capabilities,
		      uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;

	secure->is_denied = !has_aes(capabilities);
	if (!secure->is_denied || secure->has_told_downgrade)
		return;
	secure->has_told_downgrade = true;
	cp_push_event(cp, pd, now_us, (struct osdp_event){ .type = OSDP_EV_DOWNGRADE });
}

bool
cp_secure_is_downgraded(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_pdcap *capabilities,
			uint64_t now_us)
{
	if (!pd->secure.is_open || !pd->secure.is_denied || !has_aes(capabilities))
		return false;
	cp_secure_close(cp, pd, OSDP_SUSPECT_POLICY, now_us);
	cp_secure_fail(cp, pd, OSDP_MISMATCH_DOWNGRADE, now_us);
	return true;
}

void
cp_secure_settle(struct cp_pd *pd)
{
	pd->secure.failures = 0;
	pd->secure.cause = OSDP_MISMATCH_NONE;
	pd->secure.has_told_downgrade = false;
}
