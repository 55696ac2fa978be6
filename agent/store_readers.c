#include "agent/store_readers.h"

#include <string.h>

#include "agent/store_gate.h"
#include "agent/store_objects.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/model.h"
#include "lib/util.h"

/* The reader's fields that say where it is; 0 baud leaves the speed as it is. */
static json_t *
place_of(int64_t address, int64_t baud)
{
	json_t *place = json_pack("{sI}", "address", (json_int_t) address);
	char speed[12];

	(void) snprintf(speed, sizeof(speed), "%lld", (long long) baud);
	if (baud)
		(void) json_object_set_new(place, "baud", json_string(speed));
	return place;
}

void
store_reader_adopt(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	json_t *params = json_pack(
		"{ss,sI,so}", "kind", "reader", "id",
		(json_int_t) json_integer_or(request->params, "reader", 0), "object",
		place_of(json_integer_or(request->params, "address", READER_ADDRESS_OF_BOARD),
			 json_integer_or(request->params, "baud", 0)));

	(void) json_object_set_new(request->message, "params", params);
	request->params = params;
	store_object_change(store, request, caller);
}

void
store_reader_on_state(struct store *store, const char *key, const json_t *value)
{
	static const struct caller self = { .actor = "system", .address = "" };
	long long id;

	if (store_gate_is_closed(store) || strncmp(key, "reader.", 7) ||
	    !json_bool_or(value, "moved", false) || parse_number(key + 7, &id) < 0)
		return;
	bool has_speed = json_bool_or(value, "moved_speed", false);
	_cleanup_(json_decrefp) json_t *place =
		place_of(json_integer_or(value, "address", READER_ADDRESS_OF_BOARD),
			 has_speed ? json_integer_or(value, "baud", 0) : 0);
	if (store_objects_patch(store, "reader", id, place, &self) < 0)
		(void) log_err(0, "cannot keep where reader %lld has moved to", id);
}
