/* Log servers that the forwarder sends events to. */
#include "lib/model_fields.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

#define PIN_DIGITS 64
#define PINS_MAX   8

static const char *const checks[] = { "name", "fingerprint", NULL };
static const char *const formats[] = { "rfc5424", "rfc3164", "vendor", NULL };
static const char *const framings[] = { "counted", "lf", NULL };
static const char *const severities[] = { "emergency", "alert", "critical", "error", "warning",
					  "notice",    "info",	"debug",    NULL };
static const char *const journal_severities[] = { "off",   "emergency", "alert",  "critical",
						  "error", "warning",	"notice", "info",
						  "debug", NULL };
static const char *const transports[] = { "udp", "tcp", "tls", "relp", NULL };
static const char *const types[] = { "all", "access", "audit", "system", NULL };

static const struct field fields[] = {
	{ .name = "ca",
	  .type = FIELD_REF,
	  .kind = "certificate",
	  .max = CERTIFICATES,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Trusted CAs",
	  .doc = "The certificates that may sign the log server's; 0 for none. Needed for tls "
		 "with a check of the name, here or as a file." },
	{ .name = "ca_file",
	  .type = FIELD_PATH,
	  .max = 255,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "File of trusted CAs",
	  .doc = "In place of the trusted CAs: their PEM file on the controller." },
	{ .name = "certificate",
	  .type = FIELD_REF,
	  .kind = "certificate",
	  .max = CERTIFICATES,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Client certificate",
	  .doc = "What the controller shows to the log server: a certificate with a key; 0 for "
		 "none." },
	{ .name = "certificate_file",
	  .type = FIELD_PATH,
	  .max = 255,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "File of the client certificate",
	  .doc = "In place of the client certificate: its PEM file on the controller, with those "
		 "that signed it." },
	{ .name = "certificate_name",
	  .type = FIELD_HOST,
	  .max = 253,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name in the certificate",
	  .doc = "The name or address that the log server's certificate must carry; empty: that "
		 "of the host." },
	{ .name = "check",
	  .type = FIELD_ENUM,
	  .choices = checks,
	  .fallback = "\"name\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Check of the certificate",
	  .doc = "name: signed by a trusted CA, valid and for this host. fingerprint: one of the "
		 "fingerprints, whoever has signed it." },
	{ .name = "crl_file",
	  .type = FIELD_PATH,
	  .max = 255,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Revocation lists",
	  .doc = "PEM file with the lists of revoked certificates of every CA in the chain; empty: "
		 "nothing is looked up." },
	{ .name = "enabled",
	  .type = FIELD_BOOL,
	  .fallback = "true",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Enabled",
	  .doc = "Otherwise nothing is sent; what comes meanwhile is sent later." },
	{ .name = "facility_access",
	  .type = FIELD_INTEGER,
	  .max = 23,
	  .fallback = "10",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Facility of access events",
	  .doc = "Syslog facility; 10 is authpriv." },
	{ .name = "facility_audit",
	  .type = FIELD_INTEGER,
	  .max = 23,
	  .fallback = "10",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Facility of audit events",
	  .doc = "Syslog facility; 10 is authpriv, 13 log audit." },
	{ .name = "facility_system",
	  .type = FIELD_INTEGER,
	  .max = 23,
	  .fallback = "3",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Facility of system events",
	  .doc = "Syslog facility; 3 is daemon." },
	{ .name = "fingerprints",
	  .type = FIELD_STRING,
	  .max = 1024,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Fingerprints",
	  .doc = "SHA-256 of certificates in hexadecimal, with commas between. With a check of the "
		 "name the log server's must be one of them as well; empty: any." },
	{ .name = "format",
	  .type = FIELD_ENUM,
	  .choices = formats,
	  .fallback = "\"rfc5424\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Format",
	  .doc = "How a message is written. Only rfc5424 has every field of an event." },
	{ .name = "framing",
	  .type = FIELD_ENUM,
	  .choices = framings,
	  .fallback = "\"counted\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Framing",
	  .doc = "What parts messages over tcp: their size before each (counted), or a line feed "
		 "behind each (lf). tls always counts." },
	{ .name = "host",
	  .type = FIELD_HOST,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 253,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Host",
	  .doc = "Name or address of the log server." },
	{ .name = "journal",
	  .type = FIELD_ENUM,
	  .choices = journal_severities,
	  .fallback = "\"off\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "System journal",
	  .doc = "Send entries of the operating system's journal as well, of this severity and "
		 "more; "
		 "off: none." },
	{ .name = "journal_units",
	  .type = FIELD_STRING,
	  .max = 1000,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Units of the journal",
	  .doc = "Only of these units, with commas between: ssh.service,chrony.service. Empty: "
		 "of all." },
	{ .name = "key_file",
	  .type = FIELD_PATH,
	  .max = 255,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Key of the client certificate",
	  .doc = "PEM file, readable by the forwarder; empty: it is in the certificate's." },
	{ .name = "limit_age",
	  .type = FIELD_INTEGER,
	  .max = 604800,
	  .fallback = "300",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Alarm: oldest event",
	  .doc = "Raise an alarm when an event, or an entry of the journal, has waited for so "
		 "long; 0: never." },
	{ .name = "limit_lag",
	  .type = FIELD_INTEGER,
	  .max = 100000000,
	  .fallback = "10000",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Alarm: events that wait",
	  .doc = "Raise an alarm when more events than this wait, or entries of the journal; 0: "
		 "never." },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 64,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What people call the log server." },
	{ .name = "port",
	  .type = FIELD_INTEGER,
	  .max = 65535,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Port",
	  .doc = "0 for the one of the transport: udp 514, tcp 601, tls 6514, relp 2514." },
	{ .name = "receipt_records",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = LOG_SERVER_WINDOW,
	  .fallback = "10000",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Messages to a receipt",
	  .doc = "Over tcp and tls the log server is asked for a receipt after so many messages at "
		 "the latest. So many may arrive twice when it fails." },
	{ .name = "receipt_time",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 3600,
	  .fallback = "2",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Time to a receipt",
	  .doc = "... and after this time at the latest; at once when nothing more is to be "
		 "sent." },
	{ .name = "record_size",
	  .type = FIELD_INTEGER,
	  .max = 65536,
	  .fallback = "0",
	  .unit = "bytes",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Largest message",
	  .doc = "What is longer is cut, and says so. 0: 2048 over udp, 8192 otherwise, which "
		 "servers take unless they are set to take more; at least 480." },
	{ .name = "severity",
	  .type = FIELD_ENUM,
	  .choices = severities,
	  .fallback = "\"debug\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Least severity",
	  .doc = "Events of less severity are not sent; debug: all are." },
	{ .name = "transport",
	  .type = FIELD_ENUM,
	  .choices = transports,
	  .fallback = "\"tls\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Transport",
	  .doc = "tcp, tls and relp lose nothing that the log server does not lose itself; udp "
		 "may lose messages, and nobody notices. relp is over TLS when there are trusted "
		 "CAs or a check of fingerprints." },
	{ .name = "type",
	  .type = FIELD_ENUM,
	  .choices = types,
	  .fallback = "\"all\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Log",
	  .doc = "Which events are sent." },
};

