#include "hw/supervise.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "lib/util.h"

#define TOLERANCE_PERMILLE 50
#define WIRE_OHMS	   50
#define FILTER_MS	   60000
#define WARN_PERCENT	   60
#define CALM_PERCENT	   50
#define ZONES		   7

static const struct {
	const char *name;
	uint32_t closed_ohms;
	uint32_t open_ohms;
} schemes[SUPERVISE_SCHEMES] = {
	[SUPERVISE_OFF] = { "none", 0, SUPERVISE_OHMS_MAX },
	[SUPERVISE_PARALLEL_22K_4K7] = { "parallel_22k_4k7", 3873, 22000 },
	[SUPERVISE_SERIAL_1K] = { "serial_1k", 1000, 2000 },
	[SUPERVISE_SERIAL_2K2] = { "serial_2k2", 2200, 4400 },
	[SUPERVISE_SERIAL_4K7] = { "serial_4k7", 4700, 9400 },
	[SUPERVISE_SERIAL_10K] = { "serial_10k", 10000, 20000 },
};

/* Levels from ground up: a zone reaches to upto and means state. */
struct zone {
	int upto;
	enum supervise_state state;
};

static int64_t
level_uv(int64_t ohms)
{
	return SUPERVISE_FULL_MV * INT64_C(1000) * ohms / (ohms + SUPERVISE_PULL_UP_OHMS);
}

static int
round_mv(int64_t uv)
{
	return (int) ((uv + 500) / 1000);
}

int
supervise_mv(uint32_t ohms)
{
	return round_mv(level_uv(ohms));
}

uint32_t
supervise_ohms(int mv)
{
	if (mv <= 0)
		return 0;
	if (mv >= SUPERVISE_FULL_MV)
		return SUPERVISE_OHMS_MAX;
	int ohms = SUPERVISE_PULL_UP_OHMS * mv / (SUPERVISE_FULL_MV - mv);
	return (uint32_t) MIN_OF(ohms, SUPERVISE_OHMS_MAX);
}

uint32_t
supervise_nominal_ohms(enum supervise_scheme scheme, enum supervise_state state)
{
	return state == SUPERVISE_CLOSED ? schemes[scheme].closed_ohms : schemes[scheme].open_ohms;
}

/* How far a resistance may be off: resistors of 5 %, and some wire, which only adds. */
static int64_t
room_ohms(int64_t nominal_ohms, bool is_above)
{
	return nominal_ohms * TOLERANCE_PERMILLE / 1000 + (is_above ? WIRE_OHMS : 0);
}

void
supervise_levels(enum supervise_scheme scheme, struct supervise_levels *ret)
{
	int64_t closed = schemes[scheme].closed_ohms;
	int64_t open = schemes[scheme].open_ohms;

	*ret = (struct supervise_levels){
		.short_below = round_mv(level_uv(closed) / 2),
		.closed_from = round_mv(level_uv(closed - room_ohms(closed, false))),
		.closed_to = round_mv(level_uv(closed + room_ohms(closed, true))),
		.split = round_mv((level_uv(closed) + level_uv(open)) / 2),
		.open_from = round_mv(level_uv(open - room_ohms(open, false))),
		.open_to = round_mv(level_uv(open + room_ohms(open, true))),
		.cut_above = round_mv((level_uv(open) + SUPERVISE_FULL_MV * 1000) / 2),
	};
}

static void
make_zones(enum supervise_scheme scheme, struct zone zones[ZONES])
{
	struct supervise_levels levels;

	if (scheme == SUPERVISE_OFF) {
		zones[0] = (struct zone){ SUPERVISE_UNSUPERVISED_MV - 1, SUPERVISE_CLOSED };
		zones[1] = (struct zone){ INT_MAX, SUPERVISE_OPEN };
		return;
	}
	supervise_levels(scheme, &levels);
	zones[0] = (struct zone){ levels.short_below - 1, SUPERVISE_SHORT };
	zones[1] = (struct zone){ levels.closed_from - 1, SUPERVISE_OUT_OF_TOLERANCE };
	zones[2] = (struct zone){ levels.closed_to, SUPERVISE_CLOSED };
	zones[3] = (struct zone){ levels.open_from - 1, SUPERVISE_OUT_OF_TOLERANCE };
	zones[4] = (struct zone){ levels.open_to, SUPERVISE_OPEN };
	zones[5] = (struct zone){ levels.cut_above, SUPERVISE_OUT_OF_TOLERANCE };
	zones[6] = (struct zone){ INT_MAX, SUPERVISE_CUT };
}

/* Half of the hysteresis beyond each end still belongs to the zone that the level was in. */
static bool
is_still_in(const struct zone *zones, unsigned zone, int mv)
{
	int half = SUPERVISE_HYSTERESIS_MV / 2;

	if (zone > 0 && mv <= zones[zone - 1].upto - half)
		return false;
	return zones[zone].upto == INT_MAX || mv <= zones[zone].upto + half + 1;
}

static enum supervise_state
judge(const struct supervise_config *config, struct supervise *input, int mv)
{
	struct zone zones[ZONES];
	unsigned zone = 0;

	make_zones(config->scheme, zones);
	if (!input->zone || !is_still_in(zones, input->zone - 1, mv)) {
		while (mv > zones[zone].upto)
			zone++;
		input->zone = zone + 1;
	}
	return zones[input->zone - 1].state;
}

