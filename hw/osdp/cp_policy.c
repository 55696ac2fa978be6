#include "hw/osdp/cp_private.h"

#include <errno.h>

static bool
is_same(const struct osdp_policy *a, const struct osdp_policy *b)
{
	return a->protection == b->protection && a->has_key == b->has_key &&
	       a->has_pending == b->has_pending && a->has_former == b->has_former &&
	       a->has_cuid == b->has_cuid && osdp_secure_equals(a->key, b->key, sizeof(a->key)) &&
	       osdp_secure_equals(a->pending, b->pending, sizeof(a->pending)) &&
	       osdp_secure_equals(a->former, b->former, sizeof(a->former)) &&
	       osdp_secure_equals(a->cuid, b->cuid, sizeof(a->cuid));
}

int
osdp_cp_set_policy(struct osdp_cp *cp, unsigned pd, const struct osdp_policy *policy,
		   uint64_t now_us)
{
	if (pd >= cp->config.pd_count)
		return -EINVAL;
	struct cp_pd *to = &cp->pds[pd];
	struct cp_secure *secure = &to->secure;
	if (is_same(&secure->policy, policy))
		return 0;
	if (cp->install.pd == to)
		osdp_cp_install_cancel(cp, now_us);
	secure->policy = *policy;
	secure->step = policy->has_pending ? KEY_STEP_SENT : KEY_STEP_NONE;
	secure->failures = 0;
	to->has_identity = policy->has_identity;
	to->identity = policy->identity;
	to->is_to_start_over = true;
	return 0;
}

int
osdp_cp_accept_device(struct osdp_cp *cp, unsigned pd)
{
	if (pd >= cp->config.pd_count)
		return -EINVAL;
	struct cp_pd *to = &cp->pds[pd];
	to->secure.policy.has_cuid = false;
	to->secure.failures = 0;
	to->has_identity = false;
	/* Who waits for the next try need not wait any longer. */
	if (!to->secure.is_open)
		to->is_to_start_over = true;
	return 0;
}

bool
osdp_cp_pd_is_secure(const struct osdp_cp *cp, unsigned pd)
{
	return pd < cp->config.pd_count && cp->pds[pd].secure.is_open &&
	       cp->pds[pd].secure.key != OSDP_KEY_DEFAULT;
}
