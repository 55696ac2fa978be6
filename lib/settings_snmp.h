/*
 * The settings of SNMP access: their rows of the settings table, the rules between them, and what
 * follows of a change. How snmpd is configured of them is agent/snmp_config.c.
 */
#ifndef LIB_SETTINGS_SNMP_H
#define LIB_SETTINGS_SNMP_H

#include "lib/field.h"

#define SNMP_COMMUNITY_MAX 32
#define SNMP_PASSWORD_MIN  8
#define SNMP_USER_MAX	   32
/* An inform waits in snmpd's memory for so long at most, 50 of them a second in a storm. */
#define SNMP_INFORM_SECONDS 60
/* RFC 3411, SnmpEngineID. */
#define SNMP_ENGINE_MIN 5
#define SNMP_ENGINE_MAX 32

struct snmp_engine {
	uint8_t octets[SNMP_ENGINE_MAX];
	size_t size;
};

extern const char *const snmp_modes[];
extern const char *const snmp_trap_kinds[];
extern const char *const snmp_trap_versions[];
extern const char *const snmp_authentications[];
extern const char *const snmp_privacies[];

#define SETTINGS_SNMP_ROW(n, t, ...)                                          \
	{                                                                     \
		.name = n, .type = t, .role = ROLE_ADMINISTRATOR, __VA_ARGS__ \
	}

#define SETTINGS_SNMP_MODE                                                                       \
	SETTINGS_SNMP_ROW("snmp.mode", FIELD_ENUM, .choices = snmp_modes, .fallback = "\"off\"", \
			  .label = "SNMP",                                                       \
			  .doc = "Who may ask this device: nobody, managers with a community "   \
				 "(v1v2c: nothing is encrypted, and who can listen can "         \
				 "command), or the account initial (v3: encrypted).")

#define SETTINGS_SNMP_TRAP(n, l, d)                                                    \
	SETTINGS_SNMP_ROW("snmp.traps." n, FIELD_BOOL, .fallback = "true", .label = l, \
			  .doc = "Send a trap " d)

#define SETTINGS_SNMP_INFORM                                                                      \
	SETTINGS_SNMP_ROW("snmp.traps.engine_id", FIELD_STRING, .max = 2 + 2 * SNMP_ENGINE_MAX,   \
			  .fallback = "\"\"", .label = "Engine ID of the server",                 \
			  .doc = "For informs with v3: the server's own snmpEngineID, 5 to 32 "   \
				 "octets in hexadecimal, such as 80001f8880a1b2c3d4. Without it " \
				 "snmpd would have to ask the server, and would answer nobody "   \
				 "while that is away."),                                          \
		SETTINGS_SNMP_ROW("snmp.traps.kind", FIELD_ENUM, .choices = snmp_trap_kinds,      \
				  .fallback = "\"trap\"", .label = "Send as",                     \
				  .doc = "trap: once, and nobody learns whether it came. "        \
					 "inform: again until the server confirms it.")

#define SETTINGS_SNMP_INFORM_PASSWORD                                                             \
	SETTINGS_SNMP_ROW("snmp.traps.password", FIELD_STRING, .flags = FIELD_SECRET, .max = 128, \
			  .fallback = "\"\"", .label = "Password for informs",                    \
			  .doc = "For informs with v3: that of the user for informs; 8 "          \
				 "characters or more. Only keys that serve at this server are "   \
				 "kept: set it again with another engine ID. Not shown again.")

#define SETTINGS_SNMP_INFORM_REPEAT                                                                \
	SETTINGS_SNMP_ROW("snmp.traps.retries", FIELD_INTEGER, .max = 10, .fallback = "8",         \
			  .label = "Retries of informs",                                           \
			  .doc = "How often an inform that is not confirmed is sent again. Then "  \
				 "it is lost; its event stays in the log. With the time-out a "    \
				 "minute at most."),                                               \
		SETTINGS_SNMP_ROW("snmp.traps.timeout", FIELD_INTEGER, .min = 1, .max = 30,        \
				  .fallback = "2", .unit = "s", .label = "Time-out of informs",    \
				  .doc = "How long the server is given to confirm an inform."),    \
		SETTINGS_SNMP_ROW("snmp.traps.user", FIELD_STRING, .min = 1, .max = SNMP_USER_MAX, \
				  .fallback = "\"initial\"", .label = "User for informs",          \
				  .doc = "For informs with v3: a user of the server, who "         \
					 "authenticates and encrypts as is set below.")

