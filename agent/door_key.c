#include "agent/door_key.h"

#include <errno.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_reader.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

#define FILE_NAME "reader.keys"

static struct reader_key *
of(struct door_role *role, unsigned reader)
{
	return &role->readers[reader - 1].key;
}

static void
save(struct door_role *role)
{
	struct reader_key keys[READERS];
	char path[256];
	int r = path_join(path, sizeof(path), role->options->door_dir, FILE_NAME);

	for (unsigned i = 0; i < READERS; i++)
		keys[i] = role->readers[i].key;
	if (r == 0)
		r = reader_keys_save(path, keys);
	explicit_bzero(keys, sizeof(keys));
	if (r < 0)
		(void) log_warn(r, "cannot keep keys in '%s', readers need the store at a restart",
				path);
}

static bool
is_clear(const struct door_role *role, unsigned reader)
{
	return role->table && access_reader(role->table, reader)->is_clear;
}

static void
configure(struct door_role *role, unsigned reader)
{
	struct hw_policy policy = { .is_clear = is_clear(role, reader), .key = of(role, reader) };

	role->readers[reader - 1].is_clear = policy.is_clear;
	(void) hw_reader_set_policy(role->hw, reader, &policy);
}

void
door_key_open(struct door_role *role)
{
	struct reader_key keys[READERS] = { 0 };
	char path[256];
	int r = path_join(path, sizeof(path), role->options->door_dir, FILE_NAME);

	if (r == 0)
		r = reader_keys_load(path, keys);
	if (r < 0 && r != -ENOENT)
		(void) log_warn(r, "cannot use the keys in '%s', waiting for the store's", path);
	role->has_keys = r == 0;
	for (unsigned i = 0; i < READERS; i++)
		role->readers[i].key = keys[i];
	explicit_bzero(keys, sizeof(keys));
	for (unsigned i = 1; i <= READERS; i++)
		configure(role, i);
}

void
door_key_close(struct door_role *role)
{
	for (unsigned i = 0; i < READERS; i++)
		reader_key_wipe(&role->readers[i].key);
}

void
door_key_configure(struct door_role *role)
{
	for (unsigned i = 1; i <= READERS; i++)
		if (role->readers[i - 1].is_clear != is_clear(role, i))
			configure(role, i);
}

/* To the store, if it is there; else when it asks. */
static void
push(struct door_role *role, unsigned reader)
{
	char hex[READER_KEY_HEX];

	if (!role->store || !of(role, reader)->generation)
		return;
	reader_key_to_hex(of(role, reader), hex);
	_cleanup_(json_decrefp) json_t *message =
		json_pack("{s{si,ss}}", "reader_key", "reader", (int) reader, "key", hex);
	(void) rpc_push(role->store, message);
	explicit_bzero(hex, sizeof(hex));
}

static void
changed(struct door_role *role, unsigned reader)
{
	of(role, reader)->generation++;
	save(role);
	push(role, reader);
}

void
door_key_offer(struct door_role *role, struct hw_reader_event *event)
{
	struct reader_key *key = of(role, event->reader);

	/* As the panel does: what was sent before may be in the reader. */
	if (key->has_pending && memcmp(key->pending, event->key, sizeof(key->pending)) != 0) {
		memcpy(key->former, key->pending, sizeof(key->former));
		key->has_former = true;
	}
	memcpy(key->pending, event->key, sizeof(key->pending));
	key->has_pending = true;
	changed(role, event->reader);
}

void
door_key_commit(struct door_role *role, unsigned reader)
{
	struct reader_key *key = of(role, reader);

	if (!key->has_pending)
		return;
	memcpy(key->key, key->pending, sizeof(key->key));
	key->has_key = true;
	key->has_former = false;
	explicit_bzero(key->former, sizeof(key->former));
	door_key_drop(role, reader);
}

void
door_key_drop(struct door_role *role, unsigned reader)
{
	struct reader_key *key = of(role, reader);

	/* What it had replaced may be in the reader all the same. */
	memcpy(key->pending, key->former, sizeof(key->pending));
	key->has_pending = key->has_former;
	key->has_former = false;
	explicit_bzero(key->former, sizeof(key->former));
	changed(role, reader);
}

void
door_key_pin(struct door_role *role, const struct hw_reader_event *event)
{
	struct reader_key *key = of(role, event->reader);

	if (!event->has_device ||
	    (key->has_device && !memcmp(key->cuid, event->cuid, sizeof(key->cuid)) &&
	     !memcmp(key->pdid, event->pdid, sizeof(key->pdid))))
		return;
	memcpy(key->cuid, event->cuid, sizeof(key->cuid));
	memcpy(key->pdid, event->pdid, sizeof(key->pdid));
	key->has_device = true;
	changed(role, event->reader);
}

static void
load_one(struct door_role *role, unsigned reader, const char *hex)
{
	struct reader_key *mine = of(role, reader);
	struct reader_key theirs;

	if (reader_key_from_hex(hex, &theirs) < 0)
		(void) log_warn(0, "the store sent no key for reader %u, keeping the one before",
				reader);
	else if (theirs.generation > mine->generation)
		*mine = theirs;
	reader_key_wipe(&theirs);
}

void
door_key_load(struct door_role *role, struct rpc_request *request)
{
	const json_t *keys = json_object_get(request->params, "keys");

	for (unsigned i = 1; i <= READERS; i++) {
		char name[8];
		(void) snprintf(name, sizeof(name), "%u", i);
		const char *hex = json_string_or(keys, name, NULL);
		uint32_t before = of(role, i)->generation;
		if (hex)
			load_one(role, i, hex);
		if (of(role, i)->generation != before)
			configure(role, i);
	}
	save(role);
	role->has_keys = true;
	rpc_reply(request, NULL);
	/* What the store has missed while it was away. */
	for (unsigned i = 1; i <= READERS; i++)
		push(role, i);
	door_reader_tell_unpaired(role);
}

