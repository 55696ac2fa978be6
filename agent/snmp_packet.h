/*
 * Packets of AgentX (RFC 2741, section 5 and 6) from and to bytes, without a library: what a master
 * asks most, GET and GETNEXT, costs a tenth of what it costs through one. Numbers are read and
 * written in the order of bytes that the request has.
 *
 * What is read is foreign: every length is checked against what is there.
 */
#ifndef AGENT_SNMP_PACKET_H
#define AGENT_SNMP_PACKET_H

#include "mibs/mib.h"

#define PACKET_HEADER_SIZE 20
/* As much as a manager's largest datagram becomes in AgentX, four times. */
#define PACKET_PAYLOAD_MAX (1024 * 1024)

enum agentx_command {
	AGENTX_OPEN = 1,
	AGENTX_CLOSE = 2,
	AGENTX_REGISTER = 3,
	AGENTX_GET = 5,
	AGENTX_GETNEXT = 6,
	AGENTX_TESTSET = 8,
	AGENTX_COMMITSET = 9,
	AGENTX_UNDOSET = 10,
	AGENTX_CLEANUPSET = 11,
	AGENTX_NOTIFY = 12,
	AGENTX_PING = 13,
	AGENTX_RESPONSE = 18,
};

/* RFC 2741, section 6.2.16: errors of the protocol beside those of SNMP. */
enum agentx_error {
	AGENTX_NO_ERROR = 0,
	AGENTX_NOT_OPEN = 257,
	AGENTX_UNSUPPORTED_CONTEXT = 262,
	AGENTX_PARSE_ERROR = 266,
	AGENTX_PROCESSING_ERROR = 268,
};

/* Section 5.4: what a variable has for a value when it has none. */
enum agentx_exception {
	AGENTX_NO_SUCH_OBJECT = 128,
	AGENTX_NO_SUCH_INSTANCE = 129,
	AGENTX_END_OF_MIB_VIEW = 130,
};

struct packet {
	uint8_t type; /* enum agentx_command, or anything else */
	bool is_big_endian;
	bool has_context;
	uint32_t session;
	uint32_t transaction;
	uint32_t id;
	uint32_t size; /* of what follows the header */
};

/* Of PACKET_HEADER_SIZE bytes. -EPROTO, -EMSGSIZE: where the next packet begins is not known. */
int packet_read_header(const uint8_t *bytes, struct packet *ret);

/* Reading what follows the header */

struct packet_reader {
	const uint8_t *at;
	const uint8_t *end;
	bool is_big_endian;
};

struct packet_reader packet_reader(const struct packet *packet, const uint8_t *payload);
/* Each of them returns -EPROTO when what it wants is not there. */
int packet_get_u32(struct packet_reader *reader, uint32_t *ret);
int packet_get_u16(struct packet_reader *reader, uint16_t *ret);
int packet_get_oid(struct packet_reader *reader, struct mib_oid *ret, bool *ret_is_included);
/* The rest is variables with values, all of them whole. */
int packet_check_variables(struct packet_reader *reader);

/* Writing */

/* Grows up to a limit; set it up with zeros, and free bytes. */
struct packet_writer {
	uint8_t *bytes;
	size_t used;
	size_t room;
	bool is_over; /* the limit was reached: packet_end() says that the answer is too big */
	bool is_big_endian;
	size_t start; /* of the answer that is being written */
};

/* Adds size bytes and returns where they are; NULL at the limit. */
uint8_t *packet_extend(struct packet_writer *writer, size_t size);

/* An answer: begin, variables, end. With an error there are no variables in it. */
void packet_begin_response(struct packet_writer *writer, const struct packet *request);
void packet_put_value(struct packet_writer *writer, const struct mib_oid *name,
		      const struct mib_value *value);
void packet_put_exception(struct packet_writer *writer, const struct mib_oid *name,
			  enum agentx_exception exception);
/* index counts from 1, 0 is none. */
void packet_end_response(struct packet_writer *writer, unsigned error, unsigned index);
/* All of it at once. */
void packet_refuse(struct packet_writer *writer, const struct packet *request, unsigned error);

#endif
