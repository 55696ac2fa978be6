#include "agent/snmp_config_traps.h"

#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

#define LINK_SECONDS 5
#define TRAPS	     ".1.3.6.1.6.3.1.1.5."
#define IF_ENTRY     ".1.3.6.1.2.1.2.2.1."
#define PROFILE_SIZE 32

struct trap {
	const char *setting;
	unsigned number; /* RFC 3418, snmpTraps */
};

static const struct trap traps[] = {
	{ "snmp.traps.cold_start", 1 },
	{ "snmp.traps.link_down", 3 },
	{ "snmp.traps.link_up", 4 },
	{ "snmp.traps.authentication", 5 },
};

static const char *
text_of(const json_t *values, const char *name)
{
	return json_string_or(values, name, "");
}

static bool
is_on(const json_t *values, const char *name)
{
	return json_bool_or(values, name, false);
}

static int
number_of(const json_t *values, const char *name)
{
	return (int) json_integer_or(values, name, 0);
}

static bool
is_v3(const json_t *values)
{
	return !strcmp(text_of(values, "snmp.mode"), "v3");
}

static bool
is_inform(const json_t *values)
{
	return !strcmp(text_of(values, "snmp.traps.kind"), "inform");
}

/* snmpd asks itself for the state of links, as a user whom nobody can be from outside. */
static void
write_links(FILE *out, bool is_down_told, bool is_up_told)
{
	if (!is_down_told && !is_up_told)
		return;
	(void) fprintf(out, "iquerySecName cardeaLinks\ngroup cardeaLinks usm cardeaLinks\n"
			    "access cardeaLinks \"\" usm noauth exact cardeaAll none none\n");
	for (int number = 3; number <= 4; number++) {
		if (number == 3 ? !is_down_told : !is_up_told)
			continue;
		const char *name = number == 3 ? "cardeaLinkDown" : "cardeaLinkUp";
		(void) fprintf(out,
			       "notificationEvent %s " TRAPS "%d " IF_ENTRY "1 " IF_ENTRY
			       "7 " IF_ENTRY "8\n",
			       name, number);
		(void) fprintf(out, "monitor -S -r %d -e %s \"%s\" " IF_ENTRY "8 %s 2\n",
			       LINK_SECONDS, name, name, number == 3 ? "==" : "!=");
	}
}

/*
 * The device's own notifications, and of the standard ones those that are on. snmpd keeps filters
 * beyond its end and prefers what it kept, so each choice is a profile of its own.
 */
static void
write_filter(FILE *out, const json_t *values, char profile[PROFILE_SIZE])
{
	size_t used = (size_t) snprintf(profile, PROFILE_SIZE, "cardeaTraps");

	for (size_t i = 0; i < ARRAY_LEN(traps); i++)
		if (is_on(values, traps[i].setting))
			used += (size_t) snprintf(profile + used, PROFILE_SIZE - used, "%u",
						  traps[i].number);
	(void) fprintf(out,
		       "notificationFilter %s .1.3.6.1.4.1 0xff included\n"
		       "notificationFilter %s .1.3.6.1.4.1.8072 0xff excluded\n"
		       "notificationFilter %s .1.3.6.1.2.1 0xff included\n",
		       profile, profile, profile);
	for (size_t i = 0; i < ARRAY_LEN(traps); i++)
		if (is_on(values, traps[i].setting))
			(void) fprintf(out, "notificationFilter %s " TRAPS "%u 0xff included\n",
				       profile, traps[i].number);
}

/* Each is asked for again by snmpd itself; it keeps what waits in its memory. */
static void
write_repeating(FILE *out, const json_t *values)
{
	(void) fprintf(out, "-Ci -t %d -r %d ", number_of(values, "snmp.traps.timeout"),
		       number_of(values, "snmp.traps.retries"));
}

/*
 * With the keys of the server's engine and its id: without it snmpd asks the server when it starts,
 * and waits for it while nobody is answered.
 */
static void
write_v3_inform(FILE *out, const json_t *values, const char *profile)
{
	const json_t *keys = json_object_get(values, "snmp.traps.password");
	const char *authentication = text_of(values, "snmp.v3.authentication");
	const char *privacy = text_of(values, "snmp.v3.privacy");
	const char *key = text_of(keys, authentication);
	int bytes = !strcmp(privacy, "aes-256") ? 32 : 16;

	(void) fprintf(out, "trapsess -profile %s -v 3 ", profile);
	write_repeating(out, values);
	(void) fprintf(out, "-e 0x%s -u %s -l authPriv -a %s -x %s -3k 0x%s -3K 0x%.*s ",
		       text_of(keys, "engine"), text_of(values, "snmp.traps.user"),
		       !strcmp(authentication, "sha-512") ? "SHA-512" : "SHA-256",
		       !strcmp(privacy, "aes-256") ? "AES-256"
		       : !strcmp(privacy, "des")   ? "DES"
						   : "AES",
		       key, 2 * bytes, key);
}

static void
write_session(FILE *out, const json_t *values, const char *profile)
{
	bool is_v1 = !strcmp(text_of(values, "snmp.traps.version"), "v1");

	if (is_v3(values) && is_inform(values)) {
		write_v3_inform(out, values, profile);
	} else if (is_v3(values)) {
		/* A trap is of our own engine, whose user initial there is already. */
		(void) fprintf(out, "trapsess -profile %s -v 3 -u initial -l authPriv ", profile);
	} else if (is_inform(values)) {
		(void) fprintf(out, "trapsess -profile %s -v 2c -c %s ", profile,
			       text_of(values, "snmp.traps.community"));
		write_repeating(out, values);
	} else {
		(void) fprintf(out, "%s -profile %s ", is_v1 ? "trapsink" : "trap2sink", profile);
	}
}

/* Whether there is all that its line needs: a secret that cannot be read is empty. */
static bool
is_complete(const json_t *values)
{
	const json_t *keys = json_object_get(values, "snmp.traps.password");

	if (!*text_of(values, "snmp.traps.address"))
		return false;
	if (!is_v3(values))
		return *text_of(values, "snmp.traps.community");
	return !is_inform(values) || (*text_of(keys, "engine") &&
				      *text_of(keys, text_of(values, "snmp.v3.authentication")));
}

static void
write_server(FILE *out, const json_t *values)
{
	const char *address = text_of(values, "snmp.traps.address");
	bool is_ipv6 = strchr(address, ':');
	bool has_sink = !is_v3(values) && !is_inform(values);
	char profile[PROFILE_SIZE];

	write_filter(out, values, profile);
	write_session(out, values, profile);
	(void) fprintf(out, "%s%s%s:%d", is_ipv6 ? "udp6:[" : "udp:", address, is_ipv6 ? "]" : "",
		       number_of(values, "snmp.traps.port"));
	if (has_sink)
		(void) fprintf(out, " %s", text_of(values, "snmp.traps.community"));
	(void) fprintf(out, "\n");
}

void
snmp_config_traps(FILE *out, const json_t *values)
{
	bool has_server = is_on(values, "snmp.traps.active") && is_complete(values);

	if (has_server)
		write_server(out, values);
	if (is_v3(values)) {
		/* What a manager does not want at its own targets it filters. */
		(void) fprintf(out, "authtrapenable 1\n");
		write_links(out, true, true);
	} else if (has_server) {
		(void) fprintf(out, "authtrapenable %d\n",
			       is_on(values, "snmp.traps.authentication") ? 1 : 2);
		write_links(out, is_on(values, "snmp.traps.link_down"),
			    is_on(values, "snmp.traps.link_up"));
	}
}
