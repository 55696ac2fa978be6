#include "lib/settings_snmp.h"

#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/settings.h"
#include "lib/util.h"

#define NOTIFICATIONS "snmp.notifications."
#define NO_WORD	      "letters, digits and signs without spaces and quotes, not beginning with a hyphen"

const char *const snmp_modes[] = { "off", "v1v2c", "v3", NULL };
const char *const snmp_trap_kinds[] = { "trap", "inform", NULL };
const char *const snmp_trap_versions[] = { "v1", "v2c", NULL };
const char *const snmp_authentications[] = { "sha-256", "sha-512", NULL };
const char *const snmp_privacies[] = { "aes", "aes-256", "des", NULL };

static int
refuse(struct field_error *error, const char *field, const char *message)
{
	error->field = field;
	(void) copy_string(error->message, sizeof(error->message), message);
	return -EINVAL;
}

/* As a word of snmpd's configuration, which has no way to quote one everywhere. */
static bool
is_word(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"'#\\`", *c))
			return false;
	return *text && *text != '-';
}

static bool
is_mode(const json_t *all, const char *mode)
{
	return !strcmp(json_string_or(all, "snmp.mode", "off"), mode);
}

/* A text before it is stored, the keys that were made of it afterwards. */
static bool
has_password(const json_t *all, const char *name)
{
	const json_t *password = json_object_get(all, name);

	return json_is_object(password) || json_string_length(password) > 0;
}

static bool
is_too_short(const json_t *all, const char *name)
{
	size_t length = json_string_length(json_object_get(all, name));

	return length && length < SNMP_PASSWORD_MIN;
}

int
settings_snmp_engine(const char *text, struct snmp_engine *ret)
{
	struct snmp_engine engine = { .size = 0 };
	const char *hex = text + (strncmp(text, "0x", 2) ? 0 : 2);
	int size = hex_decode(hex, engine.octets, sizeof(engine.octets));
	size_t same = 1;

	if (size < SNMP_ENGINE_MIN)
		return -EINVAL;
	engine.size = (size_t) size;
	while (same < engine.size && engine.octets[same] == engine.octets[0])
		same++;
	if (same == engine.size && (engine.octets[0] == 0x00 || engine.octets[0] == 0xff))
		return -EINVAL;
	*ret = engine;
	return 0;
}

/* Whether what is kept of a password is of this engine. */
static bool
is_engine_of(const json_t *all, const char *password, const struct snmp_engine *engine)
{
	const json_t *keys = json_object_get(all, password);
	struct snmp_engine kept;

	return settings_snmp_engine(json_string_or(keys, "engine", ""), &kept) == 0 &&
	       kept.size == engine->size && !memcmp(kept.octets, engine->octets, kept.size);
}

static int
check_communities(const json_t *all, struct field_error *error)
{
	static const char *const names[] = { "snmp.read_community", "snmp.traps.community",
					     "snmp.write_community" };

	/* Empty is one that does not open with this device's key. */
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *community = json_string_or(all, names[i], "");
		if ((*community || is_mode(all, "v1v2c")) && !is_word(community))
			return refuse(error, names[i], NO_WORD);
	}
	if (is_mode(all, "v1v2c") && !strcmp(json_string_or(all, "snmp.read_community", ""),
					     json_string_or(all, "snmp.write_community", "")))
		return refuse(error, "snmp.write_community",
			      "must differ from snmp.read_community");
	return 0;
}

/* Where an inform of version 3 goes, whether any is sent or not. */
static int
check_server(const json_t *all, struct field_error *error)
{
	const char *id = json_string_or(all, "snmp.traps.engine_id", "");
	bool is_new = json_string_length(json_object_get(all, "snmp.traps.password")) > 0;
	struct snmp_engine engine;

	if (*id && settings_snmp_engine(id, &engine) < 0)
		return refuse(error, "snmp.traps.engine_id",
			      "5 to 32 octets in hexadecimal, such as 80001f8880a1b2c3d4, and "
			      "neither all 00 nor all ff");
	if (*id && is_engine_of(all, "snmp.v3.password", &engine))
		return refuse(error, "snmp.traps.engine_id",
			      "is this device's own: an inform needs that of the server");
	if (is_new && !*id)
		return refuse(
			error, "snmp.traps.engine_id",
			"needed with snmp.traps.password, whose keys are good for one engine");
	if (is_too_short(all, "snmp.traps.password"))
		return refuse(error, "snmp.traps.password", "8 characters or more");
	if (!is_word(json_string_or(all, "snmp.traps.user", "")))
		return refuse(error, "snmp.traps.user", NO_WORD);
	return 0;
}

