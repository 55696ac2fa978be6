/* sources: agent/snmp_packet.c agent/snmp_read.c agent/snmp_agentx.c agent/snmp_set.c */
/* sources: mibs/[a-z]*.c lib/inventory.c lib/json.c lib/util.c lib/clock.c */
/* sources: lib/door_command.c lib/events.c lib/field.c lib/power.c lib/reason.c lib/role.c */
/* libs: jansson netsnmp-agent */
/*
 * Feeds packets of AgentX to what reads them: GET and GETNEXT are answered from a board, and what
 * is answered is a whole packet that reads back; SET goes to the library once it is known to be
 * whole. The first two bytes of an input are type and flags, the rest is what follows the header.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_agentx.h"
#include "agent/snmp_read.h"
#include "agent/snmp_set.h"
#include "lib/util.h"
#include "mibs/replica.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct replica replica;

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

static void
make_board(void)
{
	json_t *door = json_pack("{ss}", "name", "Front door");

	snmp_disable_log();
	replica_init(&replica);
	replica_update(&replica, "door.1", door);
	replica_update(&replica, "door.4", door);
	replica_update(&replica, "reader.2", door);
	replica_update(&replica, "input.3", door);
	json_decref(door);
}

static void
read_board(const struct packet *request, const uint8_t *payload)
{
	struct packet_writer answer = { 0 };
	struct packet header;
	uint32_t uptime;
	uint16_t error;
	uint16_t index;

	read_answer(&replica, request, payload, &answer);
	require(answer.used >= PACKET_HEADER_SIZE && !packet_read_header(answer.bytes, &header));
	require(header.type == AGENTX_RESPONSE && header.id == request->id);
	require(header.size + PACKET_HEADER_SIZE == answer.used);
	struct packet_reader reader = packet_reader(&header, answer.bytes + PACKET_HEADER_SIZE);
	require(!packet_get_u32(&reader, &uptime) && !packet_get_u16(&reader, &error));
	require(!packet_get_u16(&reader, &index) && !packet_check_variables(&reader));
	free(answer.bytes);
}

/* Whatever is written can be taken back. */
static void
write_and_undo(struct set *set)
{
	size_t index;

	if (!set_check(set, &replica, true, &index) && !set_commit(set, &replica, true, ""))
		set_undo(set, &replica);
}

static void
read_set(const struct packet *request, const uint8_t *bytes)
{
	struct set set = { 0 };
	netsnmp_pdu *pdu;
	size_t index = 0;

	if (agentx_read(request, bytes, &pdu) < 0)
		return;
	for (netsnmp_variable_list *one = pdu->variables; one; one = one->next_variable) {
		struct mib_oid name;
		struct mib_value value;
		struct mib_write write;
		agentx_get_name(one, &name);
		agentx_get_value(one, &value);
		if (!mib_check_set(&replica, &name, &value, &write))
			(void) set_add(&set, &write, ++index);
	}
	write_and_undo(&set);
	snmp_free_pdu(pdu);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_made;
	struct packet packet;

	if (!is_made)
		make_board();
	is_made = true;
	if (size < 2)
		return 0;
	size_t rest = (size - 2) / 4 * 4;
	uint8_t *bytes = xcalloc(1, PACKET_HEADER_SIZE + rest);
	bytes[0] = 1;
	bytes[1] = data[0];
	bytes[2] = data[1];
	for (unsigned i = 0; i < 4; i++)
		bytes[16 + i] = (uint8_t) (rest >> 8 * (data[1] & 0x10 ? 3 - i : i));
	memcpy(bytes + PACKET_HEADER_SIZE, data + 2, rest);
	if (!packet_read_header(bytes, &packet)) {
		if (packet.type == AGENTX_GET || packet.type == AGENTX_GETNEXT)
			read_board(&packet, bytes + PACKET_HEADER_SIZE);
		else
			read_set(&packet, bytes);
	}
	free(bytes);
	return 0;
}
