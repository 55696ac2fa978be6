#include "agent/snmp_packet.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "lib/util.h"

#define AGENTX_1	   1 /* h.version */
#define FLAG_CONTEXT	   0x08
#define FLAG_NETWORK_ORDER 0x10

#define PREFIX_LENGTH 5 /* 1.3.6.1.prefix */
#define RESPONSE_SIZE 8 /* sysUpTime, error, index */
#define VARIABLE_MAX  2048
#define TOO_BIG	      1 /* of SNMP's errors */
#define ROOM_FIRST    4096
/* Room for the largest answer behind what the master has not taken yet. */
#define ROOM_MAX (4 * 1024 * 1024)

_Static_assert(VARIABLE_MAX > 8 + 4 * (MIB_OID_MAX + 1) + 4 * (MIB_VALUE_SUBS + 1) + MIB_TEXT_MAX,
	       "the largest variable has room");

static uint32_t
load_u32(const uint8_t *bytes, bool is_big_endian)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return is_big_endian ? be32toh(number) : le32toh(number);
}

static void
store_u32(uint8_t *bytes, bool is_big_endian, uint32_t number)
{
	number = is_big_endian ? htobe32(number) : htole32(number);
	memcpy(bytes, &number, sizeof(number));
}

static void
store_u16(uint8_t *bytes, bool is_big_endian, unsigned number)
{
	uint16_t half = (uint16_t) number;

	half = is_big_endian ? htobe16(half) : htole16(half);
	memcpy(bytes, &half, sizeof(half));
}

static void
store_u64(uint8_t *bytes, bool is_big_endian, uint64_t number)
{
	number = is_big_endian ? htobe64(number) : htole64(number);
	memcpy(bytes, &number, sizeof(number));
}

int
packet_read_header(const uint8_t *bytes, struct packet *ret)
{
	bool is_big_endian = bytes[2] & FLAG_NETWORK_ORDER;

	if (bytes[0] != AGENTX_1)
		return -EPROTO;
	*ret = (struct packet){
		.type = bytes[1],
		.is_big_endian = is_big_endian,
		.has_context = bytes[2] & FLAG_CONTEXT,
		.session = load_u32(bytes + 4, is_big_endian),
		.transaction = load_u32(bytes + 8, is_big_endian),
		.id = load_u32(bytes + 12, is_big_endian),
		.size = load_u32(bytes + 16, is_big_endian),
	};
	if (ret->size % 4)
		return -EPROTO;
	return ret->size > PACKET_PAYLOAD_MAX ? -EMSGSIZE : 0;
}

/* Reading */

struct packet_reader
packet_reader(const struct packet *packet, const uint8_t *payload)
{
	return (struct packet_reader){ payload, payload + packet->size, packet->is_big_endian };
}

static bool
has(const struct packet_reader *reader, size_t size)
{
	return (size_t) (reader->end - reader->at) >= size;
}

int
packet_get_u32(struct packet_reader *reader, uint32_t *ret)
{
	if (!has(reader, sizeof(*ret)))
		return -EPROTO;
	*ret = load_u32(reader->at, reader->is_big_endian);
	reader->at += sizeof(*ret);
	return 0;
}

int
packet_get_u16(struct packet_reader *reader, uint16_t *ret)
{
	if (!has(reader, sizeof(*ret)))
		return -EPROTO;
	memcpy(ret, reader->at, sizeof(*ret));
	*ret = reader->is_big_endian ? be16toh(*ret) : le16toh(*ret);
	reader->at += sizeof(*ret);
	return 0;
}

int
packet_get_oid(struct packet_reader *reader, struct mib_oid *ret, bool *ret_is_included)
{
	static const uint32_t internet[] = { 1, 3, 6, 1 };

	if (!has(reader, 4))
		return -EPROTO;
	size_t count = reader->at[0];
	uint8_t prefix = reader->at[1];
	size_t before = prefix ? PREFIX_LENGTH : 0;
	if (!has(reader, 4 + 4 * count) || before + count > MIB_OID_MAX)
		return -EPROTO;
	*ret_is_included = reader->at[2];
	ret->length = before + count;
	if (prefix) {
		memcpy(ret->sub, internet, sizeof(internet));
		ret->sub[PREFIX_LENGTH - 1] = prefix;
	}
	for (size_t i = 0; i < count; i++)
		ret->sub[before + i] = load_u32(reader->at + 4 + 4 * i, reader->is_big_endian);
	reader->at += 4 + 4 * count;
	return 0;
}

