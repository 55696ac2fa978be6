/*
 * GET and GETNEXT from bytes to bytes. What is answered is read back by the library that the
 * master uses.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_agentx.h"
#include "agent/snmp_read.h"
#include "lib/util.h"
#include "mibs/replica.h"
#include "tests/unit/tap.h"

/* Of agent/mibgroup/agentx/protocol.h of Net-SNMP 5.9. */
int agentx_parse(netsnmp_session *session, netsnmp_pdu *pdu, u_char *data, size_t size);

static struct replica replica;
static struct packet_writer answer;

static const struct mib_oid door_name = { 14, { MIB_MODULE, 1, 2, 1, 1, 2 } };
static const struct mib_oid no_end = { 0 };

struct request {
	struct packet header;
	uint8_t bytes[4096];
	size_t size;
};

static void
fill(void)
{
	_cleanup_(json_decrefp) json_t *door = json_pack("{ss}", "name", "Front door");

	replica_init(&replica);
	replica_update(&replica, "door.1", door);
	replica_update(&replica, "door.2", door);
	answer = (struct packet_writer){ 0 };
}

static struct request
make_request(enum agentx_command type, bool is_big_endian)
{
	return (struct request){
		.header = { .type = (uint8_t) type,
			    .is_big_endian = is_big_endian,
			    .session = 7,
			    .transaction = 8,
			    .id = 9 },
	};
}

static void
add_u32(struct request *request, uint32_t number)
{
	number = request->header.is_big_endian ? htobe32(number) : htole32(number);
	memcpy(request->bytes + request->size, &number, sizeof(number));
	request->size += sizeof(number);
}

static void
add_oid(struct request *request, const struct mib_oid *oid, bool is_included)
{
	uint8_t *at = request->bytes + request->size;

	at[0] = (uint8_t) oid->length;
	at[1] = 0;
	at[2] = is_included;
	at[3] = 0;
	request->size += 4;
	for (size_t i = 0; i < oid->length; i++)
		add_u32(request, oid->sub[i]);
}

static void
add_range(struct request *request, const struct mib_oid *from, const struct mib_oid *end)
{
	add_oid(request, from, false);
	add_oid(request, end, false);
}

/* The answer as the library reads it. */
static netsnmp_pdu *
ask(struct request *request)
{
	netsnmp_session session = { .version = 0xc1 };
	netsnmp_pdu *pdu = snmp_pdu_create(0);

	request->header.size = (uint32_t) request->size;
	answer.used = 0;
	read_answer(&replica, &request->header, request->bytes, &answer);
	CU_ASSERT_EQUAL_FATAL(agentx_parse(&session, pdu, answer.bytes, answer.used), 0);
	CU_ASSERT_EQUAL(pdu->command, AGENTX_RESPONSE);
	CU_ASSERT_EQUAL(pdu->sessid, 7);
	CU_ASSERT_EQUAL(pdu->transid, 8);
	CU_ASSERT_EQUAL(pdu->reqid, 9);
	return pdu;
}

static struct mib_oid
instance(const struct mib_oid *column, uint32_t row)
{
	struct mib_oid oid = *column;

	oid.sub[oid.length++] = row;
	return oid;
}

static void
test_get_answers_values_and_tells_what_is_missing_in_both_orders_of_bytes(void)
{
	struct mib_oid there = instance(&door_name, 2);
	struct mib_oid missing = instance(&door_name, 3);
	const struct mib_oid unknown = { 3, { 1, 3, 6 } };

	fill();
	for (int is_big_endian = 0; is_big_endian < 2; is_big_endian++) {
		struct request request = make_request(AGENTX_GET, is_big_endian);
		struct mib_oid name;
		add_range(&request, &there, &no_end);
		add_range(&request, &missing, &no_end);
		add_range(&request, &unknown, &no_end);
		netsnmp_pdu *pdu = ask(&request);
		netsnmp_variable_list *variable = pdu->variables;
		CU_ASSERT_EQUAL(pdu->errstat, 0);
		agentx_get_name(variable, &name);
		CU_ASSERT_EQUAL(mib_oid_compare(&name, &there), 0);
		CU_ASSERT_EQUAL(variable->type, ASN_OCTET_STR);
		CU_ASSERT_EQUAL(variable->val_len, strlen("Front door"));
		variable = variable->next_variable;
		CU_ASSERT_EQUAL(variable->type, SNMP_NOSUCHINSTANCE);
		variable = variable->next_variable;
		CU_ASSERT_EQUAL(variable->type, SNMP_NOSUCHOBJECT);
		agentx_get_name(variable, &name);
		CU_ASSERT_EQUAL(mib_oid_compare(&name, &unknown), 0);
		CU_ASSERT_PTR_NULL(variable->next_variable);
		snmp_free_pdu(pdu);
	}
	free(answer.bytes);
}

