#include "agent/door_access.h"

#include <errno.h>
#include <stddef.h>

#include "lib/cardformat.h"
#include "lib/util.h"

/*
 * Several formats share a length and even a parity. The first under which somebody holds the card
 * is the one; else the first that fits at all, so that the event can name the card.
 */
static const char *
recognise(const struct access_table *table, const struct access_request *request,
	  struct access_decision *ret)
{
	const char *reason = "UnknownFormat";
	struct cardformat_card read;
	uint8_t standard[CARDFORMAT_ORDER_MAX];
	const uint8_t *order = standard;
	size_t count;

	if (table)
		order = access_formats(table, &count);
	else
		count = (size_t) cardformat_parse_list(CARDFORMAT_DEFAULT_LIST, standard);
	for (size_t i = 0; i < count; i++) {
		const struct cardformat *format = cardformat_by_index(order[i]);
		if (!format)
			continue;
		int r = cardformat_decode_as(format, request->bit_count, request->data, &read);
		if (r == -EBADMSG && !ret->format)
			reason = "BadParity";
		if (r < 0)
			continue;
		struct access_card card = { order[i], read.facility, read.number };
		const struct access_credential *found = table ? access_find(table, &card) : NULL;
		if (!ret->format || found) {
			ret->format = format;
			ret->card = card;
			ret->credential = found;
			reason = "CredentialNotFound";
		}
		if (found)
			return NULL;
	}
	return reason;
}

void
access_recognise(const struct access_table *table, const struct access_request *request,
		 struct access_decision *ret)
{
	*ret = (struct access_decision){ 0 };
	ret->reason = recognise(table, request, ret);
	if (ret->reason && !table && ret->format)
		ret->reason = "NoAccessTable";
	if (!ret->reason && !ret->credential->is_enabled)
		ret->reason = "CredentialNotEnabled";
}

void
access_decide(const struct access_table *table, const struct access_request *request,
	      struct access_decision *ret)
{
	access_recognise(table, request, ret);
	if (ret->reason)
		return;
	if (!(ret->credential->doors & UINT64_C(1) << (request->door - 1)))
		ret->reason = "Unauthorized";
	else
		ret->is_granted = true;
}

uint32_t
access_floors_of(const struct access_table *table, unsigned reader)
{
	uint32_t floors = 0;

	for (unsigned i = 1; table && i <= FLOORS; i++) {
		const struct access_floor *floor = access_floor(table, i);
		if (floor->module && floor->reader == reader)
			floors |= UINT32_C(1) << (i - 1);
	}
	return floors;
}

uint32_t
access_decide_floors(const struct access_table *table, unsigned reader,
		     const struct access_request *request, struct access_decision *ret)
{
	access_recognise(table, request, ret);
	if (ret->reason)
		return 0;
	uint32_t floors = ret->credential->floors & access_floors_of(table, reader);
	if (!floors)
		ret->reason = "Unauthorized";
	ret->is_granted = floors;
	return floors;
}
