#include "agent/snmp_read.h"

#include <errno.h>

struct range {
	struct mib_oid start;
	struct mib_oid end;
	bool is_included; /* start itself is wanted, if it is there */
};

static void
answer_get(const struct replica *replica, const struct range *range, struct packet_writer *answer)
{
	struct mib_value value;
	int r = mib_get(replica, &range->start, &value);

	if (!r)
		packet_put_value(answer, &range->start, &value);
	else
		packet_put_exception(answer, &range->start,
				     r == -ENXIO ? AGENTX_NO_SUCH_INSTANCE : AGENTX_NO_SUCH_OBJECT);
}

/* An end of no length, or 0.0, is no end. */
static bool
is_before_end(const struct mib_oid *found, const struct mib_oid *end)
{
	bool has_end = end->length > 2 || (end->length && end->sub[0]);

	return !has_end || mib_oid_compare(found, end) < 0;
}

static void
answer_getnext(const struct replica *replica, const struct range *range,
	       struct packet_writer *answer)
{
	struct mib_oid found;
	struct mib_value value;

	if (!mib_next(replica, &range->start, range->is_included, &found, &value) &&
	    is_before_end(&found, &range->end))
		packet_put_value(answer, &found, &value);
	else
		/* RFC 2741, section 7.2.3.2: at the end the name stays what it was. */
		packet_put_exception(answer, &range->start, AGENTX_END_OF_MIB_VIEW);
}

static int
get_range(struct packet_reader *reader, struct range *ret)
{
	bool is_end_included;
	int r = packet_get_oid(reader, &ret->start, &ret->is_included);

	return r < 0 ? r : packet_get_oid(reader, &ret->end, &is_end_included);
}

void
read_answer(const struct replica *replica, const struct packet *request, const uint8_t *payload,
	    struct packet_writer *answer)
{
	struct packet_reader reader = packet_reader(request, payload);
	bool is_get = request->type == AGENTX_GET;

	packet_begin_response(answer, request);
	while (reader.at < reader.end && !answer->is_over) {
		struct range range;
		if (get_range(&reader, &range) < 0) {
			packet_end_response(answer, AGENTX_PARSE_ERROR, 0);
			return;
		}
		(is_get ? answer_get : answer_getnext)(replica, &range, answer);
	}
	packet_end_response(answer, AGENTX_NO_ERROR, 0);
}
