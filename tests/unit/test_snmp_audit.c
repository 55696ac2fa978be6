#include "agent/snmp_audit.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/loop.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

static int
parse(const char *text, struct snmp_audit_line *line)
{
	return snmp_audit_parse(text, strlen(text), line);
}

static void
test_a_line_says_who_and_what(void)
{
	struct snmp_audit_line line;

	CU_ASSERT_EQUAL(
		parse("1 4294967295 0 3 3 696e697469616c 192.0.2.7 .1.3.6.1.2.1.1.5.0", &line), 0);
	CU_ASSERT_EQUAL(line.transaction, UINT32_MAX);
	CU_ASSERT_EQUAL(line.result, 0);
	CU_ASSERT_EQUAL(line.model, 3);
	CU_ASSERT_EQUAL(line.level, 3);
	CU_ASSERT_STRING_EQUAL(line.name, "initial");
	CU_ASSERT_STRING_EQUAL(line.address, "192.0.2.7");
	CU_ASSERT_STRING_EQUAL(line.oid, ".1.3.6.1.2.1.1.5.0");
	CU_ASSERT_EQUAL(parse("1 7 5 2 1 - 2001:db8::1 .1", &line), 0);
	CU_ASSERT_STRING_EQUAL(line.name, "");
	CU_ASSERT_EQUAL(line.result, 5);
}

static void
test_a_name_cannot_forge_anything(void)
{
	struct snmp_audit_line line;

	CU_ASSERT_EQUAL(parse("1 7 0 3 3 6120400a00ff - .1.3", &line), 0);
	CU_ASSERT_STRING_EQUAL(line.name, "a?@???");
}

static void
test_what_is_no_line_is_refused(void)
{
	static const char *const wrong[] = {
		"",
		"1",
		"2 7 0 3 3 61 - .1",
		"1 7 0 3 3 61 -",
		"1 7 0 3 3 61 - .1 x",
		"1 7 0 3 3 61 -  .1",
		" 1 7 0 3 3 61 - .1",
		"1 7 0 3 3 61 - .1 ",
		"1 -7 0 3 3 61 - .1",
		"1 4294967296 0 3 3 61 - .1",
		"1 7 100 3 3 61 - .1",
		"1 7 0 4 3 61 - .1",
		"1 7 0 0 3 61 - .1",
		"1 7 0 3 0 61 - .1",
		"1 7 0 3 3 6 - .1",
		"1 7 0 3 3 zz - .1",
		"1 7 0 3 3 "
		"616161616161616161616161616161616161616161616161616161616161616161 - .1",
		"1 7 0 3 3 61 nms.example .1",
		"1 7 0 3 3 61 - 1.3",
		"1 7 0 3 3 61 - .",
		"1 7 0 3 3 61 - .1..3",
		"1 7 0 3 3 61 - .4294967296",
		"1 7 0 3 3 61 - .1.3.",
	};
	struct snmp_audit_line line;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		CU_ASSERT_EQUAL(parse(wrong[i], &line), -EBADMSG);
		if (parse(wrong[i], &line) == 0)
			printf("# taken: '%s'\n", wrong[i]);
	}
	CU_ASSERT_EQUAL(snmp_audit_parse("1 7 0 3 3 61 - .1\0", 19, &line), -EBADMSG);
}

struct heard {
	unsigned count;
	uint32_t left_out;
	struct snmp_audit_line last;
};

static void
on_refused(const struct snmp_audit_line *line, uint32_t left_out, void *context)
{
	struct heard *heard = context;

	heard->count++;
	heard->left_out = left_out;
	heard->last = *line;
}

struct rig {
	struct event_base *base;
	char *dir;
	struct snmp_audit *audit;
	struct heard heard;
	int fd;
};

static void
start(struct rig *rig)
{
	static const struct snmp_audit_ops ops = { .refused = on_refused };
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*rig = (struct rig){ .base = loop_new(), .dir = unit_dir_new() };
	rig->audit = snmp_audit_new(rig->base, rig->dir, &ops, &rig->heard);
	CU_ASSERT_PTR_NOT_NULL_FATAL(rig->audit);
	_cleanup_(freep) char *path = unit_path(rig->dir, SNMP_AUDIT_NAME);
	(void) copy_string(address.sun_path, sizeof(address.sun_path), path);
	rig->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	CU_ASSERT_EQUAL_FATAL(connect(rig->fd, (struct sockaddr *) &address, sizeof(address)), 0);
}

static void
stop(struct rig *rig)
{
	closep(&rig->fd);
	snmp_audit_free(rig->audit);
	unit_dir_free(rig->dir);
	event_base_free(rig->base);
}

static void
say(struct rig *rig, const char *text)
{
	CU_ASSERT_EQUAL(send(rig->fd, text, strlen(text), 0), (ssize_t) strlen(text));
}

static void
test_who_is_known_by_the_transaction_before_the_loop_has_turned(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_PTR_NULL(snmp_audit_who(rig.audit, 7));
	say(&rig, "1 7 0 3 3 616461 192.0.2.7 .1.3");
	say(&rig, "1 8 0 2 1 63617264656157726974 2001:db8::1 .1.3");
	CU_ASSERT_STRING_EQUAL(snmp_audit_who(rig.audit, 7), "ada@192.0.2.7");
	CU_ASSERT_STRING_EQUAL(snmp_audit_who(rig.audit, 8), "cardeaWrit@2001:db8::1");
	say(&rig, "1 7 0 3 3 626f62 192.0.2.8 .1.3");
	CU_ASSERT_STRING_EQUAL(snmp_audit_who(rig.audit, 7), "bob@192.0.2.8");
	snmp_audit_forget(rig.audit);
	CU_ASSERT_PTR_NULL(snmp_audit_who(rig.audit, 7));
	CU_ASSERT_EQUAL(rig.heard.count, 0);
	stop(&rig);
}

static void
test_only_the_last_transactions_are_kept(void)
{
	struct rig rig;

	start(&rig);
	for (int i = 0; i < 200; i++) {
		char line[64];
		(void) snprintf(line, sizeof(line), "1 %d 0 3 3 61 192.0.2.7 .1", i);
		say(&rig, line);
		CU_ASSERT_PTR_NOT_NULL(snmp_audit_who(rig.audit, (uint32_t) i));
	}
	CU_ASSERT_PTR_NULL(snmp_audit_who(rig.audit, 0));
	CU_ASSERT_PTR_NOT_NULL(snmp_audit_who(rig.audit, 150));
	stop(&rig);
}

static void
test_a_storm_of_refused_sets_is_counted(void)
{
	struct rig rig;

	start(&rig);
	for (int i = 0; i < 50; i++) {
		say(&rig, "1 7 1 2 1 - 192.0.2.66 .1.3.6");
		unit_turn(rig.base);
	}
	CU_ASSERT_EQUAL(rig.heard.count, 20);
	CU_ASSERT_STRING_EQUAL(rig.heard.last.address, "192.0.2.66");
	CU_ASSERT_STRING_EQUAL(rig.heard.last.name, "");
	CU_ASSERT_PTR_NULL(snmp_audit_who(rig.audit, 7));
	say(&rig, "what?");
	unit_turn(rig.base);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_line_says_who_and_what),
		TAP(test_a_name_cannot_forge_anything),
		TAP(test_what_is_no_line_is_refused),
		TAP(test_who_is_known_by_the_transaction_before_the_loop_has_turned),
		TAP(test_only_the_last_transactions_are_kept),
		TAP(test_a_storm_of_refused_sets_is_counted),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
