#include "agent/door_tools.h"

#include <errno.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_keep.h"
#include "agent/door_line_test.h"
#include "agent/door_upgrade.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

/* Keeps an answer within one line of the protocol, quotes escaped. */
#define TRACE_BYTES_MAX 36000

/* Why something could not be begun; what is not here is an error of ours. */
static const struct {
	int error;
	const char *code;
	const char *message;
} refusals[] = {
	{ -ENOENT, RPC_NOT_FOUND, "there is no such reader or bus" },
	{ -ENOTCONN, RPC_UNAVAILABLE, "the reader is not on line" },
	{ -ENOTSUP, RPC_CONFLICT, "the reader cannot do that" },
	{ -EBUSY, RPC_CONFLICT, "something else is under way there" },
	{ -EALREADY, RPC_CONFLICT, "nothing of that kind is under way" },
	{ -EADDRINUSE, RPC_CONFLICT, "another reader of the line has this address" },
	{ -EINVAL, RPC_BAD_PARAMS, "not possible on a line" },
	{ -EACCES, RPC_CONFLICT, "nothing is shown of a line while an install window is open" },
	{ -ENOSPC, RPC_TOO_MANY, "the reader has more to do than it can take" },
};

void
door_tools_answer(struct rpc_request *request, int r)
{
	if (r >= 0) {
		rpc_reply(request, NULL);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (refusals[i].error == r) {
			rpc_fail(request, refusals[i].code, "%s", refusals[i].message);
			return;
		}
	rpc_fail(request, RPC_INTERNAL, "%s", strerror(-r));
}

bool
door_tools_is_late(struct rpc_request *request)
{
	if ((json_int_t) clock_mono_us() <= json_integer_or(request->params, "expires_mono_us", 0))
		return false;
	rpc_fail(request, RPC_TIMEOUT, "the command came too late and was not carried out");
	return true;
}

static unsigned
number(const struct rpc_request *request, const char *name, unsigned fallback)
{
	int64_t value = json_integer_or(request->params, name, fallback);

	return value < 0 || value > UINT32_MAX ? 0 : (unsigned) value;
}

static unsigned
reader_of(const struct rpc_request *request)
{
	return number(request, "reader", 0);
}

static json_t *
find_state(const struct hw_line_find *find)
{
	json_t *state = json_pack("{sI,si,sb}", "baud", (json_int_t) find->baud, "address",
				  (int) find->address, "clash", find->is_clash);

	if (find->has_identity)
		(void) json_object_update_new(
			state, json_pack("{ss,si,sI,ss}", "vendor", find->vendor, "model",
					 (int) find->model, "serial", (json_int_t) find->serial,
					 "firmware", find->firmware));
	return state;
}

static json_t *
line_state(const struct door_role *role, const struct hw_line *line)
{
	json_t *finds = json_array();

	for (unsigned i = 0; i < line->count; i++)
		(void) json_array_append_new(finds, find_state(&line->finds[i]));
	return json_pack("{ss,sI,sb,si,si,so,so*}", "name", line->name, "baud",
			 (json_int_t) line->baud, "scanning", line->is_scanning, "asked",
			 (int) line->asked, "questions", (int) line->questions, "found", finds,
			 "test", door_line_test_state(role, line->bus));
}

json_t *
door_tools_line_state(const struct door_role *role, unsigned bus)
{
	struct hw_line line;

	return hw_line(role->hw, bus, &line) == 0 ? line_state(role, &line) : NULL;
}

void
door_tools_on_line(const struct hw_line *line, void *context)
{
	struct door_role *role = context;
	char key[16];

	(void) snprintf(key, sizeof(key), "line.%u", line->bus);
	door_rpc_push_state(role, key, line_state(role, line));
	if (!line->is_scanning)
		door_tell(role, EV_LINE_SCANNED, key, NULL, NULL,
			  json_pack("{si,si,si,si}", "bus", (int) line->bus, "count",
				    (int) line->count, "asked", (int) line->asked, "questions",
				    (int) line->questions));
}

void
door_tools_scan(struct door_role *role, struct rpc_request *request)
{
	struct hw_line_scan scan = {
		.last_address = number(request, "last_address", 7),
		.is_single = json_bool_or(request->params, "single", false),
	};

	if (!door_tools_is_late(request))
		door_tools_answer(request,
				  hw_line_scan(role->hw, number(request, "bus", 0), &scan));
}

void
door_tools_scan_stop(struct door_role *role, struct rpc_request *request)
{
	door_tools_answer(request, hw_line_scan_stop(role->hw, number(request, "bus", 0)));
}

void
door_tools_move(struct door_role *role, struct rpc_request *request)
{
	unsigned reader = reader_of(request);
	struct hw_reader found;

	if (door_tools_is_late(request))
		return;
	int r = hw_reader(role->hw, reader, &found);
	if (r == 0)
		r = hw_reader_move(role->hw, reader, number(request, "address", found.address),
				   number(request, "baud", 0));
	door_tools_answer(request, r);
}

/* What the speed of a reader's line should be: the first of its readers that says one decides. */
static uint32_t
configured_baud(const struct door_role *role, unsigned reader)
{
	unsigned bus = hw_line_of(role->hw, reader);
	unsigned address;
	uint32_t standard = 0;

	for (unsigned i = 1; role->table && i <= READERS; i++) {
		uint32_t baud = access_reader(role->table, i)->baud;
		if (baud && hw_line_of(role->hw, i) == bus)
			return baud;
	}
	(void) hw_reader_standard_place(role->hw, reader, &address, &standard);
	return standard;
}

static void
on_moved(struct door_role *role, const struct hw_work *work)
{
	struct door_reader *reader = &role->readers[work->reader - 1];

	if (work->is_test) {
		door_line_test_on_moved(role, work);
		return;
	}
	if (work->is_done) {
		reader->is_moved = true;
		reader->is_speed_moved = work->baud != configured_baud(role, work->reader);
	}
	door_reader_tell(role, work->reader, work->is_done ? EV_READER_MOVED : EV_READER_NOT_MOVED,
			 json_pack("{si,sI}", "address", (int) work->address, "baud",
				   (json_int_t) work->baud));
	door_reader_push(role, work->reader);
}

void
door_tools_on_work(const struct hw_work *work, void *context)
{
	if (work->type == HW_WORK_MOVED)
		on_moved(context, work);
	else
		door_upgrade_on_work(context, work);
}

/* Whoever ran here before has tested the line and was ended on the way. */
static bool
is_left_over(struct door_role *role, unsigned number, unsigned address)
{
	struct door_reader *reader = &role->readers[number - 1];
	uint32_t baud = reader->tested_baud;

	reader->tested_baud = 0;
	if (!baud || hw_reader_place(role->hw, number, address, baud) < 0)
		return false;
	reader->is_moved = true;
	reader->is_speed_moved = true;
	door_reader_tell(role, number, EV_READER_MOVED,
			 json_pack("{si,sI}", "address", (int) address, "baud", (json_int_t) baud));
	door_reader_push(role, number);
	door_keep_save(role);
	return true;
}

/* A reader that was just moved stays where it is until the table knows. */
static void
place(struct door_role *role, unsigned number)
{
	const struct access_reader *wanted = access_reader(role->table, number);
	struct hw_reader found;
	unsigned address;
	uint32_t baud;

	if (hw_reader(role->hw, number, &found) < 0 ||
	    hw_reader_standard_place(role->hw, number, &address, &baud) < 0)
		return;
	if (door_line_test_is_running(role, found.bus) || is_left_over(role, number, found.address))
		return;
	if (wanted->address != READER_ADDRESS_OF_BOARD)
		address = wanted->address;
	baud = configured_baud(role, number);
	bool is_there = address == found.address && baud == found.baud;
	bool was_moved = role->readers[number - 1].is_moved;
	role->readers[number - 1].is_moved = was_moved && !is_there;
	if (is_there || was_moved)
		return;
	int r = hw_reader_place(role->hw, number, address, baud);
	if (r < 0)
		(void) log_warn(r, "reader %u cannot be at address %u, it stays at %u", number,
				address, found.address);
}

void
door_tools_configure(struct door_role *role)
{
	for (unsigned i = 1; role->table && i <= READERS; i++)
		place(role, i);
}

void
door_tools_text(struct door_role *role, struct rpc_request *request)
{
	char text[FEEDBACK_TEXT_MAX + 1];

	feedback_ascii(json_string_or(request->params, "text", ""), text, sizeof(text));
	if (!door_tools_is_late(request))
		door_tools_answer(request, hw_reader_text(role->hw, reader_of(request), text,
							  number(request, "seconds", 10)));
}

void
door_tools_output(struct door_role *role, struct rpc_request *request)
{
	unsigned output = number(request, "output", 1);

	if (!door_tools_is_late(request))
		door_tools_answer(request,
				  hw_reader_output(role->hw, reader_of(request), output - 1,
						   json_bool_or(request->params, "on", false),
						   number(request, "ms", 0)));
}

void
door_tools_diagnostics(struct door_role *role, struct rpc_request *request)
{
	json_t *diagnostics = hw_reader_diagnostics(role->hw, reader_of(request));

	if (diagnostics)
		rpc_reply(request, diagnostics);
	else
		door_tools_answer(request, -ENOENT);
}

void
door_tools_trace(struct door_role *role, struct rpc_request *request)
{
	char *text = xcalloc(1, TRACE_BYTES_MAX + HW_TRACE_LINE_MAX + 1);
	unsigned reader = reader_of(request);
	uint64_t last = hw_reader_trace_last(role->hw, reader);
	uint64_t after = (uint64_t) MAX_OF(json_integer_or(request->params, "after", 0), 0);
	size_t used = 0;
	int r;

	if (json_bool_or(request->params, "new", false))
		after = last;
	while ((r = hw_reader_trace(role->hw, reader, after, text + used, &after)) > 0) {
		used += (size_t) r;
		if (used > TRACE_BYTES_MAX)
			break;
	}
	if (r < 0)
		door_tools_answer(request, r);
	else
		rpc_reply(request, json_pack("{ss,sI,sI}", "text", text, "next", (json_int_t) after,
					     "last", (json_int_t) last));
	explicit_bzero(text, used);
	freep(&text);
}