void
door_key_forget(struct door_role *role, struct rpc_request *request)
{
	for (unsigned i = 1; i <= READERS; i++) {
		reader_key_wipe(of(role, i));
		configure(role, i);
	}
	save(role);
	rpc_reply(request, NULL);
}

/* The reader's number of a request, 0 after having answered. */
static unsigned
reader_of(struct door_role *role, struct rpc_request *request)
{
	json_int_t number = json_integer_or(request->params, "reader", 0);

	if (number < 1 || number > READERS || !hw_reader_door(role->hw, (unsigned) number)) {
		rpc_fail_field(request, RPC_NOT_FOUND, "reader", "there is no such reader");
		return 0;
	}
	return (unsigned) number;
}

void
door_key_stored(struct door_role *role, struct rpc_request *request)
{
	unsigned reader = reader_of(role, request);

	if (!reader)
		return;
	bool is_newest = (uint32_t) json_integer_or(request->params, "generation", 0) ==
			 of(role, reader)->generation;
	if (!json_bool_or(request->params, "ok", false)) {
		/* A key that is not safe is not given to a reader. */
		(void) hw_reader_install_cancel(role->hw, reader);
	} else if (is_newest && of(role, reader)->has_pending) {
		(void) hw_reader_key_stored(role->hw, reader);
	}
	rpc_reply(request, NULL);
}

/* A key that the operator has typed in: 1 for none, 0, or -EINVAL after having answered. */
static int
own_key(struct rpc_request *request, uint8_t key[READER_KEY_BYTES])
{
	const char *hex = json_string_or(request->params, "key", NULL);

	if (!hex)
		return 1;
	if (hex_decode(hex, key, READER_KEY_BYTES) == READER_KEY_BYTES)
		return 0;
	rpc_fail_field(request, RPC_BAD_PARAMS, "key", "%d hexadecimal digits",
		       2 * READER_KEY_BYTES);
	return -EINVAL;
}

static void
answer(struct rpc_request *request, unsigned reader, int r)
{
	if (r == 0)
		rpc_reply(request, NULL);
	else if (r == -EBUSY)
		rpc_fail(request, RPC_CONFLICT,
			 "another reader of this line is being installed, or a key is on its way");
	else if (r == -EEXIST)
		rpc_fail_field(request, RPC_CONFLICT, "replacement",
			       "reader %u has a key already: repeat it as a replacement if its "
			       "device was replaced or reset",
			       reader);
	else if (r == -EKEYREJECTED)
		rpc_fail_field(request, RPC_BAD_PARAMS, "key",
			       "this key is published or too regular");
	else if (r == -ENOTCONN)
		rpc_fail(request, RPC_UNAVAILABLE,
			 "reader %u has no encrypted session now in which it could take a key",
			 reader);
	else if (r == -EALREADY)
		rpc_fail(request, RPC_CONFLICT, "reader %u is not in a state for that", reader);
	else
		rpc_fail(request, RPC_INTERNAL, "%s", strerror(-r));
}

/* For the event that the key which comes of it is told with. */
static void
note_actor(struct door_role *role, unsigned reader, const struct rpc_request *request)
{
	struct door_reader *kept = &role->readers[reader - 1];

	(void) copy_string(kept->actor, sizeof(kept->actor),
			   json_string_or(request->params, "actor", ""));
}

void
door_key_install(struct door_role *role, struct rpc_request *request)
{
	unsigned reader = reader_of(role, request);
	uint8_t key[READER_KEY_BYTES];
	struct hw_install install = {
		.is_replacement = json_bool_or(request->params, "replacement", false),
	};

	if (!reader || door_rpc_is_late(role, request))
		return;
	if (is_clear(role, reader)) {
		rpc_fail_field(request, RPC_CONFLICT, "reader",
			       "reader %u is allowed to speak in clear: set its protection to "
			       "secure first",
			       reader);
		return;
	}
	int r = own_key(request, key);
	if (r < 0)
		return;
	install.key = r == 0 ? key : NULL;
	r = hw_reader_install(role->hw, reader, &install);
	explicit_bzero(key, sizeof(key));
	if (r == 0)
		note_actor(role, reader, request);
	if (r == 0)
		door_reader_tell(role, reader, EV_READER_INSTALL,
				 json_pack("{ss}", "state", "the window is open"));
	answer(request, reader, r);
	door_reader_push(role, reader);
}

void
door_key_install_cancel(struct door_role *role, struct rpc_request *request)
{
	unsigned reader = reader_of(role, request);

	if (reader)
		answer(request, reader, hw_reader_install_cancel(role->hw, reader));
}

void
door_key_rotate(struct door_role *role, struct rpc_request *request)
{
	unsigned reader = reader_of(role, request);
	uint8_t key[READER_KEY_BYTES];

	if (!reader || door_rpc_is_late(role, request))
		return;
	int r = own_key(request, key);
	if (r < 0)
		return;
	r = hw_reader_rotate(role->hw, reader, r == 0 ? key : NULL);
	explicit_bzero(key, sizeof(key));
	if (r == 0)
		note_actor(role, reader, request);
	answer(request, reader, r);
}

void
door_key_accept(struct door_role *role, struct rpc_request *request)
{
	unsigned reader = reader_of(role, request);

	if (!reader || door_rpc_is_late(role, request))
		return;
	of(role, reader)->has_device = false;
	changed(role, reader);
	answer(request, reader, hw_reader_accept(role->hw, reader));
}