const struct model_kind model_log_server = {
	.name = "log_server",
	.plural = "log_servers",
	.max = LOG_SERVERS,
	.fields = { fields, ARRAY_LEN(fields) },
};

/* Hexadecimal digits with or without colons between, and commas between fingerprints. */
static bool
are_fingerprints(const char *text)
{
	unsigned count = 0;

	while (*text) {
		unsigned digits = 0;
		for (; isxdigit((unsigned char) *text) || *text == ':'; text++)
			digits += *text != ':';
		if (digits != PIN_DIGITS || ++count > PINS_MAX)
			return false;
		if (*text == ',' && text[1])
			text++;
		else if (*text)
			return false;
	}
	return true;
}

/* What the store keeps, or a file: one of them. */
static int
check_pairs(const json_t *object, struct field_error *error)
{
	static const char *const pairs[][2] = { { "ca", "ca_file" },
						{ "certificate", "certificate_file" } };

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (json_integer_or(object, pairs[i][0], 0) &&
		    *json_string_or(object, pairs[i][1], ""))
			return model_refuse_format(error, pairs[i][1], "not together with %s",
						   pairs[i][0]);
	return 0;
}

int
model_log_server_check(const json_t *object, struct field_error *error)
{
	const char *pins = json_string_or(object, "fingerprints", "");
	bool is_tls = !strcmp(json_string_or(object, "transport", ""), "tls");
	bool by_name = !strcmp(json_string_or(object, "check", "name"), "name");

	if (!are_fingerprints(pins))
		return model_refuse(error, "fingerprints",
				    "at most 8 times 64 hexadecimal digits, with commas between");
	if (check_pairs(object, error) < 0)
		return -EINVAL;
	if (is_tls && by_name && !json_integer_or(object, "ca", 0) &&
	    !*json_string_or(object, "ca_file", ""))
		return model_refuse(error, "ca", "needed for tls with a check of the name");
	if (is_tls && !by_name && !*pins)
		return model_refuse(error, "fingerprints", "needed for a check of them");
	if (*json_string_or(object, "key_file", "") &&
	    !*json_string_or(object, "certificate_file", ""))
		return model_refuse(error, "certificate_file", "needed with a key");
	return 0;
}
