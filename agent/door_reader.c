#include "agent/door_reader.h"

#include "agent/door.h"
#include "agent/door_key.h"
#include "lib/clock.h"
#include "lib/util.h"

static struct door_reader *
of(struct door_role *role, unsigned reader)
{
	return &role->readers[reader - 1];
}

static const char *
name_of(const struct door_role *role, unsigned reader)
{
	return role->table ? access_reader(role->table, reader)->name : "";
}

static json_t *
live_state(struct door_role *role, const struct hw_reader *reader)
{
	struct door_reader *kept = of(role, reader->reader);

	/* That there is no key is not known before somebody has said what keys there are. */
	enum hw_security security = reader->security == HW_SECURITY_NO_KEY && !role->has_keys
					    ? HW_SECURITY_NONE
					    : reader->security;

	if (kept->security != security || !kept->since_us)
		kept->since_us = clock_wall_us();
	kept->security = security;
	json_t *state = json_pack(
		"{ss,si,sb,sb,ss,si,sI,ss,sI,sI,sI,sI,ss,ss*,ss,sI}", "name",
		name_of(role, reader->reader), "door", (int) reader->door, "online",
		reader->is_online, "tamper", reader->is_tampered, "vendor", reader->vendor, "model",
		(int) reader->model, "serial", (json_int_t) reader->serial, "firmware",
		reader->firmware, "polls", (json_int_t) reader->polls, "timeouts",
		(json_int_t) reader->timeouts, "errors", (json_int_t) reader->errors, "cards",
		(json_int_t) reader->cards, "security", hw_security_name(security), "cause",
		reader->cause, "cuid", reader->cuid, "since_us", (json_int_t) kept->since_us);
	(void) json_object_update_new(
		state,
		json_pack("{sI,sI,si,si,sI,sb,sb,sb,sb,si,si,si,so*}", "reply_us",
			  (json_int_t) reader->reply_mean_us, "reply_p99_us",
			  (json_int_t) reader->reply_p99_us, "bus", (int) reader->bus, "address",
			  (int) reader->address, "baud", (json_int_t) reader->baud, "moved",
			  kept->is_moved, "moved_speed", kept->is_moved && kept->is_speed_moved,
			  "power_failure", reader->has_power_failure, "text", reader->has_text,
			  "outputs", (int) reader->outputs, "inputs", (int) reader->inputs,
			  "digits", (int) role->keypads[reader->reader - 1].count, "upgrade",
			  door_upgrade_live_state(role, reader->reader)));
	return state;
}

/* Steals data. */
static void
tell_by(struct door_role *role, unsigned reader, enum event_kind kind, const char *actor,
	json_t *data)
{
	json_t *all = data ? data : json_object();
	char source[16];

	(void) snprintf(source, sizeof(source), "reader.%u", reader);
	(void) json_object_set_new(all, "reader", json_integer(reader));
	(void) json_object_set_new(all, "door", json_integer(hw_reader_door(role->hw, reader)));
	door_tell(role, kind, source, actor, NULL, all);
}

void
door_reader_tell(struct door_role *role, unsigned reader, enum event_kind kind, json_t *data)
{
	tell_by(role, reader, kind, NULL, data);
}

static void
tell_reader(struct door_role *role, const struct hw_reader *reader, enum event_kind kind)
{
	door_reader_tell(role, reader->reader, kind,
			 json_pack("{sI}", "serial", (json_int_t) reader->serial));
}

static void
push(struct door_role *role, const struct hw_reader *reader)
{
	char key[16];

	(void) snprintf(key, sizeof(key), "reader.%u", reader->reader);
	door_rpc_push_state(role, key, live_state(role, reader));
}

void
door_reader_on_change(const struct hw_reader *reader, void *context)
{
	struct door_role *role = context;
	struct door_reader *kept = of(role, reader->reader);

	if (kept->is_online != reader->is_online)
		tell_reader(role, reader, reader->is_online ? EV_READER_ONLINE : EV_READER_OFFLINE);
	if (kept->is_tampered != reader->is_tampered)
		tell_reader(role, reader,
			    reader->is_tampered ? EV_READER_TAMPER : EV_READER_TAMPER_CLEARED);
	if (kept->has_power_failure != reader->has_power_failure)
		tell_reader(role, reader,
			    reader->has_power_failure ? EV_READER_POWER : EV_READER_POWER_CLEARED);
	kept->has_power_failure = reader->has_power_failure;
	kept->is_online = reader->is_online;
	kept->is_tampered = reader->is_tampered;
	push(role, reader);
}

void
door_reader_on_replaced(const struct hw_reader *reader, void *context)
{
	tell_reader(context, reader, EV_READER_REPLACED);
}

void
door_reader_on_frame_error(unsigned number, uint32_t count, void *context)
{
	struct door_role *role = context;
	char source[16];

	(void) snprintf(source, sizeof(source), "door.%u", number);
	door_tell(role, EV_READER_FRAME_ERROR, source, NULL, NULL,
		  json_pack("{si,ss,sI}", "door", (int) number, "door_name",
			    door_config(&role->doors[number - 1])->name, "count",
			    (json_int_t) count));
}

/* The members that an event of this kind has. */
static json_t *
data_of(const struct hw_reader_event *event)
{
	json_t *data = json_object();
	char cuid[2 * READER_CUID_BYTES + 1];

	if (event->cause)
		(void) json_object_update_new(data,
					      json_pack("{ss,ss}", "cause", event->cause, "why",
							hw_reader_cause_text(event->cause)));
	if (event->count)
		(void) json_object_set_new(data, "count", json_integer(event->count));
	if (event->has_device) {
		hex_encode(event->cuid, sizeof(event->cuid), cuid);
		(void) json_object_update_new(
			data, json_pack("{ss,sI}", "cuid", cuid, "serial",
					(json_int_t) hw_reader_serial(event->pdid)));
	}
	return data;
}