/* Those behind snmp.notifications., in order. */
#define SETTINGS_SNMP_ACCESS                                                                       \
	SETTINGS_SNMP_ROW("snmp.port", FIELD_INTEGER, .min = 1, .max = 65535, .fallback = "161",   \
			  .label = "Port", .doc = "UDP port that is listened at."),                \
		SETTINGS_SNMP_ROW("snmp.read_community", FIELD_STRING, .flags = FIELD_SECRET,      \
				  .min = 1, .max = SNMP_COMMUNITY_MAX, .fallback = "\"public\"",   \
				  .label = "Read community",                                       \
				  .doc = "Reads everything with v1v2c. Letters, digits and "       \
					 "signs without spaces and quotes. Not shown again; it "   \
					 "is public until it is set."),                            \
		SETTINGS_SNMP_ROW("snmp.traps.active", FIELD_BOOL, .fallback = "false",            \
				  .label = "Activate traps",                                       \
				  .doc = "Send traps or informs to one server: all of this "       \
					 "device's notifications, and of the four below those "    \
					 "that are on. Turned off when SNMP becomes another one. " \
					 "With v3 a manager may set more targets itself."),        \
		SETTINGS_SNMP_ROW("snmp.traps.address", FIELD_HOST, .max = 253,                    \
				  .fallback = "\"\"", .label = "Trap address",                     \
				  .doc = "Name or address of the management server."),             \
		SETTINGS_SNMP_TRAP("authentication", "Authentication failed",                      \
				   "when somebody asks without the right to."),                    \
		SETTINGS_SNMP_TRAP("cold_start", "Cold start",                                     \
				   "when the SNMP agent starts, as after each change of these "    \
				   "settings."),                                                   \
		SETTINGS_SNMP_ROW("snmp.traps.community", FIELD_STRING, .flags = FIELD_SECRET,     \
				  .min = 1, .max = SNMP_COMMUNITY_MAX, .fallback = "\"public\"",   \
				  .label = "Trap community",                                       \
				  .doc = "What traps carry. Not shown again; it is public "        \
					 "until it is set."),                                      \
		SETTINGS_SNMP_INFORM,                                                              \
		SETTINGS_SNMP_TRAP("link_down", "Link down", "when a network link is lost."),      \
		SETTINGS_SNMP_TRAP("link_up", "Link up", "when a network link is back."),          \
		SETTINGS_SNMP_INFORM_PASSWORD,                                                     \
		SETTINGS_SNMP_ROW("snmp.traps.port", FIELD_INTEGER, .min = 1, .max = 65535,        \
				  .fallback = "162", .label = "Trap port",                         \
				  .doc = "UDP port of the management server."),                    \
		SETTINGS_SNMP_INFORM_REPEAT,                                                       \
		SETTINGS_SNMP_ROW("snmp.traps.version", FIELD_ENUM, .choices = snmp_trap_versions, \
				  .fallback = "\"v2c\"", .label = "Trap version",                  \
				  .doc = "What the server reads, with v1v2c. v1 has no informs."), \
		SETTINGS_SNMP_ROW("snmp.v3.authentication", FIELD_ENUM,                            \
				  .choices = snmp_authentications, .fallback = "\"sha-256\"",      \
				  .label = "Authentication",                                       \
				  .doc = "How v3 messages are proved to be whole and genuine."),   \
		SETTINGS_SNMP_ROW("snmp.v3.password", FIELD_STRING,                                \
				  .flags = FIELD_SECRET | FIELD_ONCE, .max = 128,                  \
				  .fallback = "\"\"", .label = "Password of the account initial",  \
				  .doc = "Authenticates and encrypts; 8 characters or more. It "   \
					 "can be set once: afterwards only the factory "           \
					 "default takes it back."),                                \
		SETTINGS_SNMP_ROW("snmp.v3.privacy", FIELD_ENUM, .choices = snmp_privacies,        \
				  .fallback = "\"aes\"", .label = "Privacy",                       \
				  .doc = "How v3 messages are encrypted: aes has 128 bits. des "   \
					 "is weak, for managers that know nothing else."),         \
		SETTINGS_SNMP_ROW("snmp.write_community", FIELD_STRING, .flags = FIELD_SECRET,     \
				  .min = 1, .max = SNMP_COMMUNITY_MAX, .fallback = "\"write\"",    \
				  .label = "Write community",                                      \
				  .doc = "Reads everything and sets what can be set, doors "       \
					 "included, with v1v2c. Not shown again; it is write "     \
					 "until it is set: change it before v1v2c is turned "      \
					 "on.")

/*
 * Reads an engine id in hexadecimal, with 0x or without. -EINVAL: it is none, or one of those that
 * RFC 3411 reserves, all octets 00 or all ff.
 */
int settings_snmp_engine(const char *text, struct snmp_engine *ret);
/* For a complete object of all settings, as settings_check(). */
int settings_snmp_check(const json_t *all, struct field_error *error);
/*
 * Adds to values, which are about to be set, what follows of them: traps end when the mode becomes
 * another one, and with traps all notifications are on. What values say themselves counts.
 */
void settings_snmp_follow(const json_t *before, json_t *values);

#endif
