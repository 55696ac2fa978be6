#include "hw/osdp/cp_private.h"

#include <errno.h>
#include <string.h>

enum {
	WINDOW_MS = 300000,
	KEYSET_TYPE_SCBK = 1,
	KEYSET_SIZE = 2 + OSDP_KEY_SIZE,
};

static int
make_key(struct osdp_cp *cp, const uint8_t *own_key, uint8_t *ret_key)
{
	if (own_key != NULL) {
		if (osdp_key_is_weak(own_key))
			return -EKEYREJECTED;
		memcpy(ret_key, own_key, OSDP_KEY_SIZE);
		return 0;
	}
	/* A generator that makes weak keys is broken. */
	if (cp->config.fill_random == NULL ||
	    cp->config.fill_random(cp->config.random_context, ret_key, OSDP_KEY_SIZE) < 0 ||
	    osdp_key_is_weak(ret_key))
		return -EIO;
	return 0;
}

static void
offer_key(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	struct osdp_event event = { .type = OSDP_EV_KEY_PENDING };

	pd->secure.step = KEY_STEP_OFFERED;
	memcpy(event.key, pd->secure.policy.pending, sizeof(event.key));
	cp_push_event(cp, pd, now_us, event);
	explicit_bzero(&event, sizeof(event));
}

static int
make_pending(struct osdp_cp *cp, struct cp_pd *pd, const uint8_t *own_key)
{
	uint8_t key[OSDP_KEY_SIZE];
	int r = make_key(cp, own_key, key);

	if (r == 0) {
		memcpy(pd->secure.policy.pending, key, sizeof(key));
		pd->secure.policy.has_pending = true;
	}
	explicit_bzero(key, sizeof(key));
	return r;
}

static void
forget_pending(struct cp_secure *secure)
{
	secure->step = KEY_STEP_NONE;
	secure->policy.has_pending = false;
	explicit_bzero(secure->policy.pending, sizeof(secure->policy.pending));
}

static void
forget_former(struct cp_secure *secure)
{
	secure->policy.has_former = false;
	explicit_bzero(secure->policy.former, sizeof(secure->policy.former));
}

static void
drop_pending(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;

	if (secure->step != KEY_STEP_NONE)
		cp_push_event(cp, pd, now_us, (struct osdp_event){ .type = OSDP_EV_KEY_DROPPED });
	forget_pending(secure);
	if (!secure->policy.has_former)
		return;
	memcpy(secure->policy.pending, secure->policy.former, sizeof(secure->policy.pending));
	secure->policy.has_pending = true;
	secure->step = KEY_STEP_SENT;
	forget_former(secure);
}

static void
commit_pending(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;

	memcpy(secure->policy.key, secure->policy.pending, sizeof(secure->policy.key));
	explicit_bzero(secure->policy.pending, sizeof(secure->policy.pending));
	forget_former(secure);
	secure->policy.has_key = true;
	secure->policy.has_pending = false;
	secure->policy.protection = OSDP_SECURE_REQUIRED;
	secure->key = OSDP_KEY_CURRENT;
	secure->step = KEY_STEP_NONE;
	cp_push_event(cp, pd, now_us, (struct osdp_event){ .type = OSDP_EV_KEY_COMMITTED });
}

static void
end_install(struct osdp_cp *cp, bool is_paired, uint64_t now_us)
{
	struct cp_pd *pd = cp->install.pd;

	cp->install = (struct cp_install){ 0 };
	cp_push_event(cp, pd, now_us,
		      (struct osdp_event){ .type = OSDP_EV_INSTALL_ENDED, .is_paired = is_paired });
}

/* Whatever the window got done stays; what may have reached the PD is tried on. */
static void
close_window(struct osdp_cp *cp, uint64_t now_us)
{
	struct cp_pd *pd = cp->install.pd;
	bool is_paired = !cp->install.is_pairing;

	/* An own key that was only tried gives way to one that was sent. */
	bool is_only_tried = cp->install.is_probing && pd->secure.policy.has_former;
	if (pd->secure.step != KEY_STEP_SENT || is_only_tried)
		drop_pending(cp, pd, now_us);
	end_install(cp, is_paired, now_us);
	pd->is_to_start_over = !is_paired;
}