/* Every variable of a walk is the same by both codecs, of all types there are. */
static void
test_a_walk_by_bytes_equals_a_walk_by_the_library(void)
{
	struct mib_oid at = { 2, { 1, 3 } };
	struct mib_value value;
	size_t count = 0;

	fill();
	for (;; count++) {
		struct request request = make_request(AGENTX_GETNEXT, count % 2);
		struct mib_oid name;
		netsnmp_variable_list *expected = NULL;
		add_range(&request, &at, &no_end);
		netsnmp_pdu *pdu = ask(&request);
		agentx_get_name(pdu->variables, &name);
		if (mib_next(&replica, &at, false, &at, &value) < 0) {
			CU_ASSERT_EQUAL(pdu->variables->type, SNMP_ENDOFMIBVIEW);
			CU_ASSERT_EQUAL(mib_oid_compare(&name, &at), 0);
			snmp_free_pdu(pdu);
			break;
		}
		agentx_append(&expected, &at, &value);
		CU_ASSERT_EQUAL(mib_oid_compare(&name, &at), 0);
		CU_ASSERT_EQUAL(pdu->variables->type, expected->type);
		CU_ASSERT_EQUAL_FATAL(pdu->variables->val_len, expected->val_len);
		if (expected->val_len)
			CU_ASSERT_EQUAL(memcmp(pdu->variables->val.string, expected->val.string,
					       expected->val_len),
					0);
		snmp_free_varbind(expected);
		snmp_free_pdu(pdu);
	}
	CU_ASSERT_TRUE(count > 100);
	free(answer.bytes);
}

static u_char
next_type(const struct mib_oid *from, const struct mib_oid *end)
{
	struct request request = make_request(AGENTX_GETNEXT, true);

	add_range(&request, from, end);
	netsnmp_pdu *pdu = ask(&request);
	u_char type = pdu->variables->type;
	snmp_free_pdu(pdu);
	return type;
}

static void
test_getnext_stays_within_its_search_range(void)
{
	static const struct mib_oid table = { 13, { MIB_MODULE, 1, 2, 1, 1 } };
	const struct mib_oid zeros = { 2, { 0, 0 } };
	struct mib_oid from = instance(&table, 2);
	struct mib_oid end = instance(&table, 3);

	fill();
	CU_ASSERT_EQUAL(next_type(&from, &end), ASN_OCTET_STR);
	CU_ASSERT_EQUAL(next_type(&from, &no_end), ASN_OCTET_STR);
	CU_ASSERT_EQUAL(next_type(&from, &zeros), ASN_OCTET_STR);
	from.sub[from.length++] = 2;
	CU_ASSERT_EQUAL(next_type(&from, &end), SNMP_ENDOFMIBVIEW);
	end.sub[end.length++] = 1;
	CU_ASSERT_EQUAL(next_type(&from, &end), SNMP_ENDOFMIBVIEW);
	end.sub[end.length - 1] = 2;
	CU_ASSERT_EQUAL(next_type(&from, &end), ASN_INTEGER);
	CU_ASSERT_EQUAL(next_type(&from, &no_end), ASN_INTEGER);
	free(answer.bytes);
}

static void
test_getnext_answers_the_start_itself_when_it_is_included(void)
{
	struct request request = make_request(AGENTX_GETNEXT, true);
	struct mib_oid from = instance(&door_name, 1);
	struct mib_oid name;

	fill();
	add_oid(&request, &from, true);
	add_oid(&request, &no_end, false);
	netsnmp_pdu *pdu = ask(&request);
	agentx_get_name(pdu->variables, &name);
	CU_ASSERT_EQUAL(mib_oid_compare(&name, &from), 0);
	snmp_free_pdu(pdu);
	free(answer.bytes);
}

/* Cut anywhere but between two ranges, a request is refused and nothing of it is answered. */
static void
test_a_request_that_is_cut_is_refused(void)
{
	struct request whole = make_request(AGENTX_GETNEXT, true);
	struct mib_oid from = instance(&door_name, 1);

	fill();
	add_range(&whole, &from, &no_end);
	add_range(&whole, &from, &from);
	for (size_t size = 1; size < whole.size; size++) {
		struct request cut = whole;
		cut.size = size;
		netsnmp_pdu *pdu = ask(&cut);
		bool is_between = size == 4 + 4 * from.length + 4;
		CU_ASSERT_EQUAL(pdu->errstat, is_between ? 0 : AGENTX_PARSE_ERROR);
		CU_ASSERT_EQUAL(!pdu->variables, !is_between);
		snmp_free_pdu(pdu);
	}
	free(answer.bytes);
}

