#include <errno.h>
#include <stddef.h>

#include "agent/door_access_private.h"
#include "lib/cardformat.h"
#include "lib/pin.h"

/* A table of the future, or one that is too old: the clock is wrong, or the store has been away. */
#define CLOCK_SLACK_S 86400

bool
access_is_clock_good(const struct access_live *live)
{
	return live->now_s >= access_compiled_s(live->table) - CLOCK_SLACK_S &&
	       live->now_s < access_window_end_s(live->table);
}

static void
take_credential(const struct access_live *live, const struct access_credential *credential,
		struct access_holder *ret)
{
	ret->credential = credential;
	ret->card = access_card_of(credential);
	ret->person = access_person_of(live->table, credential);
}

/*
 * Several formats share a length and even a parity. The first under which somebody holds the card
 * is the one; else the first that fits at all, so that the event can name the card.
 */
static enum reason
recognise_bits(struct access_work *work, const struct access_shown *shown,
	       struct access_holder *ret)
{
	enum reason reason = REASON_UNKNOWN_FORMAT;
	const struct access_table *table = work->live->table;
	struct cardformat_values read;
	uint8_t standard[CARDFORMAT_ORDER_MAX];
	const uint8_t *order = standard;
	size_t count;

	if (table)
		order = access_formats(table, &count);
	else
		count = (size_t) cardformat_parse_list(CARDFORMAT_DEFAULT_LIST, standard);

	for (size_t i = 0; i < count; i++) {
		const struct cardformat_shape *shape = access_format_shape(table, order[i]);
		if (!shape)
			continue;
		int r = cardformat_shape_decode(shape, shown->bit_count, shown->data, &read);
		if (r == -EBADMSG && !ret->format)
			reason = REASON_BAD_PARITY;
		if (r < 0)
			continue;
		struct access_card card = { order[i], read.facility, read.number };
		const struct access_credential *found = table ? access_find(table, &card) : NULL;
		if (!ret->format || found) {
			ret->format = access_format_name(table, order[i]);
			ret->card = card;
			reason = REASON_NONE;
		}
		if (found) {
			take_credential(work->live, found, ret);
			break;
		}
	}
	return reason;
}

enum reason
access_recognise(struct access_work *work, const struct access_shown *shown,
		 struct access_holder *ret)
{
	enum reason reason = REASON_NONE;

	if (shown->card) {
		const struct access_credential *found = access_find(work->live->table, shown->card);
		ret->card = *shown->card;
		ret->format = access_format_name(work->live->table, shown->card->format);
		if (found)
			take_credential(work->live, found, ret);
	} else {
		reason = recognise_bits(work, shown, ret);
	}
	if (reason)
		access_note(work, "%u bits", shown->bit_count);
	else
		access_note(work, "%s, facility %u, number %llu", ret->format ? ret->format : "?",
			    ret->card.facility, (unsigned long long) ret->card.number);
	return reason;
}

/* The format that such cards have, even where others fit the same bits and are tried before it. */
bool
access_is_of_facilities(const struct access_work *work, const struct access_shown *shown,
			struct access_holder *ret)
{
	const struct access_table *table = work->live->table;
	const struct access_policy *policy = access_policy(table);
	const struct cardformat_shape *shape = access_format_shape(table, policy->degraded_format);
	struct cardformat_values read;
	struct access_card card = { 0 };

	if (shown->card)
		card = *shown->card;
	else if (shape && cardformat_shape_decode(shape, shown->bit_count, shown->data, &read) == 0)
		card = (struct access_card){ policy->degraded_format, read.facility, read.number };
	else
		return false;
	for (uint32_t i = 0; i < policy->degraded_count; i++)
		if (card.format == policy->degraded_format &&
		    card.facility == policy->degraded_facilities[i]) {
			*ret = (struct access_holder){
				.format = access_format_name(table, card.format),
				.card = card,
			};
			return true;
		}
	return false;
}

