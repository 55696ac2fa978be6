/*
 * The access decision: a pure function of the access table, what is live, and a request. No clock,
 * no state of its own; who asks with the same is answered the same, so a decision can be explained
 * and tried without anything happening.
 *
 * Fourteen steps in order; the first that fails is the reason. docs/access.md says what each does.
 */
#ifndef AGENT_DOOR_ACCESS_H
#define AGENT_DOOR_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/door_fsm.h"
#include "agent/door_lockout.h"
#include "lib/access.h"
#include "lib/presence.h"
#include "lib/reason.h"

/* What of the present a decision looks at. Borrowed. */
struct access_live {
	const struct access_table *table; /* NULL: nobody is let in */
	const struct presence *presence;  /* NULL: nobody is known to be anywhere */
	const struct lockouts *lockouts;
	bool is_reader_good; /* on line, and secured unless it may speak in clear */
	enum door_admission admissions[DOORS];
	uint64_t open_doors; /* bit n - 1: door n is open or its lock released */
	int64_t now_s;	     /* wall clock, seconds since 1970 */
	uint64_t now_us;     /* monotonic */
};

/* A card as a reader gives it, or as it is configured; without either there is none. */
struct access_shown {
	unsigned bit_count;
	const uint8_t *data; /* left-justified; NULL for none */
	const struct access_card *card;
};

struct access_request {
	unsigned point;
	struct access_shown card;
	const char *pin;	       /* digits; NULL for none */
	struct access_shown companion; /* the second person, or the escort */
};

enum access_verdict {
	ACCESS_DENIED,
	ACCESS_GRANTED,
	/* Nothing is wrong so far: this has to be shown in time. */
	ACCESS_WANTS_CARD,
	ACCESS_WANTS_PIN,
	ACCESS_WANTS_SECOND,
	ACCESS_WANTS_ESCORT,
};

/* Whose card or PIN it is. */
struct access_holder {
	const char *format; /* its name; NULL when the bits are of no known one, or a PIN's */
	struct access_card card;
	const struct access_credential *credential; /* NULL when nobody has it */
	const struct access_person *person;	    /* NULL when the credential is nobody's */
};

struct access_decision {
	enum access_verdict verdict;
	enum reason reason; /* when denied */
	struct access_holder holder;
	struct access_holder companion;
	uint32_t floors; /* granted by a cabin reader: those that are enabled */
	bool is_duress;
	bool is_apb_violation; /* not denied for it */
	bool is_extended;
	bool is_degraded;  /* by the facility code alone */
	bool is_pin_wrong; /* counts for the lock-out */
	bool is_pin_right; /* one was asked for: ends the count */
};

enum { ACCESS_TRACE_ROWS = 24, ACCESS_TRACE_TEXT = 160 };

enum access_passed {
	ACCESS_STEP_PASSED,
	ACCESS_STEP_FAILED,
	ACCESS_STEP_WAITS,
	ACCESS_STEP_SKIPPED
};

/* What each step looked at, in order. */
struct access_trace {
	unsigned count;
	struct {
		unsigned step; /* 1..14 */
		const char *name;
		enum access_passed passed;
		char text[ACCESS_TRACE_TEXT];
	} rows[ACCESS_TRACE_ROWS];
};

/* trace may be NULL, which is faster. */
void access_decide(const struct access_live *live, const struct access_request *request,
		   struct access_decision *ret, struct access_trace *trace);

/* The floors, bit n - 1 for floor n, of which this is the cabin reader. */
uint32_t access_floors_of(const struct access_table *table, unsigned reader);

/* What a point asks for now. */
enum access_level access_level_of(const struct access_live *live, unsigned point);

/* "granted", "denied", "wants_pin" ...; "passed", "failed" ... */
const char *access_verdict_name(enum access_verdict verdict);
const char *access_passed_name(enum access_passed passed);
/* "card", "card_and_pin" ... */
const char *access_level_name(enum access_level level);

#endif