void
cp_keys_on_pairing(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	cp_push_event(cp, pd, now_us,
		      (struct osdp_event){
			      .type = OSDP_EV_PAIRING,
			      .online = { .has_identity = pd->has_identity,
					  .identity = pd->identity,
					  .capabilities = pd->capabilities },
		      });
	if (pd->secure.step == KEY_STEP_NONE && !cp->install.is_key_later)
		offer_key(cp, pd, now_us);
}

bool
cp_keys_is_pairing(const struct osdp_cp *cp, const struct cp_pd *pd)
{
	return cp->install.pd == pd && cp->install.is_pairing && pd->secure.step != KEY_STEP_SENT;
}

void
cp_keys_on_session(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	struct cp_secure *secure = &pd->secure;

	if (secure->key == OSDP_KEY_FORMER) {
		drop_pending(cp, pd, now_us);
		commit_pending(cp, pd, now_us);
		if (cp->install.pd == pd)
			end_install(cp, true, now_us);
	} else if (secure->key == OSDP_KEY_PENDING) {
		commit_pending(cp, pd, now_us);
		if (cp->install.pd == pd)
			cp->install.is_pairing = false;
	} else if (secure->key == OSDP_KEY_CURRENT && secure->step == KEY_STEP_SENT) {
		if (secure->policy.has_former)
			drop_pending(cp, pd, now_us);
		drop_pending(cp, pd, now_us);
		/* It has its key of before: there is nothing to install. */
		if (cp->install.pd == pd)
			close_window(cp, now_us);
	}
}

void
cp_keys_on_online(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	if (cp->install.pd != pd || cp->install.is_pairing || pd->secure.step != KEY_STEP_NONE)
		return;
	/* Who has listened to the pairing knows the first key; the second is sent under it. */
	if (cp->install.is_rotating_again && make_pending(cp, pd, NULL) == 0) {
		cp->install.is_rotating_again = false;
		offer_key(cp, pd, now_us);
		return;
	}
	end_install(cp, true, now_us);
}

bool
cp_keys_on_mismatch(struct osdp_cp *cp, struct cp_pd *pd)
{
	bool is_probing = cp->install.is_probing;

	/* KEYSET did not arrive, so the reader is still under SCBK-D. */
	if (cp->install.pd != pd || !cp->install.is_pairing || pd->secure.step != KEY_STEP_SENT)
		return false;
	pd->secure.step = KEY_STEP_STORED;
	cp->install.is_probing = false;
	return is_probing;
}

bool
cp_keys_compose(struct cp_pd *pd)
{
	uint8_t data[KEYSET_SIZE] = { KEYSET_TYPE_SCBK, OSDP_KEY_SIZE };

	if (pd->secure.step != KEY_STEP_STORED || !pd->secure.is_open)
		return false;
	memcpy(data + 2, pd->secure.policy.pending, OSDP_KEY_SIZE);
	cp_pd_compose(pd, OSDP_CMD_KEYSET, data, sizeof(data));
	explicit_bzero(data, sizeof(data));
	pd->secure.step = KEY_STEP_SENT;
	return true;
}

void
cp_keys_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		 uint64_t now_us)
{
	if (reply->code == OSDP_REPLY_NAK) {
		drop_pending(cp, pd, now_us);
		if (cp->install.pd == pd)
			close_window(cp, now_us);
		return;
	}
	/* The new key counts from the next handshake on. */
	cp_secure_renew(cp, pd, now_us);
}

uint64_t
cp_keys_expiry_us(const struct osdp_cp *cp)
{
	return cp->install.pd != NULL ? cp->install.until_us : UINT64_MAX;
}

void
cp_keys_expire(struct osdp_cp *cp, uint64_t now_us)
{
	if (now_us >= cp_keys_expiry_us(cp))
		close_window(cp, now_us);
}

