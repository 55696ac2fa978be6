/*
 * The connection to the AgentX master: whole packets in, whole packets out, over a Unix stream
 * socket that never blocks. It reads also while the master does not: Net-SNMP's master writes to a
 * subagent synchronously, and both would wait for each other for ever.
 */
#ifndef AGENT_SNMP_STREAM_H
#define AGENT_SNMP_STREAM_H

#include "agent/snmp_packet.h"

struct event_base;
struct stream;

struct stream_ops {
	/* A packet, its header included. */
	void (*on_packet)(const struct packet *packet, const uint8_t *bytes, void *context);
	/* It is of no use any more, and why. No packet follows. */
	void (*on_closed)(const char *why, void *context);
	/* All that was there has been read and answered; here the stream may be freed. */
	void (*on_turn)(void *context);
};

/* Connects to the socket at path; a negative errno. */
int stream_open(struct event_base *base, const char *path, const struct stream_ops *ops,
		void *context, struct stream **ret);
/* Not from on_packet() or on_closed(). */
void stream_free(struct stream *stream);

/*
 * Where packets to be sent are appended. What is written in on_packet() leaves at the end of the
 * turn, all in one; otherwise stream_flush() sends it.
 */
struct packet_writer *stream_writer(struct stream *stream);
void stream_flush(struct stream *stream);
/* Bytes that the master has not taken. */
size_t stream_unsent(const struct stream *stream);

#endif