static void
tell(struct door_role *role, const struct hw_reader_event *event, enum event_kind kind)
{
	door_reader_tell(role, event->reader, kind, data_of(event));
}

static void
on_secured(struct door_role *role, struct hw_reader_event *event)
{
	struct door_reader *reader = of(role, event->reader);

	door_key_pin(role, event);
	/* A renewed session is no news. */
	if (!reader->is_secured)
		tell(role, event, EV_READER_SECURED);
	reader->is_secured = true;
	reader->cause_told = NULL;
}

static void
on_unsecured(struct door_role *role, struct hw_reader_event *event)
{
	if (of(role, event->reader)->is_secured)
		tell(role, event, EV_READER_UNSECURED);
	of(role, event->reader)->is_secured = false;
}

static void
on_mismatch(struct door_role *role, struct hw_reader_event *event)
{
	struct door_reader *reader = of(role, event->reader);

	reader->is_secured = false;
	/* A reader is not unpaired because nobody has brought its key yet. */
	if (reader->cause_told == event->cause ||
	    (!role->has_keys && !reader->key.has_key && !reader->key.has_pending))
		return;
	reader->cause_told = event->cause;
	tell(role, event, EV_READER_KEY_MISMATCH);
}

static void
on_pairing(struct door_role *role, struct hw_reader_event *event)
{
	json_t *data = data_of(event);

	(void) json_object_set_new(data, "state",
				   json_string("a new device is about to be paired"));
	door_reader_tell(role, event->reader, EV_READER_INSTALL, data);
}

static void
on_key_pending(struct door_role *role, struct hw_reader_event *event)
{
	door_key_offer(role, event);
}

static void
on_key_committed(struct door_role *role, struct hw_reader_event *event)
{
	const char *actor = of(role, event->reader)->actor;
	json_t *data = data_of(event);
	struct hw_reader reader;

	door_key_commit(role, event->reader);
	/* Whose key it is says the handshake that has just proved it. */
	if (hw_reader(role->hw, event->reader, &reader) == 0 && *reader.cuid)
		(void) json_object_set_new(data, "cuid", json_string(reader.cuid));
	tell_by(role, event->reader, EV_READER_PAIRED, *actor ? actor : NULL, data);
}

static void
on_key_dropped(struct door_role *role, struct hw_reader_event *event)
{
	door_key_drop(role, event->reader);
}

static void
on_install_ended(struct door_role *role, struct hw_reader_event *event)
{
	const char *state = event->is_paired ? "the window is closed, the reader is paired"
					     : "the window is closed, nothing was paired";

	/* Whatever kept the reader off line before is told anew if it still does. */
	of(role, event->reader)->cause_told = NULL;
	door_reader_tell(role, event->reader, EV_READER_INSTALL,
			 json_pack("{ss,sb}", "state", state, "paired", event->is_paired));
}

static const struct {
	void (*handle)(struct door_role *role, struct hw_reader_event *event);
	enum event_kind kind; /* told as it is when there is no handler */
} rows[HW_READER_EVENTS] = {
	[HW_READER_SECURED] = { .handle = on_secured },
	[HW_READER_UNSECURED] = { .handle = on_unsecured },
	[HW_READER_MISMATCH] = { .handle = on_mismatch },
	[HW_READER_DEFAULT_KEY] = { .kind = EV_READER_DEFAULT_KEY },
	[HW_READER_DOWNGRADE] = { .kind = EV_READER_DOWNGRADE },
	[HW_READER_MAC_ERROR] = { .kind = EV_READER_MAC_ERROR },
	[HW_READER_PLAIN_DATA] = { .kind = EV_READER_PLAIN_DATA },
	[HW_READER_INTERFERENCE] = { .kind = EV_READER_INTERFERENCE },
	[HW_READER_FOREIGN_TALKER] = { .kind = EV_READER_FOREIGN_TALKER },
	[HW_READER_DIFFERS] = { .kind = EV_READER_DIFFERS },
	[HW_READER_PAIRING] = { .handle = on_pairing },
	[HW_READER_KEY_PENDING] = { .handle = on_key_pending },
	[HW_READER_KEY_COMMITTED] = { .handle = on_key_committed },
	[HW_READER_KEY_DROPPED] = { .handle = on_key_dropped },
	[HW_READER_INSTALL_ENDED] = { .handle = on_install_ended },
};

void
door_reader_on_event(struct hw_reader_event *event, void *context)
{
	struct door_role *role = context;

	if (rows[event->type].handle)
		rows[event->type].handle(role, event);
	else
		tell(role, event, rows[event->type].kind);
	door_reader_push(role, event->reader);
}

void
door_reader_tell_unpaired(struct door_role *role)
{
	struct hw_reader reader;

	for (unsigned i = 1; i <= READERS; i++) {
		struct hw_reader_event event = { .type = HW_READER_MISMATCH, .reader = i };
		if (hw_reader(role->hw, i, &reader) < 0 || reader.security != HW_SECURITY_NO_KEY ||
		    !reader.cause)
			continue;
		event.cause = reader.cause;
		on_mismatch(role, &event);
	}
}

void
door_reader_push(struct door_role *role, unsigned number)
{
	struct hw_reader reader;

	if (hw_reader(role->hw, number, &reader) == 0)
		push(role, &reader);
}

void
door_reader_refresh(struct door_role *role)
{
	for (unsigned i = 1; i <= READERS; i++)
		door_reader_push(role, i);
}

json_t *
door_reader_live_state(struct door_role *role, unsigned number)
{
	struct hw_reader reader;

	return hw_reader(role->hw, number, &reader) == 0 ? live_state(role, &reader) : NULL;
}
