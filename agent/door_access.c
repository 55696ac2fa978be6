#include "agent/door_access.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "agent/door_access_private.h"
#include "agent/door_interlock.h"
#include "lib/cardformat.h"

/* How a step ends: passed, waits for something, passed over, or failed for decision->reason. */
typedef enum access_passed step_fn(struct access_work *work);

void
access_note(struct access_work *work, const char *format, ...)
{
	va_list args;

	if (!work->trace)
		return;
	char *text = work->trace->rows[work->trace->count - 1].text;
	size_t used = strlen(text);
	va_start(args, format);
	(void) vsnprintf(text + used, ACCESS_TRACE_TEXT - used, format, args);
	va_end(args);
}

static enum access_passed
end(struct access_work *work, enum reason reason)
{
	work->decision->reason = reason;
	return reason ? ACCESS_STEP_FAILED : ACCESS_STEP_PASSED;
}

static enum access_passed
want(struct access_work *work, enum access_verdict verdict)
{
	work->decision->verdict = verdict;
	return ACCESS_STEP_WAITS;
}

static bool
is_shown(const struct access_shown *shown)
{
	return shown->card || shown->data;
}

static enum access_passed
check_point(struct access_work *work)
{
	const struct access_request *request = work->request;

	access_note(work, "access point %u '%s' is %s, its reader is %s", request->point,
		    work->point->name, work->point->is_enabled ? "enabled" : "disabled",
		    work->live->is_reader_good ? "on line and trusted" : "not to be trusted");
	if (!work->point->is_enabled || (!work->point->door && !work->cabin))
		return end(work, REASON_DOOR_BLOCKED);
	if (!work->live->is_reader_good)
		return end(work, REASON_READER_INSECURE);
	return ACCESS_STEP_PASSED;
}

static enum access_passed
check_format(struct access_work *work)
{
	if (!is_shown(&work->request->card))
		return ACCESS_STEP_SKIPPED;
	return end(work, access_recognise(work, &work->request->card, &work->decision->holder));
}

static bool
is_locked_out(const struct access_work *work, uint64_t key)
{
	const struct access_live *live = work->live;

	return live->lockouts && lockout_is_locked(live->lockouts, key, live->now_us);
}

/*
 * A code opens by itself where that is asked for; elsewhere it waits for its card. None is looked
 * up at a keypad that is locked out: the answer would say which codes there are.
 */
static enum access_passed
check_code(struct access_work *work)
{
	struct access_holder *holder = &work->decision->holder;
	enum access_level level = access_level_of(work->live, work->request->point);

	if (!work->request->pin || (level != ACCESS_LEVEL_PIN && level != ACCESS_LEVEL_CARD_OR_PIN))
		return want(work, ACCESS_WANTS_CARD);
	if (is_locked_out(work, lockout_key_of_reader(work->request->point)))
		return end(work, REASON_PIN_LOCKED);
	holder->card.format = ACCESS_FORMAT_PIN;
	holder->credential = access_find_pin(work->live, 0, work->request->pin);
	work->decision->is_pin_wrong = !holder->credential;
	if (!holder->credential)
		return end(work, REASON_UNKNOWN_IDENTIFIER);
	holder->person = access_person_of(work->live->table, holder->credential);
	work->decision->is_pin_right = true;
	work->decision->is_duress = holder->credential->flags & ACCESS_DURESS;
	return ACCESS_STEP_PASSED;
}

/* Credentials cannot be read: facility codes decide, where somebody has said so. */
static enum access_passed
check_facility(struct access_work *work)
{
	const struct access_policy *policy = access_policy(work->live->table);

	access_note(work, "no credentials can be read");
	if (!policy->degraded_count || !is_shown(&work->request->card) || work->cabin)
		return end(work, REASON_OTHER);
	work->decision->is_degraded =
		access_is_of_facilities(work, &work->request->card, &work->decision->holder);
	return end(work, work->decision->is_degraded ? REASON_NONE : REASON_FACILITY_MISMATCH);
}

static enum access_passed
check_identifier(struct access_work *work)
{
	if (access_is_degraded(work->live->table))
		return check_facility(work);
	if (!is_shown(&work->request->card))
		return check_code(work);
	return end(work,
		   work->decision->holder.credential ? REASON_NONE : REASON_UNKNOWN_IDENTIFIER);
}

static enum access_passed
check_status(struct access_work *work)
{
	return end(work, access_check_status(work, &work->decision->holder));
}

