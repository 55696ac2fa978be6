/*
 * What snmpd's module says is foreign: a line is taken or refused, and what is taken keeps within
 * its bounds and cannot be mistaken for anything else where it is shown.
 */
/* sources: agent/snmp_audit_line.c lib/util.c */
/* seeds: tests/fuzz/snmp_audit.txt */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_audit_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int is_true)
{
	if (!is_true)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snmp_audit_line line;

	if (snmp_audit_parse(data, size, &line) < 0)
		return 0;
	must(size <= SNMP_AUDIT_LINE_MAX);
	must(line.result <= 99 && line.model >= 1 && line.model <= 3);
	must(line.level >= 1 && line.level <= 3);
	must(strlen(line.name) <= SNMP_AUDIT_NAME_MAX);
	for (const char *c = line.name; *c; c++)
		must(isgraph((unsigned char) *c) && *c > ' ');
	must(strlen(line.address) < sizeof(line.address));
	must(strspn(line.oid, ".0123456789") == strlen(line.oid) && line.oid[0] == '.');
	return 0;
}
