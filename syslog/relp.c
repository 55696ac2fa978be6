#include "syslog/relp.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"
#include "syslog/outbox.h"
#include "syslog/slice.h"

#define NUMBER_MAX     999999999
#define NUMBER_DIGITS  9
#define COMMAND_MAX    32
#define CODE_DIGITS    3
#define CODE_GOOD      200
#define OFFERS	       "relp_version=0\nrelp_software=Cardea," PACKAGE_VERSION "\ncommands=syslog"
#define COMMANDS_OFFER "commands="

struct frame {
	uint32_t number;
	struct slice command;
	struct slice data;
};

static uint32_t
number_after(uint32_t number)
{
	return number == NUMBER_MAX ? 1 : number + 1;
}

/* How many steps number is behind from, the wrap counted in. */
static uint32_t
distance(uint32_t from, uint32_t number)
{
	return number >= from ? number - from : number + NUMBER_MAX - from;
}

/* Returns the number that the frame has. */
static uint32_t
put_frame(struct relp *relp, const char *command, const char *data, size_t size,
	  struct outbox *output)
{
	uint32_t number = relp->next;
	char head[64];
	int used =
		snprintf(head, sizeof(head), "%u %s %zu%s", number, command, size, size ? " " : "");

	outbox_add(output, head, (size_t) used);
	outbox_add(output, data, size);
	outbox_add(output, "\n", 1);
	relp->next = number_after(number);
	return number;
}

void
relp_begin(struct relp *relp, struct outbox *output)
{
	*relp = (struct relp){ .next = 1 };
	(void) put_frame(relp, "open", OFFERS, strlen(OFFERS), output);
	relp->oldest = relp->next;
}

int
relp_send(struct relp *relp, const char *record, size_t size, struct outbox *output)
{
	if (relp->phase != RELP_OPEN || relp->count == RELP_WINDOW)
		return -ENOBUFS;
	(void) put_frame(relp, "syslog", record, size, output);
	relp->answered[(relp->first + relp->count) % RELP_WINDOW] = false;
	relp->count++;
	return 0;
}

void
relp_finish(struct relp *relp, struct outbox *output)
{
	if (relp->phase != RELP_OPEN)
		return;
	relp->closing = put_frame(relp, "close", "", 0, output);
	relp->phase = RELP_CLOSING;
}

static int
fail(struct relp *relp, const char *what)
{
	(void) copy_string(relp->error, sizeof(relp->error), what);
	relp->phase = RELP_CLOSED;
	return -EPROTO;
}

/* The same with words of the server, which may be any bytes. */
static int
refuse(struct relp *relp, const char *what, const struct slice *data)
{
	size_t used = strlen(what);

	(void) fail(relp, what);
	for (size_t i = 0; i < data->size && used + 1 < sizeof(relp->error); i++) {
		char c = data->bytes[i];
		if (c == '\n')
			break;
		relp->error[used++] = c >= ' ' && c < 0x7f ? c : '?';
	}
	relp->error[used] = 0;
	return -EPROTO;
}

/* Digits up to a character that is none. -EAGAIN: there may come more; -EBADMSG. */
static int
read_number(const char **at, const char *end, uint32_t *ret)
{
	const char *start = *at;

	*ret = 0;
	while (*at < end && **at >= '0' && **at <= '9') {
		if (*at - start == NUMBER_DIGITS)
			return -EBADMSG;
		*ret = *ret * 10 + (uint32_t) (*(*at)++ - '0');
	}
	if (*at == end)
		return -EAGAIN;
	return *at == start ? -EBADMSG : 0;
}

static int
read_command(const char **at, const char *end, struct slice *ret)
{
	const char *start = *at;

	while (*at < end && ((**at | 32) >= 'a' && (**at | 32) <= 'z'))
		if ((*at)++ - start == COMMAND_MAX)
			return -EBADMSG;
	if (*at == end)
		return -EAGAIN;
	*ret = (struct slice){ .bytes = start, .size = (size_t) (*at - start) };
	return ret->size && *(*at)++ == ' ' ? 0 : -EBADMSG;
}

/* The first frame of the input and where it ends. -EAGAIN: it is not there as a whole. */
static int
read_frame(const char *bytes, size_t size, struct frame *ret, size_t *ret_used)
{
	const char *end = bytes + size;
	const char *at = bytes;
	uint32_t length;
	int r = read_number(&at, end, &ret->number);

	if (r < 0)
		return r;
	if (*at++ != ' ')
		return -EBADMSG;
	r = read_command(&at, end, &ret->command);
	if (r < 0)
		return r;
	r = read_number(&at, end, &length);
	if (r < 0)
		return r;
	if (length > RELP_FRAME_MAX - 64)
		return -EMSGSIZE;
	/* librelp has been seen to write a space behind a length of 0 as well. */
	if (*at == ' ')
		at++;
	else if (length)
		return -EBADMSG;
	if ((size_t) (end - at) <= length)
		return -EAGAIN;
	ret->data = (struct slice){ .bytes = at, .size = length };
	if (at[length] != '\n')
		return -EBADMSG;
	*ret_used = (size_t) (at - bytes) + length + 1;
	return 0;
}