static enum access_passed
check_validity(struct access_work *work)
{
	return end(work, access_check_validity(work, &work->decision->holder));
}

static enum access_passed
check_lockout(struct access_work *work)
{
	uint64_t key = lockout_key_of_credential(work->decision->holder.credential->id);

	if (!is_shown(&work->request->card))
		return ACCESS_STEP_SKIPPED;
	return end(work, is_locked_out(work, key) ? REASON_PIN_LOCKED : REASON_NONE);
}

static enum access_passed
check_priority(struct access_work *work)
{
	const struct access_person *person = work->decision->holder.person;

	if (work->cabin)
		return ACCESS_STEP_SKIPPED;
	switch (work->live->admissions[work->point->door - 1]) {
	case DOOR_ADMITS_NOBODY:
		return end(work, REASON_DOOR_BLOCKED);
	case DOOR_ADMITS_OVERRIDE:
		access_note(work, "locked down");
		if (!person || !(person->flags & ACCESS_OVERRIDES))
			return end(work, REASON_LOCKDOWN);
		access_note(work, ", the person passes a lockdown");
		return ACCESS_STEP_PASSED;
	case DOOR_ADMITS:
		break;
	}
	return ACCESS_STEP_PASSED;
}

static enum access_passed
check_profiles(struct access_work *work)
{
	return end(work,
		   access_check_profiles(work, &work->decision->holder, &work->decision->floors));
}

static enum access_passed
check_factors(struct access_work *work)
{
	const struct access_request *request = work->request;
	enum access_level level = access_level_of(work->live, request->point);

	access_note(work, "asked for: %s", access_level_name(level));
	if ((level == ACCESS_LEVEL_CARD_AND_PIN || level == ACCESS_LEVEL_PIN) && !request->pin)
		return want(work, ACCESS_WANTS_PIN);
	return ACCESS_STEP_PASSED;
}

/* A PIN of the holder's that counts itself; one that opens by itself is as good. */
static const struct access_credential *
find_holders_pin(struct access_work *work)
{
	const struct access_person *person = work->decision->holder.person;
	const uint32_t salts[] = { person ? person->id : 0, 0 };

	for (unsigned i = 0; person && i < ARRAY_LEN(salts); i++) {
		struct access_holder pin = {
			.credential = access_find_pin(work->live, salts[i], work->request->pin),
			.person = person,
		};
		if (pin.credential &&
		    access_person_of(work->live->table, pin.credential) == person &&
		    !access_check_status(work, &pin) && !access_check_validity(work, &pin))
			return pin.credential;
	}
	return NULL;
}

static enum access_passed
check_pin(struct access_work *work)
{
	enum access_level level = access_level_of(work->live, work->request->point);

	if (!is_shown(&work->request->card) ||
	    (level != ACCESS_LEVEL_CARD_AND_PIN && level != ACCESS_LEVEL_PIN))
		return ACCESS_STEP_SKIPPED;
	const struct access_credential *pin = find_holders_pin(work);
	work->decision->is_pin_wrong = !pin;
	if (!pin)
		return end(work, REASON_INVALID_PIN);
	work->decision->is_pin_right = true;
	work->decision->is_duress = pin->flags & ACCESS_DURESS;
	return ACCESS_STEP_PASSED;
}

static enum access_passed
check_apb(struct access_work *work)
{
	if (work->cabin)
		return ACCESS_STEP_SKIPPED;
	return end(work, access_check_apb(work, &work->decision->is_apb_violation));
}

/* The other one has to be somebody else who would be let in by card, too. */
static bool
is_companion_good(struct access_work *work)
{
	struct access_holder *first = &work->decision->holder;
	struct access_holder *other = &work->decision->companion;
	uint32_t floors;

	if (access_recognise(work, &work->request->companion, other) || !other->credential)
		return false;
	if (other->credential == first->credential ||
	    (other->person && other->person == first->person))
		return false;
	return !access_check_status(work, other) && !access_check_validity(work, other) &&
	       !access_check_profiles(work, other, &floors);
}