static void
test_an_oid_that_is_too_long_is_refused(void)
{
	struct request request = make_request(AGENTX_GET, false);
	struct mib_oid longest = { MIB_OID_MAX, { 1, 3 } };

	fill();
	add_range(&request, &longest, &no_end);
	netsnmp_pdu *pdu = ask(&request);
	CU_ASSERT_EQUAL(pdu->errstat, 0);
	snmp_free_pdu(pdu);
	request.bytes[1] = 2; /* 1.3.6.1.2 before it */
	pdu = ask(&request);
	CU_ASSERT_EQUAL(pdu->errstat, AGENTX_PARSE_ERROR);
	snmp_free_pdu(pdu);
	free(answer.bytes);
}

static void
test_an_answer_that_grows_too_big_says_so_and_the_next_is_whole(void)
{
	static uint8_t zeros[PACKET_PAYLOAD_MAX];
	struct packet header = { .type = AGENTX_GETNEXT, .size = sizeof(zeros) };
	struct packet_reader reader;
	uint32_t uptime;
	uint16_t error;

	fill();
	read_answer(&replica, &header, zeros, &answer);
	CU_ASSERT_EQUAL_FATAL(answer.used, PACKET_HEADER_SIZE + 8);
	header.size = 8;
	reader = packet_reader(&header, answer.bytes + PACKET_HEADER_SIZE);
	CU_ASSERT_EQUAL(packet_get_u32(&reader, &uptime), 0);
	CU_ASSERT_EQUAL(packet_get_u16(&reader, &error), 0);
	CU_ASSERT_EQUAL(error, SNMP_ERR_TOOBIG);
	read_answer(&replica, &header, zeros, &answer);
	CU_ASSERT_TRUE(answer.used > 2 * (PACKET_HEADER_SIZE + 8));
	free(answer.bytes);
}

static void
test_a_header_of_another_protocol_or_of_a_huge_packet_is_no_header(void)
{
	uint8_t bytes[PACKET_HEADER_SIZE] = { 1, AGENTX_GET, 0x10 };
	struct packet packet;

	CU_ASSERT_EQUAL(packet_read_header(bytes, &packet), 0);
	bytes[0] = 2;
	CU_ASSERT_EQUAL(packet_read_header(bytes, &packet), -EPROTO);
	bytes[0] = 1;
	bytes[19] = 2;
	CU_ASSERT_EQUAL(packet_read_header(bytes, &packet), -EPROTO);
	bytes[16] = 0x80;
	bytes[19] = 0;
	CU_ASSERT_EQUAL(packet_read_header(bytes, &packet), -EMSGSIZE);
	bytes[2] = 0; /* 128 the other way round */
	CU_ASSERT_EQUAL(packet_read_header(bytes, &packet), 0);
	CU_ASSERT_EQUAL(packet.size, 128);
}

/* The phases of SET go through the library, which is given nothing that is not whole. */
static void
test_variables_of_a_set_are_whole_or_refused(void)
{
	static const uint8_t octets[] = { 0, 4, 0, 0, 1,   2,	0,   0,	  0,   0, 0, 9,
					  0, 0, 0, 5, 'a', 'b', 'c', 'd', 'e', 0, 0, 0 };
	uint8_t bytes[PACKET_HEADER_SIZE + sizeof(octets)] = { 1, AGENTX_TESTSET, 0x10 };

	memcpy(bytes + PACKET_HEADER_SIZE, octets, sizeof(octets));
	for (size_t size = 0; size <= sizeof(octets); size++) {
		struct packet packet = { .type = AGENTX_TESTSET,
					 .is_big_endian = true,
					 .size = (uint32_t) size };
		netsnmp_pdu *pdu = NULL;
		bytes[19] = (uint8_t) size;
		int r = agentx_read(&packet, bytes, &pdu);
		CU_ASSERT_EQUAL(r, !size || size == sizeof(octets) ? 0 : -EPROTO);
		if (r < 0)
			continue;
		CU_ASSERT_EQUAL(pdu->variables ? pdu->variables->val_len : 5, 5);
		snmp_free_pdu(pdu);
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_get_answers_values_and_tells_what_is_missing_in_both_orders_of_bytes),
		TAP(test_a_walk_by_bytes_equals_a_walk_by_the_library),
		TAP(test_getnext_stays_within_its_search_range),
		TAP(test_getnext_answers_the_start_itself_when_it_is_included),
		TAP(test_a_request_that_is_cut_is_refused),
		TAP(test_an_oid_that_is_too_long_is_refused),
		TAP(test_an_answer_that_grows_too_big_says_so_and_the_next_is_whole),
		TAP(test_a_header_of_another_protocol_or_of_a_huge_packet_is_no_header),
		TAP(test_variables_of_a_set_are_whole_or_refused),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
