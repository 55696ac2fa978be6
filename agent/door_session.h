/*
 * What has been shown at one reader so far, while a decision waits for more: the PIN that belongs
 * to a card, the card that belongs to a code, the second person, the escort. Pure; times are
 * monotonic microseconds.
 *
 * A code is a secret: it is wiped as soon as the decision has been made or the time is over.
 */
#ifndef AGENT_DOOR_SESSION_H
#define AGENT_DOOR_SESSION_H

#include "agent/door_access.h"
#include "agent/door_keypad.h"

#define DOOR_SESSION_CARD_BYTES 32

struct door_session_card {
	bool is_there;
	unsigned bit_count;
	uint8_t data[DOOR_SESSION_CARD_BYTES];
};

struct door_session {
	enum access_verdict wants; /* ACCESS_DENIED: nobody is being let in here */
	uint64_t until_us;
	struct door_session_card card;
	struct door_session_card companion;
	char pin[DOOR_CODE_MAX + 1];
};

/*
 * A card or a code comes in; ret_request is what is to be decided now and borrows from the session.
 * What does not belong to what was shown before begins anew.
 */
void door_session_take_card(struct door_session *session, unsigned point, unsigned bit_count,
			    const uint8_t *data, struct access_request *ret_request);
void door_session_take_pin(struct door_session *session, unsigned point, const char *digits,
			   struct access_request *ret_request);
/* The decision of that request: the session waits for wait_ms, or is over. */
void door_session_take_verdict(struct door_session *session, enum access_verdict verdict,
			       uint64_t now_us, uint32_t wait_ms);

/* UINT64_MAX while it waits for nothing. */
uint64_t door_session_deadline_us(const struct door_session *session);
/*
 * Whether it waited for too long; then ret_wanted says for what, and ret_request what had been
 * shown. End it with door_session_end().
 */
bool door_session_is_over(const struct door_session *session, unsigned point, uint64_t now_us,
			  enum access_verdict *ret_wanted, struct access_request *ret_request);
void door_session_end(struct door_session *session);

#endif