static int
skip(struct packet_reader *reader, size_t size)
{
	if (!has(reader, size))
		return -EPROTO;
	reader->at += size;
	return 0;
}

static int
skip_octets(struct packet_reader *reader)
{
	uint32_t size;
	int r = packet_get_u32(reader, &size);

	if (r < 0)
		return r;
	/* Nothing can be longer than what holds it, so this is no overflow either. */
	return size > PACKET_PAYLOAD_MAX ? -EPROTO : skip(reader, (size + 3) / 4 * 4);
}

static int
skip_value(struct packet_reader *reader, unsigned type)
{
	struct mib_oid oid;
	bool is_included;

	switch (type) {
	case 2:	 /* Integer */
	case 65: /* Counter32 */
	case 66: /* Gauge32 */
	case 67: /* TimeTicks */
		return skip(reader, 4);
	case 4:	 /* Octet String */
	case 64: /* IpAddress */
	case 68: /* Opaque */
		return skip_octets(reader);
	case 5: /* Null */
	case AGENTX_NO_SUCH_OBJECT:
	case AGENTX_NO_SUCH_INSTANCE:
	case AGENTX_END_OF_MIB_VIEW:
		return 0;
	case 6: /* Object Identifier */
		return packet_get_oid(reader, &oid, &is_included);
	case 70: /* Counter64 */
		return skip(reader, 8);
	default:
		return -EPROTO;
	}
}

