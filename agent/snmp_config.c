#include "agent/snmp_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_config_traps.h"
#include "lib/enterprise.h"
#include "lib/json.h"
#include "lib/util.h"

/* All but users, views and communities. */
static const char *const hidden[] = {
	".1.3.6.1.6.3.15.1.2",	/* usmUser */
	".1.3.6.1.6.3.16",	/* VACM */
	".1.3.6.1.6.3.18",	/* SNMP-COMMUNITY-MIB */
	".1.3.6.1.4.1.8072.1.3" /* NET-SNMP-EXTEND-MIB */
};

/* snmpd can be made to run programs and to load code by SET: what may be set is listed. */
static const char *const writable[] = {
	".1.3.6.1.2.1.1",	/* system */
	".1.3.6.1.2.1.33",	/* UPS-MIB */
	".1.3.6.1.2.1.47",	/* ENTITY-MIB */
	".1.3.6.1.2.1.99",	/* ENTITY-SENSOR-MIB */
	".1.3.6.1.2.1.118",	/* ALARM-MIB */
	".1.3.6.1.2.1.131",	/* ENTITY-STATE-MIB */
	".1.3.6.1.6.3.1.1.6.1", /* snmpSetSerialNo */
};

static const char *const targets[] = {
	".1.3.6.1.6.3.12", /* SNMP-TARGET-MIB */
	".1.3.6.1.6.3.13", /* SNMP-NOTIFICATION-MIB */
};

static const char *
text_of(const json_t *values, const char *name)
{
	return json_string_or(values, name, "");
}

static void
write_views(FILE *out)
{
	(void) fprintf(out, "view cardeaAll included .1\n");
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		(void) fprintf(out, "view cardeaAll excluded %s\n", hidden[i]);
	(void) fprintf(out, "view cardeaWritable included .1.3.6.1.4.1.%d\n", CARDEA_ENTERPRISE);
	for (size_t i = 0; i < ARRAY_LEN(writable); i++)
		(void) fprintf(out, "view cardeaWritable included %s\n", writable[i]);
}

static void
write_listening(FILE *out, const json_t *values, const struct snmp_config_place *place)
{
	int port = (int) json_integer_or(values, "snmp.port", 161);

	(void) fprintf(out, "agentAddress udp:%d", port);
	if (place->has_ipv6)
		(void) fprintf(out, ",udp6:%d", port);
	(void) fprintf(out, "\n");
	write_views(out);
}

static void
write_community(FILE *out, const char *name, const char *community, const char *writes)
{
	if (!*community)
		return;
	(void) fprintf(out, "com2sec %s default \"%s\"\ncom2sec6 %s default \"%s\"\n", name,
		       community, name, community);
	(void) fprintf(out, "group %s v1 %s\ngroup %s v2c %s\n", name, name, name, name);
	(void) fprintf(out, "access %s \"\" any noauth exact cardeaAll %s none\n", name, writes);
}

static void
write_v1v2c(FILE *out, const json_t *values, const struct snmp_config_place *place)
{
	write_listening(out, values, place);
	write_community(out, "cardeaReader", text_of(values, "snmp.read_community"), "none");
	write_community(out, "cardeaWriter", text_of(values, "snmp.write_community"),
			"cardeaWritable");
	snmp_config_traps(out, values);
}

/* RFC 7860; RFC 3826, the reach of AES-256 that Net-SNMP's tools call AES-256; RFC 3414. */
static const char *
authentication_oid(const char *name)
{
	return !strcmp(name, "sha-512") ? ".1.3.6.1.6.3.10.1.1.7" : ".1.3.6.1.6.3.10.1.1.5";
}

static const char *
privacy_oid(const char *name, int *ret_bytes)
{
	*ret_bytes = !strcmp(name, "aes-256") ? 32 : 16;
	if (*ret_bytes == 32)
		return ".1.3.6.1.4.1.14832.1.4";
	return !strcmp(name, "des") ? ".1.3.6.1.6.3.10.1.2.2" : ".1.3.6.1.6.3.10.1.2.4";
}

static void
write_v3(FILE *out, const json_t *values, const struct snmp_config_place *place)
{
	const json_t *keys = json_object_get(values, "snmp.v3.password");
	const char *authentication = text_of(values, "snmp.v3.authentication");
	const char *key = text_of(keys, authentication);
	const char *engine = text_of(keys, "engine");
	int bytes;
	const char *privacy = privacy_oid(text_of(values, "snmp.v3.privacy"), &bytes);

	if (!*key || !*engine) {
		(void) fprintf(out, "agentAddress none\n");
		return;
	}
	write_listening(out, values, place);
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		(void) fprintf(out, "view cardeaWritable included %s\n", targets[i]);
	/* snmpd-run takes the directory for what snmpd keeps from here. */
	(void) fprintf(out, "exactEngineID 0x%s\n", engine);
	/* Active, and of a storage type that snmpd neither keeps nor lets anybody change. */
	(void) fprintf(out,
		       "usmUser 1 5 0x%s \"initial\" \"initial\" NULL %s 0x%s %s 0x%.*s \"\"\n",
		       engine, authentication_oid(authentication), key, privacy, 2 * bytes, key);
	(void) fprintf(out, "group cardeaManagers usm initial\n"
			    "access cardeaManagers \"\" usm priv exact cardeaAll cardeaWritable "
			    "cardeaAll\n");
	snmp_config_traps(out, values);
}

char *
snmp_config_render(const json_t *values, const struct snmp_config_place *place)
{
	const char *mode = json_string_or(values, "snmp.mode", "off");
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return xstrdup("agentAddress none\n");
	(void) fprintf(out,
		       "# Of the settings of SNMP, by cardea-agent: it writes this file anew.\n");
	/* First: what else is to be listened at counts before "none". */
	if (*place->include_dir)
		(void) fprintf(out, "includeDir %s\n", place->include_dir);
	if (!strcmp(mode, "v1v2c"))
		write_v1v2c(out, values, place);
	else if (!strcmp(mode, "v3"))
		write_v3(out, values, place);
	else
		(void) fprintf(out, "agentAddress none\n");
	if (*place->module)
		(void) fprintf(out, "dlmod cardea_audit %s\ncardeaAuditSocket %s\n", place->module,
			       place->audit_socket);
	(void) fclose(out);
	return text;
}
