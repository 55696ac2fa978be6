#include <errno.h>
#include <string.h>

#include "hw/osdp/pd_private.h"
#include "lib/util.h"

static void
answer_points(struct pd_answer *answer, uint8_t code, const struct osdp_points *points)
{
	answer->code = code;
	answer->size = points->count;
	memcpy(answer->data, points->values, points->count);
}

void
pd_on_istat(struct osdp_pd *pd, const struct osdp_frame *frame UNUSED, struct pd_answer *answer)
{
	pd->has_new_inputs = false;
	answer_points(answer, OSDP_REPLY_ISTATR, &pd->inputs);
}

void
pd_on_ostat(struct osdp_pd *pd, const struct osdp_frame *frame UNUSED, struct pd_answer *answer)
{
	size_t count = MIN_OF(pd->config.capabilities.items[OSDP_CAP_OUTPUTS],
			      (unsigned) OSDP_PD_OUTPUTS_MAX);

	answer->code = OSDP_REPLY_OSTATR;
	answer->size = count;
	for (unsigned i = 0; i < count; i++)
		answer->data[i] = osdp_pd_output(pd, i, pd->now_us);
}

void
pd_on_rstat(struct osdp_pd *pd, const struct osdp_frame *frame UNUSED, struct pd_answer *answer)
{
	answer_points(answer, OSDP_REPLY_RSTATR, &pd->readers);
}

static void
set_output(struct osdp_pd *pd, const struct osdp_output *command)
{
	struct pd_output *output = &pd->outputs[command->output];
	uint64_t until_us = pd->now_us + command->timer_100ms * 100 * US_PER_MS;

	switch (command->code) {
	case OSDP_OUTPUT_OFF:
	case OSDP_OUTPUT_ON:
		*output = (struct pd_output){ .is_on = command->code == OSDP_OUTPUT_ON };
		break;
	case OSDP_OUTPUT_OFF_AFTER_TIMER:
	case OSDP_OUTPUT_ON_AFTER_TIMER:
		output->is_on = command->code == OSDP_OUTPUT_ON_AFTER_TIMER;
		break;
	case OSDP_OUTPUT_TIMED_ON:
	case OSDP_OUTPUT_TIMED_OFF:
		output->is_on_meanwhile = command->code == OSDP_OUTPUT_TIMED_ON;
		output->until_us = until_us;
		break;
	default:
		break;
	}
}

void
pd_on_out(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	if (frame->data_size == 0 || frame->data_size % OSDP_OUTPUT_SIZE != 0) {
		pd_answer_nak(answer, OSDP_NAK_LENGTH);
		return;
	}
	for (size_t at = 0; at < frame->data_size; at += OSDP_OUTPUT_SIZE) {
		struct osdp_output output;
		if (osdp_unpack_output(frame->data + at, OSDP_OUTPUT_SIZE, &output) < 0 ||
		    output.output >= pd->config.capabilities.items[OSDP_CAP_OUTPUTS] ||
		    output.output >= OSDP_PD_OUTPUTS_MAX) {
			pd_answer_nak(answer, OSDP_NAK_RECORD);
			return;
		}
		set_output(pd, &output);
	}
}

void
pd_on_text(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	struct osdp_pd_event event = { .type = OSDP_PD_EV_TEXT };

	if (osdp_unpack_text(frame->data, frame->data_size, &event.text) < 0) {
		pd_answer_nak(answer, OSDP_NAK_LENGTH);
		return;
	}
	pd_push_event(pd, &event);
}

void
pd_on_comset(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	struct osdp_comset comset;

	if (osdp_unpack_comset(frame->data, frame->data_size, &comset) < 0) {
		pd_answer_nak(answer, OSDP_NAK_RECORD);
		return;
	}
	pd->comset = comset;
	pd->has_comset = true;
	pd_answer_packed(answer, OSDP_REPLY_COM,
			 osdp_pack_comset(&comset, answer->data, PD_REPLY_DATA_MAX));
}

