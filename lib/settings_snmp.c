#include "lib/settings_snmp.h"

#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/settings.h"
#include "lib/util.h"

#define NOTIFICATIONS "snmp.notifications."

const char *const snmp_modes[] = { "off", "v1v2c", "v3", NULL };
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
is_community(const char *text)
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
has_password(const json_t *all)
{
	const json_t *password = json_object_get(all, "snmp.v3.password");

	return json_is_object(password) || json_string_length(password) > 0;
}

static int
check_communities(const json_t *all, struct field_error *error)
{
	static const char *const names[] = { "snmp.read_community", "snmp.traps.community",
					     "snmp.write_community" };

	/* Empty is one that does not open with this device's key. */
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *community = json_string_or(all, names[i], "");
		if ((*community || is_mode(all, "v1v2c")) && !is_community(community))
			return refuse(error, names[i],
				      "letters, digits and signs without spaces and quotes, not "
				      "beginning with a hyphen");
	}
	if (is_mode(all, "v1v2c") && !strcmp(json_string_or(all, "snmp.read_community", ""),
					     json_string_or(all, "snmp.write_community", "")))
		return refuse(error, "snmp.write_community",
			      "must differ from snmp.read_community");
	return 0;
}

int
settings_snmp_check(const json_t *all, struct field_error *error)
{
	size_t length = json_string_length(json_object_get(all, "snmp.v3.password"));
	bool has_traps = json_bool_or(all, "snmp.traps.active", false);

	if (check_communities(all, error) < 0)
		return -EINVAL;
	if (length && length < SNMP_PASSWORD_MIN)
		return refuse(error, "snmp.v3.password", "8 characters or more");
	if (is_mode(all, "v3") && !has_password(all))
		return refuse(error, "snmp.v3.password", "needed when snmp.mode is v3");
	if (has_traps && !is_mode(all, "v1v2c"))
		return refuse(error, "snmp.traps.active",
			      "only with v1v2c; with v3 a manager sets the targets");
	if (has_traps && !*json_string_or(all, "snmp.traps.address", ""))
		return refuse(error, "snmp.traps.address", "needed when snmp.traps.active is on");
	return 0;
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

	if (had_traps && mode && strcmp(mode, "v1v2c") &&
	    !json_object_get(values, "snmp.traps.active"))
		(void) json_object_set_new(values, "snmp.traps.active", json_false());
	if (!had_traps && json_bool_or(values, "snmp.traps.active", false))
		turn_all_on(values);
}
