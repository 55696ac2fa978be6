#include "hw/osdp/cp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw/osdp/cp_private.h"

enum { BITS_PER_CHAR = 10 }; /* 8N1 */

static uint32_t
default_to(uint32_t value, uint32_t standard)
{
	return value != 0 ? value : standard;
}

static struct osdp_cp_config
with_defaults(const struct osdp_cp_config *config)
{
	struct osdp_cp_config full = *config;

	full.baud = default_to(full.baud, 9600);
	full.poll_ms = default_to(full.poll_ms, 50);
	full.reply_timeout_ms = default_to(full.reply_timeout_ms, 200);
	full.probe_timeout_ms = default_to(full.probe_timeout_ms, 30);
	full.char_timeout_ms = default_to(full.char_timeout_ms, 20);
	full.offline_ms = default_to(full.offline_ms, 8000);
	full.probe_ms = default_to(full.probe_ms, 1000);
	full.slow_probe_ms = default_to(full.slow_probe_ms, 5000);
	full.session_ms = default_to(full.session_ms, 24 * 3600 * 1000);
	/* The keys live with their PD; one copy is enough. */
	explicit_bzero(full.policy, sizeof(full.policy));
	return full;
}

static bool
is_usable(const struct osdp_cp_config *config)
{
	if (config->pd_count == 0 || config->pd_count > OSDP_CP_PDS_MAX)
		return false;
	for (unsigned i = 0; i < config->pd_count; i++) {
		if (config->address[i] >= OSDP_ADDRESS_CONFIGURATION)
			return false;
		for (unsigned j = 0; j < i; j++)
			if (config->address[i] == config->address[j])
				return false;
	}
	return true;
}

void
cp_set_baud(struct osdp_cp *cp, uint32_t baud)
{
	cp->config.baud = baud;
	cp->char_us = BITS_PER_CHAR * US_PER_S / baud + 1;
}

static int
init_pd(struct cp_pd *pd, uint8_t address, const struct osdp_policy *policy)
{
	pd->address = address;
	pd->secure.policy = *policy;
	pd->secure.step = policy->has_pending ? KEY_STEP_SENT : KEY_STEP_NONE;
	pd->has_identity = policy->has_identity;
	pd->identity = policy->identity;
	return osdp_secure_new(&pd->secure.channel);
}

int
osdp_cp_new(const struct osdp_cp_config *config, struct osdp_cp **ret_cp)
{
	if (!is_usable(config))
		return -EINVAL;

	struct osdp_cp *cp = xcalloc(1, sizeof(*cp));
	cp->config = with_defaults(config);
	cp_set_baud(cp, cp->config.baud);
	cp->last_served = config->pd_count - 1;
	for (unsigned i = 0; i < config->pd_count; i++) {
		int r = init_pd(&cp->pds[i], config->address[i], &config->policy[i]);
		if (r < 0) {
			osdp_cp_free(cp);
			return r;
		}
	}
	*ret_cp = cp;
	return 0;
}

static int
find_place(const struct osdp_cp *cp, uint8_t address)
{
	int place = cp->config.pd_count < OSDP_CP_PDS_MAX ? (int) cp->config.pd_count : -ENOSPC;

	if (address >= OSDP_ADDRESS_CONFIGURATION)
		return -EINVAL;
	for (unsigned i = cp->config.pd_count; i-- > 0;) {
		if (cp->pds[i].is_removed)
			place = (int) i;
		else if (cp->pds[i].address == address)
			return -EADDRINUSE;
	}
	return place;
}

int
osdp_cp_add(struct osdp_cp *cp, uint8_t address, const struct osdp_policy *policy, uint64_t now_us,
	    unsigned *ret_pd)
{
	int place = find_place(cp, address);

	if (place < 0)
		return place;
	struct cp_pd *pd = &cp->pds[place];
	memset(pd, 0, sizeof(*pd));
	int r = init_pd(pd, address, policy);
	if (r < 0) {
		pd->is_removed = true;
		return r;
	}
	pd->due_us = now_us;
	cp->config.pd_count = MAX_OF(cp->config.pd_count, (unsigned) place + 1);
	*ret_pd = (unsigned) place;
	return 0;
}

int
osdp_cp_remove(struct osdp_cp *cp, unsigned pd, uint64_t now_us)
{
	if (pd >= cp->config.pd_count || cp->pds[pd].is_removed)
		return -EINVAL;
	struct cp_pd *from = &cp->pds[pd];
	if (cp->install.pd == from)
		osdp_cp_install_cancel(cp, now_us);
	/* It may be talking: what comes of that is for nobody, and nobody talks into it. */
	if (cp->exchange.pd == from) {
		cp->line_free_us = MAX_OF(cp->line_free_us, cp->exchange.reply_deadline_us);
		cp->exchange.pd = NULL;
		cp->is_quiet = false;
		osdp_rx_reset(&cp->rx);
	}
	osdp_secure_free(from->secure.channel);
	explicit_bzero(from, sizeof(*from));
	from->is_removed = true;
	return 0;
}

void
osdp_cp_free(struct osdp_cp *cp)
{
	if (cp == NULL)
		return;
	for (unsigned i = 0; i < cp->config.pd_count; i++)
		osdp_secure_free(cp->pds[i].secure.channel);
	explicit_bzero(cp, sizeof(*cp));
	free(cp);
}

enum osdp_pd_state
osdp_cp_pd_state(const struct osdp_cp *cp, unsigned pd)
{
	return pd < cp->config.pd_count ? cp->pds[pd].state : OSDP_PD_OFFLINE;
}

const struct osdp_counters *
osdp_cp_pd_counters(const struct osdp_cp *cp, unsigned pd)
{
	return pd < cp->config.pd_count ? &cp->pds[pd].counters : NULL;
}
