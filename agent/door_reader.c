#include "agent/door_reader.h"

#include "agent/door.h"

static json_t *
live_state(const struct hw_reader *reader)
{
	return json_pack("{si,sb,sb,ss,si,sI,ss,sI,sI,sI,sI}", "door", (int) reader->door, "online",
			 reader->is_online, "tamper", reader->is_tampered, "vendor", reader->vendor,
			 "model", (int) reader->model, "serial", (json_int_t) reader->serial,
			 "firmware", reader->firmware, "polls", (json_int_t) reader->polls,
			 "timeouts", (json_int_t) reader->timeouts, "errors",
			 (json_int_t) reader->errors, "cards", (json_int_t) reader->cards);
}

static void
tell_reader(struct door_role *role, const struct hw_reader *reader, enum event_kind kind)
{
	char source[16];

	(void) snprintf(source, sizeof(source), "reader.%u", reader->reader);
	door_tell(role, kind, source, NULL, NULL,
		  json_pack("{si,si,sI}", "reader", (int) reader->reader, "door",
			    (int) reader->door, "serial", (json_int_t) reader->serial));
}

static void
push_reader(struct door_role *role, const struct hw_reader *reader)
{
	char key[16];

	(void) snprintf(key, sizeof(key), "reader.%u", reader->reader);
	door_rpc_push_state(role, key, live_state(reader));
}

void
door_reader_on_change(const struct hw_reader *reader, void *context)
{
	struct door_role *role = context;
	bool *is_online = &role->readers_online[reader->reader - 1];
	bool *is_tampered = &role->readers_tampered[reader->reader - 1];

	if (*is_online != reader->is_online)
		tell_reader(role, reader, reader->is_online ? EV_READER_ONLINE : EV_READER_OFFLINE);
	if (*is_tampered != reader->is_tampered)
		tell_reader(role, reader,
			    reader->is_tampered ? EV_READER_TAMPER : EV_READER_TAMPER_CLEARED);
	*is_online = reader->is_online;
	*is_tampered = reader->is_tampered;
	push_reader(role, reader);
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

void
door_reader_refresh(struct door_role *role)
{
	struct hw_reader reader;

	for (unsigned i = 1; i <= READERS; i++)
		if (hw_reader(role->hw, i, &reader) == 0)
			push_reader(role, &reader);
}

json_t *
door_reader_live_state(const struct door_role *role, unsigned number)
{
	struct hw_reader reader;

	return hw_reader(role->hw, number, &reader) == 0 ? live_state(&reader) : NULL;
}
