#include "syslog/transport.h"

struct transport *
transport_open(const struct transport_loop *loop, const struct target *target,
	       const struct transport_events *events, void *context)
{
	if (target->transport == TARGET_UDP)
		return transport_udp_open(loop, target, events, context);
	if (target->transport == TARGET_RELP)
		return transport_relp_open(loop, target, events, context);
	return transport_stream_open(loop, target, events, context);
}

void
transport_send(struct transport *transport, const char *record, size_t size)
{
	transport->driver->send(transport, record, size);
}

void
transport_finish(struct transport *transport)
{
	transport->driver->finish(transport);
}

void
transport_free(struct transport *transport)
{
	if (transport)
		transport->driver->free(transport);
}

size_t
transport_queued(const struct transport *transport)
{
	return transport->driver->queued(transport);
}
