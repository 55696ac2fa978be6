/*
 * The settings of SNMP access: their rows of the settings table, the rules between them, and what
 * follows of a change. How snmpd is configured of them is agent/snmp_config.c.
 */
#ifndef LIB_SETTINGS_SNMP_H
#define LIB_SETTINGS_SNMP_H

#include "lib/field.h"

#define SNMP_COMMUNITY_MAX 32
#define SNMP_PASSWORD_MIN  8

extern const char *const snmp_modes[];
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
				  .doc = "Send v1 or v2c traps: all of this device's "             \
					 "notifications, and of the four below those that are "    \
					 "on. Turned off when v1v2c is; with v3 a manager sets "   \
					 "the targets."),                                          \
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
		SETTINGS_SNMP_TRAP("link_down", "Link down", "when a network link is lost."),      \
		SETTINGS_SNMP_TRAP("link_up", "Link up", "when a network link is back."),          \
		SETTINGS_SNMP_ROW("snmp.traps.port", FIELD_INTEGER, .min = 1, .max = 65535,        \
				  .fallback = "162", .label = "Trap port",                         \
				  .doc = "UDP port of the management server."),                    \
		SETTINGS_SNMP_ROW("snmp.traps.version", FIELD_ENUM, .choices = snmp_trap_versions, \
				  .fallback = "\"v2c\"", .label = "Trap version",                  \
				  .doc = "What the server reads."),                                \
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

/* For a complete object of all settings, as settings_check(). */
int settings_snmp_check(const json_t *all, struct field_error *error);
/*
 * Adds to values, which are about to be set, what follows of them: traps end with v1v2c, and with
 * traps all notifications are on. What values say themselves counts.
 */
void settings_snmp_follow(const json_t *before, json_t *values);

#endif
