#include "hw/osdp/cp_private.h"

#include <errno.h>
#include <string.h>

/* The bytes of a command that say what it acts on: reader and LED, or reader, or nothing. */
static size_t
target_size(uint8_t code, size_t size)
{
	switch (code) {
	case OSDP_CMD_LED:
		return 2;
	case OSDP_CMD_BUZ:
	case OSDP_CMD_TEXT:
		return 1;
	default:
		return size;
	}
}

static bool
is_same_target(const struct pending *pending, uint8_t code, const uint8_t *data, size_t size)
{
	size_t target = target_size(code, size);

	return pending->code == code && pending->size == size && size >= target &&
	       (target == 0 || memcmp(pending->data, data, target) == 0);
}

static struct pending *
find_replaceable(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size)
{
	for (unsigned i = pd->pending_count; i-- > 0;)
		if (is_same_target(&pd->pending[i], code, data, size))
			return &pd->pending[i];
	return NULL;
}

void
cp_push_event(struct osdp_cp *cp, const struct cp_pd *pd, uint64_t now_us, struct osdp_event event)
{
	/* Noise must not take the room of what happened to a door. */
	if (event.type == OSDP_EV_FRAME_ERROR && !cp_has_event_room(cp))
		return;
	if (cp->event_count == CP_EVENTS_MAX)
		return;

	event.pd = (unsigned) (pd - cp->pds);
	event.at_mono_us = now_us;
	cp->events[(cp->event_first + cp->event_count) % CP_EVENTS_MAX] = event;
	cp->event_count++;
}

bool
cp_has_event_room(const struct osdp_cp *cp)
{
	return cp->event_count + CP_EVENTS_SPARE <= CP_EVENTS_MAX;
}

int
cp_push_pending(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size)
{
	struct pending *slot;

	if (pd->pending_count < CP_PENDING_MAX)
		slot = &pd->pending[pd->pending_count++];
	else
		slot = find_replaceable(pd, code, data, size);
	if (slot == NULL)
		return -ENOSPC;

	*slot = (struct pending){ .code = code, .size = (uint16_t) size };
	if (size > 0)
		memcpy(slot->data, data, size);
	return 0;
}

bool
cp_take_pending(struct cp_pd *pd, struct pending *ret_pending)
{
	if (pd->pending_count == 0)
		return false;

	*ret_pending = pd->pending[0];
	pd->pending_count--;
	memmove(pd->pending, pd->pending + 1, pd->pending_count * sizeof(pd->pending[0]));
	return true;
}

bool
osdp_cp_take_event(struct osdp_cp *cp, struct osdp_event *ret_event)
{
	if (cp->event_count == 0)
		return false;

	*ret_event = cp->events[cp->event_first];
	explicit_bzero(&cp->events[cp->event_first], sizeof(cp->events[0]));
	cp->event_first = (cp->event_first + 1) % CP_EVENTS_MAX;
	cp->event_count--;
	return true;
}

int
cp_queue_command(struct osdp_cp *cp, unsigned pd, uint8_t code, const uint8_t *data, size_t size)
{
	if (pd >= cp->config.pd_count)
		return -EINVAL;
	struct cp_pd *to = &cp->pds[pd];
	if (to->state != OSDP_PD_ONLINE)
		return -ENOTCONN;
	if (cp_pd_is_refused(to, code))
		return -ENOTSUP;
	if (size > sizeof(to->pending[0].data) || size > cp_pd_data_max(to, 0))
		return -EMSGSIZE;
	return cp_push_pending(to, code, data, size);
}
