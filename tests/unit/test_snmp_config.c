#include "agent/snmp_config.h"
#include "lib/json.h"
#include "lib/settings.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct snmp_config_place place = {
	.include_dir = "/etc/snmp/snmpd.conf.d",
	.module = "/usr/lib/cardea/cardea_audit.so",
	.audit_socket = "/var/lib/cardea-snmp/audit.sock",
	.has_ipv6 = true,
};
static const struct snmp_config_place bare = { .include_dir = "",
					       .module = "",
					       .audit_socket = "" };

/* All settings, changed by members in JSON with ' in place of ". */
static char *
render(const char *members, const struct snmp_config_place *where)
{
	_cleanup_(json_decrefp) json_t *values = json_object();
	_cleanup_(freep) char *text = xstrdup(members);

	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	_cleanup_(json_decrefp) json_t *changed = json_loads(text, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(changed);
	field_fill(settings_table(), values);
	(void) json_object_update(values, changed);
	return snmp_config_render(values, where);
}

static void
check_golden(const char *name, const char *members)
{
	_cleanup_(freep) char *text = render(members, &place);

	CU_ASSERT_TRUE(unit_is_golden(name, text));
}

static void
test_each_mode_is_rendered_as_snmpd_has_had_it(void)
{
	check_golden("snmpd-off.conf", "{}");
	check_golden("snmpd-v1v2c.conf", "{'snmp.mode': 'v1v2c'}");
	check_golden("snmpd-traps.conf",
		     "{'snmp.mode': 'v1v2c', 'snmp.port': 1161, 'snmp.read_community': 'r3ad',"
		     " 'snmp.write_community': 'wr:te', 'snmp.traps.active': true,"
		     " 'snmp.traps.address': '2001:db8::7', 'snmp.traps.community': 'tr@p',"
		     " 'snmp.traps.version': 'v1', 'snmp.traps.port': 1162}");
	check_golden("snmpd-v3.conf",
		     "{'snmp.mode': 'v3', 'snmp.v3.password': {'engine': '80007ed90501',"
		     " 'sha-256': '" KEY "', 'sha-512': '" KEY KEY "'}}");
	check_golden("snmpd-v3-strong.conf",
		     "{'snmp.mode': 'v3', 'snmp.v3.password': {'engine': '80007ed90501',"
		     " 'sha-256': '" KEY "', 'sha-512': '" KEY KEY "'},"
		     " 'snmp.v3.authentication': 'sha-512', 'snmp.v3.privacy': 'aes-256'}");
}

#define V3                                                                                   \
	"'snmp.mode': 'v3', 'snmp.v3.password': {'engine': '80007ed90501', 'sha-256': '" KEY \
	"', 'sha-512': '" KEY KEY "'}, 'snmp.traps.active': true, 'snmp.traps.address': "    \
	"'nms.example'"
#define SERVER_KEY "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define INFORM                                                                                     \
	", 'snmp.traps.kind': 'inform', 'snmp.traps.user': 'monitor', 'snmp.traps.password': "     \
	"{'engine': '80000000aa', 'sha-256': '" SERVER_KEY "', 'sha-512': '" SERVER_KEY SERVER_KEY \
	"'}"

static void
test_the_server_of_v3_is_sent_traps_or_informs(void)
{
	check_golden("snmpd-v3-trap.conf", "{" V3 ", 'snmp.traps.link_up': false}");
	check_golden("snmpd-v3-inform.conf", "{" V3 INFORM "}");
	check_golden("snmpd-v3-inform-strong.conf",
		     "{" V3 INFORM ", 'snmp.v3.authentication': 'sha-512',"
		     " 'snmp.v3.privacy': 'aes-256', 'snmp.traps.address': '2001:db8::7',"
		     " 'snmp.traps.timeout': 5, 'snmp.traps.retries': 0}");
}

static void
check_sent_by(const char *members, const char *line)
{
	_cleanup_(freep) char *text = render(members, &bare);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, line));
}

static void
test_the_server_of_v2c_is_sent_informs_as_often_as_is_set(void)
{
	check_sent_by("{'snmp.mode': 'v1v2c', 'snmp.traps.active': true, 'snmp.traps.kind':"
		      " 'inform', 'snmp.traps.address': 'nms.example', 'snmp.traps.community':"
		      " 'tr@p', 'snmp.traps.timeout': 7, 'snmp.traps.retries': 3}",
		      "\ntrapsess -profile cardeaTraps1345 -v 2c -c tr@p -Ci -t 7 -r 3 "
		      "udp:nms.example:162\n");
}

