#include "hw/osdp/cp_private.h"

#include <errno.h>

/* Shorter than the rule of 8 seconds, so that a PD which stayed is not off line in between. */
enum { VERIFY_MS = 6000 };

static bool
is_taken(const struct osdp_cp *cp, const struct cp_pd *pd, uint8_t address)
{
	for (unsigned i = 0; i < cp->config.pd_count; i++)
		if (&cp->pds[i] != pd && !cp->pds[i].is_removed && cp->pds[i].address == address)
			return true;
	return false;
}

/* Only then its speed is nobody else's. */
static bool
is_alone(const struct osdp_cp *cp)
{
	unsigned count = 0;

	for (unsigned i = 0; i < cp->config.pd_count; i++)
		count += !cp->pds[i].is_removed;
	return count == 1;
}

static void
apply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_comset *line, uint64_t now_us)
{
	pd->address = line->address;
	cp_set_baud(cp, line->baud);
	cp_secure_close(cp, pd, OSDP_SUSPECT_POLICY, now_us);
	cp_pd_start_over(pd, now_us);
}

static void
end(struct osdp_cp *cp, struct cp_pd *pd, bool is_done, uint64_t now_us)
{
	pd->comset.step = COMSET_NONE;
	cp_push_event(
		cp, pd, now_us,
		(struct osdp_event){
			.type = OSDP_EV_COMSET_ENDED,
			.comset = { .is_done = is_done,
				    .line = { .address = pd->address, .baud = cp->config.baud } },
		});
}

static void
move(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	pd->comset.step = COMSET_VERIFY;
	pd->comset.until_us = now_us + VERIFY_MS * US_PER_MS;
	apply(cp, pd, &pd->comset.wanted, now_us);
}

void
cp_comset_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		   uint64_t now_us)
{
	struct osdp_comset answer;

	if (pd->comset.step != COMSET_ASKED)
		return;
	if (reply->code != OSDP_REPLY_COM) {
		cp_status_on_reply(cp, pd, reply, now_us);
		end(cp, pd, false, now_us);
		return;
	}
	/* It may have chosen otherwise; where it says it goes, we go. */
	int r = osdp_unpack_comset(reply->data, reply->data_size, &answer);
	if (r < 0 || is_taken(cp, pd, answer.address) ||
	    (!is_alone(cp) && answer.baud != cp->config.baud)) {
		cp_pd_on_error(cp, pd, r < 0 ? r : -EADDRINUSE, now_us);
		end(cp, pd, false, now_us);
		return;
	}
	pd->comset.wanted = answer;
	move(cp, pd, now_us);
}

void
cp_comset_on_loss(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	if (pd->comset.step != COMSET_ASKED)
		return;
	if (pd->command_size > 0 && pd->command_code == OSDP_CMD_COMSET)
		move(cp, pd, now_us);
	else
		end(cp, pd, false, now_us);
}

void
cp_comset_on_answer(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	if (pd->comset.step == COMSET_VERIFY)
		end(cp, pd, true, now_us);
}

uint64_t
cp_comset_expiry_us(const struct cp_pd *pd)
{
	return pd->comset.step == COMSET_VERIFY ? pd->comset.until_us : UINT64_MAX;
}

void
cp_comset_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	if (now_us < cp_comset_expiry_us(pd))
		return;
	apply(cp, pd, &pd->comset.before, now_us);
	end(cp, pd, false, now_us);
}

int
osdp_cp_comset(struct osdp_cp *cp, unsigned pd, const struct osdp_comset *comset)
{
	uint8_t data[OSDP_COMSET_SIZE];
	int r = osdp_pack_comset(comset, data, sizeof(data));

	if (r < 0 || pd >= cp->config.pd_count)
		return -EINVAL;
	struct cp_pd *to = &cp->pds[pd];
	if (to->comset.step != COMSET_NONE)
		return -EBUSY;
	if (is_taken(cp, to, comset->address))
		return -EADDRINUSE;
	if (!is_alone(cp) && comset->baud != cp->config.baud)
		return -ENOTSUP;
	r = cp_queue_command(cp, pd, OSDP_CMD_COMSET, data, sizeof(data));
	if (r < 0)
		return r;
	to->comset = (struct cp_comset){
		.step = COMSET_ASKED,
		.before = { .address = to->address, .baud = cp->config.baud },
		.wanted = *comset,
	};
	return 0;
}

int
osdp_cp_place(struct osdp_cp *cp, unsigned pd, const struct osdp_comset *line, uint64_t now_us)
{
	uint8_t data[OSDP_COMSET_SIZE];

	if (pd >= cp->config.pd_count || osdp_pack_comset(line, data, sizeof(data)) < 0)
		return -EINVAL;
	struct cp_pd *to = &cp->pds[pd];
	if (is_taken(cp, to, line->address))
		return -EADDRINUSE;
	if (to->address == line->address && cp->config.baud == line->baud)
		return 0;
	to->comset.step = COMSET_NONE;
	apply(cp, to, line, now_us);
	return 0;
}

uint32_t
osdp_cp_baud(const struct osdp_cp *cp)
{
	return cp->config.baud;
}

uint8_t
osdp_cp_address(const struct osdp_cp *cp, unsigned pd)
{
	return pd < cp->config.pd_count ? cp->pds[pd].address : OSDP_ADDRESS_CONFIGURATION;
}
