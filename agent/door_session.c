#include "agent/door_session.h"

#include <string.h>

#include "lib/util.h"

static void
keep_card(struct door_session_card *card, unsigned bit_count, const uint8_t *data)
{
	*card = (struct door_session_card){ .is_there = true, .bit_count = bit_count };
	memcpy(card->data, data, MIN_OF((bit_count + 7) / 8, sizeof(card->data)));
}

static struct access_shown
shown_of(const struct door_session_card *card)
{
	return (struct access_shown){ card->bit_count, card->is_there ? card->data : NULL, NULL };
}

static struct access_request
request_of(const struct door_session *session, unsigned point)
{
	return (struct access_request){
		.point = point,
		.card = shown_of(&session->card),
		.pin = *session->pin ? session->pin : NULL,
		.companion = shown_of(&session->companion),
	};
}

void
door_session_take_card(struct door_session *session, unsigned point, unsigned bit_count,
		       const uint8_t *data, struct access_request *ret_request)
{
	switch (session->wants) {
	case ACCESS_WANTS_SECOND:
	case ACCESS_WANTS_ESCORT:
		keep_card(&session->companion, bit_count, data);
		break;
	case ACCESS_WANTS_CARD:
		keep_card(&session->card, bit_count, data);
		break;
	case ACCESS_WANTS_PIN:
	case ACCESS_DENIED:
	case ACCESS_GRANTED:
		door_session_end(session);
		keep_card(&session->card, bit_count, data);
		break;
	}
	*ret_request = request_of(session, point);
}

void
door_session_take_pin(struct door_session *session, unsigned point, const char *digits,
		      struct access_request *ret_request)
{
	if (session->wants != ACCESS_WANTS_PIN)
		door_session_end(session);
	(void) copy_string(session->pin, sizeof(session->pin), digits);
	*ret_request = request_of(session, point);
}

void
door_session_take_verdict(struct door_session *session, enum access_verdict verdict,
			  uint64_t now_us, uint32_t wait_ms)
{
	if (verdict == ACCESS_DENIED || verdict == ACCESS_GRANTED) {
		door_session_end(session);
		return;
	}
	session->wants = verdict;
	session->until_us = now_us + wait_ms * US_PER_MS;
}

uint64_t
door_session_deadline_us(const struct door_session *session)
{
	return session->wants ? session->until_us : UINT64_MAX;
}

bool
door_session_is_over(const struct door_session *session, unsigned point, uint64_t now_us,
		     enum access_verdict *ret_wanted, struct access_request *ret_request)
{
	if (now_us < door_session_deadline_us(session))
		return false;
	*ret_wanted = session->wants;
	*ret_request = request_of(session, point);
	return true;
}

void
door_session_end(struct door_session *session)
{
	explicit_bzero(session, sizeof(*session));
}