static void
test_an_inform_is_encrypted_with_no_more_of_the_key_than_there_is_to_it(void)
{
	check_sent_by("{" V3 INFORM ", 'snmp.v3.privacy': 'des'}",
		      " -x DES -3k 0x" SERVER_KEY " -3K 0xfedcba9876543210fedcba9876543210 udp");
	check_sent_by("{" V3 INFORM ", 'snmp.v3.authentication': 'sha-512'}",
		      " -a SHA-512 -x AES -3k 0x" SERVER_KEY SERVER_KEY
		      " -3K 0xfedcba9876543210fedcba9876543210 udp");
}

/* snmpd would ask the server for it, and wait. */
static void
test_an_inform_of_v3_never_goes_out_without_an_engine_id(void)
{
	static const char *const passwords[] = { "''", "{}", "{'sha-256': '" KEY "'}",
						 "{'engine': '80000000aa'}" };

	for (size_t i = 0; i < ARRAY_LEN(passwords); i++) {
		_cleanup_(freep) char *members = xasprintf(
			"{" V3 ", 'snmp.traps.kind': 'inform', 'snmp.traps.password': %s}",
			passwords[i]);
		_cleanup_(freep) char *text = render(members, &bare);
		CU_ASSERT_PTR_NULL(strstr(text, "trapsess"));
		CU_ASSERT_PTR_NOT_NULL(strstr(text, "usmUser"));
	}
}

static void
test_off_and_v3_without_a_password_listen_nowhere(void)
{
	static const char *const members[] = { "{}", "{'snmp.mode': 'v3'}" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		_cleanup_(freep) char *text = render(members[i], &bare);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nagentAddress none\n"));
		CU_ASSERT_PTR_NULL(strstr(text, "com2sec"));
		CU_ASSERT_PTR_NULL(strstr(text, "usmUser"));
		CU_ASSERT_PTR_NULL(strstr(text, "dlmod"));
		CU_ASSERT_PTR_NULL(strstr(text, "includeDir"));
	}
}

static void
test_each_standard_trap_is_let_through_when_it_is_on(void)
{
	static const char *const names[] = { "cold_start", "link_down", "link_up",
					     "authentication" };
	static const char *const oids[] = { "5.1 0xff", "5.3 0xff", "5.4 0xff", "5.5 0xff" };

	for (size_t off = 0; off < ARRAY_LEN(names); off++) {
		_cleanup_(freep) char *members =
			xasprintf("{'snmp.mode': 'v1v2c', 'snmp.traps.active': true,"
				  " 'snmp.traps.address': 'nms.example',"
				  " 'snmp.traps.%s': false}",
				  names[off]);
		_cleanup_(freep) char *text = render(members, &bare);
		for (size_t i = 0; i < ARRAY_LEN(oids); i++)
			CU_ASSERT_EQUAL(strstr(text, oids[i]) != NULL, i != off);
		CU_ASSERT_EQUAL(strstr(text, "authtrapenable 1") != NULL, off != 3);
		CU_ASSERT_EQUAL(strstr(text, "monitor -S -r 5 -e cardeaLinkDown") != NULL,
				off != 1);
		CU_ASSERT_EQUAL(strstr(text, "monitor -S -r 5 -e cardeaLinkUp") != NULL, off != 2);
	}
}

static void
test_a_community_that_cannot_be_read_lets_nobody_in(void)
{
	_cleanup_(freep) char *text =
		render("{'snmp.mode': 'v1v2c', 'snmp.read_community': ''}", &bare);

	CU_ASSERT_PTR_NULL(strstr(text, "cardeaReader"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "cardeaWriter"));
}

static void
test_what_runs_programs_in_snmpd_cannot_be_written(void)
{
	_cleanup_(freep) char *text = render("{'snmp.mode': 'v1v2c'}", &bare);

	CU_ASSERT_PTR_NULL(strstr(text, "cardeaWritable included .1\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "cardeaWritable included .1.3.6.1.4.1.8072"));
	CU_ASSERT_PTR_NULL(strstr(text, "cardeaWritable included .1.3.6.1.4.1.2021"));
	CU_ASSERT_PTR_NULL(strstr(text, "cardeaWritable included .1.3.6.1.6.3.1"
					"5"));
	CU_ASSERT_PTR_NULL(strstr(text, "cardeaWritable included .1.3.6.1.6.3.12"));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_each_mode_is_rendered_as_snmpd_has_had_it),
		TAP(test_the_server_of_v3_is_sent_traps_or_informs),
		TAP(test_the_server_of_v2c_is_sent_informs_as_often_as_is_set),
		TAP(test_an_inform_is_encrypted_with_no_more_of_the_key_than_there_is_to_it),
		TAP(test_an_inform_of_v3_never_goes_out_without_an_engine_id),
		TAP(test_off_and_v3_without_a_password_listen_nowhere),
		TAP(test_each_standard_trap_is_let_through_when_it_is_on),
		TAP(test_a_community_that_cannot_be_read_lets_nobody_in),
		TAP(test_what_runs_programs_in_snmpd_cannot_be_written),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
