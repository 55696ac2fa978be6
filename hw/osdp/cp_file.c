#include "hw/osdp/cp_private.h"

#include <errno.h>

enum {
	STUCK_MS = 60000,
	ALIVE_MS = 2000, /* Polls of a PD that wants none: the 8 seconds count for it, too. */
	STEPS_TOLD = 20,
};

static void
tell(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_event_type type, int error, int16_t status,
     uint64_t now_us)
{
	cp_push_event(cp, pd, now_us,
		      (struct osdp_event){
			      .type = type,
			      .file = { .offset = pd->file.offset,
					.total = pd->file.file.size,
					.error = error,
					.status = status },
		      });
}

static void
end(struct osdp_cp *cp, struct cp_pd *pd, int error, int16_t status, uint64_t now_us)
{
	tell(cp, pd, OSDP_EV_FILE_ENDED, error, status, now_us);
	pd->file = (struct cp_file){ 0 };
}

static uint16_t
next_size(const struct cp_pd *pd)
{
	size_t max = cp_pd_data_max(pd, pd->file.update_max);
	uint32_t rest = pd->file.file.size - pd->file.offset;

	max = max > OSDP_FILE_HEADER_SIZE ? max - OSDP_FILE_HEADER_SIZE : 1;
	return (uint16_t) MIN_OF(max, rest);
}

/* Behind the last byte come empty messages, as long as the PD is finishing. */
static void
take_status(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_ftstat *ftstat, uint64_t now_us)
{
	struct cp_file *file = &pd->file;
	bool is_at_end = file->offset == file->file.size;

	if (ftstat->status < 0) {
		end(cp, pd, -EREMOTEIO, ftstat->status, now_us);
	} else if (ftstat->status == OSDP_FTSTAT_PROCESSED ||
		   ftstat->status == OSDP_FTSTAT_REBOOTING ||
		   (is_at_end && ftstat->status == OSDP_FTSTAT_OK)) {
		end(cp, pd, is_at_end ? 0 : -EREMOTEIO, ftstat->status, now_us);
	} else {
		file->is_finishing = is_at_end;
		if (file->offset - file->told_offset >= file->file.size / STEPS_TOLD) {
			file->told_offset = file->offset;
			tell(cp, pd, OSDP_EV_FILE_PROGRESS, 0, ftstat->status, now_us);
		}
	}
}

static void
on_ftstat(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply, uint64_t now_us)
{
	struct cp_file *file = &pd->file;
	struct osdp_ftstat ftstat;
	int r = osdp_unpack_ftstat(reply->data, reply->data_size, &ftstat);

	if (r < 0) {
		cp_pd_on_error(cp, pd, r, now_us);
		return;
	}
	if (file->fragment_size > 0)
		file->progress_us = now_us;
	if (ftstat.status >= 0)
		file->offset += file->fragment_size;
	file->fragment_size = 0;
	file->not_before_us = now_us + ftstat.delay_ms * US_PER_MS;
	file->is_exclusive = (ftstat.action & OSDP_FTSTAT_INTERLEAVE) == 0;
	/* We never leave the secure channel, whatever the action says. */
	if (ftstat.update_max != 0)
		file->update_max = ftstat.update_max;
	if ((ftstat.action & OSDP_FTSTAT_POLL) != 0)
		pd->due_us = now_us;
	else if (file->is_exclusive)
		pd->due_us = now_us + ALIVE_MS * US_PER_MS;
	take_status(cp, pd, &ftstat, now_us);
}

uint32_t
cp_file_poll_ms(const struct osdp_cp *cp, const struct cp_pd *pd)
{
	return pd->file.is_active && pd->file.is_exclusive ? ALIVE_MS : cp->config.poll_ms;
}

uint64_t
cp_file_ready_us(const struct cp_pd *pd)
{
	return pd->file.is_active && pd->phase == PHASE_ONLINE ? pd->file.not_before_us
							       : UINT64_MAX;
}

bool
cp_file_compose(struct cp_pd *pd, uint64_t now_us)
{
	uint8_t data[OSDP_FRAME_MAX];
	struct cp_file *file = &pd->file;

	if (!file->is_active)
		return false;
	/* A card waits for no file. */
	if (now_us >= pd->due_us || now_us < file->not_before_us)
		return false;
	struct osdp_fragment fragment = {
		.type = file->file.type,
		.total = file->file.size,
		.offset = file->offset,
		.size = next_size(pd),
		.data = file->file.data + file->offset,
	};
	int r = osdp_pack_fragment(&fragment, data, sizeof(data));
	if (r < 0)
		return false;
	file->fragment_size = fragment.size;
	cp_pd_compose(pd, OSDP_CMD_FILETRANSFER, data, (size_t) r);
	return true;
}

void
cp_file_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		 uint64_t now_us)
{
	if (!pd->file.is_active)
		return;
	if (reply->code == OSDP_REPLY_FTSTAT) {
		on_ftstat(cp, pd, reply, now_us);
	} else if (reply->code == OSDP_REPLY_NAK) {
		end(cp, pd, -ENOTSUP, 0, now_us);
	} else {
		/* What a poll would have brought; the fragment is sent again. */
		pd->counters.odd++;
		cp_status_on_reply(cp, pd, reply, now_us);
	}
}

void
cp_file_restart(struct cp_pd *pd, uint64_t now_us)
{
	pd->file.offset = 0;
	pd->file.told_offset = 0;
	pd->file.is_finishing = false;
	pd->file.is_exclusive = false;
	pd->file.not_before_us = now_us;
}

uint64_t
cp_file_expiry_us(const struct cp_pd *pd)
{
	return pd->file.is_active ? pd->file.progress_us + STUCK_MS * US_PER_MS : UINT64_MAX;
}

void
cp_file_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us)
{
	if (now_us >= cp_file_expiry_us(pd))
		end(cp, pd, -ETIMEDOUT, 0, now_us);
}

int
osdp_cp_file_send(struct osdp_cp *cp, unsigned pd, const struct osdp_file *file, uint64_t now_us)
{
	if (pd >= cp->config.pd_count || file->size == 0)
		return -EINVAL;
	struct cp_pd *to = &cp->pds[pd];
	if (to->state != OSDP_PD_ONLINE)
		return -ENOTCONN;
	if (cp_pd_is_refused(to, OSDP_CMD_FILETRANSFER))
		return -ENOTSUP;
	if (to->file.is_active)
		return -EBUSY;
	to->file = (struct cp_file){
		.is_active = true,
		.file = *file,
		.not_before_us = now_us,
		.progress_us = now_us,
	};
	return 0;
}

int
osdp_cp_file_cancel(struct osdp_cp *cp, unsigned pd, uint64_t now_us)
{
	if (pd >= cp->config.pd_count || !cp->pds[pd].file.is_active)
		return -ENOENT;
	end(cp, &cp->pds[pd], -ECANCELED, 0, now_us);
	return osdp_cp_abort(cp, pd);
}
