/* Gives the firmware to readers and modules and says what became of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_card.h"
#include "agent/door_module.h"
#include "agent/door_tools.h"
#include "agent/door_upgrade.h"
#include "lib/json.h"
#include "lib/util.h"

static const struct {
	int error;
	const char *reason;
} reasons[] = {
	{ -ENOENT, "it is not there" },		{ -ENOTCONN, "it is not on line" },
	{ -ENOTSUP, "it takes no files" },	{ -EBUSY, "its line is in use" },
	{ -EREMOTEIO, "it refuses this file" }, { -ETIMEDOUT, "it has stopped taking it" },
	{ -ECANCELED, "it was cancelled" },
};

static const char *
reason_of(int error)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].error == error)
			return reasons[i].reason;
	return "an error of ours";
}

static bool
is_module(unsigned taker)
{
	return taker > READERS;
}

static void
tell(struct door_role *role, unsigned taker, enum event_kind of_reader, enum event_kind of_module,
     json_t *data)
{
	/* "name" is the module's own. */
	(void) json_object_set_new(data, is_module(taker) ? "file" : "name",
				   json_string(role->upgrade.name));
	(void) json_object_set_new(data, "bytes", json_integer(role->upgrade.size));
	if (is_module(taker))
		door_module_tell(role, taker - READERS, of_module, data);
	else
		door_reader_tell(role, taker, of_reader, data);
}

static void
show(struct door_role *role, unsigned taker)
{
	if (is_module(taker)) {
		door_module_push(role, taker - READERS);
		return;
	}
	unsigned door = hw_reader_door(role->hw, taker);
	door_reader_push(role, taker);
	if (door)
		door_feedback_rest(&role->doors[door - 1]);
}

static void
finish(struct door_role *role, unsigned taker, int error, int status)
{
	struct door_upgrade_taker *entry = &role->upgrade.takers[taker - 1];
	json_t *data = json_object();

	entry->state = error ? DOOR_UPGRADE_FAILED : DOOR_UPGRADE_DONE;
	entry->reason = error ? reason_of(error) : NULL;
	if (error)
		(void) json_object_set_new(data, "why", json_string(entry->reason));
	if (error == -EREMOTEIO)
		(void) json_object_set_new(data, "status", json_integer(status));
	tell(role, taker, error ? EV_READER_UPGRADE_FAILED : EV_READER_UPGRADE_DONE,
	     error ? EV_MODULE_UPGRADE_FAILED : EV_MODULE_UPGRADE_DONE, data);
	show(role, taker);
}

static int
send_to(struct door_role *role, unsigned taker)
{
	const struct door_upgrade *upgrade = &role->upgrade;

	return is_module(taker)
		       ? hw_module_file_send(role->hw, taker - READERS, upgrade->data,
					     upgrade->size)
		       : hw_reader_file_send(role->hw, taker, upgrade->data, upgrade->size);
}

/* The next one in the queue; who cannot begin has failed, and the one behind is next. */
static void
go_on(struct door_role *role)
{
	struct door_upgrade *upgrade = &role->upgrade;
	unsigned taker;

	while ((taker = door_upgrade_next(upgrade))) {
		int r = send_to(role, taker);
		if (r < 0) {
			finish(role, taker, r, 0);
			continue;
		}
		upgrade->takers[taker - 1].state = DOOR_UPGRADE_SENDING;
		tell(role, taker, EV_READER_UPGRADE, EV_MODULE_UPGRADE, json_object());
		show(role, taker);
	}
}

void
door_upgrade_on_work(struct door_role *role, const struct hw_work *work)
{
	unsigned taker = work->module ? READERS + work->module : work->reader;
	struct door_upgrade_taker *entry = &role->upgrade.takers[taker - 1];

	if (entry->state != DOOR_UPGRADE_SENDING)
		return;
	entry->sent = work->offset;
	if (work->type == HW_WORK_FILE_PROGRESS) {
		show(role, taker);
		return;
	}
	finish(role, taker, work->error, work->status);
	go_on(role);
}

json_t *
door_upgrade_live_state(const struct door_role *role, unsigned taker)
{
	const struct door_upgrade *upgrade = &role->upgrade;
	const struct door_upgrade_taker *entry = &upgrade->takers[taker - 1];

	if (entry->state == DOOR_UPGRADE_NONE)
		return NULL;
	return json_pack("{ss,ss,sI,sI,ss*}", "state", door_upgrade_state_name(entry->state),
			 "name", upgrade->name, "sent", (json_int_t) entry->sent, "bytes",
			 (json_int_t) upgrade->size, "why", entry->reason);
}