enum reason
access_check_status(struct access_work *work, const struct access_holder *holder)
{
	static const char *const names[] = {
		[ACCESS_ENABLED] = "enabled",	[ACCESS_LOST] = "lost",
		[ACCESS_STOLEN] = "stolen",	[ACCESS_DAMAGED] = "damaged",
		[ACCESS_EXPIRED] = "expired",	[ACCESS_LOCKED_OUT] = "locked out",
		[ACCESS_DISABLED] = "disabled",
	};
	unsigned status = holder->credential->status;

	access_note(work, "credential %u is %s", holder->credential->id,
		    status < ARRAY_LEN(names) ? names[status] : "?");
	if (holder->person)
		access_note(work, ", person %u is %s", holder->person->id,
			    holder->person->is_enabled ? "enabled" : "disabled");
	if ((status != ACCESS_ENABLED && status != ACCESS_EXPIRED) ||
	    (holder->person && !holder->person->is_enabled))
		return REASON_CREDENTIAL_NOT_ENABLED;
	return status == ACCESS_EXPIRED ? REASON_CREDENTIAL_EXPIRED : REASON_NONE;
}

enum reason
access_check_validity(struct access_work *work, const struct access_holder *holder)
{
	const struct access_credential *credential = holder->credential;
	int64_t now_s = work->live->now_s;

	if (!credential->valid_from_s && credential->valid_to_s == UINT32_MAX) {
		access_note(work, "valid without limit");
		return REASON_NONE;
	}
	access_note(work, "valid from %u to %u, it is %lld", credential->valid_from_s,
		    credential->valid_to_s, (long long) now_s);
	if (!access_is_clock_good(work->live))
		return REASON_CLOCK_INVALID;
	if (now_s < credential->valid_from_s)
		return REASON_CREDENTIAL_NOT_ACTIVE;
	return now_s < credential->valid_to_s ? REASON_NONE : REASON_CREDENTIAL_EXPIRED;
}

/* What has been found in profiles so far. */
struct found {
	bool is_given;
	bool is_listed;	   /* but not now */
	bool is_clock_bad; /* what else is listed depends on the time, which is not known */
	uint32_t floors;
};

static bool
is_now(const struct access_work *work, const struct access_assignment *assignment,
       uint32_t schedule, struct found *found)
{
	int64_t now_s = work->live->now_s;
	bool has_limits = assignment->from_s || assignment->to_s != UINT32_MAX;

	if (!schedule && !has_limits)
		return true;
	if (!access_is_clock_good(work->live)) {
		found->is_clock_bad = true;
		return false;
	}
	if (has_limits && (now_s < assignment->from_s || now_s >= assignment->to_s))
		return false;
	return !schedule || access_schedule_is_active(work->live->table, schedule, now_s);
}

static void
look_at_profile(struct access_work *work, const struct access_assignment *assignment,
		const struct access_profile *profile, struct found *found)
{
	const struct access_table *table = work->live->table;
	const struct access_rule *rules = access_rules(table, profile);
	uint32_t point = UINT32_C(1) << (work->request->point - 1);

	for (unsigned i = 0; i < profile->rule_count; i++) {
		bool is_here =
			work->cabin ? rules[i].floors & work->cabin : rules[i].points & point;
		if (!is_here)
			continue;
		found->is_listed = true;
		if (access_policy(table)->threat > profile->max_threat ||
		    !is_now(work, assignment, rules[i].schedule, found))
			continue;
		found->is_given = true;
		found->floors |= rules[i].floors & work->cabin;
		access_note(work, "'%s' gives access, rule %u; ", profile->name, i + 1);
	}
}

static void
look_at_set(struct access_work *work, const struct access_set *set, struct found *found)
{
	const struct access_table *table = work->live->table;
	bool is_direct = work->cabin
				 ? set->floors & work->cabin
				 : work->point->door && set->doors >> (work->point->door - 1) & 1;

	if (is_direct) {
		found->is_given = true;
		found->floors |= set->floors & work->cabin;
		access_note(work, "given at any time; ");
	}
	for (uint32_t i = 0; i < set->count; i++) {
		const struct access_assignment *assignment = &set->assignments[i];
		const struct access_profile *profile = access_profile(table, assignment->profile);
		if (profile)
			look_at_profile(work, assignment, profile, found);
	}
}

