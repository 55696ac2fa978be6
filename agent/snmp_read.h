/*
 * GET and GETNEXT, answered from the bytes of the request and from the replica: nothing is
 * allocated for a variable, and nobody is asked.
 */
#ifndef AGENT_SNMP_READ_H
#define AGENT_SNMP_READ_H

#include "agent/snmp_packet.h"

struct replica;

/* request is one of the two; payload is what follows its header. Writes one answer. */
void read_answer(const struct replica *replica, const struct packet *request,
		 const uint8_t *payload, struct packet_writer *answer);

#endif