int
packet_check_variables(struct packet_reader *reader)
{
	while (reader->at < reader->end) {
		struct mib_oid name;
		bool is_included;
		uint16_t type;
		int r = packet_get_u16(reader, &type);
		if (!r)
			r = skip(reader, 2);
		if (!r)
			r = packet_get_oid(reader, &name, &is_included);
		if (!r)
			r = skip_value(reader, type);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Writing */

static bool
has_room(struct packet_writer *writer, size_t size)
{
	size_t needed = writer->used + size;

	if (needed <= writer->room)
		return true;
	if (needed > ROOM_MAX) {
		writer->is_over = true;
		return false;
	}
	writer->room = MIN_OF(MAX_OF(needed, 2 * writer->room), (size_t) ROOM_MAX);
	writer->room = MAX_OF(writer->room, (size_t) ROOM_FIRST);
	writer->bytes = xrealloc(writer->bytes, writer->room);
	return true;
}

uint8_t *
packet_extend(struct packet_writer *writer, size_t size)
{
	if (!has_room(writer, size))
		return NULL;
	uint8_t *at = writer->bytes + writer->used;
	writer->used += size;
	return at;
}

void
packet_begin_response(struct packet_writer *writer, const struct packet *request)
{
	writer->start = writer->used;
	writer->is_over = false;
	writer->is_big_endian = request->is_big_endian;
	uint8_t *at = packet_extend(writer, PACKET_HEADER_SIZE + RESPONSE_SIZE);
	if (!at)
		return;
	memset(at, 0, PACKET_HEADER_SIZE + RESPONSE_SIZE);
	at[0] = AGENTX_1;
	at[1] = AGENTX_RESPONSE;
	at[2] = request->is_big_endian ? FLAG_NETWORK_ORDER : 0;
	store_u32(at + 4, writer->is_big_endian, request->session);
	store_u32(at + 8, writer->is_big_endian, request->transaction);
	store_u32(at + 12, writer->is_big_endian, request->id);
}

static uint8_t *
put_u32(uint8_t *at, bool is_big_endian, uint32_t number)
{
	store_u32(at, is_big_endian, number);
	return at + sizeof(number);
}

static uint8_t *
put_subs(uint8_t *at, bool is_big_endian, const uint32_t *sub, size_t count)
{
	/* Section 5.1: what begins with 1.3.6.1 and a small number is written without it. */
	bool is_short = count >= PREFIX_LENGTH && sub[0] == 1 && sub[1] == 3 && sub[2] == 6 &&
			sub[3] == 1 && sub[4] > 0 && sub[4] <= UINT8_MAX;
	size_t left_out = is_short ? PREFIX_LENGTH : 0;

	at[0] = (uint8_t) (count - left_out);
	at[1] = is_short ? (uint8_t) sub[4] : 0;
	at[2] = at[3] = 0;
	at += 4;
	for (size_t i = left_out; i < count; i++)
		at = put_u32(at, is_big_endian, sub[i]);
	return at;
}

static uint8_t *
put_octets(uint8_t *at, bool is_big_endian, const uint8_t *bytes, size_t size)
{
	static const uint8_t padding[3];

	at = put_u32(at, is_big_endian, (uint32_t) size);
	memcpy(at, bytes, size);
	memcpy(at + size, padding, (4 - size % 4) % 4);
	return at + (size + 3) / 4 * 4;
}

static uint8_t *
put_name(uint8_t *at, bool is_big_endian, unsigned type, const struct mib_oid *name)
{
	store_u16(at, is_big_endian, type);
	at[2] = at[3] = 0;
	return put_subs(at + 4, is_big_endian, name->sub, name->length);
}

static uint8_t *
put_data(uint8_t *at, bool is_big_endian, const struct mib_value *value)
{
	switch (value->type) {
	case MIB_INTEGER:
	case MIB_UNSIGNED:
	case MIB_COUNTER32:
	case MIB_TICKS:
		return put_u32(at, is_big_endian, (uint32_t) value->number);
	case MIB_COUNTER64:
		store_u64(at, is_big_endian, value->number);
		return at + sizeof(value->number);
	case MIB_OCTETS:
		return put_octets(at, is_big_endian, value->bytes, value->size);
	case MIB_OBJECT_ID:
		return put_subs(at, is_big_endian, value->sub, value->size);
	case MIB_OTHER:
		break;
	}
	return at;
}

void
packet_put_value(struct packet_writer *writer, const struct mib_oid *name,
		 const struct mib_value *value)
{
	static const uint8_t types[] = {
		[MIB_INTEGER] = 2, [MIB_UNSIGNED] = 66, [MIB_COUNTER32] = 65, [MIB_COUNTER64] = 70,
		[MIB_TICKS] = 67,  [MIB_OCTETS] = 4,	[MIB_OBJECT_ID] = 6,  [MIB_OTHER] = 5,
	};

	if (!has_room(writer, VARIABLE_MAX))
		return;
	uint8_t *at = writer->bytes + writer->used;
	at = put_name(at, writer->is_big_endian, types[value->type], name);
	at = put_data(at, writer->is_big_endian, value);
	writer->used = (size_t) (at - writer->bytes);
}

void
packet_put_exception(struct packet_writer *writer, const struct mib_oid *name,
		     enum agentx_exception exception)
{
	if (!has_room(writer, VARIABLE_MAX))
		return;
	uint8_t *at = writer->bytes + writer->used;
	at = put_name(at, writer->is_big_endian, exception, name);
	writer->used = (size_t) (at - writer->bytes);
}

void
packet_end_response(struct packet_writer *writer, unsigned error, unsigned index)
{
	const size_t least = PACKET_HEADER_SIZE + RESPONSE_SIZE;

	if (writer->used < writer->start + least)
		return;
	uint8_t *at = writer->bytes + writer->start;
	if (writer->is_over || writer->used - writer->start > PACKET_PAYLOAD_MAX)
		error = TOO_BIG;
	writer->is_over = false;
	if (error)
		writer->used = writer->start + least;
	store_u32(at + 16, writer->is_big_endian,
		  (uint32_t) (writer->used - writer->start - PACKET_HEADER_SIZE));
	store_u16(at + PACKET_HEADER_SIZE + 4, writer->is_big_endian, error);
	store_u16(at + PACKET_HEADER_SIZE + 6, writer->is_big_endian, error ? index : 0);
}

void
packet_refuse(struct packet_writer *writer, const struct packet *request, unsigned error)
{
	packet_begin_response(writer, request);
	packet_end_response(writer, error, 0);
}