/* A key that was sent before is not forgotten: an absent reader may have it. */
static int
replace_pending(struct osdp_cp *cp, struct cp_pd *pd, const uint8_t *own_key)
{
	struct cp_secure *secure = &pd->secure;
	bool is_unsure = secure->step == KEY_STEP_SENT;
	uint8_t before[OSDP_KEY_SIZE];

	if (is_unsure && secure->policy.has_former)
		return -EBUSY;
	memcpy(before, secure->policy.pending, sizeof(before));
	int r = make_pending(cp, pd, own_key);
	if (r == 0)
		secure->step = KEY_STEP_NONE;
	if (r == 0 && is_unsure) {
		memcpy(secure->policy.former, before, sizeof(before));
		secure->policy.has_former = true;
	}
	explicit_bzero(before, sizeof(before));
	return r;
}

int
osdp_cp_install(struct osdp_cp *cp, unsigned pd, const struct osdp_install *install,
		uint64_t now_us)
{
	if (pd >= cp->config.pd_count)
		return -EINVAL;
	struct cp_pd *to = &cp->pds[pd];
	bool is_unsure = to->secure.step == KEY_STEP_SENT;
	if (cp->install.pd != NULL || (to->secure.step != KEY_STEP_NONE && !is_unsure))
		return -EBUSY;
	if (to->secure.policy.has_key && !install->is_replacement)
		return -EEXIST;
	/* A reader may hold the key that was on its way when somebody died: it stays the one. */
	if (install->is_key_later) {
		forget_pending(&to->secure);
	} else if (!is_unsure || install->own_key != NULL) {
		int r = replace_pending(cp, to, install->own_key);
		if (r < 0)
			return r;
	}

	uint32_t window_ms = install->window_ms != 0 ? install->window_ms : WINDOW_MS;
	cp->install = (struct cp_install){
		.pd = to,
		.is_pairing = true,
		.is_rotating_again = install->own_key == NULL && !install->is_key_later,
		.is_key_later = install->is_key_later,
		.is_own = install->own_key != NULL,
		.until_us = now_us + window_ms * US_PER_MS,
	};
	to->secure.failures = 0;
	/* An own key may be in the reader already: it is tried first, once it is stored. */
	if (install->own_key != NULL)
		offer_key(cp, to, now_us);
	else
		to->is_to_start_over = true;
	return 0;
}

int
osdp_cp_give_key(struct osdp_cp *cp, unsigned pd, const uint8_t key[OSDP_KEY_SIZE])
{
	if (pd >= cp->config.pd_count)
		return -ENOTCONN;
	struct cp_pd *to = &cp->pds[pd];
	if (cp->install.pd != to || !cp->install.is_key_later || !to->secure.is_open ||
	    to->phase != PHASE_PAIRING || to->secure.step != KEY_STEP_NONE)
		return -ENOTCONN;
	int r = make_pending(cp, to, key);
	if (r == 0)
		to->secure.step = KEY_STEP_STORED;
	return r;
}

void
osdp_cp_install_cancel(struct osdp_cp *cp, uint64_t now_us)
{
	if (cp->install.pd != NULL)
		close_window(cp, now_us);
}

bool
osdp_cp_is_installing(const struct osdp_cp *cp)
{
	return cp->install.pd != NULL;
}

int
osdp_cp_rotate(struct osdp_cp *cp, unsigned pd, const uint8_t *own_key, uint64_t now_us)
{
	if (pd >= cp->config.pd_count)
		return -EINVAL;
	struct cp_pd *to = &cp->pds[pd];
	if (to->secure.step != KEY_STEP_NONE || cp->install.pd == to)
		return -EALREADY;
	if (!to->secure.is_open || to->phase != PHASE_ONLINE)
		return -ENOTCONN;
	int r = make_pending(cp, to, own_key);
	if (r < 0)
		return r;
	offer_key(cp, to, now_us);
	return 0;
}

int
osdp_cp_key_stored(struct osdp_cp *cp, unsigned pd)
{
	if (pd >= cp->config.pd_count || cp->pds[pd].secure.step != KEY_STEP_OFFERED)
		return -ENOENT;
	struct cp_pd *to = &cp->pds[pd];
	/* Rotated within a session, or offered because a device is being paired. */
	to->secure.step = KEY_STEP_STORED;
	if (cp->install.pd == to && cp->install.is_own) {
		cp->install.is_own = false;
		cp->install.is_probing = true;
		to->secure.step = KEY_STEP_SENT;
		to->is_to_start_over = true;
	}
	return 0;
}
