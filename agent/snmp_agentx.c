#include "agent/snmp_agentx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

#define AGENTX_VERSION 0xc1 /* as the library calls version 1 */
#define PRIORITY       127  /* RFC 2741, section 6.2.3: the default */

/*
 * libnetsnmpmibs exports its packet functions for its own master and subagent but installs no
 * header for them; these are of agent/mibgroup/agentx/protocol.h of Net-SNMP 5.9.
 */
int agentx_parse(netsnmp_session *session, netsnmp_pdu *pdu, u_char *data, size_t size);
int agentx_realloc_build(netsnmp_session *session, netsnmp_pdu *pdu, u_char **buffer, size_t *size,
			 size_t *used);

static size_t
to_library(const struct mib_oid *from, oid *to)
{
	for (size_t i = 0; i < from->length; i++)
		to[i] = from->sub[i];
	return from->length;
}

static void
from_library(const oid *from, size_t length, struct mib_oid *ret)
{
	ret->length = MIN_OF(length, (size_t) MIB_OID_MAX);
	for (size_t i = 0; i < ret->length; i++)
		ret->sub[i] = (uint32_t) from[i];
}

void
agentx_set_name(netsnmp_variable_list *variable, const struct mib_oid *from)
{
	oid name[MIB_OID_MAX];
	size_t length = to_library(from, name);

	(void) snmp_set_var_objid(variable, name, length);
}

void
agentx_get_name(const netsnmp_variable_list *variable, struct mib_oid *ret)
{
	from_library(variable->name, variable->name_length, ret);
}

static void
set_counter64(netsnmp_variable_list *variable, uint64_t number)
{
	struct counter64 counter = { .high = number >> 32, .low = (uint32_t) number };

	(void) snmp_set_var_typed_value(variable, ASN_COUNTER64, &counter, sizeof(counter));
}

static void
set_object_id(netsnmp_variable_list *variable, const struct mib_value *value)
{
	oid sub[MIB_VALUE_SUBS];

	for (size_t i = 0; i < value->size; i++)
		sub[i] = value->sub[i];
	(void) snmp_set_var_typed_value(variable, ASN_OBJECT_ID, sub, value->size * sizeof(*sub));
}

void
agentx_set_value(netsnmp_variable_list *variable, const struct mib_value *value)
{
	static const u_char types[] = {
		[MIB_INTEGER] = ASN_INTEGER,	 [MIB_UNSIGNED] = ASN_UNSIGNED,
		[MIB_COUNTER32] = ASN_COUNTER,	 [MIB_COUNTER64] = ASN_COUNTER64,
		[MIB_TICKS] = ASN_TIMETICKS,	 [MIB_OCTETS] = ASN_OCTET_STR,
		[MIB_OBJECT_ID] = ASN_OBJECT_ID, [MIB_OTHER] = ASN_NULL,
	};
	long number = (long) value->number;

	if (value->type == MIB_OBJECT_ID)
		set_object_id(variable, value);
	else if (value->type == MIB_OCTETS)
		(void) snmp_set_var_typed_value(variable, ASN_OCTET_STR, value->bytes, value->size);
	else if (value->type == MIB_COUNTER64)
		set_counter64(variable, value->number);
	else
		(void) snmp_set_var_typed_value(variable, types[value->type], &number,
						sizeof(number));
}

void
agentx_get_value(const netsnmp_variable_list *variable, struct mib_value *ret)
{
	bool is_number = variable->val_len == sizeof(long);

	mib_set_number(ret, MIB_OTHER, 0);
	if (variable->type == ASN_INTEGER && is_number) {
		mib_set_number(ret, MIB_INTEGER, (uint64_t) *variable->val.integer);
	} else if (variable->type == ASN_UNSIGNED && is_number) {
		mib_set_number(ret, MIB_UNSIGNED, (uint32_t) *variable->val.integer);
	} else if (variable->type == ASN_OCTET_STR) {
		/* Longer than any object is still too long when it is cut. */
		ret->type = MIB_OCTETS;
		ret->size = MIN_OF(variable->val_len, (size_t) MIB_TEXT_MAX);
		memcpy(ret->bytes, variable->val.string, ret->size);
	}
}

void
agentx_append(netsnmp_variable_list **list, const struct mib_oid *from,
	      const struct mib_value *value)
{
	oid name[MIB_OID_MAX];
	size_t length = to_library(from, name);
	netsnmp_variable_list *variable =
		snmp_varlist_add_variable(list, name, length, ASN_NULL, NULL, 0);

	if (variable)
		agentx_set_value(variable, value);
}

netsnmp_pdu *
agentx_new(enum agentx_command command)
{
	netsnmp_pdu *pdu = snmp_pdu_create((int) command);

	if (!pdu)
		abort();
	return pdu;
}

static void
add_name(netsnmp_pdu *pdu, const struct mib_oid *name, u_char type, const char *text)
{
	netsnmp_variable_list *variable =
		snmp_pdu_add_variable(pdu, NULL, 0, type, text, text ? strlen(text) : 0);

	if (!variable)
		abort();
	agentx_set_name(variable, name);
}

netsnmp_pdu *
agentx_new_open(void)
{
	static const struct mib_oid controller = { 9, { MIB_ENTERPRISE, 1, 1 } };
	netsnmp_pdu *pdu = agentx_new(AGENTX_OPEN);

	add_name(pdu, &controller, ASN_OCTET_STR, "Cardea");
	pdu->time = 0;
	return pdu;
}

netsnmp_pdu *
agentx_new_register(const struct mib_oid *subtree)
{
	netsnmp_pdu *pdu = agentx_new(AGENTX_REGISTER);

	add_name(pdu, subtree, ASN_NULL, NULL);
	pdu->time = 0;
	pdu->priority = PRIORITY;
	return pdu;
}

/* Of a session the library's packet functions look at the version alone. */
static netsnmp_session
make_session(void)
{
	netsnmp_session session;

	snmp_sess_init(&session);
	session.version = AGENTX_VERSION;
	return session;
}

int
agentx_read(const struct packet *packet, const uint8_t *bytes, netsnmp_pdu **ret)
{
	netsnmp_session session = make_session();
	struct packet_reader reader = packet_reader(packet, bytes + PACKET_HEADER_SIZE);

	/* The library is given only what it cannot stumble over. */
	if (packet->type == AGENTX_TESTSET ? packet_check_variables(&reader) : (int) packet->size)
		return -EPROTO;
	netsnmp_pdu *pdu = agentx_new(packet->type);
	if (agentx_parse(&session, pdu, (u_char *) bytes, PACKET_HEADER_SIZE + packet->size)) {
		snmp_free_pdu(pdu);
		return -EPROTO;
	}
	*ret = pdu;
	return 0;
}

int
agentx_write(netsnmp_pdu *pdu, struct packet_writer *writer)
{
	netsnmp_session session = make_session();
	u_char *bytes = NULL;
	size_t size = 0;
	size_t used = 0;

	pdu->version = AGENTX_VERSION;
	int r = agentx_realloc_build(&session, pdu, &bytes, &size, &used);
	uint8_t *to = r ? NULL : packet_extend(writer, used);
	if (to)
		memcpy(to, bytes, used);
	free(bytes);
	return to ? 0 : -EMSGSIZE;
}