static struct supervise_trend *
trend_of(struct supervise *input, enum supervise_state state)
{
	if (state == SUPERVISE_CLOSED)
		return &input->closed;
	return state == SUPERVISE_OPEN ? &input->open : NULL;
}

static void
judge_trend(const struct supervise_config *config, enum supervise_state state,
	    struct supervise_trend *trend)
{
	int64_t nominal = supervise_nominal_ohms(config->scheme, state);
	int64_t off = trend->milliohms - nominal * 1000;
	int64_t used_percent = (off < 0 ? -off : off) / (10 * room_ohms(nominal, off > 0));

	trend->is_warned = used_percent >= (trend->is_warned ? CALM_PERCENT : WARN_PERCENT);
}

/* The level stood at input->mv from the last time until now. */
static void
follow_trend(const struct supervise_config *config, struct supervise *input, uint64_t now_us)
{
	struct supervise_trend *trend = trend_of(input, input->state);
	int64_t passed_ms = (int64_t) MIN_OF((now_us - input->filtered_at_us) / US_PER_MS,
					     (uint64_t) FILTER_MS * 10);

	if (config->scheme == SUPERVISE_OFF || !trend || input->seen != input->state) {
		input->filtered_at_us = now_us;
		return;
	}
	int64_t milliohms = (int64_t) supervise_ohms(input->mv) * 1000;
	if (!trend->is_known)
		trend->milliohms = milliohms;
	else if (passed_ms == 0)
		return;
	else
		trend->milliohms +=
			(milliohms - trend->milliohms) * passed_ms / (FILTER_MS + passed_ms);
	trend->is_known = true;
	input->filtered_at_us = now_us;
	judge_trend(config, input->state, trend);
}

static void
settle(const struct supervise_config *config, struct supervise *input, uint64_t now_us)
{
	if (input->seen != input->state && now_us >= supervise_deadline_us(config, input))
		input->state = input->seen;
}

static void
see(const struct supervise_config *config, struct supervise *input, int mv, uint64_t now_us)
{
	enum supervise_state seen = judge(config, input, mv);

	input->mv = mv;
	if (seen != input->seen) {
		input->seen = seen;
		input->seen_since_us = now_us;
	}
}

void
supervise_init(struct supervise *input)
{
	*input = (struct supervise){ .state = SUPERVISE_UNKNOWN, .seen = SUPERVISE_UNKNOWN };
}

void
supervise_forget(struct supervise *input)
{
	enum supervise_state state = input->state;

	supervise_init(input);
	input->state = state;
}

void
supervise_sample(const struct supervise_config *config, struct supervise *input, int mv,
		 uint64_t now_us, struct supervise_change *ret)
{
	struct supervise before = *input;

	/* What the time has settled happened before this sample. */
	settle(config, input, now_us);
	if (input->zone)
		follow_trend(config, input, now_us);
	see(config, input, mv, now_us);
	settle(config, input, now_us);
	*ret = (struct supervise_change){
		.is_state = input->state != before.state,
		.is_drift = supervise_is_drifting(input) != supervise_is_drifting(&before),
	};
}

void
supervise_tick(const struct supervise_config *config, struct supervise *input, uint64_t now_us,
	       struct supervise_change *ret)
{
	*ret = (struct supervise_change){ 0 };
	if (input->zone)
		supervise_sample(config, input, input->mv, now_us, ret);
}

uint64_t
supervise_deadline_us(const struct supervise_config *config, const struct supervise *input)
{
	if (!input->zone || input->seen == input->state)
		return UINT64_MAX;
	return input->seen_since_us + config->debounce_ms * US_PER_MS;
}

bool
supervise_is_fault(enum supervise_state state)
{
	return state == SUPERVISE_SHORT || state == SUPERVISE_CUT ||
	       state == SUPERVISE_OUT_OF_TOLERANCE;
}

bool
supervise_is_active(const struct supervise_config *config, enum supervise_state state)
{
	return state != SUPERVISE_UNKNOWN && state != config->normal;
}

bool
supervise_is_drifting(const struct supervise *input)
{
	return input->closed.is_warned || input->open.is_warned;
}

int
supervise_drift_permille(const struct supervise_config *config, const struct supervise *input)
{
	const struct supervise_trend *trend =
		input->state == SUPERVISE_CLOSED ? &input->closed : &input->open;
	int64_t nominal = supervise_nominal_ohms(config->scheme, input->state);

	if (config->scheme == SUPERVISE_OFF || supervise_is_fault(input->state) || !trend->is_known)
		return 0;
	return (int) ((trend->milliohms - nominal * 1000) / nominal);
}

const char *
supervise_scheme_name(enum supervise_scheme scheme)
{
	return schemes[scheme].name;
}

int
supervise_scheme_find(const char *name, enum supervise_scheme *ret)
{
	for (unsigned i = 0; i < SUPERVISE_SCHEMES; i++)
		if (!strcmp(schemes[i].name, name)) {
			*ret = (enum supervise_scheme) i;
			return 0;
		}
	return -ENOENT;
}

const char *
supervise_state_name(enum supervise_state state)
{
	static const char *const names[] = { "unknown", "open", "closed",
					     "short",	"cut",	"out_of_tolerance" };
	return names[state];
}
