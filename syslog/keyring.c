#include "syslog/keyring.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/loop.h"
#include "lib/model.h"
#include "lib/rpc.h"
#include "lib/util.h"

#define CALL_TIMEOUT_MS 5000
#define RETRY_US	US_PER_S

struct key {
	struct keyring *keyring;
	unsigned id;
	json_t *material; /* {version, certificates, key}; NULL before it has come */
	struct keyring_entry entry;
	char *wanted; /* the version that was asked for last */
	char *error;  /* why there is none of this version; NULL while there is */
	bool is_under_way;
};

struct keyring {
	struct event *timer; /* asks again */
	void (*on_change)(void *context);
	void *context;
	struct rpc_client *client;
	struct key keys[CERTIFICATES];
};

static const char *
version_of(const struct key *key)
{
	return json_string_or(key->material, "version", "");
}

static void
take(struct key *key, json_t *material)
{
	json_decref(key->material);
	key->material = json_incref(material);
	key->entry = (struct keyring_entry){
		.certificates = json_string_or(material, "certificates", ""),
		.key = json_string_or(material, "key", ""),
	};
	free(steal(&key->error));
}

static bool
is_lost(const struct rpc_error *error)
{
	return !strcmp(error->code, RPC_UNAVAILABLE) || !strcmp(error->code, RPC_TIMEOUT);
}

static void
on_answer(json_t *result, const struct rpc_error *error, void *context)
{
	struct key *key = context;

	key->is_under_way = false;
	if (error && is_lost(error)) {
		free(steal(&key->wanted));
		loop_arm_in(key->keyring->timer, RETRY_US);
		return;
	}
	if (error) {
		free(key->error);
		key->error = xstrdup(error->message);
	} else {
		take(key, result);
	}
	event_active(key->keyring->timer, EV_TIMEOUT, 0);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	const struct keyring *keyring = context;

	keyring->on_change(keyring->context);
}

static void
ask(struct key *key, const char *version)
{
	free(key->wanted);
	key->wanted = xstrdup(version);
	key->is_under_way = true;
	rpc_call(key->keyring->client, NULL, "certificate.material",
		 json_pack("{sI}", "id", (json_int_t) key->id), CALL_TIMEOUT_MS, on_answer, key);
}

/* What came instead is of a change that the live state is about to tell of, too. */
static bool
has(struct keyring *keyring, int64_t id, const char *version)
{
	if (id < 1 || id > CERTIFICATES)
		return true;
	struct key *key = &keyring->keys[id - 1];
	if (!strcmp(version_of(key), version) && key->material)
		return true;
	if (key->is_under_way)
		return false;
	bool was_asked = key->wanted && !strcmp(key->wanted, version);
	if (!was_asked && keyring->client)
		ask(key, version);
	return was_asked;
}

bool
keyring_has(struct keyring *keyring, const json_t *server)
{
	bool has_ca = has(keyring, json_integer_or(server, "ca", 0),
			  json_string_or(server, "ca_version", ""));
	bool has_certificate = has(keyring, json_integer_or(server, "certificate", 0),
				   json_string_or(server, "certificate_version", ""));

	return has_ca && has_certificate;
}

const struct keyring_entry *
keyring_find(const struct keyring *keyring, unsigned id, const char **ret_error)
{
	const struct key *key = keyring ? &keyring->keys[id - 1] : NULL;

	if (key && key->material && !key->error)
		return &key->entry;
	*ret_error = key && key->error ? key->error : "the store has not given it yet";
	return NULL;
}

void
keyring_use(struct keyring *keyring, struct rpc_client *client)
{
	keyring->client = client;
}

void
keyring_keep(struct keyring *keyring, uint64_t used)
{
	for (size_t i = 0; i < CERTIFICATES; i++) {
		struct key *key = &keyring->keys[i];
		if (used & UINT64_C(1) << key->id || key->is_under_way)
			continue;
		json_decref(steal(&key->material));
		free(steal(&key->wanted));
		free(steal(&key->error));
	}
}

void
keyring_renew(struct keyring *keyring)
{
	for (size_t i = 0; i < CERTIFICATES; i++)
		if (keyring->keys[i].error)
			free(steal(&keyring->keys[i].wanted));
}

struct keyring *
keyring_new(struct event_base *base, void (*on_change)(void *context), void *context)
{
	struct keyring *keyring = xcalloc(1, sizeof(*keyring));

	keyring->timer = evtimer_new(base, on_timer, keyring);
	keyring->on_change = on_change;
	keyring->context = context;
	for (unsigned i = 0; i < CERTIFICATES; i++)
		keyring->keys[i] = (struct key){ .keyring = keyring, .id = i + 1 };
	return keyring;
}

void
keyring_free(struct keyring *keyring)
{
	if (!keyring)
		return;
	for (size_t i = 0; i < CERTIFICATES; i++) {
		json_decref(keyring->keys[i].material);
		free(keyring->keys[i].wanted);
		free(keyring->keys[i].error);
	}
	event_free(keyring->timer);
	free(keyring);
}
