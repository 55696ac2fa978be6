#include "syslog/target.h"

#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

static const char *const transports[] = {
	[TARGET_OFF] = "off",
	[TARGET_UDP] = "udp",
	[TARGET_TCP] = "tcp",
	[TARGET_TLS] = "tls",
};

static const char *
read_string(unsigned index, const json_t *settings, const char *name)
{
	_cleanup_(freep) char *key = xasprintf("syslog.%u.%s", index, name);
	return json_string_or(settings, key, "");
}

static unsigned
read_number(unsigned index, const json_t *settings, const char *name, unsigned max)
{
	_cleanup_(freep) char *key = xasprintf("syslog.%u.%s", index, name);
	int64_t value = json_integer_or(settings, key, -1);
	return value < 0 || value > max ? max : (unsigned) value;
}

void
target_read(unsigned index, const json_t *settings, struct target *ret)
{
	const char *transport = read_string(index, settings, "transport");
	struct target target = {
		.port = (uint16_t) read_number(index, settings, "port", UINT16_MAX),
		.facility = read_number(index, settings, "facility", 23),
		.severity = read_number(index, settings, "severity", 7),
	};

	for (size_t i = 0; i < ARRAY_LEN(transports); i++)
		if (!strcmp(transports[i], transport))
			target.transport = (enum target_transport) i;
	bool fits = copy_string(target.host, sizeof(target.host),
				read_string(index, settings, "host")) &&
		    copy_string(target.ca_file, sizeof(target.ca_file),
				read_string(index, settings, "ca_file"));
	if (!fits || !target.host[0])
		target.transport = TARGET_OFF;
	*ret = target;
}

bool
target_is_same_peer(const struct target *a, const struct target *b)
{
	return a->transport == b->transport && a->port == b->port && !strcmp(a->host, b->host) &&
	       !strcmp(a->ca_file, b->ca_file);
}

const char *
target_transport_name(enum target_transport transport)
{
	return transports[transport];
}
