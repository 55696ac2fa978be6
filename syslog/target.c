#include "syslog/target.h"

#include <string.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

#define FACILITY_AUTHPRIV 10
#define FACILITY_DAEMON	  3
#define FACILITY_MAX	  23
#define SEVERITY_DEBUG	  7
#define RECEIPT_S	  2
/* A server that has read a message may have it in memory still. */
#define HOLD_US	      (500 * US_PER_MS)
#define RECEIPT_S_MAX 3600

static const char *const transports[] = {
	[TARGET_OFF] = "off", [TARGET_UDP] = "udp",   [TARGET_TCP] = "tcp",
	[TARGET_TLS] = "tls", [TARGET_RELP] = "relp",
};
static const uint16_t ports[] = {
	[TARGET_OFF] = 0,
	[TARGET_UDP] = 514,
	[TARGET_TCP] = 601,
	[TARGET_TLS] = 6514,
	/* Nobody has assigned one: this is what is used. */
	[TARGET_RELP] = 2514,
};
static const char *const framings[] = { [TARGET_COUNTED] = "counted", [TARGET_LF] = "lf" };
static const char *const checks[] = {
	[TARGET_BY_NAME] = "name",
	[TARGET_BY_FINGERPRINT] = "fingerprint",
};

/* The place of the word; 0 for one that is not known. */
static unsigned
read_word(const json_t *object, const char *name, const char *const *words, size_t count)
{
	const char *word = json_string_or(object, name, "");

	for (size_t i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return (unsigned) i;
	return 0;
}

static unsigned
read_number(const json_t *object, const char *name, unsigned max, unsigned fallback)
{
	int64_t value = json_integer_or(object, name, fallback);
	return value < 0 || value > max ? fallback : (unsigned) value;
}

static bool
read_text(const json_t *object, const char *name, char *to, size_t size)
{
	return copy_string(to, size, json_string_or(object, name, ""));
}

static bool
read_certificate(const json_t *object, const char *name, const char *version,
		 struct target_certificate *to)
{
	to->id = read_number(object, name, CERTIFICATES, 0);
	return read_text(object, version, to->version, sizeof(to->version));
}

static bool
read_texts(const json_t *object, struct target *target)
{
	return read_text(object, "name", target->name, sizeof(target->name)) &&
	       read_text(object, "host", target->host, sizeof(target->host)) &&
	       read_certificate(object, "ca", "ca_version", &target->ca) &&
	       read_certificate(object, "certificate", "certificate_version",
				&target->certificate) &&
	       read_text(object, "ca_file", target->ca_file, sizeof(target->ca_file)) &&
	       read_text(object, "crl_file", target->crl_file, sizeof(target->crl_file)) &&
	       read_text(object, "certificate_file", target->certificate_file,
			 sizeof(target->certificate_file)) &&
	       read_text(object, "key_file", target->key_file, sizeof(target->key_file)) &&
	       read_text(object, "certificate_name", target->certificate_name,
			 sizeof(target->certificate_name)) &&
	       read_text(object, "fingerprints", target->fingerprints,
			 sizeof(target->fingerprints));
}

/* What is sent. */
static void
read_choice(const json_t *object, struct target *target)
{
	const char *severity = json_string_or(object, "severity", "debug");
	const char *type = json_string_or(object, "type", "all");

	target->severity = SEVERITY_DEBUG;
	for (unsigned i = 0; i < SEVERITY_DEBUG; i++)
		if (!strcmp(events_severity_name(i), severity))
			target->severity = i;
	for (unsigned i = 0; i < TARGET_CATEGORIES; i++) {
		const char *category = events_category_name((enum event_category) i);
		_cleanup_(freep) char *name = xasprintf("facility_%s", category);
		target->takes[i] = !strcmp(type, "all") || !strcmp(type, category);
		target->facility[i] =
			read_number(object, name, FACILITY_MAX,
				    i == EVENT_SYSTEM ? FACILITY_DAEMON : FACILITY_AUTHPRIV);
	}
}

void
target_read(const json_t *object, struct target *ret)
{
	struct target target = {
		.transport = read_word(object, "transport", transports, ARRAY_LEN(transports)),
		.format = record_find(json_string_or(object, "format", "")),
		.framing = read_word(object, "framing", framings, ARRAY_LEN(framings)),
		.check = read_word(object, "check", checks, ARRAY_LEN(checks)),
		.receipt_records = read_number(object, "receipt_records", LOG_SERVER_WINDOW,
					       LOG_SERVER_WINDOW),
		.hold_us = HOLD_US,
		.receipt_us =
			read_number(object, "receipt_time", RECEIPT_S_MAX, RECEIPT_S) * US_PER_S,
	};

	bool fits = read_texts(object, &target);
	read_choice(object, &target);
	target.port = (uint16_t) read_number(object, "port", UINT16_MAX, 0);
	target.record_size = read_number(object, "record_size", RECORD_MAX, 0);
	if (!target.record_size)
		target.record_size =
			target.transport == TARGET_UDP ? RECORD_DATAGRAM : RECORD_STREAM;
	if (!target.port)
		target.port = ports[target.transport];
	if (!fits || !target.host[0] || !json_bool_or(object, "enabled", true))
		target.transport = TARGET_OFF;
	*ret = target;
}

static bool
is_same_certificate(const struct target_certificate *a, const struct target_certificate *b)
{
	return a->id == b->id && !strcmp(a->version, b->version);
}

bool
target_is_same_peer(const struct target *a, const struct target *b)
{
	return a->transport == b->transport && a->port == b->port && a->framing == b->framing &&
	       a->check == b->check && !strcmp(a->host, b->host) &&
	       is_same_certificate(&a->ca, &b->ca) &&
	       is_same_certificate(&a->certificate, &b->certificate) &&
	       !strcmp(a->ca_file, b->ca_file) && !strcmp(a->crl_file, b->crl_file) &&
	       !strcmp(a->certificate_file, b->certificate_file) &&
	       !strcmp(a->key_file, b->key_file) &&
	       !strcmp(a->certificate_name, b->certificate_name) &&
	       !strcmp(a->fingerprints, b->fingerprints);
}

bool
target_has_cas(const struct target *target)
{
	return target->ca.id || *target->ca_file;
}

bool
target_has_certificate(const struct target *target)
{
	return target->certificate.id || *target->certificate_file;
}

bool
target_takes(const struct target *target, enum event_category category, unsigned severity)
{
	return target->takes[category] && severity <= target->severity;
}

const char *
target_transport_name(enum target_transport transport)
{
	return transports[transport];
}