enum reason
access_check_profiles(struct access_work *work, const struct access_holder *holder,
		      uint32_t *ret_floors)
{
	const struct access_table *table = work->live->table;
	struct found found = { 0 };

	look_at_set(work, access_set(table, holder->credential->set), &found);
	if (holder->person)
		look_at_set(work, access_set(table, holder->person->set), &found);
	*ret_floors = found.floors;
	if (found.is_given)
		return REASON_NONE;
	if (found.is_clock_bad)
		return REASON_CLOCK_INVALID;
	access_note(work, found.is_listed ? "a profile has it, not now" : "no profile has it");
	return found.is_listed ? REASON_NOT_PERMITTED_NOW : REASON_UNAUTHORIZED;
}

enum access_level
access_level_of(const struct access_live *live, unsigned point)
{
	const struct access_table *table = live->table;
	const struct access_authentication *authentication =
		access_authentication(table, access_point(table, point)->authentication);

	if (!authentication)
		return ACCESS_LEVEL_CARD;
	for (unsigned i = 0; i < THREATS && authentication->threats[i].threat; i++)
		if (access_policy(table)->threat >= authentication->threats[i].threat)
			return authentication->threats[i].level;
	for (unsigned i = 0; i < authentication->time_count; i++) {
		unsigned schedule = authentication->times[i].schedule;
		if (!schedule || (access_is_clock_good(live) &&
				  access_schedule_is_active(table, schedule, live->now_s)))
			return authentication->times[i].level;
	}
	return authentication->level;
}

const struct access_credential *
access_find_pin(const struct access_live *live, uint32_t person, const char *digits)
{
	struct access_card card = {
		.format = ACCESS_FORMAT_PIN,
		.facility = person,
		.number = pin_hash(access_pin_key(live->table), person, digits),
	};

	return access_find(live->table, &card);
}

/* Where the person is known to be, as far as the area still counts that. */
static bool
is_known_to_be(const struct access_work *work, const struct access_area *area,
	       struct presence_place *ret)
{
	const struct access_live *live = work->live;

	if (!live->presence ||
	    !presence_get(live->presence, work->decision->holder.person->id, ret))
		return false;
	return !area->apb_time_s || live->now_s - ret->since_s < area->apb_time_s;
}

enum reason
access_check_apb(struct access_work *work, bool *ret_is_violation)
{
	const struct access_point *point = work->point;
	const struct access_person *person = work->decision->holder.person;
	struct presence_place place;
	const struct access_area *area =
		access_area(work->live->table, point->area_to ? point->area_to : point->area_from);

	*ret_is_violation = false;
	if (!area || area->apb == ACCESS_APB_OFF || !person || person->flags & ACCESS_APB_EXEMPT) {
		access_note(work, "not asked for");
		return REASON_NONE;
	}
	if (!is_known_to_be(work, area, &place)) {
		access_note(work, "not known to be anywhere");
		return REASON_NONE;
	}
	access_note(work, "known to be in area %u, goes from %u to %u", place.area,
		    point->area_from, point->area_to);
	bool is_wrong = (point->area_to && place.area == point->area_to) ||
			(point->area_from && place.area != point->area_from);
	if (is_wrong && area->apb == ACCESS_APB_HARD)
		return REASON_ANTI_PASSBACK;
	*ret_is_violation = is_wrong;
	return REASON_NONE;
}

/* Who is inside already takes no more room. */
static bool
is_newcomer(const struct access_work *work, const struct access_holder *holder)
{
	struct presence_place place;

	return !holder->person || !presence_get(work->live->presence, holder->person->id, &place) ||
	       place.area != work->point->area_to;
}

enum reason
access_check_capacity(struct access_work *work)
{
	const struct access_live *live = work->live;
	const struct access_area *area = access_area(live->table, work->point->area_to);

	if (!area || !area->capacity || !live->presence)
		return REASON_NONE;
	const struct access_holder *companion = &work->decision->companion;
	unsigned newcomers = is_newcomer(work, &work->decision->holder) +
			     (companion->credential && is_newcomer(work, companion));
	unsigned inside = presence_count(live->presence, work->point->area_to);
	access_note(work, "%u of %u in '%s'", inside, area->capacity, area->name);
	return newcomers && inside + newcomers > area->capacity ? REASON_AREA_FULL : REASON_NONE;
}