void
door_upgrade_begin(struct door_role *role, struct rpc_request *request)
{
	int64_t size = json_integer_or(request->params, "size", 0);
	int r = size < 1 || size > DOOR_FIRMWARE_MAX
			? -EFBIG
			: door_firmware_begin(&role->upgrade,
					      json_string_or(request->params, "name", ""),
					      (uint32_t) size);

	if (r == -EFBIG)
		rpc_fail_field(request, RPC_BAD_PARAMS, "size", "from 1 to %d bytes",
			       DOOR_FIRMWARE_MAX);
	else
		door_tools_answer(request, r);
}

void
door_upgrade_chunk(struct door_role *role, struct rpc_request *request)
{
	const char *text = json_string_or(request->params, "data", "");
	int64_t offset = json_integer_or(request->params, "offset", -1);
	size_t room = strlen(text) / 2;
	_cleanup_(freep) uint8_t *bytes = xcalloc(1, room + 1);
	int size = hex_decode(text, bytes, room);

	if (size < 1) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "data", "bytes in hex");
		return;
	}
	if (offset < 0 || offset > DOOR_FIRMWARE_MAX)
		offset = DOOR_FIRMWARE_MAX;
	int r = door_firmware_add(&role->upgrade, (uint32_t) offset, bytes, (size_t) size);
	if (r == -ENOENT)
		rpc_fail(request, RPC_NOT_FOUND, "no file was begun");
	else if (r < 0)
		rpc_fail_field(request, RPC_CONFLICT, "offset", "the next byte is %u of %u",
			       role->upgrade.have, role->upgrade.size);
	else
		rpc_reply(request, json_pack("{sI,sI}", "have", (json_int_t) role->upgrade.have,
					     "size", (json_int_t) role->upgrade.size));
}

void
door_upgrade_drop(struct door_role *role, struct rpc_request *request)
{
	door_tools_answer(request, door_firmware_drop(&role->upgrade));
}

/* The taker that a request names; 0 when there is none. */
static unsigned
taker_of(const struct rpc_request *request)
{
	int64_t module = json_integer_or(request->params, "module", 0);
	int64_t reader = json_integer_or(request->params, "reader", 0);

	if (module >= 1 && module <= MODULES)
		return READERS + (unsigned) module;
	return reader >= 1 && reader <= READERS ? (unsigned) reader : 0;
}

/* 0, -ENOENT or -ENOTCONN. */
static int
is_there(const struct door_role *role, unsigned taker)
{
	struct hw_reader reader;
	struct hw_module module;
	bool is_online;
	int r;

	if (is_module(taker)) {
		r = hw_module(role->hw, taker - READERS, &module);
		is_online = r == 0 && module.is_online;
	} else {
		r = hw_reader(role->hw, taker, &reader);
		is_online = r == 0 && reader.is_online;
	}
	return r < 0 || is_online ? r : -ENOTCONN;
}

void
door_upgrade_start(struct door_role *role, struct rpc_request *request)
{
	unsigned taker = taker_of(request);

	if (door_tools_is_late(request))
		return;
	int r = is_there(role, taker);
	if (r < 0) {
		door_tools_answer(request, r);
		return;
	}
	r = door_upgrade_add(&role->upgrade, taker);
	if (r == -ENOENT)
		rpc_fail(request, RPC_NOT_FOUND, "there is no complete file");
	else if (r == -EALREADY)
		rpc_fail(request, RPC_CONFLICT, "it is being upgraded");
	else
		door_tools_answer(request, r);
	go_on(role);
	show(role, taker);
}

void
door_upgrade_cancel(struct door_role *role, struct rpc_request *request)
{
	unsigned taker = taker_of(request);
	int r = -ENOENT;

	if (taker && role->upgrade.takers[taker - 1].state == DOOR_UPGRADE_WAITING) {
		finish(role, taker, -ECANCELED, 0);
		r = 0;
	} else if (taker) {
		r = is_module(taker) ? hw_module_file_cancel(role->hw, taker - READERS)
				     : hw_reader_file_cancel(role->hw, taker);
	}
	door_tools_answer(request, r);
}

/* The hardware is closed: nobody reads the file any more. */
void
door_upgrade_close(struct door_role *role)
{
	memset(role->upgrade.takers, 0, sizeof(role->upgrade.takers));
	(void) door_firmware_drop(&role->upgrade);
}
