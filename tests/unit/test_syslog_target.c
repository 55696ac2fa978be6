#include "lib/clock.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"
#include "syslog/target.h"
#include "tests/unit/tap.h"

#include <string.h>

static json_t *
parse(const char *text)
{
	json_t *object = NULL;

	CU_ASSERT_EQUAL_FATAL(json_read(text, strlen(text), &object), 0);
	return object;
}

/* An object as the store has it: with every default. */
static json_t *
server(const char *text)
{
	json_t *object = parse(text);

	field_fill(&model_find("log_server")->fields, object);
	return object;
}

static const char *
refused_field(const char *text)
{
	_cleanup_(json_decrefp) json_t *object = server(text);
	const struct model_kind *kind = model_find("log_server");
	struct field_error error = { .field = "" };

	if (field_check_object(&kind->fields, object, &error) == 0)
		(void) model_check(kind, object, &error);
	return error.field;
}

static void
test_an_object_is_read_with_every_field(void)
{
	_cleanup_(json_decrefp) json_t *object =
		server("{\"name\":\"Site\",\"host\":\"logs.example.org\",\"ca_file\":\"/ca.pem\","
		       "\"facility_access\":4,\"facility_audit\":13,\"severity\":\"notice\","
		       "\"type\":\"audit\",\"receipt_records\":50,\"receipt_time\":7,"
		       "\"format\":\"rfc3164\",\"framing\":\"lf\",\"check\":\"fingerprint\"}");
	struct target target;

	target_read(object, &target);
	CU_ASSERT_EQUAL(target.transport, TARGET_TLS);
	CU_ASSERT_EQUAL(target.format, RECORD_RFC3164);
	CU_ASSERT_EQUAL(target.framing, TARGET_LF);
	CU_ASSERT_EQUAL(target.check, TARGET_BY_FINGERPRINT);
	CU_ASSERT_STRING_EQUAL(target.name, "Site");
	CU_ASSERT_STRING_EQUAL(target.host, "logs.example.org");
	CU_ASSERT_STRING_EQUAL(target.ca_file, "/ca.pem");
	CU_ASSERT_EQUAL(target.facility[EVENT_ACCESS], 4);
	CU_ASSERT_EQUAL(target.facility[EVENT_AUDIT], 13);
	CU_ASSERT_EQUAL(target.facility[EVENT_SYSTEM], 3);
	CU_ASSERT_EQUAL(target.severity, 5);
	CU_ASSERT_EQUAL(target.receipt_records, 50);
	CU_ASSERT_EQUAL(target.receipt_us, 7 * US_PER_S);
}

static void
test_the_port_is_the_transports_unless_it_is_set(void)
{
	static const struct {
		const char *transport;
		unsigned port;
	} rows[] = { { "udp", 514 }, { "tcp", 601 }, { "tls", 6514 } };
	struct target target;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		_cleanup_(json_decrefp) json_t *object =
			json_pack("{ss,ss,si}", "host", "192.0.2.1", "transport", rows[i].transport,
				  "port", 0);
		target_read(object, &target);
		CU_ASSERT_EQUAL(target.port, rows[i].port);
		(void) json_object_set_new(object, "port", json_integer(10514));
		target_read(object, &target);
		CU_ASSERT_EQUAL(target.port, 10514);
	}
}

static void
test_what_makes_no_sense_is_off(void)
{
	static const char *const rows[] = {
		"{}",
		"{\"host\":\"\",\"transport\":\"udp\"}",
		"{\"host\":\"192.0.2.1\",\"transport\":\"pigeon\"}",
		"{\"host\":\"192.0.2.1\",\"transport\":\"udp\",\"enabled\":false}",
	};
	struct target target;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		_cleanup_(json_decrefp) json_t *object = parse(rows[i]);
		target_read(object, &target);
		CU_ASSERT_EQUAL(target.transport, TARGET_OFF);
	}
	target_read(NULL, &target);
	CU_ASSERT_EQUAL(target.transport, TARGET_OFF);
}

/* Whether an event of this category and severity is sent to a server of this type and severity. */
static bool
takes(const char *type, const char *least, const char *category, int severity)
{
	_cleanup_(json_decrefp) json_t *object =
		json_pack("{ss,ss,ss,ss}", "host", "192.0.2.1", "transport", "udp", "type", type,
			  "severity", least);
	enum event_category wanted = EVENT_ACCESS;
	struct target target;

	while (strcmp(events_category_name(wanted), category) != 0)
		wanted++;
	target_read(object, &target);
	return target_takes(&target, wanted, (unsigned) severity);
}

static void
test_type_and_severity_choose_the_events(void)
{
	static const char *const categories[] = { "access", "audit", "system" };

	for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
		CU_ASSERT_TRUE(takes("all", "debug", categories[i], 7));
		for (size_t k = 0; k < ARRAY_LEN(categories); k++)
			CU_ASSERT_EQUAL(takes(categories[k], "debug", categories[i], 6), i == k);
	}
	for (int least = 0; least <= 7; least++)
		for (int severity = 0; severity <= 7; severity++)
			CU_ASSERT_EQUAL(takes("all", events_severity_name((unsigned) least),
					      "access", severity),
					severity <= least);
}

