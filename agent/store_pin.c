#include "agent/store_pin.h"

#include <inttypes.h>
#include <string.h>

#include "agent/store_seal.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/model.h"
#include "lib/util.h"

#define DIGITS_MIN 4
#define DIGITS_MAX 12

void
store_pin_open(struct store *store)
{
	store->has_pin_key =
		store->seal && store_seal_derive(store->seal, "pin", store->pin_key) == 0;
	if (!store->has_pin_key)
		(void) log_err(0, "PINs cannot be used without the device's key");
}

/* Whether what the hash is made of besides the digits is the same. */
static bool
is_of_same_person(const json_t *old, const json_t *new)
{
	return json_integer_or(old, "person", 0) == json_integer_or(new, "person", 0) &&
	       json_bool_or(old, "alone", false) == json_bool_or(new, "alone", false);
}

static void
put_hash(struct store *store, const char *digits, json_t *doc)
{
	char kept[sizeof(PIN_KEPT) + 16];
	int64_t person = json_bool_or(doc, "alone", false) ? 0 : json_integer_or(doc, "person", 0);
	uint64_t hash = pin_hash(store->pin_key, (uint32_t) person, digits);

	(void) snprintf(kept, sizeof(kept), PIN_KEPT "%016" PRIx64, hash);
	(void) json_object_set_new(doc, "pin", json_string(kept));
}

int
store_pin_keep(struct store *store, const json_t *old, json_t *doc, struct store_refusal *refusal)
{
	const char *pin = json_string_or(doc, "pin", NULL);
	const char *before = json_string_or(old, "pin", NULL);

	if (!pin)
		return 0;
	if (before && !strcmp(before, pin)) {
		if (is_of_same_person(old, doc))
			return 0;
		return store_refuse(refusal, RPC_BAD_PARAMS, "pin",
				    "needed again: it is kept for this person and use only");
	}
	size_t length = strlen(pin);
	if (length < DIGITS_MIN || length > DIGITS_MAX || strspn(pin, "0123456789") != length)
		return store_refuse(refusal, RPC_BAD_PARAMS, "pin", "four to twelve digits");
	if (!store->has_pin_key)
		return store_refuse(refusal, RPC_CONFLICT, "pin",
				    "the device's key cannot be used: put device.key back first");
	put_hash(store, pin, doc);
	return 0;
}