static enum access_passed
check_companion(struct access_work *work)
{
	const struct access_person *person = work->decision->holder.person;
	bool needs_second =
		access_level_of(work->live, work->request->point) == ACCESS_LEVEL_TWO_CARDS;
	bool needs_escort = person && person->escort == ACCESS_ESCORT_NEEDS;

	if (!needs_second && !needs_escort)
		return ACCESS_STEP_SKIPPED;
	if (!is_shown(&work->request->companion))
		return want(work, needs_escort ? ACCESS_WANTS_ESCORT : ACCESS_WANTS_SECOND);
	if (!is_companion_good(work))
		return end(work,
			   needs_escort ? REASON_ESCORT_MISSING : REASON_SECOND_PERSON_MISSING);
	const struct access_person *other = work->decision->companion.person;
	if (needs_escort && (!other || other->escort != ACCESS_ESCORT_MAY))
		return end(work, REASON_ESCORT_MISSING);
	return ACCESS_STEP_PASSED;
}

static enum access_passed
check_room(struct access_work *work)
{
	if (work->cabin)
		return ACCESS_STEP_SKIPPED;
	if (!door_interlock_allows(access_interlocks(work->live->table), INTERLOCKS,
				   work->point->door, work->live->open_doors))
		return end(work, REASON_INTERLOCK);
	return end(work, access_check_capacity(work));
}

static enum access_passed
grant(struct access_work *work)
{
	const struct access_person *person = work->decision->holder.person;

	work->decision->verdict = ACCESS_GRANTED;
	work->decision->is_extended = person && person->flags & ACCESS_EXTENDED;
	return ACCESS_STEP_PASSED;
}

static const struct {
	const char *name;
	step_fn *run;
	bool is_of_credential; /* passed over when the facility code alone decides */
} steps[] = {
	{ "access point", check_point, false },
	{ "card format", check_format, false },
	{ "identifier", check_identifier, false },
	{ "status", check_status, true },
	{ "validity", check_validity, true },
	{ "lock-out", check_lockout, true },
	{ "door priority", check_priority, false },
	{ "access profiles", check_profiles, true },
	{ "factors", check_factors, true },
	{ "PIN", check_pin, true },
	{ "anti-passback", check_apb, true },
	{ "second person", check_companion, true },
	{ "interlock and capacity", check_room, false },
	{ "grant", grant, false },
};

static void
begin_row(struct access_trace *trace, unsigned step)
{
	if (!trace)
		return;
	unsigned i = trace->count++;
	trace->rows[i].step = step + 1;
	trace->rows[i].name = steps[step].name;
	trace->rows[i].text[0] = 0;
}

static void
run(struct access_work *work)
{
	for (unsigned i = 0; i < ARRAY_LEN(steps); i++) {
		enum access_passed passed = ACCESS_STEP_SKIPPED;
		begin_row(work->trace, i);
		if (!work->decision->is_degraded || !steps[i].is_of_credential)
			passed = steps[i].run(work);
		if (work->trace)
			work->trace->rows[work->trace->count - 1].passed = passed;
		if (passed == ACCESS_STEP_FAILED || passed == ACCESS_STEP_WAITS)
			return;
	}
}

void
access_decide(const struct access_live *live, const struct access_request *request,
	      struct access_decision *ret, struct access_trace *trace)
{
	*ret = (struct access_decision){ .verdict = ACCESS_DENIED };
	if (trace)
		trace->count = 0;
	struct access_work work = {
		.live = live,
		.request = request,
		.decision = ret,
		.trace = trace,
		.cabin = access_floors_of(live->table, request->point),
	};
	if (live->table) {
		work.point = access_point(live->table, request->point);
		run(&work);
	} else {
		ret->reason = REASON_OTHER;
	}
	if (ret->verdict != ACCESS_GRANTED)
		ret->floors = 0;
	/* Whoever it was is told, however early the decision ended. */
	work.trace = NULL;
	if (ret->verdict == ACCESS_DENIED && !ret->holder.format && is_shown(&request->card))
		(void) access_recognise(&work, &request->card, &ret->holder);
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

const char *
access_verdict_name(enum access_verdict verdict)
{
	static const char *const names[] = {
		[ACCESS_DENIED] = "denied",
		[ACCESS_GRANTED] = "granted",
		[ACCESS_WANTS_CARD] = "wants_card",
		[ACCESS_WANTS_PIN] = "wants_pin",
		[ACCESS_WANTS_SECOND] = "wants_second",
		[ACCESS_WANTS_ESCORT] = "wants_escort",
	};
	return names[verdict];
}

const char *
access_passed_name(enum access_passed passed)
{
	static const char *const names[] = { "passed", "failed", "waits", "skipped" };
	return names[passed];
}

const char *
access_level_name(enum access_level level)
{
	static const char *const names[] = { "card", "pin", "card_or_pin", "card_and_pin",
					     "two_cards" };
	return names[level];
}