static void
test_every_severity_of_the_model_is_one_of_events(void)
{
	const struct field *field = field_find(&model_find("log_server")->fields, "severity");

	for (unsigned i = 0; i < 8; i++)
		CU_ASSERT_STRING_EQUAL(field->choices[i], events_severity_name(i));
	CU_ASSERT_PTR_NULL(field->choices[8]);
}

static void
test_only_what_the_connection_is_made_of_makes_another_peer(void)
{
	_cleanup_(json_decrefp) json_t *object =
		server("{\"name\":\"Site\",\"host\":\"192.0.2.1\",\"ca_file\":\"/ca.pem\"}");
	static const char *const same[] = { "name", "severity", "type", "format" };
	static const char *const other[] = { "host",	   "ca_file",
					     "crl_file",   "key_file",
					     "framing",	   "fingerprints",
					     "ca_version", "certificate_version" };
	struct target before;
	struct target after;

	target_read(object, &before);
	for (size_t i = 0; i < ARRAY_LEN(same) + ARRAY_LEN(other); i++) {
		bool is_same = i < ARRAY_LEN(same);
		const char *name = is_same ? same[i] : other[i - ARRAY_LEN(same)];
		_cleanup_(json_decrefp) json_t *changed = json_deep_copy(object);
		const char *word = !strcmp(name, "framing") ? "lf" : "alert";
		(void) json_object_set_new(changed, name, json_string(word));
		target_read(changed, &after);
		CU_ASSERT_EQUAL(target_is_same_peer(&before, &after), is_same);
	}
}

static void
test_a_record_is_no_larger_than_the_transport_or_the_object_says(void)
{
	static const struct {
		const char *transport;
		int set;
		size_t size;
	} rows[] = { { "udp", 0, 2048 },  { "tcp", 0, 8192 },	    { "tls", 0, 8192 },
		     { "udp", 480, 480 }, { "relp", 65536, 65536 }, { "tls", 99999, 8192 } };
	struct target target;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		_cleanup_(json_decrefp) json_t *object =
			json_pack("{ss,ss,si}", "host", "192.0.2.1", "transport", rows[i].transport,
				  "record_size", rows[i].set);
		target_read(object, &target);
		CU_ASSERT_EQUAL(target.record_size, rows[i].size);
	}
}

static void
test_what_tls_needs_is_asked_for(void)
{
	static const char pin[] = "AA:00112233445566778899aabbccddeeff00112233445566778899aabbcc"
				  "ddee";
	_cleanup_(freep) char *by_pin =
		xasprintf("{\"name\":\"a\",\"host\":\"h\",\"check\":\"fingerprint\","
			  "\"fingerprints\":\"%s\"}",
			  pin);
	_cleanup_(freep) char *short_pin =
		xasprintf("{\"name\":\"a\",\"host\":\"h\",\"check\":\"fingerprint\","
			  "\"fingerprints\":\"%s,12\"}",
			  pin);

	CU_ASSERT_STRING_EQUAL(refused_field(by_pin), "");
	CU_ASSERT_STRING_EQUAL(refused_field(short_pin), "fingerprints");
	CU_ASSERT_STRING_EQUAL(refused_field("{\"name\":\"a\",\"host\":\"h\"}"), "ca");
	CU_ASSERT_STRING_EQUAL(refused_field("{\"name\":\"a\",\"host\":\"h\",\"ca\":3}"), "");
	CU_ASSERT_STRING_EQUAL(
		refused_field("{\"name\":\"a\",\"host\":\"h\",\"ca\":3,\"ca_file\":\"/ca.pem\"}"),
		"ca_file");
	CU_ASSERT_STRING_EQUAL(refused_field("{\"name\":\"a\",\"host\":\"h\",\"check\":"
					     "\"fingerprint\"}"),
			       "fingerprints");
	CU_ASSERT_STRING_EQUAL(
		refused_field("{\"name\":\"a\",\"host\":\"h\",\"transport\":\"udp\"}"), "");
	CU_ASSERT_STRING_EQUAL(refused_field("{\"name\":\"a\",\"host\":\"h\",\"transport\":\"tcp\","
					     "\"key_file\":\"/k.pem\"}"),
			       "certificate_file");
	CU_ASSERT_STRING_EQUAL(refused_field("{\"name\":\"a\",\"transport\":\"udp\"}"), "host");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_an_object_is_read_with_every_field),
		TAP(test_the_port_is_the_transports_unless_it_is_set),
		TAP(test_what_makes_no_sense_is_off),
		TAP(test_type_and_severity_choose_the_events),
		TAP(test_every_severity_of_the_model_is_one_of_events),
		TAP(test_only_what_the_connection_is_made_of_makes_another_peer),
		TAP(test_a_record_is_no_larger_than_the_transport_or_the_object_says),
		TAP(test_what_tls_needs_is_asked_for),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
