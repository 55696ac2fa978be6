#include "hw/osdp/pd_private.h"

#include <string.h>

#include "lib/util.h"

enum {
	KEYSET_TYPE_SCBK = 1,
	KEYSET_SIZE = 2 + OSDP_KEY_SIZE,
};

static uint8_t
key_flag(const struct osdp_pd *pd)
{
	return pd->secure.has_key ? OSDP_KEY_FLAG_OWN : OSDP_KEY_FLAG_DEFAULT;
}

static void
set_block(struct pd_answer *answer, uint8_t code, uint8_t type, uint8_t data)
{
	answer->code = code;
	answer->is_clear = true;
	answer->block_data = data;
	answer->block = (struct osdp_security){ .type = type, .data_size = 1 };
}

static bool
is_block(const struct osdp_pd *pd, const struct osdp_frame *frame, size_t size)
{
	return frame->security.data_size == 1 && frame->security.data[0] == key_flag(pd) &&
	       frame->data_size == size;
}

static void
on_challenge(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	struct pd_secure *secure = &pd->secure;
	uint8_t identity[OSDP_PDID_SIZE];
	uint8_t *rnd_b = answer->data + OSDP_CUID_SIZE;

	pd_secure_drop(pd);
	if (!is_block(pd, frame, OSDP_RND_SIZE) ||
	    pd->config.fill_random(pd->config.random_context, rnd_b, OSDP_RND_SIZE) < 0) {
		pd_answer_nak(answer, OSDP_NAK_SECURITY);
		return;
	}
	(void) osdp_pack_pdid(&pd->config.identity, identity, sizeof(identity));
	memcpy(answer->data, identity, OSDP_CUID_SIZE);
	osdp_secure_derive(secure->channel, secure->has_key ? secure->key : osdp_default_key,
			   frame->data);
	osdp_secure_client_cryptogram(secure->channel, frame->data, rnd_b, rnd_b + OSDP_RND_SIZE);
	osdp_secure_server_cryptogram(secure->channel, frame->data, rnd_b,
				      secure->server_cryptogram);
	set_block(answer, OSDP_REPLY_CCRYPT, OSDP_SCS_12, key_flag(pd));
	answer->size = OSDP_CCRYPT_SIZE;
	secure->is_challenged = true;
}

static void
on_scrypt(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	struct pd_secure *secure = &pd->secure;

	if (!secure->is_challenged || !is_block(pd, frame, OSDP_BLOCK_SIZE)) {
		pd_answer_nak(answer, OSDP_NAK_SECURITY);
		return;
	}
	secure->is_challenged = false;
	secure->is_open =
		osdp_secure_equals(frame->data, secure->server_cryptogram, OSDP_BLOCK_SIZE);
	set_block(answer, OSDP_REPLY_RMAC_I, OSDP_SCS_14,
		  secure->is_open ? OSDP_RMAC_ACCEPTED : OSDP_RMAC_REFUSED);
	answer->size = OSDP_BLOCK_SIZE;
	memset(answer->data, 0, OSDP_BLOCK_SIZE);
	if (secure->is_open)
		osdp_secure_start(secure->channel, secure->server_cryptogram, answer->data);
}

static bool
is_allowed_in_clear(const struct osdp_pd *pd, uint8_t code)
{
	if (pd->secure.is_open)
		return false;
	return !pd->secure.has_key || code == OSDP_CMD_ID || code == OSDP_CMD_CAP ||
	       code == OSDP_CMD_COMSET;
}

static bool
refuse(struct osdp_pd *pd, struct pd_answer *answer, uint8_t nak)
{
	pd_secure_drop(pd);
	pd_answer_nak(answer, nak);
	answer->is_clear = true;
	return false;
}

bool
pd_secure_admit(struct osdp_pd *pd, struct osdp_frame *frame, struct pd_answer *ret_answer)
{
	struct pd_secure *secure = &pd->secure;
	uint8_t type = frame->security.type;

	if (type == OSDP_SCS_NONE)
		return is_allowed_in_clear(pd, frame->code) ||
		       refuse(pd, ret_answer, OSDP_NAK_ENCRYPTION);
	if (pd->config.fill_random == NULL)
		return refuse(pd, ret_answer, OSDP_NAK_SECURITY);
	if (type == OSDP_SCS_11 && frame->code == OSDP_CMD_CHLNG) {
		on_challenge(pd, frame, ret_answer);
		return false;
	}
	if (type == OSDP_SCS_13 && frame->code == OSDP_CMD_SCRYPT) {
		on_scrypt(pd, frame, ret_answer);
		return false;
	}
	if (!secure->is_open)
		return refuse(pd, ret_answer, OSDP_NAK_ENCRYPTION);
	int r = osdp_secure_open(secure->channel, frame, secure->plain, sizeof(secure->plain));
	if (r < 0)
		return refuse(pd, ret_answer, OSDP_NAK_SECURITY);
	frame->data = secure->plain;
	frame->data_size = (size_t) r;
	return true;
}

int
pd_secure_encode(struct osdp_pd *pd, const struct osdp_frame *reply, const struct pd_answer *answer,
		 uint8_t *buf, size_t size)
{
	struct osdp_frame frame = *reply;

	if (pd->config.sends_plain)
		frame.security.type = OSDP_SCS_16;
	if (pd->secure.is_open && !answer->is_clear)
		return osdp_secure_seal(pd->secure.channel, &frame, buf, size);
	frame.security = answer->block;
	frame.security.data = &answer->block_data;
	return osdp_frame_encode(&frame, buf, size);
}

void
pd_secure_drop(struct osdp_pd *pd)
{
	pd->secure.is_open = false;
	pd->secure.is_challenged = false;
	osdp_secure_wipe(pd->secure.channel);
}

void
pd_on_keyset(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	struct osdp_pd_event event = { .type = OSDP_PD_EV_KEY };

	if (!pd->secure.is_open) {
		pd_answer_nak(answer, OSDP_NAK_ENCRYPTION);
		return;
	}
	if (frame->data_size < KEYSET_SIZE || frame->data[0] != KEYSET_TYPE_SCBK ||
	    frame->data[1] != OSDP_KEY_SIZE) {
		pd_answer_nak(answer, OSDP_NAK_RECORD);
		return;
	}
	memcpy(pd->secure.key, frame->data + 2, OSDP_KEY_SIZE);
	memcpy(event.key, pd->secure.key, OSDP_KEY_SIZE);
	pd->secure.has_key = true;
	pd_push_event(pd, &event);
}

bool
osdp_pd_is_secure(const struct osdp_pd *pd)
{
	return pd->secure.is_open;
}

void
osdp_pd_forget_key(struct osdp_pd *pd)
{
	pd->secure.has_key = false;
	explicit_bzero(pd->secure.key, sizeof(pd->secure.key));
}