/* The next byte expected is where the last fragment ended; a file starts at 0. */
static int16_t
take_fragment(struct pd_file *file, const struct osdp_fragment *fragment)
{
	if (fragment->offset == 0) {
		file->size = 0;
		file->finishing_count = file->filing.finishing_count;
	}
	if (fragment->total > sizeof(file->bytes))
		return OSDP_FTSTAT_ABORT;
	if (fragment->offset != file->size || fragment->size > fragment->total - file->size)
		return OSDP_FTSTAT_MALFORMED;
	memcpy(file->bytes + file->size, fragment->data, fragment->size);
	file->size += fragment->size;
	if (file->size < fragment->total)
		return OSDP_FTSTAT_OK;
	if (file->finishing_count == 0)
		return OSDP_FTSTAT_PROCESSED;
	file->finishing_count--;
	return OSDP_FTSTAT_FINISHING;
}

void
pd_on_file(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer)
{
	struct osdp_ftstat ftstat = pd->file.filing.answer;
	struct osdp_fragment fragment;

	if (osdp_unpack_fragment(frame->data, frame->data_size, &fragment) < 0) {
		pd_answer_nak(answer, OSDP_NAK_LENGTH);
		return;
	}
	if (ftstat.status >= 0)
		ftstat.status = take_fragment(&pd->file, &fragment);
	if (pd->card_count > 0 || pd->reply_count > 0)
		ftstat.action |= OSDP_FTSTAT_POLL;
	if (ftstat.status == OSDP_FTSTAT_PROCESSED)
		pd_push_event(pd, &(struct osdp_pd_event){ .type = OSDP_PD_EV_FILE,
							   .file_type = fragment.type });
	pd_answer_packed(answer, OSDP_REPLY_FTSTAT,
			 osdp_pack_ftstat(&ftstat, answer->data, PD_REPLY_DATA_MAX));
}

void
pd_on_other(struct osdp_pd *pd, const struct osdp_frame *frame, struct pd_answer *answer UNUSED)
{
	struct osdp_pd_event event = { .type = OSDP_PD_EV_COMMAND };

	event.command.code = frame->code;
	event.command.size = (uint16_t) frame->data_size;
	memcpy(event.command.data, frame->data,
	       MIN_OF(frame->data_size, sizeof(event.command.data)));
	pd_push_event(pd, &event);
}

void
osdp_pd_set_inputs(struct osdp_pd *pd, const struct osdp_points *inputs)
{
	pd->has_new_inputs = true;
	pd->inputs = *inputs;
	pd->inputs.count = MIN_OF(inputs->count, (uint8_t) OSDP_POINTS_MAX);
}

void
osdp_pd_set_readers(struct osdp_pd *pd, const struct osdp_points *readers)
{
	pd->readers = *readers;
	pd->readers.count = MIN_OF(readers->count, (uint8_t) OSDP_POINTS_MAX);
}

bool
osdp_pd_output(const struct osdp_pd *pd, unsigned output, uint64_t now_us)
{
	if (output >= OSDP_PD_OUTPUTS_MAX)
		return false;
	const struct pd_output *state = &pd->outputs[output];
	return now_us < state->until_us ? state->is_on_meanwhile : state->is_on;
}

int
osdp_pd_queue_reply(struct osdp_pd *pd, uint8_t code, const uint8_t *data, size_t size)
{
	if (size > PD_REPLY_DATA_MAX)
		return -EMSGSIZE;
	if (pd->reply_count == OSDP_PD_REPLIES_MAX)
		return -ENOSPC;

	struct pd_answer *answer = &pd->replies[pd->reply_count++];
	*answer = (struct pd_answer){ .code = code, .size = size };
	if (size > 0)
		memcpy(answer->data, data, size);
	return 0;
}

void
osdp_pd_set_filing(struct osdp_pd *pd, const struct osdp_pd_filing *filing)
{
	pd->file.filing = *filing;
}

const uint8_t *
osdp_pd_file(const struct osdp_pd *pd, size_t *ret_size)
{
	*ret_size = pd->file.size;
	return pd->file.bytes;
}
