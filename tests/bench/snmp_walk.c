/*
 * A manager that costs little: snmp_walk HOST:PORT COMMUNITY REPETITIONS SECONDS WALKS GROUP...
 *
 * A group is columns, separated by commas, that are asked for together by GETBULK until they end.
 * All groups are walked again and again, for so many seconds or so often; 0 is no limit. With 0
 * repetitions it is GETNEXT. Prints "VARBINDS REQUESTS NANOSECONDS".
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COLUMNS_MAX 32

struct column {
	oid root[MAX_OID_LEN];
	size_t root_length;
	oid at[MAX_OID_LEN];
	size_t length;
	int is_done;
};

struct walk {
	void *session;
	long repetitions;
	struct column columns[COLUMNS_MAX];
	size_t count;
	unsigned long varbinds;
	unsigned long requests;
};

static unsigned long
now_ns(void)
{
	struct timespec now;

	(void) clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long) now.tv_sec * 1000000000 + (unsigned long) now.tv_nsec;
}

static void
die(const char *what)
{
	(void) fprintf(stderr, "snmp_walk: %s\n", what);
	exit(1);
}

static void
parse_group(struct walk *walk, const char *text)
{
	char copy[1024];
	char *rest = NULL;

	walk->count = 0;
	(void) snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		struct column *column = &walk->columns[walk->count];
		column->root_length = MAX_OID_LEN;
		if (walk->count == COLUMNS_MAX ||
		    !read_objid(word, column->root, &column->root_length))
			die("what is a group?");
		memcpy(column->at, column->root, sizeof(column->at));
		column->length = column->root_length;
		column->is_done = 0;
		walk->count++;
	}
}

static void
take(struct walk *walk, struct column *column, const netsnmp_variable_list *variable)
{
	if (column->is_done)
		return;
	if (variable->type == SNMP_ENDOFMIBVIEW || variable->name_length < column->root_length ||
	    snmp_oid_compare(variable->name, column->root_length, column->root,
			     column->root_length)) {
		column->is_done = 1;
		return;
	}
	memcpy(column->at, variable->name, variable->name_length * sizeof(oid));
	column->length = variable->name_length;
	walk->varbinds++;
}

/* One request for all columns that have not ended; 0 when there are none. */
static int
ask(struct walk *walk)
{
	struct column *asked[COLUMNS_MAX];
	size_t count = 0;
	netsnmp_pdu *response = NULL;
	netsnmp_pdu *pdu = snmp_pdu_create(walk->repetitions ? SNMP_MSG_GETBULK : SNMP_MSG_GETNEXT);

	for (size_t i = 0; i < walk->count; i++) {
		struct column *column = &walk->columns[i];
		if (column->is_done)
			continue;
		snmp_add_null_var(pdu, column->at, column->length);
		asked[count++] = column;
	}
	if (!count) {
		snmp_free_pdu(pdu);
		return 0;
	}
	if (walk->repetitions) {
		pdu->non_repeaters = 0;
		pdu->max_repetitions = walk->repetitions;
	}
	if (snmp_sess_synch_response(walk->session, pdu, &response) || !response)
		die("there is no answer");
	if (response->errstat)
		die(snmp_errstring((int) response->errstat));
	walk->requests++;
	size_t i = 0;
	for (netsnmp_variable_list *one = response->variables; one; one = one->next_variable)
		take(walk, asked[i++ % count], one);
	snmp_free_pdu(response);
	return i > 0;
}

static void *
open_session(char *peer, char *community)
{
	netsnmp_session wanted;

	init_snmp("snmp_walk");
	snmp_sess_init(&wanted);
	wanted.version = SNMP_VERSION_2c;
	wanted.peername = peer;
	wanted.community = (u_char *) community;
	wanted.community_len = strlen(community);
	wanted.timeout = 5000000;
	wanted.retries = 0;
	void *session = snmp_sess_open(&wanted);
	if (!session)
		die("there is no session");
	return session;
}

int
main(int argc, char **argv)
{
	if (argc < 7)
		die("HOST:PORT COMMUNITY REPETITIONS SECONDS WALKS GROUP...");
	(void) setenv("MIBS", "", 1);
	struct walk walk = { .session = open_session(argv[1], argv[2]),
			     .repetitions = strtol(argv[3], NULL, 10) };
	unsigned long most_ns = strtoul(argv[4], NULL, 10) * 1000000000;
	unsigned long walks = strtoul(argv[5], NULL, 10);
	unsigned long begun = now_ns();
	unsigned long lasted = 0;
	for (unsigned long i = 0; (!walks || i < walks) && (!most_ns || lasted < most_ns); i++) {
		for (int g = 6; g < argc; g++) {
			parse_group(&walk, argv[g]);
			while (ask(&walk))
				;
		}
		lasted = now_ns() - begun;
	}
	(void) printf("%lu %lu %lu\n", walk.varbinds, walk.requests, lasted);
	(void) snmp_sess_close(walk.session);
	return 0;
}
