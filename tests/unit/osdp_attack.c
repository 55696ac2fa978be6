#include "tests/unit/osdp_attack.h"

bool
attack_decode(const uint8_t *bytes, size_t size, struct osdp_frame *ret_frame)
{
	return size > 1 && osdp_frame_decode(bytes + 1, size - 1, ret_frame) == 0;
}

unsigned
attack_count_commands(const struct line *line, unsigned first, uint8_t code)
{
	unsigned count = 0;

	for (unsigned i = first; i < line->command_count; i++)
		count += line_command_frame(line, i).code == code;
	return count;
}

/* Nothing but what may be clear was sent in clear. */
bool
attack_finds_no_clear_command(const struct line *line)
{
	for (unsigned i = 0; i < line->command_count; i++) {
		struct osdp_frame frame = line_command_frame(line, i);
		bool may_be = frame.code == OSDP_CMD_ID || frame.code == OSDP_CMD_CAP;
		if (frame.security.type == OSDP_SCS_NONE && !may_be)
			return false;
	}
	return true;
}

/* Replaces a reply by a clear one under the same sequence number. */
void
attack_replace_reply(uint8_t *bytes, size_t *size, const struct osdp_frame *old, uint8_t code,
		     uint8_t data)
{
	struct osdp_frame frame = { .address = old->address,
				    .is_reply = true,
				    .sequence = code == OSDP_REPLY_BUSY ? 0 : old->sequence,
				    .has_crc = true,
				    .code = code,
				    .data = &data,
				    .data_size = code == OSDP_REPLY_NAK };
	int r = osdp_frame_encode(&frame, bytes + 1, OSDP_FRAME_MAX);

	*size = r < 0 ? 0 : (size_t) r + 1;
}

void
attack_refuse_challenge(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (attack_decode(bytes, *size, &frame) && frame.code == OSDP_REPLY_CCRYPT)
		attack_replace_reply(bytes, size, &frame, OSDP_REPLY_NAK, OSDP_NAK_SECURITY);
}