static unsigned
read_code(const struct slice *data)
{
	unsigned code = 0;

	if (data->size < CODE_DIGITS)
		return 0;
	for (size_t i = 0; i < CODE_DIGITS; i++) {
		if (data->bytes[i] < '0' || data->bytes[i] > '9')
			return 0;
		code = code * 10 + (unsigned) (data->bytes[i] - '0');
	}
	return code;
}

/* Whether a line of the offers names the command that records are sent by. */
static bool
offers_syslog(const struct slice *data)
{
	const char *end = data->bytes + data->size;

	for (const char *line = data->bytes; line && line < end; line++) {
		const char *stop = memchr(line, '\n', (size_t) (end - line));
		size_t size = (size_t) ((stop ? stop : end) - line);
		if (size > strlen(COMMANDS_OFFER) &&
		    !memcmp(line, COMMANDS_OFFER, strlen(COMMANDS_OFFER)) &&
		    memmem(line, size, "syslog", 6))
			return true;
		if (!stop)
			return false;
		line = stop;
	}
	return false;
}

/* The answer to our introduction. */
static int
take_offers(struct relp *relp, const struct frame *frame, struct relp_news *news)
{
	if (read_code(&frame->data) != CODE_GOOD)
		return refuse(relp, "the log server refuses the session: ", &frame->data);
	if (!offers_syslog(&frame->data))
		return fail(relp, "the log server takes no syslog records");
	relp->phase = RELP_OPEN;
	news->is_opened = true;
	return 0;
}

static int
take_answer(struct relp *relp, const struct frame *frame, struct relp_news *news)
{
	if (relp->phase == RELP_CLOSING && frame->number == relp->closing) {
		if (relp->count)
			return fail(relp, "the log server ends with records unanswered");
		relp->phase = RELP_CLOSED;
		news->is_closed = true;
		return 0;
	}
	uint32_t place = distance(relp->oldest, frame->number);
	bool is_ours = frame->number && place < relp->count;
	bool *answered = &relp->answered[(relp->first + (is_ours ? place : 0)) % RELP_WINDOW];
	if (!is_ours || *answered)
		return fail(relp, "the log server answers what it was not sent");
	if (read_code(&frame->data) != CODE_GOOD)
		return refuse(relp, "the log server refuses a record: ", &frame->data);
	*answered = true;
	/* A server may answer in another order; the cursor moves in ours. */
	for (; relp->count && relp->answered[relp->first]; relp->count--) {
		relp->first = (relp->first + 1) % RELP_WINDOW;
		relp->oldest = number_after(relp->oldest);
		news->confirmed++;
	}
	return 0;
}

static int
take_frame(struct relp *relp, const struct frame *frame, struct relp_news *news)
{
	if (relp->phase == RELP_CLOSED)
		return 0;
	if (slice_is(&frame->command, "serverclose"))
		return fail(relp, "the log server has ended the session");
	if (!slice_is(&frame->command, "rsp"))
		return refuse(relp, "the log server sends a command of its own: ", &frame->command);
	if (relp->phase != RELP_OPENING)
		return take_answer(relp, frame, news);
	if (frame->number != 1)
		return fail(relp, "the log server answers what it was not sent");
	return take_offers(relp, frame, news);
}

static int
take_frames(struct relp *relp, struct relp_news *news)
{
	struct frame frame;
	size_t used = 0;
	size_t at = 0;
	int r = 0;

	while (r == 0 && at < relp->input_size) {
		r = read_frame(relp->input + at, relp->input_size - at, &frame, &used);
		if (r == -EAGAIN)
			break;
		if (r < 0)
			return fail(relp, "the log server does not speak RELP");
		r = take_frame(relp, &frame, news);
		at += used;
	}
	memmove(relp->input, relp->input + at, relp->input_size - at);
	relp->input_size -= at;
	return r == -EAGAIN ? 0 : r;
}

int
relp_receive(struct relp *relp, const char *bytes, size_t size, struct relp_news *ret)
{
	*ret = (struct relp_news){ 0 };
	while (size && relp->phase != RELP_CLOSED) {
		size_t count = MIN_OF(size, sizeof(relp->input) - relp->input_size);
		memcpy(relp->input + relp->input_size, bytes, count);
		relp->input_size += count;
		bytes += count;
		size -= count;
		int r = take_frames(relp, ret);
		if (r < 0)
			return r;
		/* Cannot be: a frame that is too long is refused by its length. */
		if (relp->input_size == sizeof(relp->input))
			return fail(relp, "the log server does not speak RELP");
	}
	return 0;
}
