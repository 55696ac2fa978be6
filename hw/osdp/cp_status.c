#include "hw/osdp/cp_private.h"

#include <errno.h>
#include <string.h>

static void
on_raw(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	struct osdp_event event = { .type = OSDP_EV_CARD };
	int r = osdp_unpack_raw(reply->data, reply->data_size, &event.card);

	if (r < 0) {
		cp_pd_on_error(cp, pd, r, now_us);
		return;
	}
	pd->counters.cards++;
	pd->due_us = now_us; /* Where one card was, the next one may wait. */
	cp_push_event(cp, pd, now_us, event);
}

static void
on_lstatr(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	struct osdp_lstatr status;
	int r = osdp_unpack_lstatr(reply->data, reply->data_size, &status);

	if (r < 0) {
		cp_pd_on_error(cp, pd, r, now_us);
		return;
	}
	if (status.is_tampered != pd->status.is_tampered)
		cp_push_event(cp, pd, now_us,
			      (struct osdp_event){ .type = OSDP_EV_TAMPER,
						   .is_active = status.is_tampered });
	if (status.has_power_failure != pd->status.has_power_failure)
		cp_push_event(cp, pd, now_us,
			      (struct osdp_event){ .type = OSDP_EV_POWER,
						   .is_active = status.has_power_failure });
	pd->status = status;
}

static void
on_keypad(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	struct osdp_event event = { .type = OSDP_EV_KEYPAD };
	int r = osdp_unpack_keys(reply->data, reply->data_size, &event.keys);

	if (r < 0) {
		cp_pd_on_error(cp, pd, r, now_us);
		return;
	}
	pd->due_us = now_us;
	cp_push_event(cp, pd, now_us, event);
}

/* Told when they change; also when somebody has asked. */
static void
on_points(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
	  struct osdp_points *known, struct osdp_event *event)
{
	int r = osdp_unpack_points(reply->data, reply->data_size, &event->points);

	if (r < 0) {
		cp_pd_on_error(cp, pd, r, event->at_mono_us);
		return;
	}
	bool is_same = memcmp(known, &event->points, sizeof(*known)) == 0;
	*known = event->points;
	if (!is_same || pd->command_code != OSDP_CMD_POLL)
		cp_push_event(cp, pd, event->at_mono_us, *event);
}

static void
on_istatr(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	if (reply->data_size != pd->capabilities.items[OSDP_CAP_INPUTS])
		pd->counters.odd++;
	on_points(cp, pd, reply, &pd->inputs,
		  &(struct osdp_event){ .type = OSDP_EV_INPUTS, .at_mono_us = now_us });
}

static void
on_ostatr(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	if (reply->data_size != pd->capabilities.items[OSDP_CAP_OUTPUTS])
		pd->counters.odd++;
	on_points(cp, pd, reply, &pd->outputs,
		  &(struct osdp_event){ .type = OSDP_EV_OUTPUTS, .at_mono_us = now_us });
}

static void
on_rstatr(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	on_points(cp, pd, reply, &pd->readers,
		  &(struct osdp_event){ .type = OSDP_EV_READERS, .at_mono_us = now_us });
}

static void
on_message(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	struct osdp_event event = { .type = OSDP_EV_MESSAGE,
				    .message = { .code = reply->code,
						 .size = (uint16_t) reply->data_size } };

	if (reply->data_size > sizeof(event.message.data)) {
		cp_pd_on_error(cp, pd, -EMSGSIZE, now_us);
		return;
	}
	memcpy(event.message.data, reply->data, reply->data_size);
	cp_push_event(cp, pd, now_us, event);
}

static void
on_nothing(struct osdp_cp *cp UNUSED, struct cp_pd *pd UNUSED,
	   const struct osdp_frame *reply UNUSED, uint64_t now_us UNUSED)
{
}

static const struct {
	uint8_t code;
	void (*handle)(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		       uint64_t now_us);
} replies[] = {
	{ OSDP_REPLY_ACK, on_nothing },	    { OSDP_REPLY_NAK, on_nothing },
	{ OSDP_REPLY_RAW, on_raw },	    { OSDP_REPLY_KEYPAD, on_keypad },
	{ OSDP_REPLY_LSTATR, on_lstatr },   { OSDP_REPLY_ISTATR, on_istatr },
	{ OSDP_REPLY_OSTATR, on_ostatr },   { OSDP_REPLY_RSTATR, on_rstatr },
	{ OSDP_REPLY_MFGREP, on_message },  { OSDP_REPLY_MFGSTATR, on_message },
	{ OSDP_REPLY_MFGERRR, on_message }, { OSDP_REPLY_XRD, on_message },
};

void
cp_status_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		   uint64_t now_us)
{
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		if (replies[i].code == reply->code) {
			replies[i].handle(cp, pd, reply, now_us);
			return;
		}
	}
	pd->counters.unhandled++;
}

void
cp_status_ask_all(struct cp_pd *pd)
{
	const struct osdp_pdcap *capabilities = &pd->capabilities;
	uint8_t size[] = { OSDP_FRAME_MAX & 0xFF, OSDP_FRAME_MAX >> 8 };

	/* A cover opened while the PD was away is not told by polls. */
	(void) cp_push_pending(pd, OSDP_CMD_LSTAT, NULL, 0);
	if (capabilities->items[OSDP_CAP_INPUTS] > 0)
		(void) cp_push_pending(pd, OSDP_CMD_ISTAT, NULL, 0);
	if (capabilities->items[OSDP_CAP_OUTPUTS] > 0)
		(void) cp_push_pending(pd, OSDP_CMD_OSTAT, NULL, 0);
	/* Only who speaks of message sizes wants to know ours. */
	if (capabilities->items[OSDP_CAP_RECEIVE_BUFFER] != 0 ||
	    capabilities->compliance[OSDP_CAP_RECEIVE_BUFFER] != 0)
		(void) cp_push_pending(pd, OSDP_CMD_ACURXSIZE, size, sizeof(size));
}
