#include "board/cable.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

/* The input pulls its line up to FULL_MV through this. */
#define PULL_UP_OHMS	  10485
#define FULL_MV		  2796
#define CLOSED_BELOW_MV	  1000
#define DRIFT_PERCENT_MAX 1000

static const struct {
	const char *name;
	uint32_t closed_ohms;
	uint32_t open_ohms;
} networks[] = {
	{ "none", 0, CABLE_OHMS_MAX }, { "parallel_22k_4k7", 3873, 22000 },
	{ "serial_1k", 1000, 2000 },   { "serial_2k2", 2200, 4400 },
	{ "serial_4k7", 4700, 9400 },  { "serial_10k", 10000, 20000 },
};

static const char *const damages[] = {
	[CABLE_INTACT] = "",
	[CABLE_SHORT] = "short",
	[CABLE_CUT] = "cut",
	[CABLE_DEAD] = "fault",
};

const char *
cable_damage_name(enum cable_damage damage)
{
	return damages[damage];
}

static enum cable_damage
cable_damage_find(const char *name)
{
	for (size_t i = 1; i < ARRAY_LEN(damages); i++)
		if (!strcmp(damages[i], name))
			return (enum cable_damage) i;
	return CABLE_INTACT;
}

void
cable_init(struct cable *cable, const char *point)
{
	*cable = (struct cable){ .point = point, .open_ohms = CABLE_OHMS_MAX };
}

static int
parse(const char *text, long least, long most, long *ret)
{
	char *end;

	errno = 0;
	long value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < least || value > most)
		return -EINVAL;
	*ret = value;
	return 0;
}

static int
solder(struct cable *cable, const char *network)
{
	for (size_t i = 0; i < ARRAY_LEN(networks); i++)
		if (!strcmp(networks[i].name, network)) {
			cable->closed_ohms = networks[i].closed_ohms;
			cable->open_ohms = networks[i].open_ohms;
			return 0;
		}
	return -EINVAL;
}

static int
set_number(struct cable *cable, const char *what, const char *argument)
{
	bool is_ohms = !strcmp(what, "ohms");
	long value;
	int r = parse(argument, is_ohms ? 0 : -99, is_ohms ? CABLE_OHMS_MAX : DRIFT_PERCENT_MAX,
		      &value);

	if (r < 0)
		return r;
	if (is_ohms) {
		cable->has_ohms = true;
		cable->ohms = (uint32_t) value;
	} else {
		cable->drift_percent = (int) value;
	}
	return 0;
}

int
cable_set(struct cable *cable, const char *what, const char *argument)
{
	bool is_switch = !strcmp(what, "open") || !strcmp(what, "closed");
	bool is_damage = cable_damage_find(what) != CABLE_INTACT;

	if (!strcmp(what, "ohms") || !strcmp(what, "drift"))
		return set_number(cable, what, argument);
	if (!strcmp(what, "wired"))
		return solder(cable, argument);
	if ((!is_switch && !is_damage) || *argument)
		return -EINVAL;
	/* Whoever works at the switch or the line has taken the decade box away. */
	cable->has_ohms = false;
	cable->damage = cable_damage_find(what);
	if (is_switch)
		cable->is_closed = !strcmp(what, "closed");
	return 0;
}

uint32_t
cable_ohms(const struct cable *cable)
{
	uint32_t ohms = cable->is_closed ? cable->closed_ohms : cable->open_ohms;

	if (cable->has_ohms)
		return cable->ohms;
	if (cable->damage == CABLE_SHORT || cable->damage == CABLE_CUT)
		return cable->damage == CABLE_SHORT ? 0 : CABLE_OHMS_MAX;
	if (ohms == CABLE_OHMS_MAX)
		return ohms;
	int64_t drifted = (int64_t) ohms * (100 + cable->drift_percent) / 100;
	return (uint32_t) MIN_OF(drifted, (int64_t) CABLE_OHMS_MAX);
}

int
cable_mv(const struct cable *cable)
{
	int64_t ohms = cable_ohms(cable);

	if (ohms == CABLE_OHMS_MAX)
		return FULL_MV;
	return (int) ((FULL_MV * ohms + (ohms + PULL_UP_OHMS) / 2) / (ohms + PULL_UP_OHMS));
}

bool
cable_is_closed(const struct cable *cable)
{
	if (cable->has_ohms || cable->damage != CABLE_INTACT)
		return cable_mv(cable) < CLOSED_BELOW_MV;
	return cable->is_closed;
}