static int
check_repeating(const json_t *all, struct field_error *error)
{
	int64_t sent = json_integer_or(all, "snmp.traps.retries", 0) + 1;

	if (sent * json_integer_or(all, "snmp.traps.timeout", 1) <= SNMP_INFORM_SECONDS)
		return 0;
	return refuse(error, "snmp.traps.retries",
		      "with snmp.traps.timeout more than a minute, in which every inform waits in "
		      "snmpd's memory");
}

/* For an inform that is sent with version 3. */
static int
check_v3_inform(const json_t *all, struct field_error *error)
{
	struct snmp_engine engine;

	if (settings_snmp_engine(json_string_or(all, "snmp.traps.engine_id", ""), &engine) < 0)
		return refuse(error, "snmp.traps.engine_id",
			      "needed for informs with v3: while a server is asked for it, nobody "
			      "is answered");
	if (!has_password(all, "snmp.traps.password"))
		return refuse(error, "snmp.traps.password", "needed for informs with v3");
	if (json_is_object(json_object_get(all, "snmp.traps.password")) &&
	    !is_engine_of(all, "snmp.traps.password", &engine))
		return refuse(
			error, "snmp.traps.password",
			"needed again: what is kept is good for another snmp.traps.engine_id");
	return 0;
}

static int
check_traps(const json_t *all, struct field_error *error)
{
	bool is_inform = !strcmp(json_string_or(all, "snmp.traps.kind", ""), "inform");

	if (!json_bool_or(all, "snmp.traps.active", false))
		return 0;
	if (is_mode(all, "off"))
		return refuse(error, "snmp.traps.active", "not while snmp.mode is off");
	if (!*json_string_or(all, "snmp.traps.address", ""))
		return refuse(error, "snmp.traps.address", "needed when snmp.traps.active is on");
	if (!is_inform)
		return 0;
	if (is_mode(all, "v3"))
		return check_v3_inform(all, error);
	if (!strcmp(json_string_or(all, "snmp.traps.version", ""), "v1"))
		return refuse(error, "snmp.traps.kind",
			      "no inform with v1: snmp.traps.version must be v2c");
	return 0;
}

int
settings_snmp_check(const json_t *all, struct field_error *error)
{
	if (check_communities(all, error) < 0 || check_server(all, error) < 0 ||
	    check_repeating(all, error) < 0)
		return -EINVAL;
	if (is_too_short(all, "snmp.v3.password"))
		return refuse(error, "snmp.v3.password", "8 characters or more");
	if (is_mode(all, "v3") && !has_password(all, "snmp.v3.password"))
		return refuse(error, "snmp.v3.password", "needed when snmp.mode is v3");
	return check_traps(all, error);
}

static void
turn_all_on(json_t *values)
{
	for (size_t i = 0; i < settings_table()->count; i++) {
		const struct field *field = &settings_table()->fields[i];
		if (!strncmp(field->name, NOTIFICATIONS, strlen(NOTIFICATIONS)) &&
		    !json_object_get(values, field->name))
			(void) json_object_set_new(values, field->name, field_default(field));
	}
}

void
settings_snmp_follow(const json_t *before, json_t *values)
{
	const char *mode = json_string_or(values, "snmp.mode", NULL);
	bool had_traps = json_bool_or(before, "snmp.traps.active", false);

	if (had_traps && mode && !is_mode(before, mode) &&
	    !json_object_get(values, "snmp.traps.active"))
		(void) json_object_set_new(values, "snmp.traps.active", json_false());
	if (!had_traps && json_bool_or(values, "snmp.traps.active", false))
		turn_all_on(values);
}
